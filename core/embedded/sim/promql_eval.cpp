// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/promql.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace core::embedded::sim::promql {

namespace {

constexpr double kLookback = 300;
const double kNaN = std::numeric_limits<double>::quiet_NaN();

Error bad(std::string message)
{
    return {Error::Code::InvalidInput, std::move(message)};
}

Labels withoutName(Labels labels)
{
    labels.erase("__name__");
    return labels;
}

double arithmetic(std::string_view op, double a, double b)
{
    if (op == "+")
        return a + b;
    if (op == "-")
        return a - b;
    if (op == "*")
        return a * b;
    if (op == "/")
        return a / b;
    if (op == "%")
        return std::fmod(a, b);
    return std::pow(a, b);
}

bool isComparison(std::string_view op)
{
    return op == "==" || op == "!=" || op == "<" || op == ">" || op == "<=" || op == ">=";
}

bool compare(std::string_view op, double a, double b)
{
    if (op == "==")
        return a == b;
    if (op == "!=")
        return a != b;
    if (op == "<")
        return a < b;
    if (op == ">")
        return a > b;
    if (op == "<=")
        return a <= b;
    return a >= b;
}

double quantile(double q, std::vector<double> values)
{
    if (values.empty() || std::isnan(q))
        return kNaN;
    if (q < 0)
        return -std::numeric_limits<double>::infinity();
    if (q > 1)
        return std::numeric_limits<double>::infinity();
    std::sort(values.begin(), values.end());
    const double rank = q * static_cast<double>(values.size() - 1);
    const auto lower = static_cast<std::size_t>(std::floor(rank));
    const auto upper = std::min(values.size() - 1, lower + 1);
    const double weight = rank - std::floor(rank);
    return values[lower] * (1 - weight) + values[upper] * weight;
}

/// Prometheus' extrapolation to the borders of the range.
std::optional<double> extrapolated(const std::vector<Sample>& samples, double from, double to, bool counter,
                                   bool perSecond)
{
    if (samples.size() < 2)
        return std::nullopt;
    double change = samples.back().value - samples.front().value;
    if (counter) {
        for (std::size_t i = 1; i < samples.size(); ++i) {
            if (samples[i].value < samples[i - 1].value)
                change += samples[i - 1].value;
        }
    }
    double toStart = samples.front().at - from;
    double toEnd = to - samples.back().at;
    const double sampled = samples.back().at - samples.front().at;
    const double average = sampled / static_cast<double>(samples.size() - 1);
    const double threshold = average * 1.1;
    if (toStart >= threshold)
        toStart = average / 2;
    if (counter && change > 0 && samples.front().value >= 0) {
        const double toZero = sampled * (samples.front().value / change);
        toStart = std::min(toStart, toZero);
    }
    if (toEnd >= threshold)
        toEnd = average / 2;
    double result = change * ((sampled + toStart + toEnd) / sampled);
    if (perSecond)
        result /= to - from;
    return result;
}

std::optional<double> instantRate(const std::vector<Sample>& samples)
{
    if (samples.size() < 2)
        return std::nullopt;
    const auto& last = samples[samples.size() - 1];
    const auto& before = samples[samples.size() - 2];
    const double change = last.value < before.value ? last.value : last.value - before.value;
    return last.at > before.at ? std::optional<double>(change / (last.at - before.at)) : std::nullopt;
}

double bucketQuantile(double q, std::vector<std::pair<double, double>> buckets)
{
    std::sort(buckets.begin(), buckets.end());
    if (std::isnan(q) || buckets.empty() || !std::isinf(buckets.back().first))
        return kNaN;
    if (q < 0)
        return -std::numeric_limits<double>::infinity();
    if (q > 1)
        return std::numeric_limits<double>::infinity();
    // Buckets of equal bounds are one, and counts never fall.
    std::vector<std::pair<double, double>> merged;
    for (const auto& [bound, count] : buckets) {
        if (!merged.empty() && merged.back().first == bound)
            merged.back().second += count;
        else
            merged.emplace_back(bound, count);
    }
    for (std::size_t i = 1; i < merged.size(); ++i)
        merged[i].second = std::max(merged[i].second, merged[i - 1].second);
    const double total = merged.back().second;
    if (merged.size() < 2 || total == 0 || std::isnan(total))
        return kNaN;
    const double rank = q * total;
    std::size_t at = 0;
    while (at + 1 < merged.size() && merged[at].second < rank)
        ++at;
    if (at == merged.size() - 1)
        return merged[merged.size() - 2].first;
    if (at == 0 && merged[0].first <= 0)
        return merged[0].first;
    const double start = at == 0 ? 0 : merged[at - 1].first;
    const double below = at == 0 ? 0 : merged[at - 1].second;
    const double inside = merged[at].second - below;
    return inside == 0 ? start : start + (merged[at].first - start) * ((rank - below) / inside);
}

Labels signature(const Labels& labels, bool keepOnly, const std::vector<std::string>& names)
{
    Labels out;
    for (const auto& [name, value] : labels) {
        if (name == "__name__" && !keepOnly)
            continue;
        const bool named = std::find(names.begin(), names.end(), name) != names.end();
        if (named == keepOnly)
            out.emplace(name, value);
    }
    return out;
}

class Evaluator
{
public:
    Evaluator(const SeriesStore& store, double at)
        : m_store(store)
        , m_at(at)
    {
    }

