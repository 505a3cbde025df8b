// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_chart.h"

#include "core/base/strings.h"
#include "core/gotemplate/format.h"
#include "core/gotemplate/go_text.h"
#include "core/gotemplate/semver.h"
#include "core/manifest/yaml.h"
#include "core/render/helm_cache.h"
#include "core/render/helm_values.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace core::render::helm {

namespace {

constexpr int kMaxSubcharts = 50; // nesting of charts in charts
constexpr std::size_t kMaxFiles = 50'000;
constexpr std::size_t kMaxBytes = std::size_t {256} << 20;

std::vector<std::shared_ptr<Dependency>> dependenciesOf(const manifest::Value& metadata)
{
    std::vector<std::shared_ptr<Dependency>> list;
    for (const auto& item : manifest::array(metadata, {"dependencies"})) {
        if (!item.is_object())
            continue;
        auto dependency = std::make_shared<Dependency>();
        dependency->name = manifest::text(item, {"name"});
        dependency->version = manifest::text(item, {"version"});
        dependency->repository = manifest::text(item, {"repository"});
        dependency->condition = manifest::text(item, {"condition"});
        dependency->alias = manifest::text(item, {"alias"});
        for (const auto& tag : manifest::array(item, {"tags"}))
            dependency->tags.push_back(textOfScalar(tag));
        for (const auto& import : manifest::array(item, {"import-values"}))
            dependency->importValues.push_back(import);
        list.push_back(std::move(dependency));
    }
    return list;
}

Result<manifest::Value> readMetadata(const std::string& text, const std::string& where)
{
    auto documents = manifest::parseYaml(text, where);
    if (!documents)
        return fail(Error::Code::InvalidInput,
                    "cannot load Chart.yaml: error converting YAML to JSON: "
                        + gotemplate::goYamlMessage(documents.error().message),
                    documents.error().where);
    if (documents->empty())
        return manifest::Value(boost::json::object());
    for (const auto* key : {"name", "home", "version", "description", "icon", "apiVersion", "condition", "tags",
                            "appVersion", "kubeVersion", "type"})
        if (const auto* value = manifest::find(documents->front().value, {key});
            value != nullptr && (value->is_array() || value->is_object()))
            return fail(
                Error::Code::InvalidInput,
                fmt::format("cannot load Chart.yaml: error unmarshaling JSON: while decoding JSON: json: cannot "
                            "unmarshal {} into Go struct field Metadata.{} of type string",
                            value->is_array() ? "array" : "object", key),
                where);
    return documents->front().value;
}

bool compatible(std::string_view range, std::string_view version)
{
    const auto parsed = gotemplate::SemanticVersion::parse(version);
    const auto bounds = gotemplate::VersionRange::parse(range);
    return parsed && bounds && bounds->contains(*parsed);
}

std::string extension(std::string_view name)
{
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos ? "" : std::string(name.substr(dot));
}

std::string textOf(const manifest::Value& metadata, std::string_view key)
{
    const auto* value = manifest::find(metadata, {key});
    if (value == nullptr || value->is_null())
        return {};
    return textOfScalar(*value);
}

void dropMark(std::string& text)
{
    if (text.starts_with("\xEF\xBB\xBF"))
        text.erase(0, 3);
}

/// What charts are built of, beside their files.
struct Building
{
    const std::stop_token& stop;
    Loading loading = Loading::Whole;
    std::shared_ptr<AssetReader> assets {}; ///< null in an archive, as the next
    std::shared_ptr<TemplateReader> templates {};
};

Result<ChartPtr> build(std::vector<File> files, const std::string& folder, int depth, const Building& how);

Result<> addSubcharts(Chart& chart, std::map<std::string, std::vector<File>> subcharts, int depth, const Building& how)
{
    std::vector<ChartPtr> charts;
    for (auto& [name, files] : subcharts) {
        if (name.starts_with('_') || name.starts_with('.'))
            continue;
        Result<ChartPtr> built = ChartPtr();
        if (extension(name) == ".tgz") {
            if (files.front().name != name)
                return fail(Error::Code::InvalidInput,
                            fmt::format("error unpacking subchart tar in {}: expected {}, got {}", chart.name, name,
                                        files.front().name));
            auto unpacked = unpack(files.front().data, name, how.stop);
            built = unpacked ? build(std::move(*unpacked), "", depth + 1, {how.stop, how.loading})
                             : Result<ChartPtr>(tl::unexpected<Error>(unpacked.error()));
        } else {
            std::vector<File> inner;
            for (auto& file : files)
                if (const auto slash = file.name.find('/'); slash != std::string::npos)
                    inner.push_back({file.name.substr(slash + 1), std::move(file.data), std::move(file.path)});
            built =
                build(std::move(inner), chart.folder.empty() ? "" : chart.folder + "/charts/" + name, depth + 1, how);
        }
        if (!built)
            return tl::unexpected<Error>(
                built.error().within(fmt::format("error unpacking subchart {} in {}", name, chart.name)));
        charts.push_back(std::move(*built));
    }
    chart.setCharts(std::move(charts));
    return {};
}

// What Helm requires of Chart.yaml.
Result<> validate(const Chart& chart, const std::string& where)
{
    const auto bad = [&where](std::string message) {
        return fail(Error::Code::InvalidInput, "validation: " + std::move(message), where);
    };
    if (chart.name.empty())
        return bad("chart.metadata.name is required");
    if (chart.name.find('/') != std::string::npos)
        return bad(fmt::format("chart.metadata.name \"{}\" is invalid", chart.name));
    if (chart.version.empty())
        return bad("chart.metadata.version is required");
    if (!gotemplate::SemanticVersion::parse(chart.version))
        return bad(fmt::format("chart.metadata.version \"{}\" is invalid", chart.version));
    if (!chart.type.empty() && chart.type != "application" && chart.type != "library")
        return bad("chart.metadata.type must be application or library");
    for (const auto& maintainer : manifest::array(chart.metadata, {"maintainers"}))
        if (maintainer.is_null())
            return bad("maintainers must not contain empty or null nodes");
    for (const auto& dependency : manifest::array(chart.metadata, {"dependencies"}))
        if (dependency.is_null())
            return bad("dependencies must not contain empty or null nodes");
    std::set<std::string_view> names;
    for (const auto& dependency : chart.dependencies) {
        const auto& alias = dependency->alias;
        if (!std::all_of(alias.begin(), alias.end(), [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
                    || c == '-';
            }))
            return bad(fmt::format("dependency \"{}\" has disallowed characters in the alias", dependency->name));
        const auto& key = alias.empty() ? dependency->name : alias;
        if (!names.insert(key).second)
            return bad(fmt::format("more than one dependency with name or alias \"{}\"", key));
    }
    return {};
}

// The name in the innermost chart; "" for an archive of charts.
std::string_view nameInChart(std::string_view name)
{
    while (name.starts_with("charts/")) {
        const auto slash = name.find('/', 7);
        if (slash == std::string_view::npos)
            return {};
        name.remove_prefix(slash + 1);
    }
    return name;
}

bool isTemplate(std::string_view name)
{
    return nameInChart(name).starts_with("templates/");
}

// Whether only templates may want to see a file: it is not needed for loading the chart.
bool isAsset(std::string_view name)
{
    name = nameInChart(name);
    if (name.empty())
        return false;
    constexpr std::array<std::string_view, 6> kRead {"Chart.yaml",        "Chart.lock",  "requirements.yaml",
                                                     "requirements.lock", "values.yaml", "values.schema.json"};
    return !name.starts_with("templates/") && std::find(kRead.begin(), kRead.end(), name) == kRead.end();
}

AssetPtr asset(File& file, const std::shared_ptr<AssetReader>& reader)
{
    if (!file.path.empty())
        return std::make_shared<const Asset>(Asset {std::move(file.name), std::move(file.path), {}, reader});
    auto data = Value::text(gotemplate::Type::Bytes, std::move(file.data));
    return std::make_shared<const Asset>(Asset {std::move(file.name), {}, std::move(data), nullptr});
}

Result<> readOwnValues(Chart& chart)
{
    // Never changed in place: whoever merges copies first.
    static TextCache<Value> cache(std::size_t {16} << 20);
    if (auto known = cache.find(chart.valuesText)) {
        chart.values = std::move(*known);
        return {};
    }
    auto values = parseValues(chart.valuesText, chart.folder.empty() ? "values.yaml" : chart.folder + "/values.yaml");
    if (!values)
        return fail(values.error().code, "cannot load values.yaml: " + values.error().message, values.error().where);
    cache.add(chart.valuesText, *values);
    chart.values = std::move(*values);
    return {};
}

TemplateFile templateFile(File& file, const Building& how)
{
    if (!file.path.empty())
        return {std::move(file.name), std::make_shared<TemplateSource>(std::move(file.path), how.templates)};
    return {std::move(file.name), std::make_shared<TemplateSource>(std::move(file.data))};
}

Result<ChartPtr> build(std::vector<File> files, const std::string& folder, int depth, const Building& how)
{
    if (depth > kMaxSubcharts)
        return fail(Error::Code::LimitExceeded, "charts are nested too deep");
    auto chart = std::make_shared<Chart>();
    chart->folder = folder;
    chart->assets = how.assets;
    chart->values = Value::map();
    const auto where = [&folder](std::string_view name) {
        return folder.empty() ? std::string(name) : folder + "/" + std::string(name);
    };
    bool found = false;
    for (auto& file : files) {
        dropMark(file.data);
        if (file.name != "Chart.yaml")
            continue;
        PH_TRY(chart->metadata, readMetadata(file.data, where("Chart.yaml")));
        found = true;
    }
    if (!found || !chart->metadata.is_object())
        return fail(Error::Code::NotFound, "Chart.yaml file is missing", folder);
    const auto& metadata = chart->metadata;
    chart->name = textOf(metadata, "name");
    chart->version = textOf(metadata, "version");
    chart->apiVersion = textOf(metadata, "apiVersion");
    if (chart->apiVersion.empty())
        chart->apiVersion = "v1";
    chart->kubeVersion = textOf(metadata, "kubeVersion");
    chart->type = textOf(metadata, "type");
    chart->dependencies = dependenciesOf(metadata);
    chart->requirements = metadata;
    std::map<std::string, std::vector<File>> subcharts;
    for (auto& file : files) {
        const auto& name = file.name;
        if (name == "Chart.yaml")
            continue;
        if (name == "Chart.lock" || name == "requirements.lock" || name == "requirements.yaml") {
            if (name == "requirements.yaml") {
                PH_TRY(const auto requirements, readMetadata(file.data, where(name)));
                if (manifest::find(requirements, {"dependencies"}) != nullptr) {
                    chart->dependencies = dependenciesOf(requirements);
                    chart->requirements = requirements;
                }
            } else if (auto documents = manifest::parseYaml(file.data, where(name)); !documents) {
                return fail(
                    Error::Code::InvalidInput,
                    fmt::format("cannot load {}: {}", name, gotemplate::goYamlMessage(documents.error().message)),
                    documents.error().where);
            } else if (!documents->empty()) {
                chart->lock = std::move(documents->front().value);
            }
            if (chart->apiVersion == "v1")
                chart->files.push_back(asset(file, how.assets));
        } else if (name == "values.yaml") {
            chart->valuesText = std::move(file.data);
            if (how.loading == Loading::Whole)
                PH_CHECK(readOwnValues(*chart));
        } else if (name == "values.schema.json") {
            chart->schema = std::move(file.data);
        } else if (name.starts_with("templates/")) {
            chart->templates.push_back(templateFile(file, how));
        } else if (name.starts_with("charts/")) {
            if (extension(name) == ".prov") {
                chart->files.push_back(asset(file, how.assets));
                continue;
            }
            auto inner = name.substr(7);
            auto top = inner.substr(0, inner.find('/'));
            subcharts[top].push_back({std::move(inner), std::move(file.data), std::move(file.path)});
        } else {
            chart->files.push_back(asset(file, how.assets));
        }
    }
    PH_CHECK(validate(*chart, where("Chart.yaml")));
    PH_CHECK(addSubcharts(*chart, std::move(subcharts), depth, how));
    return chart;
}

struct Walk
{
    const git::Tree& tree;
    const IgnoreRules& rules;
    std::stop_token stop;
    Loading loading = Loading::Whole;
    std::vector<File> files {};
    std::size_t bytes = 0;

