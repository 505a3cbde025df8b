// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/json_schema.h"

#include "core/base/percent_encoding.h"
#include "core/base/strings.h"
#include "core/gotemplate/go_text.h"
#include "core/render/json_schema_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <mutex>

// The metaschemas of the drafts, one JSON text in the program: {"json-schema.org/draft-07/schema": ...}.
asm(R"(.section .rodata
.global ph_json_schema_drafts_begin
ph_json_schema_drafts_begin:
.incbin ")" JSON_SCHEMA_DRAFTS_FILE R"("
.global ph_json_schema_drafts_end
ph_json_schema_drafts_end:
.byte 0
.previous)");
extern "C" const char ph_json_schema_drafts_begin[];
extern "C" const char ph_json_schema_drafts_end[];

namespace core::render {

namespace schema {

namespace {

constexpr int kLatest = 2020;
constexpr std::size_t kMaxSchemas = 200'000;
constexpr std::size_t kMaxDocuments = 100;
constexpr std::size_t kMaxResources = 1000; // with an address of their own, in one document

const manifest::Object& drafts()
{
    static const Value kDrafts =
        manifest::parseJson({ph_json_schema_drafts_begin,
                             static_cast<std::size_t>(ph_json_schema_drafts_end - ph_json_schema_drafts_begin)})
            .value();
    return kDrafts.get_object();
}

std::optional<int> draftOf(std::string_view url)
{
    const auto [address, fragment] = splitFragment(url);
    const auto name = withoutScheme(address);
    if (!fragment.empty() || !name.starts_with("json-schema.org/"))
        return std::nullopt;
    static constexpr std::array<std::pair<std::string_view, int>, 6> kNames {{{"schema", kLatest},
                                                                              {"draft/2020-12/schema", 2020},
                                                                              {"draft/2019-09/schema", 2019},
                                                                              {"draft-07/schema", 7},
                                                                              {"draft-06/schema", 6},
                                                                              {"draft-04/schema", 4}}};
    for (const auto& [known, draft] : kNames)
        if (name.substr(16) == known)
            return draft;
    return std::nullopt;
}

std::string metaschemaUrl(int draft)
{
    return draft >= 2019 ? fmt::format("https://json-schema.org/draft/{}/schema", draft == 2019 ? "2019-09" : "2020-12")
                         : fmt::format("http://json-schema.org/draft-0{}/schema", draft);
}

// Which members of a schema are schemas: the value itself, items of a list, members of an object.
enum class Place : std::uint8_t { Value, List, Members };
struct Position
{
    std::string_view keyword;
    Place place = Place::Value;
    int since = 4;
};
constexpr std::array kPositions {
    Position {"definitions", Place::Members, 4},
    Position {"not", Place::Value, 4},
    Position {"allOf", Place::List, 4},
    Position {"anyOf", Place::List, 4},
    Position {"oneOf", Place::List, 4},
    Position {"properties", Place::Members, 4},
    Position {"additionalProperties", Place::Value, 4},
    Position {"patternProperties", Place::Members, 4},
    Position {"items", Place::Value, 4},
    Position {"items", Place::List, 4},
    Position {"additionalItems", Place::Value, 4},
    Position {"dependencies", Place::Members, 4},
    Position {"propertyNames", Place::Value, 6},
    Position {"contains", Place::Value, 6},
    Position {"if", Place::Value, 7},
    Position {"then", Place::Value, 7},
    Position {"else", Place::Value, 7},
    Position {"$defs", Place::Members, 2019},
    Position {"dependentSchemas", Place::Members, 2019},
    Position {"unevaluatedProperties", Place::Value, 2019},
    Position {"unevaluatedItems", Place::Value, 2019},
    Position {"contentSchema", Place::Value, 2019},
    Position {"prefixItems", Place::List, 2020},
};

const std::string* textAt(const manifest::Object& object, std::string_view key, std::string& buffer)
{
    const auto* value = object.if_contains(key);
    if (value == nullptr || !value->is_string())
        return nullptr;
    buffer = std::string(value->get_string());
    return &buffer;
}

const Compiled& metaschema(int draft);

class Compiler
{
public:
    Compiler(const JsonSchema::Load& load, AssertFormats formats, std::stop_token stop)
        : m_load(load)
        , m_formats(formats)
        , m_stop(std::move(stop))
        , m_compiled(std::make_shared<Compiled>())
    {
    }

