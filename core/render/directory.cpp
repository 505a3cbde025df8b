// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/directory.h"

#include "core/base/strings.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>

namespace core::render {

namespace {

constexpr std::size_t kMaxFiles = 20'000;
constexpr std::size_t kMaxBytes = std::size_t {256} << 20;

/// One glob: * and ? within a path part (as Argo CD's, * crosses '/'), [abc], {a,b}.
class Glob
{
public:
    explicit Glob(std::string_view pattern) { expand(std::string(pattern), 0); }
    [[nodiscard]] bool matches(std::string_view text) const
    {
        return std::any_of(m_patterns.begin(), m_patterns.end(),
                           [&](const std::string& pattern) { return match(pattern, text); });
    }

private:
    void expand(const std::string& pattern, int depth)
    {
        const auto open = pattern.find('{');
        const auto close = open == std::string::npos ? open : pattern.find('}', open);
        if (close == std::string::npos || depth > 4 || m_patterns.size() > 256) {
            m_patterns.push_back(pattern);
            return;
        }
        for (const auto& part : split(std::string_view(pattern).substr(open + 1, close - open - 1), ','))
            expand(pattern.substr(0, open) + std::string(trim(part)) + pattern.substr(close + 1), depth + 1);
    }

    static bool inClass(std::string_view pattern, std::size_t& at, char c)
    {
        const auto close = pattern.find(']', at + 1);
        if (close == std::string_view::npos)
            return pattern[at] == c;
        auto body = pattern.substr(at + 1, close - at - 1);
        const bool negated = !body.empty() && (body[0] == '!' || body[0] == '^');
        if (negated)
            body.remove_prefix(1);
        bool found = false;
        for (std::size_t i = 0; i < body.size(); ++i) {
            if (i + 2 < body.size() && body[i + 1] == '-') {
                found = found || (c >= body[i] && c <= body[i + 2]);
                i += 2;
            } else {
                found = found || c == body[i];
            }
        }
        at = close;
        return found != negated;
    }