    Result<> folder(const std::string& root, const std::string& inner, int depth)
    {
        if (depth > 100)
            return fail(Error::Code::LimitExceeded, "folders are nested too deep", root);
        if (stop.stop_requested())
            return fail(Error::Code::Cancelled, "cancelled");
        const auto path = inner.empty() ? root : root.empty() ? inner : root + "/" + inner;
        auto listed = tree.listTypes(path); // most paths lead through no link
        if (!listed) {
            PH_TRY(const auto real, tree.resolve(path));
            listed = tree.listTypes(real);
        }
        PH_TRY(auto entries, std::move(listed));
        std::sort(entries.begin(), entries.end(),
                  [](const git::Entry& a, const git::Entry& b) { return a.name < b.name; });
        for (const auto& entry : entries) {
            const auto name = inner.empty() ? entry.name : inner + "/" + entry.name;
            const auto full = root.empty() ? name : root + "/" + name;
            auto type = entry.type;
            if (type == git::EntryType::Symlink)
                type = tree.isFolder(full) ? git::EntryType::Folder : git::EntryType::File;
            const bool isFolder = type == git::EntryType::Folder;
            if (type == git::EntryType::Submodule || rules.ignores(name, isFolder))
                continue;
            if (isFolder) {
                PH_CHECK(folder(root, name, depth + 1));
                continue;
            }
            File file {name, {}, {}};
            if (entry.type == git::EntryType::File
                && (isAsset(name) || (loading == Loading::Later && isTemplate(name)))) {
                file.path = full;
            } else {
                PH_TRY(file.data, tree.readFollowing(full));
            }
            bytes += file.data.size();
            if (files.size() >= kMaxFiles || bytes > kMaxBytes)
                return fail(Error::Code::LimitExceeded, "the chart has too many or too large files", root);
            files.push_back(std::move(file));
        }
        return {};
    }
};

} // namespace

