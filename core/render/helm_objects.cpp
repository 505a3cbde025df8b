// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_objects.h"

#include "core/base/strings.h"
#include "core/gotemplate/go_text.h"
#include "core/gotemplate/semver.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace core::render::helm {

namespace {

using namespace gotemplate;
using R = Result<Value>;

constexpr std::array<const char*, 55> kKnownVersions {"v1",
                                                      "admissionregistration.k8s.io/v1",
                                                      "admissionregistration.k8s.io/v1alpha1",
                                                      "admissionregistration.k8s.io/v1beta1",
                                                      "internal.apiserver.k8s.io/v1alpha1",
                                                      "apps/v1",
                                                      "apps/v1beta1",
                                                      "apps/v1beta2",
                                                      "authentication.k8s.io/v1",
                                                      "authentication.k8s.io/v1alpha1",
                                                      "authentication.k8s.io/v1beta1",
                                                      "authorization.k8s.io/v1",
                                                      "authorization.k8s.io/v1beta1",
                                                      "autoscaling/v1",
                                                      "autoscaling/v2",
                                                      "batch/v1",
                                                      "batch/v1beta1",
                                                      "certificates.k8s.io/v1",
                                                      "certificates.k8s.io/v1beta1",
                                                      "certificates.k8s.io/v1alpha1",
                                                      "coordination.k8s.io/v1alpha2",
                                                      "coordination.k8s.io/v1beta1",
                                                      "coordination.k8s.io/v1",
                                                      "discovery.k8s.io/v1",
                                                      "discovery.k8s.io/v1beta1",
                                                      "events.k8s.io/v1",
                                                      "events.k8s.io/v1beta1",
                                                      "extensions/v1beta1",
                                                      "flowcontrol.apiserver.k8s.io/v1",
                                                      "flowcontrol.apiserver.k8s.io/v1beta1",
                                                      "flowcontrol.apiserver.k8s.io/v1beta2",
                                                      "flowcontrol.apiserver.k8s.io/v1beta3",
                                                      "lifecycle.k8s.io/v1alpha1",
                                                      "networking.k8s.io/v1",
                                                      "networking.k8s.io/v1beta1",
                                                      "node.k8s.io/v1",
                                                      "node.k8s.io/v1alpha1",
                                                      "node.k8s.io/v1beta1",
                                                      "policy/v1",
                                                      "policy/v1beta1",
                                                      "rbac.authorization.k8s.io/v1",
                                                      "rbac.authorization.k8s.io/v1beta1",
                                                      "rbac.authorization.k8s.io/v1alpha1",
                                                      "resource.k8s.io/v1",
                                                      "resource.k8s.io/v1beta2",
                                                      "resource.k8s.io/v1beta1",
                                                      "resource.k8s.io/v1alpha3",
                                                      "scheduling.k8s.io/v1alpha3",
                                                      "scheduling.k8s.io/v1beta1",
                                                      "scheduling.k8s.io/v1",
                                                      "storage.k8s.io/v1beta1",
                                                      "storage.k8s.io/v1",
                                                      "storage.k8s.io/v1alpha1",
                                                      "storagemigration.k8s.io/v1",
                                                      "storagemigration.k8s.io/v1beta1"};

/// A struct with named fields in their order.
class Struct : public Object
{
public:
    Struct(std::string type, std::string kind, std::vector<std::pair<std::string, Value>> fields)
        : m_type(std::move(type))
        , m_kind(std::move(kind))
        , m_fields(std::move(fields))
    {
    }
    [[nodiscard]] std::string typeName() const override { return m_type; }
    [[nodiscard]] std::string_view kindName() const override { return m_kind; }
    [[nodiscard]] Value field(std::string_view name) const override
    {
        for (const auto& [key, value] : m_fields)
            if (key == name)
                return value;
        return {};
    }
    [[nodiscard]] std::vector<std::pair<std::string, Value>> members() const override { return m_fields; }
    [[nodiscard]] Value serialized() const override
    {
        auto map = Value::map();
        for (auto& [key, value] : jsonMembers())
            map.set(key, std::move(value));
        return map;
    }
    /// Under the names that the fields have in YAML; empty ones are left out.
    [[nodiscard]] std::vector<std::pair<std::string, Value>> jsonMembers() const override
    {
        std::vector<std::pair<std::string, Value>> result;
        for (const auto& [key, value] : m_fields) {
            auto name = key;
            if (key == "ImportValues") {
                name = "import-values";
            } else if (key == "APIVersion") {
                name = "apiVersion";
            } else if (key == "GitCommit" || key == "GitTreeState" || key == "GoVersion") {
                name = key == "GitCommit" ? "git_commit" : key == "GoVersion" ? "go_version" : "git_tree_state";
            } else if (key == "URL") {
                name = "url";
            } else if (m_type != "*chartutil.Capabilities" && m_type != "chartutil.KubeVersion" && key != "IsRoot") {
                name[0] = static_cast<char>(name[0] - 'A' + 'a');
            }
            if (value.truth() || key == "IsRoot" || key == "Repository" || m_type.starts_with("chartutil."))
                result.emplace_back(name, value);
        }
        return result;
    }

private:
    std::string m_type, m_kind;
    std::vector<std::pair<std::string, Value>> m_fields;
};

/// chartutil.KubeVersion: a struct that prints as its version.
class KubeVersion final : public Struct
{
public:
    KubeVersion(const std::string& version, const std::string& major, const std::string& minor)
        : Struct(
            "chartutil.KubeVersion", "struct",
            {{"Version", Value::string(version)}, {"Major", Value::string(major)}, {"Minor", Value::string(minor)}})
        , m_version(version)
    {
    }
    [[nodiscard]] std::string printedByAction() const override { return m_version; }
    [[nodiscard]] FunctionPtr method(std::string_view name) const override
    {
        if (name != "String" && name != "GitVersion")
            return nullptr;
        return makeFunction(std::string(name), "",
                            [version = m_version](Call&) -> R { return Value::string(version); });
    }

private:
    std::string m_version;
};

/// Chart metadata, embedded in a struct that also tells whether the chart is at the root.
class ChartObject final : public Object
{
public:
    ChartObject(std::vector<std::pair<std::string, Value>> fields, bool isRoot)
        : m_metadata(std::make_shared<Struct>("chart.Metadata", "struct", std::move(fields)))
        , m_isRoot(Value::boolean(isRoot))
    {
    }
    [[nodiscard]] std::string typeName() const override { return "struct { chart.Metadata; IsRoot bool }"; }
    [[nodiscard]] Value field(std::string_view name) const override
    {
        if (name == "IsRoot")
            return m_isRoot;
        return name == "Metadata" ? Value::object(m_metadata) : m_metadata->field(name);
    }
    [[nodiscard]] std::vector<std::pair<std::string, Value>> members() const override
    {
        return {{"Metadata", Value::object(m_metadata)}, {"IsRoot", m_isRoot}};
    }
    [[nodiscard]] std::vector<std::pair<std::string, Value>> jsonMembers() const override
    {
        auto result = m_metadata->jsonMembers();
        result.emplace_back("IsRoot", m_isRoot);
        return result;
    }
    [[nodiscard]] Value serialized() const override
    {
        auto map = m_metadata->serialized();
        map.set("IsRoot", m_isRoot);
        return map;
    }

private:
    std::shared_ptr<const Struct> m_metadata;
    Value m_isRoot;
};

class VersionSet final : public Object
{
public:
    explicit VersionSet(std::vector<std::string> versions)
        : m_versions(std::make_shared<std::vector<std::string>>(std::move(versions)))
        , m_list(Value::strings(*m_versions))
    {
    }
    [[nodiscard]] std::string typeName() const override { return "chartutil.VersionSet"; }
    [[nodiscard]] std::string_view kindName() const override { return "slice"; }
    [[nodiscard]] Value underlying() const override { return m_list; }
    [[nodiscard]] FunctionPtr method(std::string_view name) const override
    {
        if (name != "Has")
            return nullptr;
        return makeFunction("Has", "s", [versions = m_versions](Call& c) -> R {
            return Value::boolean(std::find(versions->begin(), versions->end(), c.text(0)) != versions->end());
        });
    }

private:
    std::shared_ptr<std::vector<std::string>> m_versions;
    Value m_list;
};

// gobwas/glob with '/' as separator, as a regular expression.
std::string globPattern(std::string_view glob)
{
    std::string out = "(?s)^";
    int braces = 0;
    for (std::size_t i = 0; i < glob.size(); ++i) {
        const char c = glob[i];
        if (c == '*') {
            if (i + 1 < glob.size() && glob[i + 1] == '*') {
                out += ".*";
                ++i;
            } else {
                out += "[^/]*";
            }
        } else if (c == '?') {
            out += "[^/]";
        } else if (c == '[') {
            const auto close = glob.find(']', i + 1);
            if (close == std::string_view::npos) {
                out += "\\[";
                continue;
            }
            auto set = std::string(glob.substr(i + 1, close - i - 1));
            if (set.starts_with('!'))
                set[0] = '^';
            out += "[" + set + "]";
            i = close;
        } else if (c == '{') {
            out += "(?:";
            ++braces;
        } else if (c == '}' && braces > 0) {
            out += ")";
            --braces;
        } else if (c == ',' && braces > 0) {
            out += "|";
        } else if (c == '\\' && i + 1 < glob.size()) {
            out += RE2::QuoteMeta(re2::StringPiece(&glob[++i], 1));
        } else {
            out += RE2::QuoteMeta(re2::StringPiece(&glob[i], 1));
        }
    }
    return out + "$";
}

class Files final : public Object
{
public:
    using Assets = std::shared_ptr<const std::vector<AssetPtr>>; ///< sorted by name
    explicit Files(Assets assets)
        : m_assets(std::move(assets))
    {
    }
    [[nodiscard]] std::string typeName() const override { return "engine.files"; }
    [[nodiscard]] std::string_view kindName() const override { return "map"; }
    [[nodiscard]] bool isAnyMap() const override { return false; }
    [[nodiscard]] Value underlying() const override
    {
        if (m_map.isNone()) {
            m_map = Value::map();
            for (const auto& asset : *m_assets)
                m_map.set(asset->name, asset->bytes());
        }
        return m_map;
    }
    [[nodiscard]] FunctionPtr method(std::string_view name) const override
    {
        const auto bind = [&name](const char* signature, std::function<R(Call&)> call) {
            return makeFunction(std::string(name), signature, std::move(call));
        };
        const auto assets = m_assets;
        if (name == "Get" || name == "GetBytes")
            return bind("s", [assets, text = name == "Get"](Call& c) -> R {
                const auto* found = find(*assets, c.text(0));
                return Value::text(text ? Type::String : Type::Bytes,
                                   found != nullptr ? found->bytes().asString() : "");
            });
        if (name == "Glob")
            return bind("s", [assets](Call& c) -> R {
                RE2::Options quiet;
                quiet.set_log_errors(false);
                const RE2 pattern(globPattern(c.text(0)), quiet);
                auto chosen = std::make_shared<std::vector<AssetPtr>>();
                for (const auto& asset : *assets)
                    if (!pattern.ok() || RE2::FullMatch(asset->name, pattern))
                        chosen->push_back(asset);
                return Value::object(std::make_shared<Files>(std::move(chosen)));
            });
        if (name == "AsConfig" || name == "AsSecrets")
            return bind("", [assets, secret = name == "AsSecrets"](Call&) -> R {
                boost::json::object object;
                for (const auto& asset : *assets) {
                    const auto& bytes = asset->bytes().asString();
                    object[asset->name.substr(asset->name.rfind('/') + 1)] = secret ? base64Encode(bytes) : bytes;
                }
                if (object.empty())
                    return Value::string("");
                auto text = manifest::toYaml(object);
                if (text.ends_with('\n'))
                    text.pop_back();
                return Value::string(std::move(text));
            });
        if (name == "Lines")
            return bind("s", [assets](Call& c) -> R {
                const auto* found = find(*assets, c.text(0));
                if (found == nullptr)
                    return Value::strings({});
                auto text = found->bytes().asString();
                if (text.ends_with('\n'))
                    text.pop_back();
                return Value::strings(split(text, '\n'));
            });
        return nullptr;
    }

private:
    static const Asset* find(const std::vector<AssetPtr>& assets, std::string_view name)
    {
        const auto found =
            std::lower_bound(assets.begin(), assets.end(), name,
                             [](const AssetPtr& asset, std::string_view key) { return asset->name < key; });
        return found != assets.end() && (*found)->name == name ? found->get() : nullptr;
    }

