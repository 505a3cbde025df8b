// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_schema.h"

#include "core/gotemplate/go_json.h"
#include "core/render/helm_repository.h"
#include "core/render/json_schema.h"

#include <list>
#include <mutex>
#include <optional>

namespace core::render::helm {

namespace {

constexpr std::size_t kMaxKept = 32;
constexpr std::size_t kMaxKeptText = std::size_t {1} << 20; // of one schema

/// Compiled schemas by their text, the last used first.
class SchemaCache
{
public:
    [[nodiscard]] std::optional<JsonSchema> find(const std::string& text)
    {
        const std::lock_guard lock(m_mutex);
        for (auto entry = m_entries.begin(); entry != m_entries.end(); ++entry)
            if (entry->first == text) {
                m_entries.splice(m_entries.begin(), m_entries, entry);
                return entry->second;
            }
        return std::nullopt;
    }
    void add(const std::string& text, const JsonSchema& schema)
    {
        if (text.size() > kMaxKeptText)
            return;
        const std::lock_guard lock(m_mutex);
        m_entries.emplace_front(text, schema);
        if (m_entries.size() > kMaxKept)
            m_entries.pop_back();
    }

private:
    std::mutex m_mutex;
    std::list<std::pair<std::string, JsonSchema>> m_entries;
};

/// The check of one set of values.
class Validation
{
public:
    Validation(const FetchTree& fetch, const std::stop_token& stop)
        : m_fetch(fetch)
        , m_stop(stop)
    {
    }

    Result<> walk(const Chart& chart, const Value& values, int depth)
    {
        if (depth > 50)
            return {};
        if (!chart.schema.empty())
            PH_CHECK(validate(chart, values));
        for (const auto& child : chart.charts)
            if (const auto* inner = values.find(child->name); inner != nullptr && inner->isMap())
                PH_CHECK(walk(*child, *inner, depth + 1));
        return {};
    }
    [[nodiscard]] const std::string& problems() const { return m_problems; }

private:
    Result<> validate(const Chart& chart, const Value& values)
    {
        const auto schema = compiled(chart.schema);
        if (!schema && (isEnd(schema.error()) || m_unreached))
            return tl::unexpected<Error>(m_unreached ? *m_unreached : schema.error());
        if (!schema) {
            m_problems += chart.name + ":\n" + schema.error().message;
            return {};
        }
        PH_TRY(const auto found, schema->check(gotemplate::toManifest(values), m_stop));
        if (!found.empty())
            m_problems += chart.name + ":\n" + found + "\n";
        return {};
    }

    static bool isEnd(const Error& error)
    {
        return error.code == Error::Code::LimitExceeded || error.code == Error::Code::Cancelled;
    }

    Result<JsonSchema> compiled(const std::string& text)
    {
        static SchemaCache cache;
        if (auto known = cache.find(text))
            return std::move(*known);
        auto document = manifest::parseJson(text);
        if (!document) {
            PH_CHECK(gotemplate::parseGoJson(text)); // says it as Helm does
            return tl::unexpected<Error>(document.error());
        }
        const JsonSchema::Load load = [this](const std::string& url) { return loadOther(url); };
        PH_TRY(auto schema, JsonSchema::compile(std::move(*document), "file:///values.schema.json", load, m_stop));
        cache.add(text, schema);
        return schema;
    }

    // Renders read nothing but their sources and what they are allowed to fetch.
    Result<manifest::Value> loadOther(const std::string& url)
    {
        if (url.starts_with("file://"))
            return fail(Error::Code::NotFound, "open " + url.substr(7) + ": no such file or directory");
        if (url.starts_with("urn:"))
            return manifest::Value(true); // as Helm, for which nobody resolves names either
        if (!url.starts_with("http://") && !url.starts_with("https://"))
            return fail(Error::Code::InvalidInput, "no URLLoader registered for \"" + url + "\"");
        if (!m_fetch)
            return fail(Error::Code::Unsupported, "schemas are not fetched here; write it into values.schema.json");
        auto tree = m_fetch(fileLocation(url), {}, m_stop);
        if (!tree) { // no fault of the values
            m_unreached = tree.error().within("fetch a schema that values.schema.json refers to");
            return tl::unexpected<Error>(*m_unreached);
        }
        PH_TRY(const auto text, (*tree)->readFollowing(kFileName));
        return manifest::parseJson(text, url);
    }

    const FetchTree& m_fetch;
    const std::stop_token& m_stop;
    std::string m_problems;
    std::optional<Error> m_unreached;
};

} // namespace

Result<> validateSchemas(const Chart& chart, const Value& values, const FetchTree& fetch, const std::stop_token& stop)
{
    Validation validation(fetch, stop);
    PH_CHECK(validation.walk(chart, values, 0));
    if (validation.problems().empty())
        return {};
    return fail(Error::Code::InvalidInput,
                "values don't meet the specifications of the schema(s) in the following chart(s):\n"
                    + validation.problems());
}

} // namespace core::render::helm