std::string textOfScalar(const manifest::Value& value)
{
    if (value.is_string())
        return std::string(value.get_string());
    return value.is_double() ? gotemplate::formatFloat(value.get_double(), 'g', -1) : manifest::toJson(value);
}

std::string Chart::fullPath() const
{
    return parent == nullptr ? name : parent->fullPath() + "/charts/" + name;
}

void Chart::setCharts(std::vector<ChartPtr> list)
{
    charts = std::move(list);
    for (const auto& chart : charts)
        chart->parent = this;
}

Result<> Chart::checkAssets() const
{
    if (assets != nullptr && assets->failure())
        return tl::unexpected<Error>(*assets->failure());
    for (const auto& chart : charts)
        PH_CHECK(chart->checkAssets());
    return {};
}

Result<ChartPtr> loadArchive(std::string_view bytes, std::string_view name, std::stop_token stop)
{
    PH_TRY(auto files, unpack(bytes, name, stop));
    return build(std::move(files), "", 0, {stop});
}

Result<ChartPtr> loadChart(const git::TreePtr& tree, const std::string& path, std::stop_token stop, Loading loading)
{
    const auto ignore = tree->readFollowing(path.empty() ? ".helmignore" : path + "/.helmignore");
    PH_TRY(const auto rules, IgnoreRules::parse(ignore ? *ignore : ""));
    Walk walk {*tree, rules, stop, loading};
    PH_CHECK(walk.folder(path, "", 0));
    return build(std::move(walk.files), path, 0,
                 {stop, loading, std::make_shared<AssetReader>(tree), std::make_shared<TemplateReader>(tree)});
}

