// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_manifests.h"

#include "core/base/strings.h"
#include "core/gotemplate/go_text.h"
#include "core/manifest/yaml.h"
#include "core/manifest/yaml_node.h"
#include "core/render/helm_cache.h"
#include "core/render/helm_heads.h"
#include "core/render/parallel.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>

namespace core::render::helm {

namespace {

constexpr std::array<std::string_view, 36> kOrder {"PriorityClass",
                                                   "Namespace",
                                                   "NetworkPolicy",
                                                   "ResourceQuota",
                                                   "LimitRange",
                                                   "PodSecurityPolicy",
                                                   "PodDisruptionBudget",
                                                   "ServiceAccount",
                                                   "Secret",
                                                   "SecretList",
                                                   "ConfigMap",
                                                   "StorageClass",
                                                   "PersistentVolume",
                                                   "PersistentVolumeClaim",
                                                   "CustomResourceDefinition",
                                                   "ClusterRole",
                                                   "ClusterRoleList",
                                                   "ClusterRoleBinding",
                                                   "ClusterRoleBindingList",
                                                   "Role",
                                                   "RoleList",
                                                   "RoleBinding",
                                                   "RoleBindingList",
                                                   "Service",
                                                   "DaemonSet",
                                                   "Pod",
                                                   "ReplicationController",
                                                   "ReplicaSet",
                                                   "Deployment",
                                                   "HorizontalPodAutoscaler",
                                                   "StatefulSet",
                                                   "Job",
                                                   "CronJob",
                                                   "IngressClass",
                                                   "Ingress",
                                                   "APIService"};

constexpr std::array<std::string_view, 10> kEvents {"pre-install", "post-install", "pre-delete",   "post-delete",
                                                    "pre-upgrade", "post-upgrade", "pre-rollback", "post-rollback",
                                                    "test",        "test-success"};

enum class Role : std::uint8_t { Plain, Hook, TestHook, UnknownHook };

struct Document
{
    const RenderedFile* file = nullptr;
    std::size_t number = 0; ///< in the file
    std::string_view text; ///< part of the file's
    std::string kind;
    manifest::Value object {}; ///< null where only the text is wanted
    Role role = Role::Plain;
    std::shared_ptr<const FieldOrigins> origins {};
};

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

// Helm's (?:^|\s*\n)---\s*
std::vector<std::string_view> splitDocuments(std::string_view text)
{
    std::vector<std::string_view> documents;
    text = trimmed(text);
    std::size_t begin = 0;
    std::size_t from = 0;
    const auto add = [&](std::size_t end) {
        if (end > begin)
            documents.push_back(trimmed(text.substr(begin, end - begin)));
    };
    const auto skip = [&](std::size_t at) {
        while (at < text.size() && isSpace(text[at]))
            ++at;
        begin = from = at;
    };
    if (text.starts_with("---"))
        skip(3);
    while (true) {
        const auto found = text.find("\n---", from);
        if (found == std::string_view::npos)
            break;
        auto end = found;
        while (end > begin && isSpace(text[end - 1]))
            --end;
        add(end);
        skip(found + 4);
    }
    add(text.size());
    return documents;
}

std::size_t rank(std::string_view kind)
{
    return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), kind) - kOrder.begin());
}

void sortByKind(std::vector<Document>& documents)
{
    std::stable_sort(documents.begin(), documents.end(), [](const Document& a, const Document& b) {
        const auto x = rank(a.kind);
        const auto y = rank(b.kind);
        if (x == kOrder.size() && y == kOrder.size())
            return a.kind < b.kind;
        return x < y;
    });
}

Result<manifest::Value> parse(const RenderedFile& file, std::string_view text)
{
    static TextCache<std::shared_ptr<const manifest::Value>> cache(std::size_t {16} << 20);
    if (const auto known = cache.find(text))
        return manifest::Value(**known);
    manifest::NodeLimits limits;
    limits.allowDuplicateKeys = true;
    limits.dialect = manifest::YamlDialect::V2;
    limits.firstOnly = true; // Helm looks no further, and misses mistakes behind "..."
    auto nodes = manifest::parseNodes(text, file.path, limits);
    if (nodes && nodes->empty())
        return manifest::Value();
    auto value = nodes ? manifest::toValue(nodes->front(), manifest::YamlDialect::V2)
                       : Result<manifest::Value>(tl::unexpected<Error>(nodes.error()));
    if (!value)
        return fail(value.error().code,
                    fmt::format("YAML parse error on {}: error converting YAML to JSON: {}", file.name,
                                gotemplate::goYamlMessage(value.error().message)),
                    value.error().where.empty() ? file.path : value.error().where);
    cache.add(text, std::make_shared<const manifest::Value>(*value));
    return value;
}

