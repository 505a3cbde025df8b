// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/selectors.h"

#include "core/base/strings.h"
#include "core/embedded/registry.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace core::embedded {

using manifest::Object;
using manifest::Value;

namespace {

using Requirement = LabelSelector::Requirement;
using Operator = Requirement::Operator;

bool isAlnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool isLowerAlnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// Reads the words and signs of a label selector.
class Lexer
{
public:
    explicit Lexer(std::string_view text)
        : m_text(text)
    {
        next();
    }
    [[nodiscard]] const std::string& token() const { return m_token; }
    [[nodiscard]] bool atEnd() const { return m_end; }
    [[nodiscard]] bool isWord() const { return m_word; }
    [[nodiscard]] std::string shown() const { return m_end ? "" : m_token; }
    void next()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t'))
            ++m_at;
        m_token.clear();
        m_word = false;
        m_end = m_at >= m_text.size();
        if (m_end)
            return;
        constexpr std::string_view kSigns = "=!(),<>";
        if (kSigns.find(m_text[m_at]) != std::string_view::npos) {
            m_token = m_text[m_at++];
            if ((m_token == "=" || m_token == "!") && m_at < m_text.size() && m_text[m_at] == '=')
                m_token += m_text[m_at++];
            return;
        }
        m_word = true;
        while (m_at < m_text.size() && kSigns.find(m_text[m_at]) == std::string_view::npos && m_text[m_at] != ' '
               && m_text[m_at] != '\t')
            m_token += m_text[m_at++];
    }

private:
    std::string_view m_text;
    std::size_t m_at = 0;
    std::string m_token;
    bool m_word = false;
    bool m_end = false;
};

Refusal bad(std::string_view why)
{
    return badRequest(fmt::format("unable to parse requirement: {}", why));
}

ApiResult<std::vector<std::string>> parseValues(Lexer& lexer)
{
    std::vector<std::string> values;
    if (lexer.token() != "(")
        return bad(fmt::format("found '{}' expected: '('", lexer.shown()));
    lexer.next();
    std::string value;
    while (true) {
        if (lexer.isWord()) {
            value = lexer.token();
            lexer.next();
        }
        values.push_back(std::exchange(value, {}));
        if (lexer.token() == ",") {
            lexer.next();
            continue;
        }
        if (lexer.token() != ")")
            return bad(fmt::format("found '{}', expected: ',' or ')'", lexer.shown()));
        lexer.next();
        return values;
    }
}

ApiResult<> check(const Requirement& requirement)
{
    if (const auto problem = labelKeyProblem(requirement.key); !problem.empty())
        return bad(fmt::format("key: Invalid value: \"{}\": {}", requirement.key, problem));
    for (const auto& value : requirement.values) {
        if (const auto problem = labelValueProblem(value); !problem.empty())
            return bad(fmt::format("values[0][{}]: Invalid value: \"{}\": {}", requirement.key, value, problem));
        if (requirement.op != Operator::GreaterThan && requirement.op != Operator::LessThan)
            continue;
        std::int64_t number = 0;
        const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (ec != std::errc {} || end != value.data() + value.size())
            return bad("for 'Gt', 'Lt' operators, the value must be an integer");
    }
    return {};
}

ApiResult<Requirement> parseRequirement(Lexer& lexer)
{
    Requirement requirement;
    const bool negated = lexer.token() == "!";
    if (negated)
        lexer.next();
    if (!lexer.isWord())
        return bad(fmt::format("found '{}', expected: !, identifier, or 'end of string'", lexer.shown()));
    requirement.key = lexer.token();
    lexer.next();
    if (negated || lexer.atEnd() || lexer.token() == ",") {
        requirement.op = negated ? Operator::DoesNotExist : Operator::Exists;
        return requirement;
    }
    const auto op = lexer.token();
    lexer.next();
    if (op == "in" || op == "notin") {
        requirement.op = op == "in" ? Operator::In : Operator::NotIn;
        API_TRY(requirement.values, parseValues(lexer));
        return requirement;
    }
    if (op == "=" || op == "==")
        requirement.op = Operator::In;
    else if (op == "!=")
        requirement.op = Operator::NotIn;
    else if (op == ">" || op == "<")
        requirement.op = op == ">" ? Operator::GreaterThan : Operator::LessThan;
    else
        return bad(fmt::format("found '{}', expected: in, notin, =, ==, !=, gt, lt", op));
    if (lexer.isWord()) {
        requirement.values.push_back(lexer.token());
        lexer.next();
    } else if (lexer.atEnd() || lexer.token() == ",") {
        requirement.values.emplace_back();
    } else {
        return bad(fmt::format("found '{}', expected: identifier", lexer.shown()));
    }
    return requirement;
}

std::optional<std::int64_t> toInteger(std::string_view text)
{
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc {} || end != text.data() + text.size())
        return {};
    return number;
}

