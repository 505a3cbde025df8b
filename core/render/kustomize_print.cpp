// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/render/kustomize_build.h"
#include "core/render/parallel.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::render::kustomize {

namespace {

using manifest::array;
using manifest::find;
using manifest::isUnusual;
using manifest::text;

constexpr std::string_view kOriginKey = "config.kubernetes.io/origin";
constexpr std::string_view kTransformationsKey = "alpha.config.kubernetes.io/transformations";

bool isInternal(std::string_view key)
{
    constexpr std::string_view kPrefix = "internal.config.kubernetes.io/";
    if (key.starts_with(kPrefix)) {
        constexpr std::string_view kNames[] {"previousKinds",
                                             "previousNames",
                                             "previousNamespaces",
                                             "prefixes",
                                             "suffixes",
                                             "allowNameChange",
                                             "allowKindChange",
                                             "refBy",
                                             "generatorBehavior",
                                             "needsHashSuffix",
                                             "path",
                                             "index",
                                             "seqindent",
                                             "id",
                                             "annotations-migration-resource-id"};
        return std::find(std::begin(kNames), std::end(kNames), key.substr(kPrefix.size())) != std::end(kNames);
    }
    return key == "config.kubernetes.io/path" || key == "config.kubernetes.io/index" || key == "config.k8s.io/id"
        || key == kOriginKey || key == kTransformationsKey;
}

bool isLocal(const Node& root)
{
    const auto* mark = root.at({"metadata", "annotations", "config.kubernetes.io/local-config"});
    return mark != nullptr && mark->text != "false";
}

std::string originText(const Origin& origin)
{
    std::string out;
    const auto line = [&](const char* indent, const char* key, const std::string& value) {
        if (!value.empty())
            out += std::string(indent) + key + ": " + value + "\n";
    };
    line("", "path", origin.path);
    line("", "repo", origin.repo);
    line("", "ref", origin.ref);
    line("", "configuredIn", origin.configuredIn);
    if (!origin.kind.empty()) {
        out += "configuredBy:\n";
        line("  ", "apiVersion", origin.apiVersion);
        line("  ", "kind", origin.kind);
        line("  ", "name", origin.name);
        line("  ", "namespace", origin.nameSpace);
    }
    return out;
}

std::string transformationsText(const std::vector<std::shared_ptr<const Origin>>& list)
{
    std::string out;
    for (const auto& by : list) {
        std::string_view rest;
        const auto one = originText(*by);
        rest = one;
        bool first = true;
        while (!rest.empty()) {
            const auto end = rest.find('\n');
            out += first ? "- " : "  ";
            out += rest.substr(0, end + 1);
            rest.remove_prefix(end + 1);
            first = false;
        }
    }
    return out;
}

} // namespace

Node withNotes(const Resource& resource)
{
    Node root = resource.root();
    if (!resource.hasNotes())
        return root;
    const auto& notes = resource.notes();
    auto& annotations = root.ensureMapping("metadata").ensureMapping("annotations");
    const auto put = [&](std::string_view name, std::string value) {
        if (!value.empty())
            annotations.set("internal.config.kubernetes.io/" + std::string(name), Node::string(std::move(value)));
    };
    const auto previous = [&](std::string Notes::Previous::*part) {
        std::vector<std::string> all;
        for (const auto& one : notes.previous)
            all.push_back(one.*part);
        return join(all, ",");
    };
    put("previousKinds", previous(&Notes::Previous::kind));
    put("previousNames", previous(&Notes::Previous::name));
    put("previousNamespaces", previous(&Notes::Previous::nameSpace));
    put("prefixes", join(notes.prefixes, ","));
    put("suffixes", join(notes.suffixes, ","));
    put("generatorBehavior", std::string(notes.generatorBehavior));
    put("needsHashSuffix", notes.needsHash ? "enabled" : "");
    if (notes.origin != nullptr)
        annotations.set(kOriginKey, Node::string(originText(*notes.origin)));
    if (!notes.transformations.empty())
        annotations.set(kTransformationsKey, Node::string(transformationsText(notes.transformations)));
    return root;
}

