// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/views.h"
#include "core/git/tree.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>

namespace core::engine {

using manifest::Value;
using Role = SourceLink::Role;

namespace {

/// Files that are read at most while looking for who leads to one.
constexpr std::size_t kMostFiles = 2'000;
constexpr std::array kKustomizations {"kustomization.yaml", "kustomization.yml", "Kustomization"};

std::string folderOf(const std::string& path)
{
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? std::string {} : path.substr(0, slash);
}

std::string nameOf(const std::string& path)
{
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string join(const std::string& folder, const std::string& name)
{
    return folder.empty() ? name : folder + "/" + name;
}

bool isKustomization(const std::string& path)
{
    return std::find(kKustomizations.begin(), kKustomizations.end(), nameOf(path)) != kKustomizations.end();
}

/// The file that a reference of a kustomization leads to: a folder stands for its kustomization. "" for what is not in
/// the source (URLs, inline patches).
std::string target(const git::Tree& tree, const std::string& folder, const std::string& reference)
{
    if (reference.empty() || reference.find('\n') != std::string::npos)
        return {};
    const auto path = git::normalPath(join(folder, reference));
    if (!path)
        return {};
    if (tree.isFile(*path))
        return *path;
    for (const auto* name : kKustomizations)
        if (const auto inside = join(*path, name); tree.isFile(inside))
            return inside;
    return {};
}

struct Reader
{
    const git::Tree& tree;
    const std::string folder;
    const std::string text;
    std::vector<SourceLink> links;

    void add(Role role, const std::string& reference, const std::vector<std::string>& path)
    {
        const auto leads = target(tree, folder, reference);
        if (!leads.empty())
            links.push_back({role, leads, manifest::locate(text, 0, path).line});
    }

    void list(const Value& root, const char* field, Role role)
    {
        const auto& items = manifest::array(root, {field});
        for (std::size_t i = 0; i < items.size(); ++i) {
            const std::vector<std::string> at {field, std::to_string(i)};
            if (items[i].is_string())
                add(role, std::string(items[i].get_string()), at);
            else if (items[i].is_object())
                add(role, std::string(manifest::text(items[i], {"path"})), at);
        }
    }

    /// configMapGenerator and secretGenerator: files ("key=path"), envs.
    void generators(const Value& root, const char* field)
    {
        const auto& items = manifest::array(root, {field});
        for (std::size_t i = 0; i < items.size(); ++i)
            for (const auto* kind : {"files", "envs"}) {
                const auto& files = manifest::array(items[i], {kind});
                for (std::size_t j = 0; j < files.size(); ++j) {
                    if (!files[j].is_string())
                        continue;
                    const std::string file(files[j].get_string());
                    const auto equals = file.find('=');
                    add(Role::Generator, equals == std::string::npos ? file : file.substr(equals + 1),
                        {field, std::to_string(i), kind, std::to_string(j)});
                }
            }
    }
};

Result<std::vector<SourceLink>> kustomizationLinks(const git::Tree& tree, const std::string& path)
{
    PH_TRY(const auto text, tree.readFollowing(path));
    PH_TRY(const auto documents, manifest::parseYaml(text, path));
    if (documents.empty())
        return std::vector<SourceLink> {};
    const Value& root = documents.front().value;
    Reader reader {tree, folderOf(path), text, {}};
    reader.list(root, "resources", Role::Resource);
    for (auto& link : reader.links)
        if (isKustomization(link.path))
            link.role = Role::Base;
    reader.list(root, "bases", Role::Base);
    reader.list(root, "components", Role::Component);
    for (const auto* field : {"patches", "patchesStrategicMerge", "patchesJson6902", "replacements"})
        reader.list(root, field, Role::Patch);
    for (const auto* field : {"generators", "transformers", "configurations", "crds", "openapi"})
        reader.list(root, field, Role::Generator);
    reader.generators(root, "configMapGenerator");
    reader.generators(root, "secretGenerator");
    const auto& charts = manifest::array(root, {"helmCharts"});
    for (std::size_t i = 0; i < charts.size(); ++i)
        reader.add(Role::Values, std::string(manifest::text(charts[i], {"valuesFile"})),
                   {"helmCharts", std::to_string(i), "valuesFile"});
    return std::move(reader.links);
}

/// The folder of the chart that holds the file, or none.
std::optional<std::string> chartOf(const git::Tree& tree, const std::string& path)
{
    for (auto folder = folderOf(path);; folder = folderOf(folder)) {
        if (tree.isFile(join(folder, "Chart.yaml")))
            return folder;
        if (folder.empty())
            return std::nullopt;
    }
}

void addChartLinks(const git::Tree& tree, const std::string& path, std::vector<SourceLink>& out)
{
    const auto chart = chartOf(tree, path);
    if (!chart)
        return;
    const auto add = [&](Role role, const std::string& file) {
        if (file != path && tree.isFile(file))
            out.push_back({role, file, 0});
    };
    add(Role::Chart, join(*chart, "Chart.yaml"));
    if (const auto entries = tree.list(*chart))
        for (const auto& entry : *entries)
            if (entry.name.starts_with("values") && entry.name.ends_with(".yaml"))
                add(Role::Values, join(*chart, entry.name));
    if (const auto entries = tree.list(join(*chart, "templates")))
        for (const auto& entry : *entries)
            add(Role::Template, join(*chart, "templates/" + entry.name));
}

/// Kustomizations of the whole source, those near the root first.
void findKustomizations(const git::Tree& tree, std::vector<std::string>& found)
{
    std::vector<std::string> folders {""};
    for (std::size_t i = 0; i < folders.size() && folders.size() < kMostFiles; ++i) {
        const auto entries = tree.list(folders[i]);
        if (!entries)
            continue;
        for (const auto& entry : *entries) {
            const auto path = join(folders[i], entry.name);
            if (entry.type == git::EntryType::Folder)
                folders.push_back(path);
            else if (isKustomization(path))
                found.push_back(path);
        }
    }
}

} // namespace

Result<std::vector<SourceLink>> sourceLinks(const git::Tree& tree, const std::string& path)
{
    std::vector<SourceLink> out;
    if (isKustomization(path)) {
        PH_TRY(out, kustomizationLinks(tree, path));
    }
    addChartLinks(tree, path, out);
    std::vector<std::string> all;
    findKustomizations(tree, all);
    for (const auto& other : all) {
        if (other == path)
            continue;
        const auto links = kustomizationLinks(tree, other); // one that does not parse leads nowhere
        if (links
            && std::any_of(links->begin(), links->end(), [&](const SourceLink& link) { return link.path == path; }))
            out.push_back({Role::UsedBy, other, 0});
    }
    return out;
}

} // namespace core::engine