    Assets m_assets;
    mutable Value m_map;
};

// Helm cleans the texts of a chart's description: each space becomes a blank, what cannot be printed goes.
std::string printable(const std::string& text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto rune = decodeRune(text, at);
        if (isSpace(rune.code))
            out += ' ';
        else if (isPrint(rune.code))
            out.append(text, at, rune.size);
        at += rune.size;
    }
    return out;
}

} // namespace

Value chartObject(const Chart& chart)
{
    const auto text = [&chart](std::string_view key) {
        const auto* value = manifest::find(chart.metadata, {key});
        if (value == nullptr || value->is_null())
            return Value::string("");
        return Value::string(printable(textOfScalar(*value)));
    };
    const auto strings = [&chart](std::string_view key) {
        std::vector<std::string> list;
        for (const auto& item : manifest::array(chart.metadata, {key}))
            list.push_back(printable(textOfScalar(item)));
        const auto* given = manifest::find(chart.metadata, {key});
        return given != nullptr && given->is_array() ? Value::strings(list) : Value::strings({}).asNilSlice();
    };
    auto annotations = Value::map(Type::StringMap);
    for (const auto& member : manifest::object(chart.metadata, {"annotations"}))
        annotations.set(std::string_view(member.key()), Value::string(textOfScalar(member.value())));
    if (const auto* given = manifest::find(chart.metadata, {"annotations"}); given == nullptr || given->is_null())
        annotations = annotations.asNilSlice();
    const auto slice = [](std::vector<Value> items) {
        const bool isNil = items.empty();
        auto list = Value::list(std::move(items));
        return isNil ? list.asNilSlice() : list;
    };
    std::vector<Value> maintainers;
    for (const auto& item : manifest::array(chart.metadata, {"maintainers"})) {
        const auto part = [&item](std::string_view key) {
            return Value::string(std::string(manifest::text(item, {key})));
        };
        maintainers.push_back(Value::object(
            std::make_shared<Struct>("*chart.Maintainer", "ptr",
                                     std::vector<std::pair<std::string, Value>> {
                                         {"Name", part("name")}, {"Email", part("email")}, {"URL", part("url")}})));
    }
    std::vector<Value> dependencies;
    for (const auto& dependency : chart.dependencies)
        dependencies.push_back(Value::object(std::make_shared<Struct>(
            "*chart.Dependency", "ptr",
            std::vector<std::pair<std::string, Value>> {{"Name", Value::string(dependency->name)},
                                                        {"Version", Value::string(dependency->version)},
                                                        {"Repository", Value::string(dependency->repository)},
                                                        {"Condition", Value::string(dependency->condition)},
                                                        {"Tags", Value::strings(dependency->tags)},
                                                        {"Enabled", Value::boolean(dependency->enabled)},
                                                        {"ImportValues", Value::list(dependency->imported)},
                                                        {"Alias", Value::string(dependency->alias)}})));
    std::vector<std::pair<std::string, Value>> fields {
        {"Name", Value::string(chart.name)},
        {"Home", text("home")},
        {"Sources", strings("sources")},
        {"Version", text("version")},
        {"Description", text("description")},
        {"Keywords", strings("keywords")},
        {"Maintainers", slice(std::move(maintainers))},
        {"Icon", text("icon")},
        {"APIVersion", Value::string(chart.apiVersion)},
        {"Condition", text("condition")},
        {"Tags", text("tags")},
        {"AppVersion", text("appVersion")},
        {"Deprecated", Value::boolean(manifest::flag(chart.metadata, {"deprecated"}))},
        {"Annotations", annotations},
        {"KubeVersion", text("kubeVersion")},
        {"Dependencies", slice(std::move(dependencies))},
        {"Type", text("type")},
    };
    return Value::object(std::make_shared<ChartObject>(std::move(fields), chart.parent == nullptr));
}