    Result<Result_> run(const Node& node)
    {
        return std::visit([this](const auto& content) { return eval(content); }, node.content);
    }

private:
    Result<Result_> eval(double number) { return Result_(number); }
    Result<Result_> eval(const std::string& text) { return Result_(text); }

    Result<Result_> eval(const Selector& selector)
    {
        const double at = m_at - selector.offset;
        if (selector.range > 0)
            return Result_(m_store.select(selector.matchers, at - selector.range, at));
        Vector out;
        for (auto& series : m_store.select(selector.matchers, at - kLookback, at))
            out.push_back({std::move(series.labels), series.samples.back().value});
        return Result_(std::move(out));
    }

    Result<Result_> eval(const Negation& negation)
    {
        PH_TRY(auto value, run(*negation.operand));
        if (auto* number = std::get_if<double>(&value))
            return Result_(-*number);
        auto* vector = std::get_if<Vector>(&value);
        if (vector == nullptr)
            return fail(bad("unary expression only allowed on expressions of type scalar or instant vector"));
        for (auto& point : *vector)
            point = {withoutName(point.labels), -point.value};
        return value;
    }

    Result<Vector> vectorOf(const Node& node, std::string_view what)
    {
        PH_TRY(auto value, run(node));
        if (auto* vector = std::get_if<Vector>(&value))
            return std::move(*vector);
        return fail(bad(fmt::format("expected type instant vector in {}, got {}", what, typeName(value))));
    }
    Result<double> numberOf(const Node& node, std::string_view what)
    {
        PH_TRY(auto value, run(node));
        if (auto* number = std::get_if<double>(&value))
            return *number;
        return fail(bad(fmt::format("expected type scalar in {}, got {}", what, typeName(value))));
    }

