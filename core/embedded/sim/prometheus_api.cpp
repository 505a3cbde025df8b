// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/prometheus_api.h"

#include "core/base/strings.h"
#include "core/embedded/sim/promql.h"
#include "core/kube/url.h"
#include "core/manifest/value.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <cmath>
#include <set>

namespace core::embedded::sim {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

using Parameters = std::multimap<std::string, std::string>;

kube::Response answer(int status, const Object& body)
{
    return {status, {{"content-type", "application/json"}}, boost::json::serialize(body)};
}

kube::Response failure(int status, std::string_view type, std::string_view message)
{
    return answer(status, Object {{"status", "error"}, {"errorType", type}, {"error", message}});
}

kube::Response badData(std::string_view name, std::string_view message)
{
    return failure(400, "bad_data", fmt::format("invalid parameter \"{}\": {}", name, message));
}

kube::Response success(Value data)
{
    return answer(200, Object {{"status", "success"}, {"data", std::move(data)}});
}

void readParameters(std::string_view text, Parameters& out)
{
    for (const auto& pair : split(text, '&')) {
        const auto equals = pair.find('=');
        if (!pair.empty())
            out.emplace(
                percentDecode(pair.substr(0, equals), UrlPart::Query),
                percentDecode(equals == std::string::npos ? std::string {} : pair.substr(equals + 1), UrlPart::Query));
    }
}

std::string parameter(const Parameters& parameters, const std::string& name)
{
    const auto it = parameters.find(name);
    return it == parameters.end() ? std::string() : it->second;
}

std::optional<double> parseTime(const std::string& text)
{
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    if (!text.empty() && *end == '\0' && std::isfinite(number))
        return number;
    const auto time = parseRfc3339(text);
    if (!time)
        return std::nullopt;
    return std::chrono::duration<double>(time->time_since_epoch()).count();
}

std::string number(double value)
{
    if (std::isnan(value))
        return "NaN";
    if (std::isinf(value))
        return value > 0 ? "+Inf" : "-Inf";
    const auto magnitude = std::abs(value);
    if (magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21))
        return fmt::format("{:e}", value);
    auto text = fmt::format("{}", value);
    if (text.find('e') != std::string::npos)
        text = fmt::format("{:.17g}", value);
    return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
}

/// Milliseconds are kept; whole seconds are whole numbers.
Value timestamp(double at)
{
    const double rounded = std::round(at * 1000) / 1000;
    if (rounded == std::floor(rounded) && std::abs(rounded) < 1e15)
        return static_cast<std::int64_t>(rounded);
    return rounded;
}

Array pair(double at, double value)
{
    Array out;
    out.push_back(timestamp(at));
    out.emplace_back(number(value));
    return out;
}

Object metric(const Labels& labels)
{
    Object out;
    for (const auto& [name, value] : labels)
        out[name] = value;
    return out;
}

kube::Response query(const SeriesStore& store, const Parameters& parameters, double now)
{
    const auto given = parameter(parameters, "time");
    const auto at = given.empty() ? std::optional<double>(now) : parseTime(given);
    if (!at)
        return badData("time", fmt::format("cannot parse \"{}\" to a valid timestamp", given));
    const auto node = promql::parse(parameter(parameters, "query"));
    if (!node)
        return badData("query", node.error().message);
    const auto result = promql::evaluate(**node, store, *at);
    if (!result)
        return failure(422, "execution", result.error().message);
    Value data;
    if (const auto* scalar = std::get_if<double>(&*result)) {
        data = pair(*at, *scalar);
    } else if (const auto* text = std::get_if<std::string>(&*result)) {
        Array out;
        out.push_back(timestamp(*at));
        out.emplace_back(*text);
        data = std::move(out);
    } else if (const auto* vector = std::get_if<promql::Vector>(&*result)) {
        Array out;
        for (const auto& point : *vector)
            out.push_back(Object {{"metric", metric(point.labels)}, {"value", pair(*at, point.value)}});
        data = std::move(out);
    } else {
        Array out;
        for (const auto& series : std::get<promql::RangeVector>(*result)) {
            Array values;
            for (const auto& sample : series.samples)
                values.emplace_back(pair(sample.at, sample.value));
            out.push_back(Object {{"metric", metric(series.labels)}, {"values", std::move(values)}});
        }
        data = std::move(out);
    }
    return success(Object {{"resultType", promql::typeName(*result)}, {"result", std::move(data)}});
}