Value filesObject(const std::vector<AssetPtr>& files)
{
    auto sorted = std::make_shared<std::vector<AssetPtr>>(files);
    std::stable_sort(sorted->begin(), sorted->end(),
                     [](const AssetPtr& a, const AssetPtr& b) { return a->name < b->name; });
    // Of two of one name the last counts.
    const auto last = std::unique(sorted->rbegin(), sorted->rend(),
                                  [](const AssetPtr& a, const AssetPtr& b) { return a->name == b->name; });
    sorted->erase(sorted->begin(), last.base());
    return Value::object(std::make_shared<Files>(std::move(sorted)));
}

Result<std::string> parseKubeVersion(const std::string& text)
{
    // Numbers with dots, as they are given: Helm drops what follows them, and adds none.
    std::string_view rest = trim(text);
    if (rest.starts_with('v'))
        rest.remove_prefix(1);
    const auto end = std::min(rest.find_first_not_of("0123456789."), rest.size());
    auto numbers = split(rest.substr(0, end), '.');
    if (const auto gap = std::find(numbers.begin(), numbers.end(), ""); gap != numbers.end())
        numbers.erase(gap, numbers.end());
    const auto refused = [&](const std::string& why) {
        return fail(Error::Code::InvalidInput, fmt::format("invalid kube version '{}': {}", text, why));
    };
    if (numbers.empty())
        return refused(fmt::format("could not parse \"{}\" as version", text));
    if (numbers.size() < 2)
        return refused(fmt::format("illegal version string \"{}\"", text));
    for (const auto& number : numbers) {
        if (number.size() > 1 && number.front() == '0')
            return refused(fmt::format("illegal zero-prefixed version component \"{}\" in \"{}\"", number, text));
    }
    return "v" + join(numbers, ".");
}

