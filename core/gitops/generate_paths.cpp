// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/generate_paths.h"

#include "core/base/strings.h"
#include "core/manifest/glob.h"

#include <algorithm>
#include <map>

namespace core::gitops {

namespace {

/// Collects what differs below one folder of two trees; folders of equal ids are not opened.
class Walk
{
public:
    Walk(const git::Tree& before, const git::Tree& after, std::size_t most)
        : m_before(before)
        , m_after(after)
        , m_most(most)
    {
    }

    /// False where it cannot be told.
    bool compare(const std::string& folder)
    {
        const auto left = m_before.list(folder);
        const auto right = m_after.list(folder);
        if (!left || !right)
            return false;
        std::map<std::string, std::pair<const git::Entry*, const git::Entry*>> entries;
        for (const auto& entry : *left)
            entries[entry.name].first = &entry;
        for (const auto& entry : *right)
            entries[entry.name].second = &entry;
        return std::all_of(entries.begin(), entries.end(), [&](const auto& item) {
            const auto& [was, is] = item.second;
            return compare(folder.empty() ? item.first : folder + "/" + item.first, was, is);
        });
    }

    std::vector<std::string> files;

private:
    bool compare(const std::string& path, const git::Entry* was, const git::Entry* is)
    {
        if (was && is && was->type == is->type && was->id == is->id)
            return true;
        const bool wasFolder = was && was->type == git::EntryType::Folder;
        const bool isFolder = is && is->type == git::EntryType::Folder;
        if (wasFolder && isFolder)
            return compare(path);
        if (((was && !wasFolder) || (is && !isFolder)) && !add(path))
            return false;
        return (!wasFolder || all(m_before, path)) && (!isFolder || all(m_after, path));
    }

    /// Every file below a folder that only one of the trees has.
    bool all(const git::Tree& tree, const std::string& folder)
    {
        const auto entries = tree.list(folder);
        return entries && std::all_of(entries->begin(), entries->end(), [&](const git::Entry& entry) {
                   const auto path = folder + "/" + entry.name;
                   return entry.type == git::EntryType::Folder ? all(tree, path) : add(path);
               });
    }

    bool add(const std::string& path)
    {
        files.push_back(path);
        return files.size() <= m_most;
    }

    const git::Tree& m_before;
    const git::Tree& m_after;
    const std::size_t m_most;
};

} // namespace

bool touchesGeneratePaths(std::string_view annotation, const std::string& path, const std::vector<std::string>& files)
{
    if (annotation.empty())
        return true;
    for (const auto& item : split(annotation, ';')) {
        const auto written = std::string(trim(item));
        if (written.empty())
            continue;
        const auto wanted = git::normalPath(written.starts_with('/') ? written : path + "/" + written);
        if (!wanted)
            continue;
        for (const auto& file : files) {
            if (wanted->empty() || file == *wanted || file.starts_with(*wanted + "/")
                || manifest::globMatches(*wanted, file, '/'))
                return true;
        }
    }
    return false;
}

std::optional<std::vector<std::string>> changedFiles(const git::Tree& before, const git::Tree& after, std::size_t most)
{
    Walk walk(before, after, most);
    if (!walk.compare({}))
        return std::nullopt;
    return std::move(walk.files);
}

} // namespace core::gitops