bool satisfied(const Requirement& requirement, const Object& labels)
{
    const auto* found = labels.if_contains(requirement.key);
    const auto* label = found != nullptr ? found->if_string() : nullptr;
    const auto among = [&] {
        return std::find(requirement.values.begin(), requirement.values.end(), std::string_view(*label))
            != requirement.values.end();
    };
    switch (requirement.op) {
    case Operator::Exists:
        return label != nullptr;
    case Operator::DoesNotExist:
        return label == nullptr;
    case Operator::In:
        return label != nullptr && among();
    case Operator::NotIn:
        return label == nullptr || !among();
    case Operator::GreaterThan:
    case Operator::LessThan: {
        const auto value = label != nullptr ? toInteger(*label) : std::nullopt;
        const auto limit = toInteger(requirement.values.front());
        if (!value || !limit)
            return false;
        return requirement.op == Operator::GreaterThan ? *value > *limit : *value < *limit;
    }
    }
    return false;
}

const std::vector<std::string_view>& selectable(const ResourceInfo& info)
{
    static const std::map<std::string_view, std::vector<std::string_view>> kFields {
        {"/pods",
         {"spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork",
          "status.phase", "status.podIP", "status.podIPs", "status.nominatedNodeName"}},
        {"/events",
         {"involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
          "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
          "reportingComponent", "source", "type", "regarding.kind", "regarding.namespace", "regarding.name",
          "regarding.uid", "regarding.apiVersion", "regarding.resourceVersion", "regarding.fieldPath",
          "reportingController"}},
        {"/nodes", {"spec.unschedulable"}},
        {"/namespaces", {"status.phase"}},
        {"/secrets", {"type"}},
        {"/services", {"spec.clusterIP", "spec.type"}},
        {"/replicationcontrollers", {"status.replicas"}},
        {"batch/jobs", {"status.successful"}},
        {"certificates.k8s.io/certificatesigningrequests", {"spec.signerName"}},
    };
    static const std::vector<std::string_view> kNone;
    const auto it = kFields.find(info.table);
    return it == kFields.end() ? kNone : it->second;
}

std::string fieldText(const Value& object, std::string_view path)
{
    const Value* at = &object;
    std::size_t from = path.starts_with('.') ? 1 : 0;
    while (from <= path.size()) {
        const auto end = std::min(path.find('.', from), path.size());
        const auto* members = at->if_object();
        at = members != nullptr ? members->if_contains(path.substr(from, end - from)) : nullptr;
        if (at == nullptr)
            return {};
        from = end + 1;
    }
    if (at->is_string())
        return std::string(at->get_string());
    if (at->is_bool() || at->is_number())
        return manifest::toJson(*at);
    if (path == "source")
        return std::string(manifest::text(*at, {"component"}));
    return {};
}

std::string eventField(std::string_view field)
{
    if (field.starts_with("regarding."))
        return "involvedObject." + std::string(field.substr(10));
    return std::string(field == "reportingController" ? "reportingComponent" : field);
}

} // namespace

