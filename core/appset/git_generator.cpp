// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/generators.h"
#include "core/base/strings.h"
#include "core/gitops/project.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::appset {

using manifest::text;
using manifest::Value;

namespace {

constexpr std::size_t kMostEntries = 1'000'000; ///< of a repository
constexpr std::size_t kDeepest = 200;

/// One "[a-z]" of a pattern, which begins at `pattern[at]`; steps behind it. Nothing where it is malformed.
std::optional<bool> classMatches(std::string_view pattern, std::size_t& at, char c)
{
    ++at;
    const bool negated = at < pattern.size() && (pattern[at] == '^' || pattern[at] == '!');
    if (negated)
        ++at;
    bool hit = false;
    for (bool first = true;; first = false) {
        if (at >= pattern.size())
            return std::nullopt;
        if (pattern[at] == ']' && !first)
            break;
        const auto next = [&]() -> std::optional<char> {
            if (pattern[at] == '\\' && ++at >= pattern.size())
                return std::nullopt;
            return pattern[at++];
        };
        const auto low = next();
        auto high = low;
        if (low && at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
            ++at;
            high = next();
        }
        if (!low || !high)
            return std::nullopt;
        hit = hit || (*low <= c && c <= *high);
    }
    ++at;
    return hit != negated;
}

/// Matches with one place to go back to, so that the time is the product of both lengths at most.
class Matcher
{
public:
    Matcher(std::string_view pattern, std::string_view path, bool crossing)
        : m_pattern(pattern)
        , m_path(path)
        , m_crossing(crossing)
    {
    }

    std::optional<bool> run()
    {
        std::size_t star = std::string_view::npos, starPath = 0;
        std::size_t at = 0, i = 0;
        for (;;) {
            const auto stepped = step(at, i);
            if (m_malformed)
                return std::nullopt;
            if (stepped == Step::Star) {
                star = ++at;
                starPath = i;
                continue;
            }
            if (stepped == Step::End)
                return true;
            if (stepped == Step::Yes)
                continue;
            if (star == std::string_view::npos || starPath >= m_path.size() || (!m_crossing && m_path[starPath] == '/'))
                return false;
            at = star;
            i = ++starPath;
        }
    }

private:
    enum class Step : std::uint8_t { Yes, No, Star, End };

    Step step(std::size_t& at, std::size_t& i)
    {
        if (at == m_pattern.size())
            return i == m_path.size() ? Step::End : Step::No;
        const char p = m_pattern[at];
        if (p == '*')
            return Step::Star;
        if (i == m_path.size())
            return Step::No;
        const char c = m_path[i];
        if (p == '?' || p == '[') {
            bool hit = true;
            if (p == '?') {
                ++at;
            } else if (const auto matched = classMatches(m_pattern, at, c)) {
                hit = *matched;
            } else {
                m_malformed = true;
                return Step::No;
            }
            ++i;
            return hit && (m_crossing || c != '/') ? Step::Yes : Step::No;
        }
        std::size_t literal = at;
        if (p == '\\' && ++literal == m_pattern.size()) {
            m_malformed = true;
            return Step::No;
        }
        if (m_pattern[literal] != c)
            return Step::No;
        at = literal + 1;
        ++i;
        return Step::Yes;
    }

    std::string_view m_pattern, m_path;
    bool m_crossing;
    bool m_malformed = false;
};

/// Every folder or every file of a tree, in git's order; hidden folders are passed over where folders are asked for.
Result<> walk(const git::Tree& tree, const std::string& folder, bool folders, std::size_t depth, std::stop_token stop,
              std::vector<std::string>& out)
{
    if (depth > kDeepest || out.size() > kMostEntries)
        return fail(Error::Code::LimitExceeded, "the repository has too many files: " + tree.description());
    if (stop.stop_requested())
        return fail(Error::Code::Cancelled, "reading the repository was cancelled");
    PH_TRY(const auto entries, tree.listTypes(folder));
    for (const auto& entry : entries) {
        auto path = folder.empty() ? entry.name : folder + "/" + entry.name;
        if (entry.type == git::EntryType::Folder) {
            if (folders && entry.name.starts_with('.'))
                continue;
            if (folders)
                out.push_back(path);
            PH_CHECK(walk(tree, path, folders, depth + 1, stop, out));
        } else if (!folders && entry.type != git::EntryType::Submodule) {
            out.push_back(std::move(path));
        }
    }
    return {};
}

/// A pathspec as `git ls-files` takes it: a file, everything below a folder, or a pattern.
bool selects(std::string_view pattern, const std::string& path, bool glob)
{
    if (glob)
        return gitops::globMatches(pattern, path, '/');
    while (pattern.starts_with("./"))
        pattern.remove_prefix(2);
    while (pattern.ends_with('/'))
        pattern.remove_suffix(1);
    if (pattern.empty() || path == pattern
        || (path.starts_with(pattern) && path.size() > pattern.size() && path[pattern.size()] == '/'))
        return true;
    return pathMatches(pattern, path, true).value_or(false);
}

/// The parameter sets of one file: an object, or a list of objects.
Result<std::vector<manifest::Object>> readFile(const std::string& content, const std::string& path)
{
    const auto refused = [&](const std::string& why) {
        return fail(Error::Code::InvalidInput,
                    fmt::format("unable to process file '{}': unable to parse file: {}", path, why));
    };
    manifest::YamlLimits limits;
    limits.allowDuplicateKeys = true;
    const auto documents = manifest::parseYaml(content, path, limits);
    if (!documents)
        return refused(documents.error().text());
    std::vector<manifest::Object> out;
    if (documents->empty() || documents->front().value.is_null()) {
        out.emplace_back();
        return out;
    }
    const auto& value = documents->front().value;
    if (value.is_object()) {
        out.push_back(value.get_object());
        return out;
    }
    if (!value.is_array())
        return refused("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go value of type "
                       "[]map[string]interface {}");
    for (const auto& item : value.get_array()) {
        if (!item.is_object() && !item.is_null())
            return refused("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go value of type "
                           "map[string]interface {}");
        out.push_back(item.is_object() ? item.get_object() : manifest::Object());
    }
    return out;
}

std::string baseName(const std::string& path)
{
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? path : path.substr(slash + 1);
}

} // namespace