Result<> readValues(Chart& chart)
{
    if (!chart.valuesText.empty())
        PH_CHECK(readOwnValues(chart));
    for (const auto& child : chart.charts)
        PH_CHECK(readValues(*child));
    return {};
}

AssetReader::AssetReader(git::TreePtr tree)
    : m_tree(std::move(tree))
{
}

std::string AssetReader::read(const std::string& path)
{
    if (m_failure)
        return {};
    auto text = m_tree->readFollowing(path);
    if (text && (m_bytes += text->size()) > kMaxBytes)
        text = fail(Error::Code::LimitExceeded, "the chart's files are too large", path);
    if (!text) {
        m_failure = text.error();
        return {};
    }
    dropMark(*text);
    return std::move(*text);
}

const Value& Asset::bytes() const
{
    if (data.isNone())
        data = Value::text(gotemplate::Type::Bytes, reader == nullptr ? std::string() : reader->read(path));
    return data;
}

bool matchPath(std::string_view pattern, std::string_view name)
{
    while (!pattern.empty()) {
        if (pattern[0] == '*') {
            while (!pattern.empty() && pattern[0] == '*')
                pattern.remove_prefix(1);
            for (std::size_t i = 0; i <= name.size(); ++i) {
                if (matchPath(pattern, name.substr(i)))
                    return true;
                if (i < name.size() && name[i] == '/')
                    return false;
            }
            return false;
        }
        if (name.empty())
            return false;
        if (pattern[0] == '[') {
            auto close = pattern.find(']', 2);
            if (close == std::string_view::npos || name[0] == '/')
                return false;
            auto set = pattern.substr(1, close - 1);
            const bool negate = set.starts_with('^');
            set.remove_prefix(negate ? 1 : 0);
            bool found = false;
            for (std::size_t i = 0; i < set.size(); ++i) {
                if (i + 2 < set.size() && set[i + 1] == '-') {
                    found = found || (name[0] >= set[i] && name[0] <= set[i + 2]);
                    i += 2;
                } else {
                    found = found || name[0] == set[i];
                }
            }
            if (found == negate)
                return false;
            pattern.remove_prefix(close + 1);
            name.remove_prefix(1);
            continue;
        }
        if (pattern[0] == '?') {
            if (name[0] == '/')
                return false;
        } else {
            if (pattern[0] == '\\' && pattern.size() > 1)
                pattern.remove_prefix(1);
            if (pattern[0] != name[0])
                return false;
        }
        pattern.remove_prefix(1);
        name.remove_prefix(1);
    }
    return name.empty();
}