Result<> checkReleaseName(const std::string& name)
{
    constexpr std::size_t kMaxName = 53;
    const auto isWord = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    const auto isPart = [&](const std::string& part) {
        return !part.empty() && isWord(part.front()) && isWord(part.back())
            && std::all_of(part.begin(), part.end(), [&](char c) { return isWord(c) || c == '-'; });
    };
    const auto parts = split(name, '.');
    if (name.size() > kMaxName || !std::all_of(parts.begin(), parts.end(), isPart))
        return fail(
            Error::Code::InvalidInput,
            fmt::format("release name \"{}\": invalid release name, must match regex "
                        "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ and the length must "
                        "not be longer than 53",
                        name));
    return {};
}

Value capabilitiesObject(const std::string& kubeVersion, const std::vector<std::string>& apiVersions)
{
    const auto numbers = split(kubeVersion.substr(1), '.'); // after the v
    const auto& major = numbers.at(0);
    const auto& minor = numbers.at(1);
    std::vector<std::string> known(kKnownVersions.begin(), kKnownVersions.end());
    known.emplace_back("apiextensions.k8s.io/v1beta1");
    known.emplace_back("apiextensions.k8s.io/v1");
    known.insert(known.end(), apiVersions.begin(), apiVersions.end());
    std::vector<std::pair<std::string, Value>> build {{"Version", Value::string("v3.22")},
                                                      {"GitCommit", Value::string("")},
                                                      {"GitTreeState", Value::string("")},
                                                      {"GoVersion", Value::string("go1.26.8")}};
    std::vector<std::pair<std::string, Value>> fields {
        {"KubeVersion", Value::object(std::make_shared<KubeVersion>(kubeVersion, major, minor))},
        {"APIVersions", Value::object(std::make_shared<VersionSet>(std::move(known)))},
        {"HelmVersion", Value::object(std::make_shared<Struct>("version.BuildInfo", "struct", std::move(build)))},
    };
    // A pointer, printed through.
    return Value::object(std::make_shared<Struct>("*chartutil.Capabilities", "ptr", std::move(fields)));
}

} // namespace core::render::helm