std::string labelValueProblem(std::string_view value)
{
    if (value.empty())
        return {};
    if (value.size() > 63)
        return "must be no more than 63 bytes";
    const bool good = isAlnum(value.front()) && isAlnum(value.back())
        && std::all_of(value.begin(), value.end(),
                       [](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.'; });
    if (good)
        return {};
    return "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must "
           "start "
           "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
           "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
}

std::string labelKeyProblem(std::string_view key)
{
    const auto slash = key.find('/');
    if (slash != std::string_view::npos) {
        const auto prefix = key.substr(0, slash);
        if (prefix.empty())
            return "prefix part must be non-empty";
        if (const auto problem = subdomainProblem(prefix); !problem.empty())
            return "prefix part " + problem;
        key = key.substr(slash + 1);
    }
    if (key.empty())
        return "name part must be non-empty";
    if (key.size() > 63)
        return "name part must be no more than 63 bytes";
    if (!labelValueProblem(key).empty())
        return "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
               "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
               "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    return {};
}

std::string dnsLabelProblem(std::string_view name)
{
    if (name.size() > 63)
        return "must be no more than 63 bytes";
    const bool good = !name.empty() && isLowerAlnum(name.front()) && isLowerAlnum(name.back())
        && std::all_of(name.begin(), name.end(), [](char c) { return isLowerAlnum(c) || c == '-'; });
    if (good)
        return {};
    return "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
           "end "
           "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
           "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
}

std::string subdomainProblem(std::string_view name)
{
    if (name.size() > 253)
        return "must be no more than 253 bytes";
    bool good = !name.empty();
    for (const auto& part : split(name, '.'))
        good = good && !part.empty() && isLowerAlnum(part.front()) && isLowerAlnum(part.back())
            && std::all_of(part.begin(), part.end(), [](char c) { return isLowerAlnum(c) || c == '-'; });
    if (good)
        return {};
    return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
           "start "
           "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
           "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
}

ApiResult<LabelSelector> LabelSelector::parse(std::string_view text)
{
    LabelSelector selector;
    Lexer lexer(text);
    while (!lexer.atEnd()) {
        API_TRY(auto requirement, parseRequirement(lexer));
        API_CHECK(check(requirement));
        selector.m_requirements.push_back(std::move(requirement));
        if (lexer.atEnd())
            break;
        if (lexer.token() != ",")
            return bad(fmt::format("found '{}', expected: ',' or 'end of string'", lexer.shown()));
        lexer.next();
        if (lexer.atEnd())
            return bad("found '', expected: identifier after ','");
    }
    return selector;
}

LabelSelector LabelSelector::fromObject(const Value* selector)
{
    LabelSelector out;
    if (selector == nullptr || !selector->is_object()) {
        out.m_none = true;
        return out;
    }
    for (const auto& member : manifest::object(*selector, {"matchLabels"}))
        out.m_requirements.push_back(
            {std::string(member.key()),
             Operator::In,
             {member.value().is_string() ? std::string(member.value().get_string()) : std::string()}});
    for (const auto& expression : manifest::array(*selector, {"matchExpressions"})) {
        Requirement requirement;
        requirement.key = manifest::text(expression, {"key"});
        const auto op = manifest::text(expression, {"operator"});
        requirement.op = op == "In" ? Operator::In
            : op == "NotIn"         ? Operator::NotIn
            : op == "Exists"        ? Operator::Exists
                                    : Operator::DoesNotExist;
        for (const auto& value : manifest::array(expression, {"values"}))
            if (value.is_string())
                requirement.values.emplace_back(value.get_string());
        out.m_requirements.push_back(std::move(requirement));
    }
    return out;
}

bool LabelSelector::matches(const Object& labels) const
{
    return !m_none && std::all_of(m_requirements.begin(), m_requirements.end(), [&](const Requirement& requirement) {
        return satisfied(requirement, labels);
    });
}

std::string LabelSelector::text() const
{
    auto sorted = m_requirements;
    std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
    std::vector<std::string> parts;
    for (auto& requirement : sorted) {
        std::sort(requirement.values.begin(), requirement.values.end());
        const auto values = join(requirement.values, ",");
        switch (requirement.op) {
        case Operator::Exists:
            parts.push_back(requirement.key);
            break;
        case Operator::DoesNotExist:
            parts.push_back("!" + requirement.key);
            break;
        case Operator::In:
            parts.push_back(requirement.values.size() == 1 ? requirement.key + "=" + values
                                                           : fmt::format("{} in ({})", requirement.key, values));
            break;
        case Operator::NotIn:
            parts.push_back(fmt::format("{} notin ({})", requirement.key, values));
            break;
        case Operator::GreaterThan:
        case Operator::LessThan:
            parts.push_back(requirement.key + (requirement.op == Operator::GreaterThan ? ">" : "<") + values);
            break;
        }
    }
    return join(parts, ",");
}

ApiResult<FieldSelector> FieldSelector::parse(std::string_view text, const ResourceInfo& info)
{
    FieldSelector selector;
    std::vector<std::string> terms(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            terms.back() += text[i];
            terms.back() += text[++i];
        } else if (text[i] == ',') {
            terms.emplace_back();
        } else {
            terms.back() += text[i];
        }
    }
    for (const auto& part : terms) {
        if (part.empty())
            continue;
        Term term;
        const auto equals = part.find('=');
        if (equals == std::string::npos)
            return badRequest(fmt::format("invalid selector: '{}'; can't understand '{}'", text, part));
        term.equals = equals == 0 || part[equals - 1] != '!';
        term.field = part.substr(0, term.equals ? equals : equals - 1);
        auto value = part.substr(equals + 1);
        if (term.equals && value.starts_with('='))
            value.erase(0, 1);
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (value[i] == '\\' && i + 1 < value.size())
                ++i;
            term.value += value[i];
        }
        const auto& known = selectable(info);
        const bool custom = std::find(info.selectableFields.begin(), info.selectableFields.end(), "." + term.field)
            != info.selectableFields.end();
        if (term.field != "metadata.name" && term.field != "metadata.namespace" && !custom
            && std::find(known.begin(), known.end(), term.field) == known.end()) {
            if (known.empty() && !info.custom)
                return badRequest(fmt::format("\"{}\" is not a known field selector: only \"metadata.name\", "
                                              "\"metadata.namespace\"",
                                              term.field));
            return badRequest("field label not supported: " + term.field);
        }
        if (info.table == "/events")
            term.field = eventField(term.field);
        selector.m_terms.push_back(std::move(term));
    }
    return selector;
}

bool FieldSelector::matches(const Value& object) const
{
    return std::all_of(m_terms.begin(), m_terms.end(),
                       [&](const Term& term) { return (fieldText(object, term.field) == term.value) == term.equals; });
}

const std::string* FieldSelector::exact(std::string_view field) const
{
    for (const auto& term : m_terms)
        if (term.equals && term.field == field)
            return &term.value;
    return nullptr;
}

} // namespace core::embedded