std::optional<bool> pathMatches(std::string_view pattern, std::string_view path, bool crossing)
{
    return Matcher(pattern, path, crossing).run();
}

Result<ParamsList> Generators::git(const Value& generator, Level)
{
    const bool directories = !manifest::array(generator, {"directories"}).empty();
    if (!directories && manifest::array(generator, {"files"}).empty())
        return fail(Error::Code::InvalidInput, "ApplicationSet is empty");
    constexpr std::string_view kAttempt = "error generating params from git";
    std::string revision(text(generator, {"revision"}));
    const auto resolved = m_inputs.resolve(std::string(text(generator, {"repoURL"})),
                                           revision.empty() ? "HEAD" : revision, m_inputs.stop);
    if (!resolved)
        return fail(resolved.error()
                        .within(directories ? "error getting directories from repo" : "error getting files from repo")
                        .within(kAttempt));
    auto out = directories ? gitDirectories(generator, *resolved->tree) : gitFiles(generator, *resolved->tree);
    if (!out)
        return fail(out.error().within(kAttempt));
    return out;
}

void Generators::addPath(const Value& generator, Params& params, const std::string& folder, const std::string& file)
{
    const auto prefix = text(generator, {"pathParamPrefix"});
    const auto base = baseName(folder);
    manifest::Object path {{"basename", base}, {"basenameNormalized", normalizeName(base)}};
    if (!file.empty()) {
        path["filename"] = file;
        path["filenameNormalized"] = normalizeName(file);
    }
    const auto segments = split(folder, '/');
    if (m_templating.isGo()) {
        path["path"] = folder;
        auto& list = path["segments"].emplace_array();
        for (const auto& segment : segments)
            list.emplace_back(segment);
        if (prefix.empty()) {
            params.values["path"] = std::move(path);
            params.typed.insert("path.segments");
        } else {
            params.values[prefix] = manifest::Object {{"path", std::move(path)}};
            params.typed.insert(std::string(prefix) + ".path.segments");
        }
        return;
    }
    const std::string name = prefix.empty() ? "path" : std::string(prefix) + ".path";
    params.values[name] = folder;
    for (const auto& member : path)
        params.values[name + "." + std::string(member.key())] = member.value();
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (!segments[i].empty())
            params.values[fmt::format("{}[{}]", name, i)] = segments[i];
    }
}

Result<ParamsList> Generators::gitDirectories(const Value& generator, const git::Tree& tree)
{
    std::vector<std::string> folders;
    PH_CHECK(walk(tree, {}, true, 0, m_inputs.stop, folders));
    std::sort(folders.begin(), folders.end());
    ParamsList out;
    for (const auto& folder : folders) {
        bool included = false, excluded = false;
        for (const auto& item : manifest::array(generator, {"directories"})) {
            if (pathMatches(text(item, {"path"}), folder, false).value_or(false))
                (manifest::flag(item, {"exclude"}) ? excluded : included) = true;
        }
        if (!included || excluded)
            continue;
        Params params;
        addPath(generator, params, folder, {});
        PH_CHECK(addValues(generator, params));
        out.push_back(std::move(params));
    }
    return out;
}

Result<ParamsList> Generators::gitFiles(const Value& generator, const git::Tree& tree)
{
    std::vector<std::string> files;
    PH_CHECK(walk(tree, {}, false, 0, m_inputs.stop, files));
    std::sort(files.begin(), files.end());
    ParamsList out;
    for (const auto& file : files) {
        bool included = false, excluded = false;
        for (const auto& item : manifest::array(generator, {"files"})) {
            if (selects(text(item, {"path"}), file, m_inputs.globFiles))
                (manifest::flag(item, {"exclude"}) ? excluded : included) = true;
        }
        if (!included || excluded)
            continue;
        PH_TRY(const auto content, tree.readFollowing(file));
        PH_TRY(auto objects, readFile(content, file));
        const auto slash = file.rfind('/');
        const std::string folder = slash == std::string::npos ? "." : file.substr(0, slash);
        for (auto& object : objects) {
            Params params;
            if (m_templating.isGo()) {
                params.values = std::move(object);
            } else {
                for (const auto& [key, value] : flatten(object))
                    params.values[key] = value;
            }
            addPath(generator, params, folder, baseName(file));
            PH_CHECK(addValues(generator, params));
            out.push_back(std::move(params));
        }
    }
    return out;
}

} // namespace core::appset