    Result<Result_> overRange(const Call& call)
    {
        const auto* selector = std::get_if<Selector>(&call.arguments[0]->content);
        if (selector == nullptr || selector->range == 0)
            return fail(bad(fmt::format("expected type range vector in call to function \"{}\"", call.function)));
        const double to = m_at - selector->offset;
        const double from = to - selector->range;
        Vector out;
        for (auto& series : m_store.select(selector->matchers, from, to)) {
            const auto& samples = series.samples;
            std::optional<double> value;
            const auto& f = call.function;
            if (f == "rate" || f == "increase" || f == "delta") {
                value = extrapolated(samples, from, to, f != "delta", f == "rate");
            } else if (f == "irate") {
                value = instantRate(samples);
            } else if (f == "count_over_time") {
                value = static_cast<double>(samples.size());
            } else if (f == "last_over_time") {
                value = samples.back().value;
            } else {
                double sum = 0;
                double least = samples.front().value;
                double most = least;
                for (const auto& sample : samples) {
                    sum += sample.value;
                    least = std::min(least, sample.value);
                    most = std::max(most, sample.value);
                }
                value = f == "min_over_time" ? least
                    : f == "max_over_time"   ? most
                    : f == "sum_over_time"   ? sum
                                             : sum / static_cast<double>(samples.size());
            }
            if (value)
                out.push_back({f == "last_over_time" ? series.labels : withoutName(series.labels), *value});
        }
        return Result_(std::move(out));
    }

    Result<Result_> histogram(const Call& call)
    {
        PH_TRY(const double q, numberOf(*call.arguments[0], "histogram_quantile"));
        PH_TRY(const auto vector, vectorOf(*call.arguments[1], "histogram_quantile"));
        std::map<Labels, std::vector<std::pair<double, double>>> groups;
        for (const auto& point : vector) {
            const auto le = point.labels.find("le");
            if (le == point.labels.end())
                continue;
            char* end = nullptr;
            const double limit = std::strtod(le->second.c_str(), &end);
            if (le->second.empty() || *end != '\0')
                continue;
            auto labels = withoutName(point.labels);
            labels.erase("le");
            groups[labels].emplace_back(limit, point.value);
        }
        Vector out;
        for (auto& [labels, buckets] : groups)
            out.push_back({labels, bucketQuantile(q, std::move(buckets))});
        return Result_(std::move(out));
    }

    Result<Result_> eval(const Call& call)
    {
        const auto& f = call.function;
        if (f == "time")
            return Result_(m_at);
        static const std::set<std::string, std::less<>> ranged {
            "rate",          "irate",         "increase",      "delta",           "avg_over_time",
            "min_over_time", "max_over_time", "sum_over_time", "count_over_time", "last_over_time"};
        if (ranged.contains(f))
            return overRange(call);
        if (f == "histogram_quantile")
            return histogram(call);
        if (f == "vector") {
            PH_TRY(const double number, numberOf(*call.arguments[0], f));
            return Result_(Vector {{{}, number}});
        }
        PH_TRY(auto vector, vectorOf(*call.arguments[0], f));
        if (f == "scalar")
            return Result_(vector.size() == 1 ? vector.front().value : kNaN);
        if (f == "absent")
            return Result_(vector.empty() ? absent(*call.arguments[0]) : Vector {});
        if (f == "sort" || f == "sort_desc") {
            std::stable_sort(vector.begin(), vector.end(), [&](const Point& a, const Point& b) {
                return f == "sort" ? a.value < b.value : a.value > b.value;
            });
            return Result_(std::move(vector));
        }
        std::vector<double> parameters;
        for (std::size_t i = 1; i < call.arguments.size(); ++i) {
            PH_TRY(const double parameter, numberOf(*call.arguments[i], f));
            parameters.push_back(parameter);
        }
        for (auto& point : vector)
            point = {withoutName(point.labels), mapped(f, point.value, parameters)};
        return Result_(std::move(vector));
    }

    static Vector absent(const Node& node)
    {
        Labels labels;
        if (const auto* selector = std::get_if<Selector>(&node.content)) {
            for (const auto& matcher : selector->matchers) {
                if (matcher.kind == Matcher::Kind::Equal && matcher.label != "__name__")
                    labels[matcher.label] = matcher.value;
            }
        }
        return {{labels, 1}};
    }