Result<IgnoreRules> IgnoreRules::parse(std::string_view text)
{
    IgnoreRules rules;
    auto lines = split(text, '\n');
    lines.emplace_back("templates/.?*");
    for (const auto& raw : lines) {
        std::string rule(trim(raw));
        if (rule.empty() || rule[0] == '#')
            continue;
        if (rule.find("**") != std::string::npos)
            return fail(Error::Code::InvalidInput, "double-star (**) syntax is not supported", ".helmignore");
        Pattern pattern;
        if (rule[0] == '!') {
            pattern.negate = true;
            rule.erase(0, 1);
        }
        if (rule.ends_with('/')) {
            pattern.mustBeFolder = true;
            rule.pop_back();
        }
        if (rule.starts_with('/'))
            rule.erase(0, 1);
        else
            pattern.baseOnly = rule.find('/') == std::string::npos;
        const auto wild = rule.find_first_of("*?[\\");
        pattern.isText = wild == std::string::npos;
        pattern.isEnding = wild == 0 && rule[0] == '*' && rule.find_first_of("*?[\\", 1) == std::string::npos;
        pattern.glob = rule;
        rules.m_patterns.push_back(std::move(pattern));
    }
    return rules;
}

bool IgnoreRules::matches(const Pattern& pattern, std::string_view name)
{
    if (pattern.isText)
        return name == pattern.glob;
    if (!pattern.isEnding)
        return matchPath(pattern.glob, name);
    const auto ending = std::string_view(pattern.glob).substr(1);
    return name.ends_with(ending) && name.substr(0, name.size() - ending.size()).find('/') == std::string_view::npos;
}