    Result<std::shared_ptr<const Compiled>> run(Value value, const std::string& url)
    {
        PH_TRY(auto* root, addDocument(url, std::move(value)));
        enqueue(*root, "");
        for (std::size_t done = 0; done < m_compiled->schemas.size(); ++done) {
            if (m_compiled->schemas.size() > kMaxSchemas)
                return fail(Error::Code::LimitExceeded, "the schema has too many parts");
            PH_CHECK(goOn());
            PH_CHECK(compile(m_compiled->schemas[done], m_queue[done]));
        }
        return std::shared_ptr<const Compiled>(m_compiled);
    }

private:
    struct Spot
    {
        Document* document = nullptr;
        std::string pointer;
    };

    [[nodiscard]] Result<> goOn() const
    {
        return m_stop.stop_requested() ? fail(Error::Code::Cancelled, "the render was cancelled") : Result<>();
    }

    Schema* enqueue(Document& document, const std::string& pointer)
    {
        auto& slot = m_known[{&document, pointer}];
        if (slot == nullptr) {
            slot = &m_compiled->schemas.emplace_back();
            slot->location = address(document.url, pointer);
            m_queue.push_back({&document, pointer});
        }
        return slot;
    }

    Result<Document*> addDocument(const std::string& url, Value value)
    {
        if (m_compiled->documents.size() >= kMaxDocuments)
            return fail(Error::Code::LimitExceeded, "the schema refers to too many documents");
        auto owned = std::make_unique<Document>();
        owned->url = url;
        owned->value = std::move(value);
        auto& document = *owned;
        m_compiled->documents[url] = std::move(owned);
        PH_CHECK(collect(document, document.value, url, "", kLatest));
        PH_CHECK(validate(document, document.value, ""));
        return &document;
    }

    Result<Value> load(const std::string& url)
    {
        const auto name = withoutScheme(url);
        if (name == "json-schema.org/schema")
            return load(metaschemaUrl(kLatest));
        if (const auto* own = name.size() == url.size() ? nullptr : drafts().if_contains(name))
            return *own;
        auto loaded = m_load(url);
        if (!loaded)
            return fail(loaded.error().code, fmt::format("failing loading \"{}\": {}", url, loaded.error().message));
        return loaded;
    }

    Result<Document*> documentAt(const std::string& url)
    {
        if (const auto known = m_compiled->documents.find(url); known != m_compiled->documents.end())
            return known->second.get();
        PH_TRY(auto value, load(url));
        return addDocument(url, std::move(value));
    }

    // By a draft's own metaschema; those of json-schema.org are not checked by themselves.
    Result<> validate(const Document& document, const Value& value, const std::string& pointer)
    {
        if (withoutScheme(document.url).starts_with("json-schema.org/"))
            return {};
        const int draft = document.resourceOf(pointer).draft;
        const auto& meta = metaschema(draft).schemas.front();
        PH_TRY(const auto problems, check(meta, value, m_stop));
        if (problems.empty())
            return {};
        return fail(Error::Code::InvalidInput,
                    fmt::format("\"{}\" is not valid against metaschema: jsonschema validation failed with {}\n{}",
                                address(document.url, pointer), inQuotes(meta.location), problems));
    }

    Result<int> draftFor(const manifest::Object& object, int fallback, int depth)
    {
        std::string text;
        if (textAt(object, "$schema", text) == nullptr)
            return fallback;
        if (const auto draft = draftOf(text))
            return *draft;
        const auto url = splitFragment(text).first;
        if (depth > 8)
            return fail(Error::Code::InvalidInput, fmt::format("cycle in resolving $schema in \"{}\"", url));
        PH_TRY(const auto meta, load(url));
        return meta.is_object() ? draftFor(meta.get_object(), fallback, depth + 1) : Result<int>(fallback);
    }

    static std::string idOf(const manifest::Object& object, int draft)
    {
        std::string text;
        if (draft < 2019 && object.contains("$ref"))
            return {};
        return textAt(object, draft == 4 ? "id" : "$id", text) != nullptr ? splitFragment(text).first : std::string();
    }