    static double mapped(std::string_view f, double v, const std::vector<double>& p)
    {
        if (f == "abs")
            return std::abs(v);
        if (f == "ceil")
            return std::ceil(v);
        if (f == "floor")
            return std::floor(v);
        if (f == "sqrt")
            return std::sqrt(v);
        if (f == "exp")
            return std::exp(v);
        if (f == "ln")
            return std::log(v);
        if (f == "round") {
            const double to = p.empty() ? 1 : p[0];
            return std::floor(v / to + 0.5) * to;
        }
        if (f == "clamp_min")
            return std::isnan(p[0]) ? p[0] : std::max(v, p[0]);
        if (f == "clamp_max")
            return std::isnan(p[0]) ? p[0] : std::min(v, p[0]);
        return std::max(p[0], std::min(p[1], v));
    }

    Result<Result_> eval(const Aggregation& aggregation)
    {
        PH_TRY(const auto vector, vectorOf(*aggregation.operand, "aggregation expression"));
        double parameter = 0;
        if (aggregation.parameter) {
            PH_TRY(parameter, numberOf(*aggregation.parameter, "aggregation parameter"));
        }
        std::map<Labels, std::vector<const Point*>> groups;
        for (const auto& point : vector)
            groups[signature(point.labels, !aggregation.without, aggregation.labels)].push_back(&point);
        Vector out;
        for (auto& [labels, points] : groups) {
            if (aggregation.op == "topk" || aggregation.op == "bottomk") {
                std::stable_sort(points.begin(), points.end(), [&](const Point* a, const Point* b) {
                    return aggregation.op == "topk" ? a->value > b->value : a->value < b->value;
                });
                for (std::size_t i = 0; i < points.size() && static_cast<double>(i) < parameter; ++i)
                    out.push_back(*points[i]);
                continue;
            }
            out.push_back({labels, reduce(aggregation.op, points, parameter)});
        }
        return Result_(std::move(out));
    }

    static double reduce(std::string_view op, const std::vector<const Point*>& points, double parameter)
    {
        const auto count = static_cast<double>(points.size());
        double sum = 0;
        double least = kNaN;
        double most = kNaN;
        std::vector<double> values;
        for (const auto* point : points) {
            sum += point->value;
            if (std::isnan(least) || point->value < least)
                least = point->value;
            if (std::isnan(most) || point->value > most)
                most = point->value;
            values.push_back(point->value);
        }
        if (op == "sum")
            return sum;
        if (op == "avg")
            return sum / count;
        if (op == "min")
            return least;
        if (op == "max")
            return most;
        if (op == "count")
            return count;
        if (op == "group")
            return 1;
        if (op == "quantile")
            return quantile(parameter, std::move(values));
        double squares = 0;
        for (const double value : values)
            squares += (value - sum / count) * (value - sum / count);
        return op == "stdvar" ? squares / count : std::sqrt(squares / count);
    }

    Result<Result_> eval(const Binary& binary)
    {
        PH_TRY(auto left, run(*binary.left));
        PH_TRY(auto right, run(*binary.right));
        const bool setOperator = binary.op == "and" || binary.op == "or" || binary.op == "unless";
        auto* a = std::get_if<Vector>(&left);
        auto* b = std::get_if<Vector>(&right);
        const auto* x = std::get_if<double>(&left);
        const auto* y = std::get_if<double>(&right);
        if ((a == nullptr && x == nullptr) || (b == nullptr && y == nullptr))
            return fail(bad("binary expression must contain only scalar and instant vector types"));
        if (setOperator) {
            if (a == nullptr || b == nullptr)
                return fail(bad(fmt::format("set operator \"{}\" not allowed in binary scalar expression", binary.op)));
            return Result_(sets(binary, *a, *b));
        }
        const bool comparison = isComparison(binary.op);
        if (binary.returnBool && !comparison)
            return fail(bad("bool modifier can only be used on comparison operators"));
        if (x != nullptr && y != nullptr) {
            if (comparison && !binary.returnBool)
                return fail(bad("comparisons between scalars must use BOOL modifier"));
            return Result_(comparison ? (compare(binary.op, *x, *y) ? 1.0 : 0.0) : arithmetic(binary.op, *x, *y));
        }
        if (a != nullptr && b != nullptr)
            return matched(binary, *a, *b);
        Vector out;
        for (const auto& point : a != nullptr ? *a : *b) {
            const double l = a != nullptr ? point.value : *x;
            const double r = a != nullptr ? *y : point.value;
            if (!comparison)
                out.push_back({withoutName(point.labels), arithmetic(binary.op, l, r)});
            else if (binary.returnBool)
                out.push_back({withoutName(point.labels), compare(binary.op, l, r) ? 1.0 : 0.0});
            else if (compare(binary.op, l, r))
                out.push_back(point);
        }
        return Result_(std::move(out));
    }