bool IgnoreRules::ignores(const std::string& path, bool isFolder) const
{
    for (const auto& pattern : m_patterns) {
        const auto name =
            pattern.baseOnly ? std::string_view(path).substr(path.rfind('/') + 1) : std::string_view(path);
        if (pattern.negate) {
            if ((pattern.mustBeFolder && !isFolder) || !matches(pattern, name))
                return true;
            continue;
        }
        if (pattern.mustBeFolder && !isFolder)
            continue;
        if (matches(pattern, name))
            return true;
    }
    return false;
}

namespace {

// coalesceValues of one chart: its own values under those given.
void ownValues(const Chart& chart, Value& values, bool merge)
{
    auto own = gotemplate::deepCopy(chart.values);
    const auto entries = own.entries();
    for (const auto& [key, value] : entries) {
        const auto* given = values.find(key.asString());
        if (given == nullptr) {
            values.set(key, value);
        } else if (given->isNil() && !merge) {
            values.erase(key.asString());
        } else if (given->isMap() && value.isMap()) {
            const bool child = std::any_of(chart.charts.begin(), chart.charts.end(),
                                           [&k = key.asString()](const ChartPtr& c) { return c->name == k; });
            coalesceTables(*given, value, child || merge);
        }
    }
}

Result<> coalesce(Chart& chart, Value& values, bool merge, int depth)
{
    if (depth > kMaxSubcharts)
        return fail(Error::Code::LimitExceeded, "charts are nested too deep");
    ownValues(chart, values, merge);
    for (const auto& child : chart.charts) {
        const auto* found = values.find(child->name);
        if (found == nullptr)
            values.set(child->name, Value::map());
        else if (!found->isMap())
            return fail(Error::Code::InvalidInput,
                        "type mismatch on " + child->name + ": " + gotemplate::sprintf("%t", {found, 1}));
        Value inner = *values.find(child->name);
        coalesceGlobals(inner, values);
        PH_CHECK(coalesce(*child, inner, merge, depth + 1));
        values.set(child->name, inner);
    }
    return {};
}

ChartPtr aliased(const std::vector<ChartPtr>& charts, const Dependency& dependency)
{
    for (const auto& chart : charts) {
        if (chart->name != dependency.name || !compatible(dependency.version, chart->version))
            continue;
        auto copy = std::make_shared<Chart>(*chart);
        copy->original = chart;
        if (!dependency.alias.empty())
            copy->name = dependency.alias;
        return copy;
    }
    return nullptr;
}

void applyTags(Chart& chart, const Value& values)
{
    const auto* tags = values.find("tags");
    if (tags == nullptr || !tags->isMap())
        return;
    for (const auto& dependency : chart.dependencies) {
        bool on = false;
        bool off = false;
        for (const auto& tag : dependency->tags) {
            const auto* value = tags->find(tag);
            if (value != nullptr && value->type() == gotemplate::Type::Bool)
                (value->asBool() ? on : off) = true;
        }
        dependency->enabled = on || !off;
    }
}

void applyConditions(Chart& chart, const Value& values, const std::string& path)
{
    for (const auto& dependency : chart.dependencies) {
        for (const auto& condition : split(trim(dependency->condition), ',')) {
            if (condition.empty())
                continue;
            const auto* value = at(values, path + condition);
            if (value != nullptr && value->type() == gotemplate::Type::Bool) {
                dependency->enabled = value->asBool();
                break;
            }
        }
    }
}

Result<> enable(Chart& chart, const Value& values, const std::string& path, int depth)
{
    if (depth > kMaxSubcharts)
        return fail(Error::Code::LimitExceeded, "charts are nested too deep");
    if (chart.dependencies.empty())
        return {};
    std::vector<ChartPtr> kept;
    for (const auto& existing : chart.charts) {
        const bool asked =
            std::any_of(chart.dependencies.begin(), chart.dependencies.end(), [&](const auto& dependency) {
                return existing->name == dependency->name && compatible(dependency->version, existing->version);
            });
        if (!asked)
            kept.push_back(existing);
    }
    for (const auto& dependency : chart.dependencies) {
        if (auto copy = aliased(chart.charts, *dependency))
            kept.push_back(std::move(copy));
        if (!dependency->alias.empty())
            dependency->name = dependency->alias;
    }
    chart.setCharts(std::move(kept));
    for (const auto& dependency : chart.dependencies)
        dependency->enabled = true;
    PH_TRY(const auto merged, coalesceValues(chart, values));
    applyTags(chart, merged);
    applyConditions(chart, merged, path);
    const auto disabled = [&chart](const std::string& name) {
        return std::any_of(chart.dependencies.begin(), chart.dependencies.end(),
                           [&name](const auto& d) { return !d->enabled && d->name == name; });
    };
    std::vector<ChartPtr> enabled;
    for (const auto& child : chart.charts)
        if (!disabled(child->name))
            enabled.push_back(child);
    std::vector<std::shared_ptr<Dependency>> remaining;
    for (const auto& dependency : chart.dependencies)
        if (!disabled(dependency->name))
            remaining.push_back(dependency);
    for (const auto& child : enabled)
        PH_CHECK(enable(*child, merged, path + child->name + ".", depth + 1));
    chart.dependencies = std::move(remaining);
    chart.setCharts(std::move(enabled));
    return {};
}

Value nested(std::string_view path, const Value& value)
{
    if (path == ".")
        return value;
    auto result = value;
    auto parts = split(path, '.');
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        auto outer = Value::map();
        outer.set(*part, result);
        result = outer;
    }
    return result;
}