    // Finds the resources and anchors of a schema and of those in it.
    Result<> collect(Document& document, const Value& value, std::string base, const std::string& pointer, int fallback)
    {
        if (!document.seen.insert(pointer).second)
            return {};
        PH_CHECK(goOn());
        const auto* object = value.if_object();
        if (object == nullptr) {
            if (pointer.empty())
                document.resources[""] = {"", base, fallback, {}, {}};
            return {};
        }
        PH_TRY(auto draft, draftFor(*object, fallback, 0));
        auto id = idOf(*object, draft);
        if (id.empty() && !pointer.empty()) {
            draft = fallback;
            id = idOf(*object, draft);
        }
        if (!id.empty())
            base = joinUrl(base, id);
        if (!id.empty() || pointer.empty()) {
            for (const auto& [other, resource] : document.resources)
                if (resource.id == base && other != pointer)
                    return fail(Error::Code::InvalidInput,
                                fmt::format("duplicate id \"{}\" in \"{}\" at \"{}\" and \"{}\"", base, document.url,
                                            pointer, other));
            if (document.resources.size() >= kMaxResources)
                return fail(Error::Code::LimitExceeded, "the schema has too many parts with an id");
            document.resources[pointer] = {pointer, base, draft, {}, {}};
        }
        auto own = std::find_if(document.resources.begin(), document.resources.end(),
                                [&base](const auto& entry) { return entry.second.id == base; });
        if (own == document.resources.end())
            own = document.resources.begin();
        PH_CHECK(collectAnchors(document, *object, pointer, own->second));
        const int inner = own->second.draft;
        for (const auto& position : kPositions) {
            const auto* held = position.since <= draft ? object->if_contains(position.keyword) : nullptr;
            if (held == nullptr)
                continue;
            const auto path = fmt::format("{}/{}", pointer, position.keyword);
            if (position.place == Place::Value) {
                PH_CHECK(collect(document, *held, base, path, inner));
            } else if (position.place == Place::List && held->is_array()) {
                for (std::size_t i = 0; i < held->get_array().size(); ++i)
                    PH_CHECK(collect(document, held->get_array()[i], base, fmt::format("{}/{}", path, i), inner));
            } else if (position.place == Place::Members && held->is_object()) {
                for (const auto& member : held->get_object())
                    PH_CHECK(collect(document, member.value(), base, path + "/" + escapeToken(member.key()), inner));
            }
        }
        return {};
    }

    static Result<> collectAnchors(const Document& document, const manifest::Object& object, const std::string& pointer,
                                   Resource& resource)
    {
        const auto add = [&](const std::string& name) -> Result<> {
            const auto [entry, isNew] = resource.anchors.emplace(name, pointer);
            if (isNew || entry->second == pointer)
                return {};
            return fail(Error::Code::InvalidInput,
                        fmt::format("duplicate anchor \"{}\" in \"{}\" at \"{}\" and \"{}\"", name, document.url,
                                    entry->second, pointer));
        };
        std::string text;
        if (resource.draft < 2019) {
            if (!object.contains("$ref") && textAt(object, resource.draft == 4 ? "id" : "$id", text) != nullptr)
                if (const auto anchor = percentDecode(splitFragment(text).second, UrlPart::Path);
                    !anchor.empty() && anchor[0] != '/')
                    return add(anchor);
            return {};
        }
        if (textAt(object, "$anchor", text) != nullptr)
            PH_CHECK(add(text));
        if (resource.draft >= 2020 && textAt(object, "$dynamicAnchor", text) != nullptr) {
            PH_CHECK(add(text));
            resource.dynamicAnchors.insert(text);
        }
        return {};
    }

    Result<const Schema*> reference(const Spot& place, const std::string& text)
    {
        const auto [part, raw] = splitFragment(text);
        const auto url = joinUrl(place.document->resourceOf(place.pointer).id, part);
        const auto fragment = percentDecode(raw, UrlPart::Path);
        auto* document = place.document;
        const Resource* target = nullptr;
        if (url == document->url)
            target = &document->resources.at("");
        for (const auto& [pointer, resource] : document->resources)
            if (target == nullptr && resource.id == url)
                target = &resource;
        if (target == nullptr) {
            PH_TRY(document, documentAt(url));
            target = &document->resources.at("");
        }
        if (fragment.empty() || fragment[0] == '/')
            return enqueue(*document, target->pointer + fragment);
        const auto anchor = target->anchors.find(fragment);
        if (anchor == target->anchors.end())
            return fail(Error::Code::InvalidInput,
                        fmt::format("anchor in \"{}\" not found in schema \"{}\"", address(target->id, fragment),
                                    document->url));
        return enqueue(*document, anchor->second);
    }

