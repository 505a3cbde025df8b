// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_source.h"

#include "core/render/kustomize_build.h"
#include "core/render/parallel.h"

#include <algorithm>

namespace core::render::kustomize {

namespace {

std::string_view parentOf(std::string_view path)
{
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? std::string_view {} : path.substr(0, slash);
}

std::string_view nameIn(std::string_view path)
{
    const auto slash = path.rfind('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

} // namespace

std::uint32_t SourceView::indexOf(std::string_view path) const
{
    if (const auto it = m_indexes.find(path); it != m_indexes.end())
        return it->second;
    const auto index = static_cast<std::uint32_t>(m_seen.size());
    auto* const text = static_cast<char*>(m_texts.allocate(path.size() + 1, 1));
    const std::string_view kept(text, path.copy(text, path.size()));
    m_indexes.emplace(kept, index);
    m_seen.push_back({kept, {}, 0});
    return index;
}

const std::string& SourceView::markOf(std::uint32_t index) const
{
    auto& seen = m_seen[index];
    if (!seen.mark)
        seen.mark = m_below->mark(seen.path);
    return *seen.mark;
}

bool SourceView::note(std::string_view path) const
{
    if (m_records.empty() || m_marks == Marks::None)
        return false;
    const auto index = indexOf(path);
    auto& record = m_records.back();
    if (m_seen[index].record == record.number)
        return false;
    m_seen[index].record = record.number;
    record.paths.push_back(index);
    record.complete = record.complete && !markOf(index).empty();
    return true;
}

void SourceView::noteFolder(std::string_view path) const
{
    // Whoever noted a folder noted those above it.
    while (note(path) && !path.empty())
        path = parentOf(path);
}

void SourceView::noteOther() const
{
    if (!m_records.empty())
        m_records.back().complete = false;
}

void SourceView::begin() const
{
    m_records.push_back({++m_lastRecord, {}, true});
}

Reads SourceView::end() const
{
    auto record = std::move(m_records.back());
    m_records.pop_back();
    std::sort(record.paths.begin(), record.paths.end());
    record.paths.erase(std::unique(record.paths.begin(), record.paths.end()), record.paths.end());
    Reads reads;
    reads.complete = record.complete;
    reads.marks.reserve(record.paths.size());
    for (const auto index : record.paths)
        reads.marks.emplace_back(std::string(m_seen[index].path), markOf(index));
    if (!m_records.empty()) {
        auto& outer = m_records.back();
        outer.complete = outer.complete && record.complete;
        for (const auto index : record.paths) {
            if (std::exchange(m_seen[index].record, outer.number) != outer.number)
                outer.paths.push_back(index);
        }
    }
    return reads;
}

std::vector<bool> SourceView::show(const std::vector<const Reads*>& all) const
{
    constexpr std::size_t kMany = 256;
    std::vector<std::uint32_t> indexes; // of all marks, in order
    std::vector<std::uint32_t> unknown;
    for (const auto* reads : all) {
        for (const auto& [path, mark] : reads->marks) {
            const auto known = m_seen.size();
            indexes.push_back(indexOf(path));
            if (indexes.back() >= known)
                unknown.push_back(indexes.back());
        }
    }
    onTwoThreads(unknown.size(), unknown.size() > kMany, [&](std::size_t i) { (void)markOf(unknown[i]); });
    std::vector<bool> shown;
    shown.reserve(all.size());
    auto index = indexes.begin();
    for (const auto* reads : all) {
        bool holds = reads->complete;
        for (const auto& [path, mark] : reads->marks)
            holds = markOf(*index++) == mark && holds;
        shown.push_back(holds);
    }
    return shown;
}

void SourceView::adopt(const Reads& reads) const
{
    if (m_records.empty())
        return; // nobody asks
    for (const auto& [path, mark] : reads.marks) {
        auto& seen = m_seen[indexOf(path)];
        if (!seen.mark)
            seen.mark = mark;
        else if (*seen.mark != mark)
            noteOther(); // it changed while we were reading
        note(path);
    }
    if (!reads.complete)
        noteOther();
}

bool SourceView::shows(const Reads& reads) const
{
    return reads.complete && std::all_of(reads.marks.begin(), reads.marks.end(), [&](const auto& entry) {
               return markOf(indexOf(entry.first)) == entry.second;
           });
}

Result<std::string> SourceView::read(std::string_view path) const
{
    noteFolder(parentOf(path));
    note(path);
    return m_below->read(path);
}

Result<std::vector<git::Entry>> SourceView::list(std::string_view path) const
{
    noteOther();
    return m_below->list(path);
}

Result<git::Entry> SourceView::stat(std::string_view path) const
{
    noteOther();
    return m_below->stat(path);
}

Result<std::vector<git::Entry>> SourceView::listTypes(std::string_view path) const
{
    noteFolder(path);
    return m_below->listTypes(path);
}

Result<std::string> SourceView::readLink(std::string_view path) const
{
    noteFolder(parentOf(path));
    note(path);
    return m_below->readLink(path);
}

Result<git::EntryType> SourceView::type(std::string_view path) const
{
    const auto found = typeOf(path);
    return found ? Result<git::EntryType>(*found)
                 : fail(Error::Code::NotFound, "no such file or folder in " + description(), std::string(path));
}

std::optional<git::EntryType> SourceView::typeOf(std::string_view path) const
{
    if (path.empty())
        return git::EntryType::Folder;
    const auto parent = parentOf(path);
    noteFolder(parent);
    auto listing = m_listings.find(parent);
    if (listing == m_listings.end()) {
        listing = m_listings.emplace(std::string(parent), Listing {}).first;
        if (const auto entries = m_below->listTypes(parent)) {
            for (const auto& entry : *entries)
                listing->second.emplace(entry.name, entry.type);
        }
    }
    const auto entry = listing->second.find(nameIn(path));
    return entry == listing->second.end() ? std::nullopt : std::optional(entry->second);
}

bool SourceView::isPlainFolder(std::string_view path) const
{
    // A name with a dot is mostly a file's.
    if (path.empty() || m_listings.contains(parentOf(path)) || nameIn(path).find('.') != std::string_view::npos)
        return typeOf(path) == git::EntryType::Folder;
    noteFolder(path);
    if (m_listings.contains(path))
        return true;
    const auto entries = m_below->listTypes(path);
    if (!entries)
        return false;
    Listing listing;
    for (const auto& entry : *entries)
        listing.emplace(entry.name, entry.type);
    m_listings.emplace(path, std::move(listing));
    return true;
}

Result<std::string> SourceView::real(const std::string& path) const
{
    // Trees follow no links: what is seen at once has none on its way.
    if (const auto type = typeOf(path); type && *type != git::EntryType::Symlink)
        return path;
    const std::string parent(parentOf(path));
    std::string folder;
    if (!parent.empty()) {
        if (const auto known = m_folders.find(parent); known != m_folders.end()) {
            noteFolder(parent);
            folder = known->second;
        } else {
            PH_TRY(folder, real(parent));
            // Only where no link was followed: what a link says would not be noted the second time.
            if (folder == parent)
                m_folders.emplace(parent, folder);
        }
    }
    const auto real = folder.empty() ? std::string(nameIn(path)) : folder + "/" + std::string(nameIn(path));
    if (real.empty())
        return real;
    const auto type = typeOf(real);
    if (!type)
        return fail(Error::Code::NotFound, "no such file or folder", real);
    return *type == git::EntryType::Symlink ? resolve(real) : Result<std::string>(real);
}

} // namespace core::render::kustomize