    static bool match(std::string_view pattern, std::string_view text)
    {
        std::size_t p = 0;
        std::size_t t = 0;
        std::size_t star = std::string_view::npos;
        std::size_t mark = 0;
        while (t < text.size()) {
            std::size_t at = p;
            if (p < pattern.size() && pattern[p] == '*') {
                star = p++;
                mark = t;
            } else if (p < pattern.size()
                       && (pattern[p] == '?'
                           || (pattern[p] == '[' ? inClass(pattern, at, text[t]) : pattern[p] == text[t]))) {
                p = at + 1;
                ++t;
            } else if (star != std::string_view::npos) {
                p = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (p < pattern.size() && pattern[p] == '*')
            ++p;
        return p == pattern.size();
    }

    std::vector<std::string> m_patterns;
};

class DirectoryRender
{
public:
    DirectoryRender(const Request& request, std::stop_token stop)
        : m_request(request)
        , m_stop(std::move(stop))
        , m_include(request.directory.include)
        , m_exclude(request.directory.exclude)
    {
    }

    Result<OutputPtr> run()
    {
        PH_TRY(const auto path, git::normalPath(m_request.path));
        PH_TRY(m_top, m_request.tree->resolve(path));
        m_output->kind = SourceKind::Directory;
        if (m_request.tree->isFile(m_top)) {
            PH_CHECK(file(m_top));
        } else {
            PH_CHECK(folder(m_top, 0));
        }
        return OutputPtr(std::move(m_output));
    }

private:
    Result<> folder(const std::string& path, int depth)
    {
        if (depth > 64)
            return fail(Error::Code::LimitExceeded, "folders are nested deeper than 64", path);
        PH_TRY(const auto entries, m_request.tree->list(path));
        for (const auto& entry : entries) {
            if (m_stop.stop_requested())
                return fail(Error::Code::Cancelled, "the render was cancelled");
            const auto full = path.empty() ? entry.name : path + "/" + entry.name;
            auto type = entry.type;
            std::string real = full;
            if (type == git::EntryType::Symlink) {
                auto resolved = m_request.tree->resolve(full);
                if (!resolved)
                    return fail(resolved.error().within("following the link " + full));
                // Links to folders are not entered: they could go in circles.
                if (!m_request.tree->isFile(*resolved))
                    continue;
                real = *resolved;
                type = git::EntryType::File;
            }
            if (type == git::EntryType::Folder) {
                if (m_request.directory.recurse)
                    PH_CHECK(folder(full, depth + 1));
            } else if (type == git::EntryType::File && isWanted(full)) {
                PH_CHECK(file(full));
            }
        }
        return {};
    }

    [[nodiscard]] bool isWanted(const std::string& path) const
    {
        const auto name = path.substr(path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1);
        if (!name.ends_with(".yaml") && !name.ends_with(".yml") && !name.ends_with(".json")
            && !name.ends_with(".jsonnet"))
            return false;
        const auto relative = m_top.empty() ? path : path.substr(m_top.size() + 1);
        if (!m_request.directory.exclude.empty() && m_exclude.matches(relative))
            return false;
        return m_request.directory.include.empty() || m_include.matches(relative);
    }

    /// As Argo CD has it: whether a file that does not parse was meant for the cluster.
    static bool looksLikeManifest(std::string_view content)
    {
        return content.find("apiVersion:") != std::string_view::npos && content.find("kind:") != std::string_view::npos
            && content.find("metadata:") != std::string_view::npos;
    }

    Result<> file(const std::string& path)
    {
        if (path.ends_with(".jsonnet"))
            return fail(Error::Code::Unsupported, "Jsonnet is not supported", path,
                        "render it to YAML and commit the result, or exclude the file");
        if (++m_files > kMaxFiles)
            return fail(Error::Code::LimitExceeded, "more than " + std::to_string(kMaxFiles) + " files", m_top);
        PH_TRY(const auto content, m_request.tree->readFollowing(path));
        m_bytes += content.size();
        if (m_bytes > kMaxBytes)
            return fail(Error::Code::LimitExceeded, "more than 256 MiB of manifests", m_top);
        if (content.find("+argocd:skip-file-rendering") != std::string::npos)
            return {};
        manifest::YamlLimits limits;
        limits.allowDuplicateKeys = true;
        auto parsed = manifest::parseYaml(content, path, limits);
        if (!parsed && !path.ends_with(".json") && !looksLikeManifest(content))
            return {}; // values, notes: not for the cluster
        if (!parsed)
            return fail(parsed.error());
        auto documents = std::move(*parsed);
        if (path.ends_with(".json") && documents.size() > 1)
            return fail(Error::Code::InvalidInput, "a JSON file must hold exactly one object", path);
        std::size_t number = 0;
        for (auto& document : documents)
            PH_CHECK(add(std::move(document.value), path, number++, document.start.line));
        return {};
    }

    Result<> add(manifest::Value value, const std::string& path, std::size_t document, std::size_t line)
    {
        if (!value.is_object())
            return fail(Error::Code::InvalidInput, "a manifest must be a mapping", path + ":" + std::to_string(line));
        const auto kind = manifest::kind(value);
        if (kind.ends_with("List") && manifest::find(value, {"items"}) != nullptr
            && manifest::find(value, {"items"})->is_array()) {
            for (const auto& item : manifest::array(value, {"items"})) {
                if (!item.is_object())
                    return fail(Error::Code::InvalidInput, "an item of a list must be a mapping",
                                path + ":" + std::to_string(line));
                PH_CHECK(add(item, path, document, line));
            }
            return {};
        }
        if (kind.empty())
            return {};
        if (!m_output->yaml.empty())
            m_output->yaml += "---\n";
        m_output->yaml += manifest::toYaml(value);
        auto provenance = std::make_shared<Provenance>();
        provenance->file = path;
        provenance->document = document;
        m_output->resources.push_back(
            {std::make_shared<const manifest::Value>(std::move(value)), std::move(provenance)});
        return {};
    }

    const Request& m_request;
    std::stop_token m_stop;
    Glob m_include, m_exclude;
    std::string m_top;
    std::size_t m_files = 0;
    std::size_t m_bytes = 0;
    std::shared_ptr<Output> m_output = std::make_shared<Output>();
};

} // namespace

Result<OutputPtr> renderDirectory(const Request& request, std::stop_token stop)
{
    return DirectoryRender(request, std::move(stop)).run();
}

} // namespace core::render