    Result<> compile(Schema& schema, const Spot place)
    {
        auto& document = *place.document;
        PH_TRY(const auto* value, lookUp(document, place.pointer));
        if (!document.seen.contains(place.pointer)) {
            // A reference leads to what no keyword says to be a schema.
            const auto& around = document.resourceOf(place.pointer);
            PH_CHECK(collect(document, *value, around.id, place.pointer, around.draft));
            PH_CHECK(validate(document, *value, place.pointer));
        }
        const auto& resource = document.resourceOf(place.pointer);
        schema.draft = resource.draft;
        schema.resource = enqueue(document, resource.pointer);
        if (schema.draft >= 2020 && resource.pointer == place.pointer)
            for (const auto& name : resource.dynamicAnchors)
                schema.dynamicAnchors[name] = enqueue(document, resource.anchors.at(name));
        if (const auto* flag = value->if_bool())
            schema.constant = *flag;
        const auto* object = value->if_object();
        if (object != nullptr && object->empty())
            schema.constant = true;
        if (object == nullptr || schema.constant)
            return {};
        schema.keywords = object;
        return compileKeywords(schema, *object, place);
    }

    const Schema* member(const manifest::Object& object, const Spot& place, std::string_view key)
    {
        return object.contains(key) ? enqueue(*place.document, fmt::format("{}/{}", place.pointer, key)) : nullptr;
    }

    Result<> compileKeywords(Schema& schema, const manifest::Object& object, const Spot& place)
    {
        std::string text;
        if (textAt(object, "$ref", text) != nullptr) {
            PH_TRY(schema.ref, reference(place, text));
            if (schema.draft < 2019) {
                compileSince6(schema, object, place); // need not hold, but has to be there
                return {};
            }
        }
        const auto one = [&](std::string_view key) { return member(object, place, key); };
        const auto list = [&](std::string_view key, std::vector<const Schema*>& into) {
            const auto* array = object.contains(key) ? object.at(key).if_array() : nullptr;
            for (std::size_t i = 0; array != nullptr && i < array->size(); ++i)
                into.push_back(enqueue(*place.document, fmt::format("{}/{}/{}", place.pointer, key, i)));
        };
        const auto members = [&](std::string_view key, const auto& add) -> Result<> {
            const auto* held = object.contains(key) ? object.at(key).if_object() : nullptr;
            if (held == nullptr)
                return {};
            for (const auto& member : *held)
                if (!member.value().is_array())
                    PH_CHECK(add(std::string(member.key()),
                                 enqueue(*place.document,
                                         fmt::format("{}/{}/{}", place.pointer, key, escapeToken(member.key())))));
            return {};
        };
        list("allOf", schema.allOf);
        list("anyOf", schema.anyOf);
        list("oneOf", schema.oneOf);
        schema.negated = one("not");
        if (schema.draft >= 2020) {
            list("prefixItems", schema.tuple);
            schema.items = one("items");
        } else if (object.contains("items") && object.at("items").is_array()) {
            list("items", schema.tuple);
            schema.additionalItems = one("additionalItems");
        } else {
            schema.items = one("items");
        }
        schema.additionalProperties = one("additionalProperties");
        (void)members("properties", [&schema](const std::string& name, const Schema* inner) -> Result<> {
            schema.properties.emplace(name, inner);
            return {};
        });
        const auto regexFailure = [&place](std::string_view keyword, const std::string& pattern, const Error& error) {
            return fail(Error::Code::InvalidInput,
                        fmt::format("invalid regex {} at \"{}\": {}", gotemplate::quote(pattern),
                                    address(place.document->url, fmt::format("{}/{}", place.pointer, keyword)),
                                    error.message));
        };
        PH_CHECK(members("patternProperties", [&](const std::string& name, const Schema* inner) -> Result<> {
            auto regex = compileRegex(name);
            if (!regex)
                return regexFailure("patternProperties", name, regex.error());
            schema.patternProperties.emplace_back(std::move(*regex), inner);
            return {};
        }));
        (void)members("dependencies", [&schema](const std::string& name, const Schema* inner) -> Result<> {
            schema.dependencies.emplace_back(name, inner);
            return {};
        });
        if (textAt(object, "pattern", text) != nullptr) {
            auto regex = compileRegex(text);
            if (!regex)
                return regexFailure("pattern", text, regex.error());
            schema.pattern = std::move(*regex);
        }
        if ((m_formats == AssertFormats::Always || schema.draft < 2019) && textAt(object, "format", text) != nullptr)
            schema.format = text;
        compileSince6(schema, object, place);
        return schema.draft >= 2019 ? compileLater(schema, object, place, one, members) : Result<>();
    }