Result<> checkHead(const RenderedFile& file, const manifest::Value& object)
{
    const auto mismatch = [&file](const manifest::Value& value, std::string_view where, std::string_view type) {
        const auto kind = value.is_array() ? "array"
            : value.is_object()            ? "object"
            : value.is_string()            ? "string"
            : value.is_bool()              ? "bool"
                                           : "number";
        return fail(
            Error::Code::InvalidInput,
            fmt::format("YAML parse error on {}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
                        "{} into Go {} of type {}",
                        file.name, kind, where, type),
            file.path);
    };
    if (object.is_null())
        return {};
    if (!object.is_object())
        return mismatch(object, "value", "releaseutil.SimpleHead");
    for (const auto* key : {"apiVersion", "kind"})
        if (const auto* value = manifest::find(object, {key});
            value != nullptr && (value->is_array() || value->is_object()))
            return mismatch(*value, fmt::format("struct field SimpleHead.{}", key), "string");
    const auto* metadata = manifest::find(object, {"metadata"});
    if (metadata == nullptr || metadata->is_null())
        return {};
    if (!metadata->is_object())
        return mismatch(*metadata, "struct field SimpleHead.metadata", "struct");
    if (const auto* name = manifest::find(*metadata, {"name"});
        name != nullptr && (name->is_array() || name->is_object()))
        return mismatch(*name, "struct field .metadata.name", "string");
    const auto* annotations = manifest::find(*metadata, {"annotations"});
    if (annotations == nullptr || annotations->is_null())
        return {};
    if (!annotations->is_object())
        return mismatch(*annotations, "struct field .metadata.annotations", "map[string]string");
    for (const auto& member : annotations->get_object())
        if (member.value().is_array() || member.value().is_object())
            return mismatch(member.value(), "struct field .metadata.annotations", "string");
    return {};
}

// A hook's events, or nullopt where one is not known.
std::optional<bool> testHook(std::string_view events)
{
    bool test = false;
    for (const auto& part : split(events, ',')) {
        const auto event = lower(trim(part));
        if (std::find(kEvents.begin(), kEvents.end(), event) == kEvents.end())
            return std::nullopt;
        test = test || event.starts_with("test");
    }
    return test;
}

// Fills in what Helm reads of a document. In text mode the object only where there is doubt.
Result<> readDocument(Document& document, bool textOnly)
{
    if (textOnly)
        if (const auto kind = plainKind(document.text)) {
            document.kind = *kind;
            return {};
        }
    PH_TRY(document.object, parse(*document.file, document.text));
    PH_CHECK(checkHead(*document.file, document.object));
    if (const auto* kind = manifest::find(document.object, {"kind"}); kind != nullptr && !kind->is_null())
        document.kind = textOfScalar(*kind);
    const auto* events = manifest::find(document.object, {"metadata", "annotations", "helm.sh/hook"});
    if (events == nullptr)
        return {};
    const auto test = testHook(events->is_string() ? std::string_view(events->get_string()) : std::string_view());
    document.role = !test ? Role::UnknownHook : *test ? Role::TestHook : Role::Hook;
    return {};
}

void appendText(std::string& yaml, std::string_view source, std::string_view text)
{
    yaml.append("---\n# Source: ").append(source).append("\n").append(text).append("\n");
}

void append(Output& output, Document& document, bool textOnly)
{
    appendText(output.yaml, document.file->name, document.text);
    if (textOnly || !document.object.is_object())
        return;
    auto provenance = std::make_shared<Provenance>();
    provenance->file = document.file->path;
    provenance->document = document.number;
    provenance->fields[""] = {Step {document.file->path, "template"}};
    provenance->origins = std::move(document.origins);
    output.resources.push_back(
        {std::make_shared<const manifest::Value>(std::move(document.object)), std::move(provenance)});
}

} // namespace