namespace {

bool hasPlainKey(const Node& root)
{
    return std::any_of(root.children.begin(), root.children.end(),
                       [](const Node& child) { return child.keyTag != manifest::ScalarTag::String; });
}

bool needsCleaning(const Node& root)
{
    const auto* metadata = root.find("metadata");
    if (metadata == nullptr || hasPlainKey(root))
        return true;
    const auto* annotations = metadata->find("annotations");
    if (annotations == nullptr)
        return false;
    if (!annotations->isMapping() || annotations->children.empty())
        return true;
    return std::any_of(annotations->children.begin(), annotations->children.end(), [](const Node& child) {
        return isInternal(child.key) || !child.isScalar() || child.tag != manifest::ScalarTag::String
            || manifest::resolveScalar(child.key, manifest::YamlDialect::V3).tag != manifest::ScalarTag::String;
    });
}

/// kustomize's way through annotations makes texts of their values and drops an empty mapping.
void clean(Node& root)
{
    // The keys of the whole are read as texts, but for null.
    for (auto& child : root.children) {
        if (child.keyTag != manifest::ScalarTag::Null)
            child.keyTag = manifest::ScalarTag::String;
    }
    auto& metadata = root.ensureMapping("metadata");
    auto* annotations = metadata.find("annotations");
    if (annotations == nullptr)
        return;
    if (annotations->isSequence() && annotations->children.size() % 2 == 0) { // keys and values, to kustomize
        auto pairs = Node::mapping();
        for (std::size_t i = 0; i < annotations->children.size(); i += 2)
            pairs.set(annotations->children[i].text, annotations->children[i + 1]);
        annotations->assign(std::move(pairs));
    }
    std::erase_if(annotations->children, [](const Node& child) { return isInternal(child.key); });
    // A key that is given twice: the last one holds. Keys lose their quotes, and one that is no text then ends the
    // build.
    auto last = Node::mapping();
    for (auto& child : annotations->children) {
        if (child.key != "<<")
            last.setPlain(child.key, Node::string(child.isScalar() ? child.text : std::string {}));
    }
    annotations->assign(std::move(last));
    if (!annotations->isMapping() || annotations->children.empty())
        metadata.erase("annotations");
}

/// What kustomize's way through JSON and a YAML reader does to a text: control characters are refused, and a next-line
/// character (U+0085), which JSON leaves as it is, folds like any line break in a quoted scalar.
Result<> passThroughJson(boost::json::string& text)
{
    if (!isUnusual(text))
        return {};
    bool folds = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c != 0x7F && c != 0xC2)
            continue;
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
        folds = folds || (c == 0xC2 && next == 0x85);
        if (c == 0x7F || (c == 0xC2 && next < 0xA0 && next != 0x85))
            return fail(Error::Code::InvalidInput, "yaml: control characters are not allowed");
    }
    if (!folds)
        return {};
    std::string out;
    const std::string_view in(text);
    for (std::size_t i = 0; i < in.size();) {
        if (in.compare(i, 2, "\xC2\x85") != 0) {
            out += in[i++];
            continue;
        }
        while (out.ends_with(' '))
            out.pop_back();
        std::size_t breaks = 0;
        while (i < in.size() && (in[i] == ' ' || in.compare(i, 2, "\xC2\x85") == 0)) {
            const bool blank = in[i] == ' ';
            breaks += blank ? 0 : 1;
            i += blank ? 1 : 2;
        }
        out += breaks == 1 ? std::string(" ") : std::string(breaks - 1, '\n');
    }
    text = out;
    return {};
}

Result<> passThroughJson(Value& value)
{
    if (auto* text = value.if_string())
        return passThroughJson(*text);
    if (auto* object = value.if_object()) {
        for (auto& member : *object) {
            if (isUnusual(member.key())) {
                boost::json::string key(member.key());
                PH_CHECK(passThroughJson(key));
            }
            PH_CHECK(passThroughJson(member.value()));
        }
    } else if (auto* list = value.if_array()) {
        for (auto& element : *list)
            PH_CHECK(passThroughJson(element));
    }
    return {};
}

/// Of two objects of one kind: as texts of namespace and name, "namespace|name", compare.
int compareNames(const ResId& a, const ResId& b)
{
    const auto orElse = [](const std::string& text, std::string_view placeholder) {
        return text.empty() ? placeholder : std::string_view(text);
    };
    const auto space = orElse(a.nameSpace, "~X");
    const auto otherSpace = orElse(b.nameSpace, "~X");
    const auto name = orElse(a.name, "~N");
    const auto otherName = orElse(b.name, "~N");
    if (space == otherSpace)
        return name.compare(otherName);
    return fmt::format("{}|{}", space, name).compare(fmt::format("{}|{}", otherSpace, otherName));
}