    void compileSince6(Schema& schema, const manifest::Object& object, const Spot& place)
    {
        const auto one = [&](std::string_view key) { return member(object, place, key); };
        if (schema.draft >= 6) {
            schema.contains = one("contains");
            schema.propertyNames = one("propertyNames");
        }
        if (schema.draft >= 7 && (schema.condition = one("if")) != nullptr) {
            schema.then = one("then");
            schema.otherwise = one("else");
        }
    }

    // What came with draft 2019-09.
    template<class One, class Members>
    Result<> compileLater(Schema& schema, const manifest::Object& object, const Spot& place, const One& one,
                          const Members& members)
    {
        std::string text;
        if (textAt(object, "$recursiveRef", text) != nullptr) {
            PH_TRY(schema.recursiveRef, reference(place, text));
        }
        schema.recursiveAnchor = object.contains("$recursiveAnchor") && object.at("$recursiveAnchor") == Value(true);
        (void)members("dependentSchemas", [&schema](const std::string& name, const Schema* inner) -> Result<> {
            schema.dependentSchemas.emplace_back(name, inner);
            return {};
        });
        schema.unevaluatedItems = one("unevaluatedItems");
        schema.unevaluatedProperties = one("unevaluatedProperties");
        if (schema.draft < 2020)
            return {};
        if (textAt(object, "$dynamicRef", text) != nullptr) {
            PH_TRY(schema.dynamicRef, reference(place, text));
            const auto fragment = percentDecode(splitFragment(text).second, UrlPart::Path);
            schema.dynamicName = fragment.starts_with('/') ? "" : fragment;
        }
        if (textAt(object, "$dynamicAnchor", text) != nullptr)
            schema.dynamicAnchor = text;
        return {};
    }

    const JsonSchema::Load& m_load;
    AssertFormats m_formats;
    std::stop_token m_stop;
    std::shared_ptr<Compiled> m_compiled;
    std::map<std::pair<const Document*, std::string>, Schema*> m_known;
    std::deque<Spot> m_queue; ///< in step with the schemas
};

const Compiled& metaschema(int draft)
{
    const auto build = [](int number) {
        const auto url = metaschemaUrl(number);
        const JsonSchema::Load none = [](const std::string& other) -> Result<Value> {
            return fail(Error::Code::Internal, "no metaschema " + other);
        };
        return Compiler(none, AssertFormats::Always, {}).run(drafts().at(withoutScheme(url)), url).value();
    };
    static std::map<int, std::shared_ptr<const Compiled>> built;
    static std::mutex mutex;
    const std::lock_guard lock(mutex);
    auto& slot = built[draft];
    if (!slot)
        slot = build(draft);
    return *slot;
}

} // namespace

const Resource& Document::resourceOf(std::string pointer) const
{
    while (true) {
        if (const auto found = resources.find(pointer); found != resources.end())
            return found->second;
        const auto slash = pointer.rfind('/');
        if (slash == std::string::npos)
            return resources.at("");
        pointer.resize(slash);
    }
}

} // namespace schema

JsonSchema::JsonSchema(std::shared_ptr<const schema::Compiled> compiled)
    : m_compiled(std::move(compiled))
{
}

Result<JsonSchema> JsonSchema::compile(manifest::Value document, const std::string& url, const Load& load,
                                       const std::stop_token& stop)
{
    PH_TRY(auto compiled, schema::Compiler(load, schema::AssertFormats::ByDraft, stop).run(std::move(document), url));
    return JsonSchema(std::move(compiled));
}

Result<std::string> JsonSchema::check(const manifest::Value& value, const std::stop_token& stop) const
{
    return schema::check(m_compiled->schemas.front(), value, stop);
}

} // namespace core::render
