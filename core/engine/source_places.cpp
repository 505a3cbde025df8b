// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/views.h"
#include "core/manifest/yaml.h"

namespace core::engine {

namespace {

constexpr int kMostFiles = 2'000;
constexpr int kMostDepth = 20;
constexpr std::size_t kMostBytes = std::size_t {1} << 20;

class Search
{
public:
    Search(const git::Tree& tree, const manifest::ResourceKey& key)
        : m_tree(tree)
        , m_key(key)
    {
    }

    SourcePlace place;

    bool folder(const std::string& path, int depth)
    {
        const auto entries = m_tree.listTypes(path);
        if (!entries || depth > kMostDepth)
            return false;
        for (const auto& entry : *entries) {
            const auto at = path.empty() ? entry.name : path + "/" + entry.name;
            if (entry.type == git::EntryType::Folder ? folder(at, depth + 1)
                                                     : entry.type == git::EntryType::File && file(at))
                return true;
        }
        return false;
    }

private:
    bool file(const std::string& path)
    {
        if (!(path.ends_with(".yaml") || path.ends_with(".yml")) || ++m_read > kMostFiles)
            return false;
        auto text = m_tree.read(path);
        // Most files are told apart without being parsed.
        if (!text || text->size() > kMostBytes || text->find(m_key.name) == std::string::npos
            || text->find(m_key.kind) == std::string::npos)
            return false;
        const auto documents = manifest::parseYaml(*text, path);
        if (!documents)
            return false;
        for (std::size_t i = 0; i < documents->size(); ++i) {
            auto key = manifest::keyOf((*documents)[i].value);
            if (key.nameSpace.empty()) // whoever applies it says where
                key.nameSpace = m_key.nameSpace;
            if (key == m_key) {
                place = {path, std::move(*text), i};
                return true;
            }
        }
        return false;
    }

    const git::Tree& m_tree;
    const manifest::ResourceKey& m_key;
    int m_read = 0;
};

} // namespace

SourcePlace findManifest(const git::Tree& tree, const manifest::ResourceKey& key)
{
    Search search(tree, key);
    search.folder({}, 0);
    return std::move(search.place);
}

} // namespace core::engine
