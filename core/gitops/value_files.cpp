// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/value_files.h"

#include "core/base/strings.h"
#include "core/manifest/glob.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

namespace core::gitops {

namespace {

constexpr std::size_t kMaxMatches = 10'000;
constexpr int kMaxDepth = 100;

bool isGlob(const std::string& name)
{
    return name.find("://") == std::string::npos && name.find_first_of("*?[") != std::string::npos;
}

/// Where a value file is looked up: "$ref/" of another source or "/" of the own tree, and the path below that.
struct Place
{
    std::string root;
    git::TreePtr tree; ///< null where there is no such source
    std::string path;
    [[nodiscard]] std::string name() const { return root + path; }
};

Result<Place> placeOf(const render::Request& request, const std::string& name)
{
    Place place {"/", request.tree, {}};
    std::string path = name;
    if (name.starts_with('$')) {
        const auto slash = name.find('/');
        const auto ref = request.helm.refs.find(name.substr(1, slash == std::string::npos ? slash : slash - 1));
        place.root = name.substr(0, slash) + "/";
        place.tree = ref == request.helm.refs.end() ? nullptr : ref->second;
        path = slash == std::string::npos ? "" : name.substr(slash + 1);
    } else if (!name.starts_with('/') && !request.path.empty()) {
        path = request.path + "/" + name;
    }
    PH_TRY(place.path, git::normalPath(path));
    return place;
}

/// Files below a folder whose path matches parts of a glob.
class Walk
{
public:
    explicit Walk(const git::Tree& tree)
        : m_tree(tree)
    {
    }

    Result<std::vector<std::string>> run(const std::string& pattern)
    {
        const auto parts = split(pattern, '/');
        PH_CHECK(below("", parts, 0));
        return std::move(m_found);
    }

private:
    using Parts = std::span<const std::string>;

    static std::string joined(const std::string& folder, const std::string& name)
    {
        return folder.empty() ? name : folder + "/" + name;
    }

    Result<> add(const std::string& path)
    {
        if (m_found.size() >= kMaxMatches)
            return fail(Error::Code::LimitExceeded, fmt::format("a glob matches more than {} files", kMaxMatches));
        m_found.push_back(path);
        return {};
    }

    Result<> below(const std::string& folder, Parts parts, int depth)
    {
        if (depth > kMaxDepth)
            return fail(Error::Code::LimitExceeded, "folders are nested too deep", folder);
        const auto& part = parts.front();
        const bool isLast = parts.size() == 1;
        if (part == "**") {
            static const std::vector<std::string> kAnyFile {"*"};
            PH_CHECK(below(folder, isLast ? Parts(kAnyFile) : parts.subspan(1), depth + 1));
        }
        const auto real = m_tree.resolve(folder);
        const auto entries = real ? m_tree.listTypes(*real) : Result<std::vector<git::Entry>>();
        if (!entries)
            return {};
        for (const auto& entry : *entries) {
            const auto path = joined(folder, entry.name);
            if (part == "**") {
                if (entry.type == git::EntryType::Folder)
                    PH_CHECK(below(path, parts, depth + 1));
                continue;
            }
            if (!manifest::globMatches(part, entry.name, '/'))
                continue;
            if (entry.type == git::EntryType::Symlink)
                if (const auto target = m_tree.resolve(path); !target && target.error().code == Error::Code::Forbidden)
                    return tl::unexpected(target.error());
            if (!isLast && m_tree.isFolder(path))
                PH_CHECK(below(path, parts.subspan(1), depth + 1));
            if (isLast && m_tree.isFile(path))
                PH_CHECK(add(path));
        }
        return {};
    }

    const git::Tree& m_tree;
    std::vector<std::string> m_found;
};

} // namespace

Result<> expandValueFiles(render::Request& request)
{
    auto& helm = request.helm;
    if (std::none_of(helm.valueFiles.begin(), helm.valueFiles.end(), isGlob))
        return {};
    std::set<std::string> explicitly;
    for (const auto& name : helm.valueFiles)
        if (!isGlob(name))
            if (const auto place = placeOf(request, name))
                explicitly.insert(place->name());
    std::vector<std::string> files;
    std::set<std::string> taken;
    for (const auto& name : helm.valueFiles) {
        if (!isGlob(name)) {
            const auto place = placeOf(request, name);
            if (!place || taken.insert(place->name()).second)
                files.push_back(name);
            continue;
        }
        PH_TRY(const auto place, placeOf(request, name));
        if (!place.tree)
            return fail(Error::Code::NotFound,
                        fmt::format("source referenced {}, which is not one of the given sources", name));
        PH_TRY(const auto matches, Walk(*place.tree).run(place.path));
        if (matches.empty() && !helm.ignoreMissingValueFiles)
            return fail(Error::Code::NotFound, fmt::format("values file glob \"{}\" matched no files", name));
        for (const auto& path : matches)
            if (!explicitly.contains(place.root + path) && taken.insert(place.root + path).second)
                files.push_back(place.root + path);
    }
    helm.valueFiles = std::move(files);
    return {};
}

} // namespace core::gitops