    static Vector sets(const Binary& binary, const Vector& a, const Vector& b)
    {
        std::set<Labels> ours;
        std::set<Labels> theirs;
        for (const auto& point : a)
            ours.insert(signature(point.labels, binary.on, binary.labels));
        for (const auto& point : b)
            theirs.insert(signature(point.labels, binary.on, binary.labels));
        Vector out;
        for (const auto& point : a) {
            const bool there = theirs.contains(signature(point.labels, binary.on, binary.labels));
            if (binary.op == "or" || (binary.op == "and") == there)
                out.push_back(point);
        }
        if (binary.op == "or") {
            for (const auto& point : b) {
                if (!ours.contains(signature(point.labels, binary.on, binary.labels)))
                    out.push_back(point);
            }
        }
        return out;
    }

    static Result<Result_> matched(const Binary& binary, const Vector& a, const Vector& b)
    {
        const bool swap = binary.group == Binary::Group::Right;
        const auto& many = swap ? b : a;
        const auto& one = swap ? a : b;
        std::map<Labels, const Point*> index;
        for (const auto& point : one) {
            if (!index.emplace(signature(point.labels, binary.on, binary.labels), &point).second) {
                return fail(
                    Error::Code::InvalidInput,
                    fmt::format("found duplicate series for the match group on the {} hand-side of the operation; "
                                "many-to-many matching not allowed: matching labels must be unique on one side",
                                swap ? "left" : "right"));
            }
        }
        std::set<Labels> used;
        Vector out;
        for (const auto& point : many) {
            auto key = signature(point.labels, binary.on, binary.labels);
            const auto partner = index.find(key);
            if (partner == index.end())
                continue;
            if (binary.group == Binary::Group::None && !used.insert(key).second)
                return fail(
                    bad("multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"));
            const double l = swap ? partner->second->value : point.value;
            const double r = swap ? point.value : partner->second->value;
            const bool filter = isComparison(binary.op) && !binary.returnBool;
            if (filter && !compare(binary.op, l, r))
                continue;
            Labels labels = binary.group != Binary::Group::None ? withoutName(point.labels) : std::move(key);
            for (const auto& name : binary.include) {
                if (const auto it = partner->second->labels.find(name); it != partner->second->labels.end())
                    labels[name] = it->second;
                else
                    labels.erase(name);
            }
            if (filter && binary.group == Binary::Group::None && !binary.on)
                labels = point.labels;
            const double value = filter ? l
                : binary.returnBool     ? (compare(binary.op, l, r) ? 1.0 : 0.0)
                                        : arithmetic(binary.op, l, r);
            out.push_back({std::move(labels), value});
        }
        return Result_(std::move(out));
    }

    const SeriesStore& m_store;
    double m_at;
};

} // namespace

std::string_view typeName(const Result_& result)
{
    static constexpr std::string_view names[] = {"scalar", "string", "vector", "matrix"};
    return names[result.index()];
}

Result<Result_> evaluate(const Node& node, const SeriesStore& store, double at)
{
    return Evaluator(store, at).run(node);
}

} // namespace core::embedded::sim::promql