Result<> sortLegacy(ResMap& all, const std::vector<std::string>& first, const std::vector<std::string>& last)
{
    PH_CHECK(all.checkUnique());
    struct Entry
    {
        std::size_t kind; ///< in `kinds`
        const ResId* id;
        std::size_t index;
    };
    // Few kinds, many objects.
    std::vector<LegacyKind> kinds;
    std::vector<const Gvk*> gvks;
    std::vector<Entry> order;
    order.reserve(all.items().size());
    for (std::size_t i = 0; i < all.items().size(); ++i) {
        const auto& id = all.items()[i].id();
        const auto same = std::find_if(gvks.begin(), gvks.end(), [&](const Gvk* gvk) { return *gvk == id.gvk; });
        order.push_back({static_cast<std::size_t>(same - gvks.begin()), &id, i});
        if (same == gvks.end()) {
            gvks.push_back(&id.gvk);
            kinds.emplace_back(id.gvk, first, last);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](const Entry& a, const Entry& b) {
        return a.kind == b.kind ? compareNames(*a.id, *b.id) < 0 : kinds[a.kind] < kinds[b.kind];
    });
    std::vector<Resource> sorted;
    sorted.reserve(order.size());
    for (const auto& entry : order)
        sorted.push_back(std::move(all.items()[entry.index]));
    all.items() = std::move(sorted);
    all.touched();
    return {};
}

} // namespace

namespace {

/// kustomize writes remembered ids with commas between them, and ends with a panic where a name holds one.
Result<> checkRemembered(const Resource& resource)
{
    const auto commas = [](const std::string& text) { return std::count(text.begin(), text.end(), ','); };
    for (const auto& old : resource.notes().previous) {
        if (commas(old.name) != commas(old.nameSpace) || commas(old.name) != commas(old.kind))
            return fail(Error::Code::InvalidInput,
                        "number of previous names, number of previous namespaces, number of previous kinds not equal: "
                            + resource.id().text(),
                        resource.place(), "take the comma out of the name");
    }
    return {};
}

/// kustomize ends with a panic where a subject is none.
Result<> checkSubjects(const Resource& resource)
{
    if (resource.id().gvk.kind != "RoleBinding")
        return {};
    const auto* subjects = resource.root().find("subjects");
    if (subjects == nullptr || !subjects->isSequence())
        return {};
    for (const auto& subject : subjects->children) {
        if (!subject.isMapping())
            return fail(Error::Code::InvalidInput, "subjects of " + resource.id().text() + " must be mappings",
                        resource.place(), "give each subject a kind and a name");
    }
    return {};
}

} // namespace

Result<> Build::finish(Accumulated& all, const Root& top)
{
    const std::string order(text(top.kustomization(), {"sortOptions", "order"}));
    const bool sortGiven = find(top.kustomization(), {"sortOptions"}) != nullptr;
    const auto* legacy = find(top.kustomization(), {"sortOptions", "legacySortOptions"});
    const auto refused = [&](const char* why) {
        return fail(Error::Code::InvalidInput, why, placeOf(top, "sortOptions", 0));
    };
    if (sortGiven && order != "fifo" && order != "legacy")
        return refused("the field 'sortOptions.order' must be one of [fifo, legacy]");
    if (order == "fifo" && legacy != nullptr)
        return refused("the field 'sortOptions.legacySortOptions' is set but the selected sort order is 'fifo', not "
                       "'legacy'");
    for (const auto& resource : all.resources.items()) {
        PH_CHECK(checkRemembered(resource));
        PH_CHECK(checkSubjects(resource));
    }
    PH_CHECK(addHashes(all.resources));
    PH_CHECK(fixNameReferences(all.resources, *all.config, m_stop));
    PH_CHECK(resolveVars(all.resources, all.vars, *all.config, [this](const Var& var) {
        Root root;
        root.file = var.file;
        return placeOf(root, "vars", var.index);
    }));
    auto& items = all.resources.items();
    std::erase_if(items, [](const Resource& r) { return isLocal(r.root()); });
    if (order != "fifo") {
        auto first = legacyFirst();
        auto last = legacyLast();
        if (legacy != nullptr) {
            const auto read = [&](const char* name) {
                std::vector<std::string> kinds;
                for (const auto& kind : array(*legacy, {name}))
                    kinds.emplace_back(text(kind, {}));
                return kinds;
            };
            first = read("orderFirst");
            last = read("orderLast");
        }
        PH_CHECK(sortLegacy(all.resources, first, last));
    }
    if (m_buildMetadata.contains("managedByLabel")) {
        for (auto& resource : items)
            PH_CHECK(setEntry(resource.edit().ensureMapping("metadata").ensureMapping("labels"),
                              "app.kubernetes.io/managed-by", "kustomize-v5.8.2"));
    }
    return {};
}