Result<> importValues(Chart& chart, int depth)
{
    if (depth > kMaxSubcharts)
        return fail(Error::Code::LimitExceeded, "charts are nested too deep");
    for (const auto& child : chart.charts)
        PH_CHECK(importValues(*child, depth + 1));
    if (chart.dependencies.empty())
        return {};
    PH_TRY(const auto merged, coalesceValues(chart, Value::map(), true));
    auto imported = Value::map();
    for (const auto& dependency : chart.dependencies) {
        dependency->imported.clear();
        for (const auto& import : dependency->importValues) {
            std::string child;
            std::string parent = ".";
            if (import.is_string())
                child = "exports." + std::string(import.get_string());
            else if (import.is_object()) {
                child = manifest::text(import, {"child"});
                parent = manifest::text(import, {"parent"});
            }
            auto shown = Value::map(gotemplate::Type::StringMap);
            shown.set("child", Value::string(child));
            shown.set("parent", Value::string(parent));
            dependency->imported.push_back(std::move(shown));
            const auto* table = at(merged, dependency->name + "." + child);
            if (table != nullptr && table->isMap())
                coalesceTables(imported, nested(parent, *table), true);
        }
        // Helm imports once: a chart under two names shares its requirements, and the second name gets nothing, which
        // then is what both show.
        dependency->importValues.clear();
    }
    chart.values = gotemplate::deepCopy(merged);
    coalesceTables(chart.values, imported, true);
    return {};
}

} // namespace

Result<Value> coalesceValues(Chart& chart, const Value& values, bool merge)
{
    auto copy = values.isMap() ? gotemplate::deepCopy(values) : Value::map();
    PH_CHECK(coalesce(chart, copy, merge, 0));
    return copy;
}

Result<> processDependencies(Chart& chart, const Value& values)
{
    PH_CHECK(enable(chart, values, "", 0));
    return importValues(chart, 0);
}

} // namespace core::render::helm
