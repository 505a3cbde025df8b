// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/rbac.h"

#include "core/base/strings.h"
#include "core/gitops/project.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace core::gitops {

namespace {

using manifest::text;
using manifest::Value;

struct Rule
{
    std::string subject, resource, action, object;
    bool allow = true;
    std::string place; ///< "policy.csv line 3", "project ml, role dev"
    std::string line; ///< as written
};

struct Grant ///< "g" lines: whom a role is given to
{
    std::string subject, role;
};

struct Rules
{
    std::vector<Rule> rules;
    std::vector<Grant> grants;
};

/// What every install has.
constexpr std::string_view kBuiltIn = R"(
p, role:readonly, applications, get, */*, allow
p, role:readonly, applicationsets, get, */*, allow
p, role:readonly, certificates, get, *, allow
p, role:readonly, clusters, get, *, allow
p, role:readonly, repositories, get, *, allow
p, role:readonly, write-repositories, get, *, allow
p, role:readonly, projects, get, *, allow
p, role:readonly, accounts, get, *, allow
p, role:readonly, gpgkeys, get, *, allow
p, role:readonly, logs, get, */*, allow
p, role:admin, applications, *, */*, allow
p, role:admin, applicationsets, *, */*, allow
p, role:admin, certificates, *, *, allow
p, role:admin, clusters, *, *, allow
p, role:admin, repositories, *, *, allow
p, role:admin, write-repositories, *, *, allow
p, role:admin, projects, *, *, allow
p, role:admin, accounts, *, *, allow
p, role:admin, gpgkeys, *, *, allow
p, role:admin, logs, *, */*, allow
p, role:admin, exec, create, */*, allow
p, role:admin, extensions, invoke, *, allow
g, role:admin, role:readonly
g, admin, role:admin
)";

/// The fields of one line of CSV; "quoted" ones may hold commas.
std::vector<std::string> csvFields(std::string_view line)
{
    std::vector<std::string> fields;
    std::string field;
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            fields.emplace_back(trim(field));
            field.clear();
        } else {
            field += c;
        }
    }
    fields.emplace_back(trim(field));
    return fields;
}

/// Reads one line into `rules`; what is wrong with it, or "".
std::string readLine(std::string_view line, const std::string& place, Rules& rules)
{
    const auto stripped = trim(line);
    if (stripped.empty() || stripped.front() == '#')
        return {};
    auto fields = csvFields(stripped);
    if (fields[0] == "g" && fields.size() >= 3) {
        rules.grants.push_back({std::move(fields[1]), std::move(fields[2])});
        return {};
    }
    if (fields[0] != "p" || fields.size() < 6)
        return fmt::format("{}: '{}' is no policy: p, subject, resource, action, object, allow or deny", place,
                           std::string_view(stripped));
    if (fields[5] != "allow" && fields[5] != "deny")
        return fmt::format("{}: the effect '{}' is neither allow nor deny", place, fields[5]);
    rules.rules.push_back({std::move(fields[1]), std::move(fields[2]), std::move(fields[3]), std::move(fields[4]),
                           fields[5] == "allow", place, std::string(stripped)});
    return {};
}

bool isProjectResource(std::string_view resource)
{
    return resource == "applications" || resource == "applicationsets" || resource == "logs" || resource == "exec"
        || resource == "clusters" || resource == "repositories";
}

} // namespace

struct Rbac::Data
{
    Rules global;
    std::map<std::string, Rules> projects;
    std::string defaultRole;
    bool regex = false; ///< matchMode
    std::vector<std::string> problems;

    void readGlobal(const Value& config)
    {
        const auto& data = manifest::object(config, {"data"});
        for (const auto& member : data) {
            const std::string_view key = member.key();
            const bool isPolicy = key == "policy.csv" || (key.starts_with("policy.") && key.ends_with(".csv"));
            if (!isPolicy || !member.value().is_string())
                continue;
            std::size_t number = 0;
            for (const auto& line : split(std::string_view(member.value().get_string()), '\n'))
                note(readLine(line, fmt::format("{} line {}", key, ++number), global));
        }
        defaultRole = text(config, {"data", "policy.default"});
        regex = text(config, {"data", "policy.matchMode"}) == "regex";
    }

    void readProject(const Value& project)
    {
        const std::string name(manifest::name(project));
        auto& rules = projects[name];
        for (const auto& role : manifest::array(project, {"spec", "roles"})) {
            const std::string roleName(text(role, {"name"}));
            const auto subject = fmt::format("proj:{}:{}", name, roleName);
            const auto place = fmt::format("project {}, role {}", name, roleName);
            rules.rules.push_back({subject, "projects", "get", name, true, place,
                                   fmt::format("p, {}, projects, get, {}, allow", subject, name)});
            for (const auto& policy : manifest::array(role, {"policies"})) {
                Rules one;
                if (policy.is_string())
                    note(readLine(policy.get_string(), place, one));
                for (auto& rule : one.rules) {
                    const bool inside = rule.object.starts_with(name + "/");
                    if (rule.subject != subject || !isProjectResource(rule.resource) || !inside)
                        note(fmt::format("{}: '{}' must be about {} and objects of {}/", place, rule.line, subject,
                                         name));
                    else
                        rules.rules.push_back(std::move(rule));
                }
            }
            for (const auto& group : manifest::array(role, {"groups"})) {
                if (group.is_string())
                    rules.grants.push_back({std::string(group.get_string()), subject});
            }
        }
    }

    void note(std::string problem)
    {
        if (!problem.empty())
            problems.push_back(std::move(problem));
    }

    [[nodiscard]] bool matches(const std::string& pattern, const std::string& value) const
    {
        if (!regex)
            return globMatches(pattern, value);
        const RE2 expression(pattern, RE2::Quiet);
        return expression.ok() && RE2::PartialMatch(value, expression);
    }

    /// The subject and every role that it has, directly or through roles.
    [[nodiscard]] std::set<std::string> rolesOf(const std::string& subject,
                                                const std::vector<const Rules*>& sources) const
    {
        std::set<std::string> roles {subject};
        std::vector<std::string> open {subject};
        while (!open.empty()) {
            const auto current = std::move(open.back());
            open.pop_back();
            for (const auto* source : sources) {
                for (const auto& grant : source->grants) {
                    if (grant.subject == current && roles.insert(grant.role).second)
                        open.push_back(grant.role);
                }
            }
        }
        return roles;
    }

    /// One attempt: allowed where a line allows and none denies. Empty reason: no line speaks of it.
    [[nodiscard]] Decision attempt(const std::string& subject, const Request& request,
                                   const std::vector<const Rules*>& sources) const
    {
        const auto roles = rolesOf(subject, sources);
        const Rule* allowing = nullptr;
        for (const auto* source : sources) {
            for (const auto& rule : source->rules) {
                if (!roles.contains(rule.subject) || !matches(rule.resource, request.resource)
                    || !matches(rule.action, request.action) || !matches(rule.object, request.object))
                    continue;
                if (!rule.allow)
                    return {false, fmt::format("denied by '{}' ({})", rule.line, rule.place)};
                if (!allowing)
                    allowing = &rule;
            }
        }
        if (!allowing)
            return {};
        return {true, fmt::format("allowed by '{}' ({})", allowing->line, allowing->place)};
    }
};

Rbac::Rbac(std::shared_ptr<const Data> data)
    : m_d(std::move(data))
{
}

Rbac Rbac::parse(const Value* config, const std::vector<Value>& projects)
{
    auto data = std::make_shared<Data>();
    for (const auto& line : split(kBuiltIn, '\n'))
        (void)readLine(line, "built in", data->global);
    if (config)
        data->readGlobal(*config);
    for (const auto& project : projects)
        data->readProject(project);
    return Rbac(std::move(data));
}

Rbac::Decision Rbac::may(const Subject& subject, const Request& request) const
{
    if (!m_d->defaultRole.empty()) {
        if (auto decision = m_d->attempt(m_d->defaultRole, request, {&m_d->global}); decision.allowed) {
            decision.reason += fmt::format(", which everybody has (policy.default {})", m_d->defaultRole);
            return decision;
        }
    }
    const bool ofProject = isProjectResource(request.resource) || request.resource == "projects";
    const auto project = request.object.substr(0, request.object.find('/'));
    const auto found = ofProject ? m_d->projects.find(project) : m_d->projects.end();
    std::vector<const Rules*> sources {&m_d->global};
    if (found != m_d->projects.end())
        sources.push_back(&found->second);
    if (subject.user.starts_with("proj:")) { // tokens of a role never leave their project
        const auto parts = split(subject.user, ':');
        if (parts.size() < 3 || parts[1] != project || found == m_d->projects.end())
            return {false, fmt::format("{} is a role of another project than '{}'", subject.user, project)};
        sources.erase(sources.begin());
    }
    std::string denial;
    const auto consider = [&](const std::string& name) -> std::optional<Decision> {
        auto decision = m_d->attempt(name, request, sources);
        if (decision.allowed)
            return decision;
        if (denial.empty())
            denial = decision.reason;
        return std::nullopt;
    };
    if (!subject.user.empty()) {
        if (auto decision = consider(subject.user))
            return *decision;
    }
    for (const auto& group : subject.groups) {
        if (auto decision = consider(group)) {
            decision->reason += fmt::format(", as a member of {}", group);
            return *decision;
        }
    }
    return {false,
            denial.empty()
                ? fmt::format("no policy lets {} {} {} {}", subject.user.empty() ? "this user" : subject.user,
                              request.action, request.resource, request.object)
                : denial};
}

const std::vector<std::string>& Rbac::problems() const
{
    return m_d->problems;
}

std::string rbacObject(std::string_view project, std::string_view nameSpace, std::string_view name,
                       std::string_view controllerNamespace)
{
    if (nameSpace.empty() || nameSpace == controllerNamespace)
        return fmt::format("{}/{}", project, name);
    return fmt::format("{}/{}/{}", project, nameSpace, name);
}

} // namespace core::gitops