namespace {

std::size_t weightOf(const Printed& printed)
{
    return kustomize::weightOf(*printed.root) + 5 * printed.yaml.size();
}

} // namespace

Result<Build::PrintedPtr> Build::printed(Resource resource) const
{
    if (needsCleaning(resource.root()))
        clean(resource.edit());
    const auto& notes = resource.notes();
    const bool origins = m_buildMetadata.contains("originAnnotations") && notes.origin != nullptr;
    const bool steps = m_buildMetadata.contains("transformerAnnotations") && !notes.transformations.empty();
    if (origins || steps) {
        auto& annotations = resource.edit().ensureMapping("metadata").ensureMapping("annotations");
        if (origins)
            annotations.set(kOriginKey, Node::string(originText(*notes.origin)));
        if (steps)
            annotations.set(kTransformationsKey, Node::string(transformationsText(notes.transformations)));
    }
    if (m_cache.keeps) {
        const auto key = resource.key();
        const auto kept = m_cache.printed.find(key);
        const auto same = [&](const PrintedPtr& one) { return one->root == resource.shared(); };
        auto found = std::find_if(kept.begin(), kept.end(), same);
        if (found == kept.end())
            found = std::find_if(kept.begin(), kept.end(),
                                 [&](const PrintedPtr& one) { return manifest::isSame(*one->root, resource.root()); });
        if (found != kept.end() && (*found)->notes == resource.sharedNotes())
            return *found;
        if (found != kept.end()) {
            auto made = **found;
            made.root = resource.shared();
            made.notes = resource.sharedNotes();
            return keepPrinted(resource, std::move(made));
        }
    }
    thread_local std::string written; // of one object after the other, so that it seldom grows
    written.clear();
    const bool isPlain = manifest::appendYaml(written, resource.root());
    auto yaml = written;
    if (isPlain && !m_cache.makesValues)
        return keepPrinted(resource, {resource.shared(), resource.sharedNotes(), nullptr, std::move(yaml)});
    // On the heap, not in a block of its own: copies of a value name its memory resource too, and outlive it.
    auto value = manifest::toValue(resource.root(), manifest::YamlDialect::V3);
    Result<> sound;
    if (value && !isPlain)
        sound = passThroughJson(*value);
    if (!value || !sound) {
        auto error = value ? sound.error() : value.error();
        error.message = resource.id().text() + ": " + error.message;
        error.where = resource.place();
        return fail(std::move(error));
    }
    if (!isPlain)
        yaml = manifest::toYaml(*value);
    return keepPrinted(
        resource,
        {resource.shared(), resource.sharedNotes(), std::make_shared<const Value>(std::move(*value)), std::move(yaml)});
}

Build::PrintedPtr Build::keepPrinted(const Resource& resource, Printed made) const
{
    auto kept = std::make_shared<const Printed>(std::move(made));
    if (m_cache.keeps)
        m_cache.printed.put(resource.key(), kept, weightOf(*kept));
    return kept;
}

Result<OutputPtr> Build::print(Accumulated& all)
{
    auto& items = all.resources.items();
    std::vector<Result<PrintedPtr>> texts(items.size());
    // What is known by its places in memory needs no second look.
    const bool keeps = m_cache.keeps && m_buildMetadata.empty();
    std::vector<std::size_t> unknown;
    for (std::size_t i = 0; i < items.size(); ++i) {
        auto known = keeps ? m_cache.edits.printed(items[i]) : nullptr;
        if (known == nullptr)
            unknown.push_back(i);
        else
            texts[i] = std::move(known);
    }
    constexpr std::size_t kMany = 256; // a few are worth a thread too where none was printed before
    onTwoThreads(unknown.size(), unknown.size() > kMany || !m_cache.keeps, [&](std::size_t i) {
        if (m_stop.stop_requested())
            return;
        const auto& resource = items[unknown[i]];
        auto& text = texts[unknown[i]];
        text = printed(resource);
        if (text && keeps)
            m_cache.edits.keepPrinted(resource, *text, weightOf(**text));
    });
    PH_CHECK(checkStop());
    auto output = std::make_shared<Output>();
    output->kind = SourceKind::Kustomize;
    output->warnings = std::move(m_warnings);
    if (m_cache.makesValues)
        output->resources.reserve(items.size());
    std::size_t size = 0;
    for (const auto& text : texts)
        size += text ? (*text)->yaml.size() + 4 : 0;
    output->yaml.reserve(size);
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!texts[i])
            return fail(std::move(texts[i].error()));
        if (!output->yaml.empty())
            output->yaml += "---\n";
        output->yaml += (*texts[i])->yaml;
        if (m_cache.makesValues)
            output->resources.push_back({(*texts[i])->value, (*texts[i])->notes});
    }
    return output;
}