struct PrintedDocuments
{
    RenderedFile file;
    std::size_t size = 0; ///< of the text, which moves when it is read
    std::shared_ptr<const ValueOrigins> values;
    std::atomic<bool> isTaken {false};
    std::shared_ptr<const PrintedFile> printed {}; ///< what origins point to
    std::vector<Document> documents {};
    Result<> read {}; ///< the first error
};

Assembly::Assembly(std::shared_ptr<const ValueOrigins> values)
    : m_values(std::move(values))
{
}

Assembly::~Assembly() = default;

PrintedDocuments* Assembly::add(RenderedFile file)
{
    if (file.name.ends_with("NOTES.txt") || trimmed(file.text).empty())
        return nullptr;
    const auto size = file.text.size();
    return m_files.emplace_back(new PrintedDocuments {std::move(file), size, m_values}).get();
}

void Assembly::read(PrintedDocuments& file)
{
    if (file.isTaken.exchange(true))
        return;
    const bool textOnly = file.values == nullptr;
    if (!textOnly)
        file.printed = std::make_shared<const PrintedFile>(
            PrintedFile {std::move(file.file.text), std::move(file.file.trace), file.values});
    std::size_t number = 0;
    for (const auto text : splitDocuments(textOnly ? file.file.text : file.printed->text)) {
        auto& document = file.documents.emplace_back();
        document.file = &file.file;
        document.number = number++;
        document.text = text;
        if (!textOnly)
            document.origins = documentOrigins(file.printed, text);
        file.read = readDocument(document, textOnly);
        if (!file.read)
            return;
    }
}

void Assembly::readRest()
{
    std::size_t bytes = 0;
    for (const auto& file : m_files)
        bytes += file->isTaken ? 0 : file->size;
    onTwoThreads(m_files.size(), bytes > kWorthAThread, [this](std::size_t at) { read(*m_files[at]); });
}

Result<OutputPtr> Assembly::finish(std::vector<RenderedFile> crds, bool skipTests)
{
    const bool textOnly = m_values == nullptr;
    std::sort(m_files.begin(), m_files.end(), [](const auto& a, const auto& b) { return a->file.name < b->file.name; });
    auto output = std::make_shared<Output>();
    output->kind = SourceKind::Helm;
    std::vector<Document> plain;
    std::vector<Document> hooks;
    for (auto& file : m_files) {
        PH_CHECK(std::move(file->read));
        for (auto& document : file->documents) {
            if (document.role == Role::UnknownHook)
                output->warnings.push_back(fmt::format("{}: hook of an unknown kind is left out", file->file.name));
            else
                (document.role == Role::Plain ? plain : hooks).push_back(std::move(document));
        }
    }
    sortByKind(plain);
    sortByKind(hooks);
    for (const auto& crd : crds) {
        appendText(output->yaml, crd.name, crd.text);
        if (textOnly)
            continue;
        auto parsed = manifest::parseYaml(crd.text, crd.path);
        if (!parsed)
            return tl::unexpected<Error>(parsed.error());
        for (std::size_t i = 0; i < parsed->size(); ++i) {
            auto provenance = std::make_shared<Provenance>();
            provenance->file = crd.path;
            provenance->document = i;
            provenance->fields[""] = {Step {crd.path, "crd"}};
            output->resources.push_back(
                {std::make_shared<const manifest::Value>(std::move((*parsed)[i].value)), std::move(provenance)});
        }
    }
    std::size_t size = output->yaml.size();
    for (const auto* list : {&plain, &hooks})
        for (const auto& document : *list)
            size += document.text.size() + document.file->name.size() + 20;
    output->yaml.reserve(size);
    for (auto& document : plain)
        append(*output, document, textOnly);
    const auto whole = trimmed(output->yaml);
    const auto begin = static_cast<std::size_t>(whole.data() - output->yaml.data());
    output->yaml.resize(begin + whole.size());
    output->yaml.erase(0, begin);
    output->yaml += '\n';
    for (auto& document : hooks)
        if (!skipTests || document.role != Role::TestHook)
            append(*output, document, textOnly);
    return OutputPtr(std::move(output));
}

} // namespace core::render::helm