kube::Response queryRange(const SeriesStore& store, const Parameters& parameters)
{
    const auto start = parseTime(parameter(parameters, "start"));
    if (!start)
        return badData("start",
                       fmt::format("cannot parse \"{}\" to a valid timestamp", parameter(parameters, "start")));
    const auto end = parseTime(parameter(parameters, "end"));
    if (!end)
        return badData("end", fmt::format("cannot parse \"{}\" to a valid timestamp", parameter(parameters, "end")));
    if (*end < *start)
        return badData("end", "end timestamp must not be before start time");
    const auto stepText = parameter(parameters, "step");
    auto step = parseTime(stepText);
    if (!step)
        step = promql::parseDuration(stepText);
    if (!step)
        return badData("step", fmt::format("cannot parse \"{}\" to a valid duration", stepText));
    if (*step <= 0)
        return badData("step",
                       "zero or negative query resolution step widths are not accepted. Try a positive integer");
    if ((*end - *start) / *step > 11000)
        return failure(400, "bad_data",
                       "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query "
                       "resolution (?step=XX)");
    const auto node = promql::parse(parameter(parameters, "query"));
    if (!node)
        return badData("query", node.error().message);
    std::map<Labels, Array> series;
    const auto count = static_cast<std::int64_t>(std::floor((*end - *start) / *step + 1e-9));
    for (std::int64_t i = 0; i <= count; ++i) {
        const double at = *start + static_cast<double>(i) * *step;
        const auto result = promql::evaluate(**node, store, at);
        if (!result)
            return failure(422, "execution", result.error().message);
        if (const auto* scalar = std::get_if<double>(&*result)) {
            series[{}].emplace_back(pair(at, *scalar));
        } else if (const auto* vector = std::get_if<promql::Vector>(&*result)) {
            for (const auto& point : *vector)
                series[point.labels].emplace_back(pair(at, point.value));
        } else {
            return badData(
                "query",
                fmt::format("invalid expression type \"{}\" for range query, must be Scalar or instant Vector",
                            promql::typeName(*result)));
        }
    }
    Array out;
    for (auto& [labels, values] : series)
        out.push_back(Object {{"metric", metric(labels)}, {"values", std::move(values)}});
    return success(Object {{"resultType", "matrix"}, {"result", std::move(out)}});
}

/// The label sets that the match[] parameters choose (all without any).
Result<std::vector<Labels>> chosen(const SeriesStore& store, const Parameters& parameters)
{
    const auto [begin, end] = parameters.equal_range("match[]");
    if (begin == end)
        return store.labels({});
    std::set<Labels> out;
    for (auto it = begin; it != end; ++it) {
        PH_TRY(const auto node, promql::parse(it->second));
        const auto* selector = std::get_if<promql::Selector>(&node->content);
        if (selector == nullptr || selector->range > 0)
            return fail(Error::Code::InvalidInput, "match[] must be an instant vector selector");
        for (auto& labels : store.labels(selector->matchers))
            out.insert(std::move(labels));
    }
    return std::vector<Labels>(out.begin(), out.end());
}

kube::Response metadata(const SeriesStore& store, const Parameters& parameters, std::string_view path)
{
    constexpr std::string_view prefix = "/api/v1/label/";
    if (path == "/api/v1/series" && !parameters.contains("match[]"))
        return failure(400, "bad_data", "no match[] parameter provided");
    const auto all = chosen(store, parameters);
    if (!all)
        return badData("match[]", all.error().message);
    Array out;
    if (path == "/api/v1/series") {
        for (const auto& labels : *all)
            out.push_back(metric(labels));
        return success(std::move(out));
    }
    std::string wanted;
    if (path.starts_with(prefix)) {
        const auto rest = path.substr(prefix.size());
        wanted = percentDecode(rest.substr(0, rest.size() - std::string_view("/values").size()), UrlPart::Path);
    }
    std::set<std::string> texts;
    for (const auto& labels : *all) {
        for (const auto& [name, value] : labels) {
            if (wanted.empty())
                texts.insert(name);
            else if (name == wanted)
                texts.insert(value);
        }
    }
    for (const auto& text : texts)
        out.emplace_back(text);
    return success(std::move(out));
}

} // namespace

kube::Response prometheusAnswer(const SeriesStore& store, const kube::Request& request, TimePoint now)
{
    const auto question = std::min(request.path.find('?'), request.path.size());
    const auto path = std::string_view(request.path).substr(0, question);
    Parameters parameters;
    if (question < request.path.size())
        readParameters(std::string_view(request.path).substr(question + 1), parameters);
    if (request.method == "POST")
        readParameters(request.body, parameters);
    if (path == "/-/healthy" || path == "/-/ready")
        return {200, {{"content-type", "text/plain"}}, "Prometheus Server is Healthy.\n"};
    if (path == "/api/v1/query")
        return query(store, parameters, std::chrono::duration<double>(now.time_since_epoch()).count());
    if (path == "/api/v1/query_range")
        return queryRange(store, parameters);
    if (path == "/api/v1/series" || path == "/api/v1/labels"
        || (path.starts_with("/api/v1/label/") && path.ends_with("/values")))
        return metadata(store, parameters, path);
    return {404, {{"content-type", "text/plain"}}, "404 page not found\n"};
}

} // namespace core::embedded::sim
