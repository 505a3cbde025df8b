// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_schema.h"

#include "core/gotemplate/go_json.h"
#include "core/render/json_schema.h"

#include <list>
#include <mutex>

namespace core::render::helm {

namespace {

constexpr std::size_t kMaxKept = 32;
constexpr std::size_t kMaxKeptText = std::size_t {1} << 20; // of one schema

/// Compiled schemas by their text, the last used first.
class SchemaCache
{
public:
    Result<JsonSchema> get(const std::string& text)
    {
        const std::lock_guard lock(m_mutex);
        for (auto entry = m_entries.begin(); entry != m_entries.end(); ++entry)
            if (entry->first == text) {
                m_entries.splice(m_entries.begin(), m_entries, entry);
                return m_entries.front().second;
            }
        PH_TRY(auto schema, compile(text));
        if (text.size() <= kMaxKeptText)
            m_entries.emplace_front(text, schema);
        if (m_entries.size() > kMaxKept)
            m_entries.pop_back();
        return schema;
    }

private:
    static Result<JsonSchema> compile(const std::string& text)
    {
        auto document = manifest::parseJson(text);
        if (!document) {
            PH_CHECK(gotemplate::parseGoJson(text)); // says it as Helm does
            return tl::unexpected<Error>(document.error());
        }
        return JsonSchema::compile(std::move(*document), "file:///values.schema.json", loadOther);
    }

    // Renders read nothing but their sources.
    static Result<manifest::Value> loadOther(const std::string& url)
    {
        if (url.starts_with("file://"))
            return fail(Error::Code::NotFound, "open " + url.substr(7) + ": no such file or directory");
        if (url.starts_with("urn:"))
            return manifest::Value(true); // as Helm, for which nobody resolves names either
        if (url.starts_with("http://") || url.starts_with("https://"))
            return fail(Error::Code::Unsupported, "schemas are not fetched; write it into values.schema.json");
        return fail(Error::Code::InvalidInput, "no URLLoader registered for \"" + url + "\"");
    }

    std::mutex m_mutex;
    std::list<std::pair<std::string, JsonSchema>> m_entries;
};

Result<> validate(const Chart& chart, const Value& values, std::string& problems, const std::stop_token& stop)
{
    static SchemaCache cache;
    const auto schema = cache.get(chart.schema);
    if (!schema && schema.error().code == Error::Code::LimitExceeded)
        return tl::unexpected<Error>(schema.error());
    if (!schema) {
        problems += chart.name + ":\n" + schema.error().message;
        return {};
    }
    PH_TRY(const auto found, schema->check(gotemplate::toManifest(values), stop));
    if (!found.empty())
        problems += chart.name + ":\n" + found + "\n";
    return {};
}

Result<> walk(const Chart& chart, const Value& values, std::string& problems, const std::stop_token& stop, int depth)
{
    if (depth > 50)
        return {};
    if (!chart.schema.empty())
        PH_CHECK(validate(chart, values, problems, stop));
    for (const auto& child : chart.charts)
        if (const auto* inner = values.find(child->name); inner != nullptr && inner->isMap())
            PH_CHECK(walk(*child, *inner, problems, stop, depth + 1));
    return {};
}

} // namespace

Result<> validateSchemas(const Chart& chart, const Value& values, const std::stop_token& stop)
{
    std::string problems;
    PH_CHECK(walk(chart, values, problems, stop, 0));
    if (problems.empty())
        return {};
    return fail(Error::Code::InvalidInput,
                "values don't meet the specifications of the schema(s) in the following chart(s):\n" + problems);
}

} // namespace core::render::helm