Result<> Build::applyRequestOptions(Root& top)
{
    const auto& options = m_request.kustomize;
    auto changed = std::make_shared<ReadKustomization>(*top.read);
    auto& fields = changed->value.get_object();
    top.read = changed;
    const auto listOf = [&](const char* name) -> manifest::Array& {
        auto& slot = fields[name];
        if (!slot.is_array())
            slot = manifest::Array {};
        return slot.get_array();
    };
    if (!options.namePrefix.empty())
        fields["namePrefix"] = options.namePrefix;
    if (!options.nameSuffix.empty())
        fields["nameSuffix"] = options.nameSuffix;
    if (!options.nameSpace.empty())
        fields["namespace"] = options.nameSpace;
    for (const auto& image : options.images) {
        // name=newName:tag, name=newName@digest, name:tag, name@digest
        const auto equals = image.find('=');
        const auto value = equals == std::string::npos ? image : image.substr(equals + 1);
        const auto at = value.find('@');
        const auto slash = value.rfind('/', at);
        const auto colon = value.find(':', slash == std::string::npos ? 0 : slash);
        manifest::Object entry;
        const auto newName = value.substr(0, std::min({at, colon, value.size()}));
        entry["name"] = equals == std::string::npos ? newName : image.substr(0, equals);
        if (equals != std::string::npos)
            entry["newName"] = newName;
        if (at != std::string::npos)
            entry["digest"] = value.substr(at + 1);
        else if (colon != std::string::npos)
            entry["newTag"] = value.substr(colon + 1);
        auto& list = listOf("images");
        const auto old = std::find_if(list.begin(), list.end(), [&](const Value& v) {
            return text(v, {"name"}) == text(Value(entry), {"name"});
        });
        if (old != list.end())
            *old = std::move(entry);
        else
            list.push_back(std::move(entry));
    }
    for (const auto& [name, count] : options.replicas) {
        std::int64_t number = 0;
        try {
            number = std::stoll(count);
        } catch (const std::exception&) {
            return fail(Error::Code::InvalidInput, "replica count '" + count + "' of " + name + " is not a number");
        }
        listOf("replicas").push_back(manifest::Object {{"name", name}, {"count", number}});
    }
    const auto pairsOf = [](const std::map<std::string, std::string>& from) {
        manifest::Object pairs;
        for (const auto& [key, value] : from)
            pairs[key] = value;
        return pairs;
    };
    if (!options.commonLabels.empty()) {
        if (options.labelWithoutSelector) {
            listOf("labels").push_back(manifest::Object {{"pairs", pairsOf(options.commonLabels)},
                                                         {"includeTemplates", options.labelIncludeTemplates}});
        } else {
            for (const auto& [key, value] : options.commonLabels) {
                auto& slot = fields["commonLabels"];
                if (!slot.is_object())
                    slot = manifest::Object {};
                if (slot.get_object().contains(key) && !options.forceCommonLabels)
                    return fail(Error::Code::AlreadyExists, "label " + key + " already in kustomization file", top.file,
                                "set forceCommonLabels to overwrite it");
                slot.get_object()[key] = value;
            }
        }
    }
    for (const auto& [key, value] : options.commonAnnotations) {
        auto& slot = fields["commonAnnotations"];
        if (!slot.is_object())
            slot = manifest::Object {};
        if (slot.get_object().contains(key) && !options.forceCommonAnnotations)
            return fail(Error::Code::AlreadyExists, "annotation " + key + " already in kustomization file", top.file,
                        "set forceCommonAnnotations to overwrite it");
        slot.get_object()[key] = value;
    }
    for (const auto& patch : options.patches)
        listOf("patches").push_back(patch);
    for (const auto& component : options.components)
        listOf("components").push_back(Value(boost::json::string(component)));
    return {};
}

} // namespace core::render::kustomize
