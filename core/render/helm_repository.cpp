// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_repository.h"

#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/gotemplate/semver.h"
#include "core/manifest/yaml.h"
#include "core/render/helm_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace core::render::helm {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxArchive = std::size_t {64} << 20;
constexpr std::size_t kMaxAnswer = std::size_t {64} << 20;
constexpr std::size_t kMaxFile = std::size_t {16} << 20;
constexpr std::string_view kChartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
constexpr std::string_view kPlainLayers[] = {"application/vnd.oci.image.layer.v1.tar",
                                             "application/vnd.oci.image.layer.v1.tar+gzip"};
constexpr std::string_view kManifest = "application/vnd.oci.image.manifest.v1+json";

struct Url
{
    std::string scheme, userInfo, host, path; ///< host with its port; path with "/" in front, or ""
    [[nodiscard]] std::string text() const { return scheme + "://" + host + path; }
};

Url parseUrl(std::string_view text)
{
    Url url;
    if (const auto at = text.find("://"); at != std::string_view::npos) {
        url.scheme = lower(std::string(text.substr(0, at)));
        text.remove_prefix(at + 3);
    }
    const auto slash = text.find('/');
    auto authority = text.substr(0, slash);
    url.path = slash == std::string_view::npos ? "" : std::string(text.substr(slash));
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        url.userInfo = authority.substr(0, at);
        authority.remove_prefix(at + 1);
    }
    url.host = authority;
    while (url.path.ends_with('/'))
        url.path.pop_back();
    return url;
}

bool isLoopback(const std::string& host)
{
    const auto name = host.substr(0, host.rfind(':'));
    return name == "localhost" || name == "127.0.0.1" || name == "[::1]" || host == "[::1]";
}

class Fetcher
{
public:
    Fetcher(const std::string& repository, const std::string& chart, const std::string& version,
            const RepositoryAccess& access, const std::stop_token& stop)
        : m_base(parseUrl(repository))
        , m_chart(chart)
        , m_wanted(version)
        , m_access(access)
        , m_send(access.send)
        , m_stop(stop)
    {
        m_oci = m_base.scheme.empty() || m_base.scheme == "oci";
        m_credentials = !m_base.userInfo.empty() ? m_base.userInfo
            : !access.user.empty()               ? access.user + ":" + access.password
                                                 : "";
    }

    Result<FetchedChart> run()
    {
        if (!m_send)
            return fail(Error::Code::Internal, "charts are fetched, but nothing speaks HTTP", m_base.text());
        if (m_chart.empty() || m_base.host.empty())
            return fail(Error::Code::InvalidInput, "a chart needs a repository and a name", m_base.text());
        if (!m_oci && m_base.scheme != "http" && m_base.scheme != "https")
            return fail(Error::Code::Unsupported,
                        fmt::format("chart repositories at {}:// are not supported", m_base.scheme), m_base.text());
        if (const auto exact = cached(m_wanted))
            return open(m_wanted, *exact);
        auto fetched = m_oci ? fromRegistry() : fromIndex();
        if (!fetched && fetched.error().code == Error::Code::Unavailable) {
            auto error = std::move(fetched).error();
            const auto known = cachedVersions();
            error.hint = known.empty() ? "Nothing of this chart is in the cache; connect once."
                                       : "The cache has " + join(known, ", ") + ": name one of these versions.";
            return tl::unexpected<Error>(std::move(error));
        }
        return fetched;
    }

    /// What an artifact's one layer holds.
    Result<FetchedChart> artifact()
    {
        if (!m_send)
            return fail(Error::Code::Internal, "artifacts are fetched, but nothing speaks HTTP", m_base.text());
        if (m_base.host.empty() || m_base.path.empty())
            return fail(Error::Code::InvalidInput, "an OCI artifact needs a registry and a path", m_base.text());
        auto reference = m_wanted.empty() ? std::string("latest") : m_wanted;
        const bool isDigest = reference.starts_with("sha256:");
        if (isDigest)
            if (const auto known = cached(reference.substr(7)))
                return openPlain(reference, *known);
        const auto root = registry();
        if (!isDigest && !gotemplate::SemanticVersion::parse(reference) && gotemplate::VersionRange::parse(reference)) {
            PH_TRY(const auto tags, tagsAt(root));
            PH_TRY(reference, choose(tags));
        }
        PH_TRY(const auto text, body(root + "/manifests/" + tagOf(reference), std::string(kManifest)));
        const auto digest = sha256Hex(text);
        if (isDigest && reference.substr(7) != digest)
            return fail(Error::Code::InvalidInput,
                        fmt::format("{}: the manifest does not have the digest that names it", title()), m_base.text());
        if (const auto known = cached(digest))
            return openPlain("sha256:" + digest, *known);
        PH_TRY(const auto json, manifest::parseJson(text));
        const auto& layers = manifest::array(json, {"layers"});
        if (layers.size() != 1)
            return fail(Error::Code::InvalidInput,
                        fmt::format("{}: expected only a single oci layer, got {}", title(), layers.size()),
                        m_base.text(), "Push the manifests as one archive.");
        const auto type = manifest::text(layers.front(), {"mediaType"});
        if (type != kChartLayer
            && std::find(std::begin(kPlainLayers), std::end(kPlainLayers), type) == std::end(kPlainLayers))
            return fail(
                Error::Code::InvalidInput,
                fmt::format("{}: oci layer media type {} is not in the list of allowed media types", title(), type),
                m_base.text(), fmt::format("Push it as {}.", kPlainLayers[1]));
        PH_TRY(const auto archive, blob(root, layers.front()));
        auto opened = openPlain("sha256:" + digest, archive);
        if (opened)
            PH_CHECK(store(digest, archive));
        return opened;
    }

private:
    [[nodiscard]] std::string title() const
    {
        return m_chart.empty() ? "OCI artifact " + m_base.text()
                               : fmt::format("chart {} of {}", m_chart, m_base.text());
    }
    [[nodiscard]] std::string registry() const
    {
        return fmt::format("{}://{}/v2{}{}{}", isLoopback(m_base.host) && !m_access.tls ? "http" : "https", m_base.host,
                           m_base.path, m_chart.empty() ? "" : "/", m_chart);
    }
    /// A version as a tag, which cannot hold a plus.
    [[nodiscard]] static std::string tagOf(std::string version)
    {
        std::replace(version.begin(), version.end(), '+', '_');
        return version;
    }
    Result<std::vector<std::string>> tagsAt(const std::string& root)
    {
        PH_TRY(const auto list, body(root + "/tags/list?n=10000"));
        PH_TRY(const auto json, manifest::parseJson(list));
        auto tags = manifest::texts(json, {"tags"});
        for (auto& tag : tags)
            std::replace(tag.begin(), tag.end(), '_', '+');
        return tags;
    }
    Result<std::string> blob(const std::string& root, const manifest::Value& layer)
    {
        const std::string digest(manifest::text(layer, {"digest"}));
        if (!digest.starts_with("sha256:"))
            return fail(Error::Code::InvalidInput, fmt::format("{}: digest '{}' is not SHA-256", title(), digest));
        PH_TRY(auto bytes, body(root + "/blobs/" + digest));
        if (sha256Hex(bytes) != lower(digest.substr(7)))
            return fail(Error::Code::InvalidInput,
                        fmt::format("{}: the layer does not have the promised digest", title()), m_base.text(),
                        "The registry or the way to it changed the file.");
        return bytes;
    }

    Result<HttpResponse> get(const std::string& url, const std::string& accept = {}, bool withCredentials = true)
    {
        HttpRequest request;
        request.url = url;
        request.insecureSkipTlsVerify = m_access.insecureSkipTlsVerify;
        request.maxResponseBytes = kMaxAnswer;
        if (!accept.empty())
            request.headers.emplace_back("Accept", accept);
        if (!m_token.empty())
            request.headers.emplace_back("Authorization", "Bearer " + m_token);
        else if (withCredentials && !m_credentials.empty()
                 && (m_access.passCredentials || parseUrl(url).host == m_base.host))
            request.headers.emplace_back("Authorization", "Basic " + base64Encode(m_credentials));
        auto answer = m_send(request, m_stop);
        if (!answer)
            return fail(answer.error().code == Error::Code::Cancelled ? Error::Code::Cancelled
                                                                      : Error::Code::Unavailable,
                        fmt::format("fetch {}: {}", title(), answer.error().message), url);
        return answer;
    }

    Result<std::string> body(const std::string& url, const std::string& accept = {})
    {
        PH_TRY(auto answer, get(url, accept));
        if (answer.status == 401 && m_oci && m_token.empty()) {
            PH_CHECK(authenticate(answer));
            PH_TRY(answer, get(url, accept));
        }
        if (answer.status == 200)
            return std::move(answer.body);
        const auto code = answer.status == 401 ? Error::Code::Unauthorized
            : answer.status == 403             ? Error::Code::Forbidden
            : answer.status == 404             ? Error::Code::NotFound
                                               : Error::Code::Unavailable;
        return fail(code, fmt::format("fetch {}: the server answers {}", title(), answer.status), url,
                    code == Error::Code::Unauthorized || code == Error::Code::Forbidden
                        ? "Check the repository's user and password."
                        : "");
    }

    // The registry's token service, as its WWW-Authenticate header names it.
    Result<> authenticate(const HttpResponse& refused)
    {
        std::string challenge;
        for (const auto& [name, value] : refused.headers)
            if (name == "www-authenticate")
                challenge = value;
        const auto part = [&challenge](const std::string& name) {
            const auto at = challenge.find(name + "=\"");
            if (at == std::string::npos)
                return std::string();
            const auto begin = at + name.size() + 2;
            return challenge.substr(begin, challenge.find('"', begin) - begin);
        };
        if (!lower(challenge).starts_with("bearer ") || part("realm").empty())
            return fail(Error::Code::Unauthorized, fmt::format("fetch {}: the registry refuses the login", title()),
                        m_base.text(), "Check the repository's user and password.");
        HttpRequest request;
        request.url = part("realm") + "?service=" + part("service") + "&scope=" + part("scope");
        request.insecureSkipTlsVerify = m_access.insecureSkipTlsVerify;
        if (!m_credentials.empty())
            request.headers.emplace_back("Authorization", "Basic " + base64Encode(m_credentials));
        PH_TRY(const auto answer, m_send(request, m_stop));
        const auto json = manifest::parseJson(answer.body);
        if (json) {
            m_token = manifest::text(*json, {"token"});
            if (m_token.empty())
                m_token = manifest::text(*json, {"access_token"});
        }
        if (m_token.empty())
            return fail(Error::Code::Unauthorized, fmt::format("fetch {}: the registry gives no token", title()),
                        m_base.text(), "Check the repository's user and password.");
        return {};
    }

    // The wanted one of some versions: the same text, else the newest that fits.
    Result<std::string> choose(const std::vector<std::string>& versions)
    {
        if (std::find(versions.begin(), versions.end(), m_wanted) != versions.end())
            return m_wanted;
        const auto range = gotemplate::VersionRange::parse(m_wanted.empty() ? "*" : m_wanted);
        if (!range)
            return fail(Error::Code::InvalidInput,
                        fmt::format("{}: '{}' is neither a version nor a range", title(), m_wanted));
        std::string best;
        std::optional<gotemplate::SemanticVersion> top;
        for (const auto& text : versions) {
            const auto version = gotemplate::SemanticVersion::parse(text);
            if (version && range->contains(*version) && (!top || version->compare(*top) > 0)) {
                top = *version;
                best = text;
            }
        }
        if (best.empty())
            return fail(Error::Code::NotFound,
                        fmt::format("{}: no version fits '{}' (there are {})", title(), m_wanted, versions.size()),
                        m_base.text());
        return best;
    }

    Result<FetchedChart> fromIndex()
    {
        PH_TRY(const auto text, body(m_base.text() + "/index.yaml"));
        manifest::YamlLimits limits;
        limits.allowDuplicateKeys = true;
        limits.maxBytes = kMaxAnswer;
        limits.maxNodes = 20'000'000;
        PH_TRY(const auto documents, manifest::parseYaml(text, "index.yaml", limits));
        if (documents.empty() || !manifest::find(documents.front().value, {"entries"}))
            return fail(Error::Code::InvalidInput, fmt::format("{}: index.yaml has no entries", title()),
                        m_base.text());
        const auto& entries = manifest::array(documents.front().value, {"entries", m_chart});
        std::vector<std::string> versions;
        std::map<std::string, const manifest::Value*> byVersion;
        for (const auto& entry : entries) {
            const std::string version(manifest::text(entry, {"version"}));
            if (byVersion.emplace(version, &entry).second)
                versions.push_back(version);
        }
        if (versions.empty())
            return fail(Error::Code::NotFound, fmt::format("{}: the repository has no such chart", title()),
                        m_base.text());
        PH_TRY(const auto version, choose(versions));
        const auto& entry = *byVersion[version];
        const auto& urls = manifest::array(entry, {"urls"});
        if (urls.empty() || !urls.front().is_string())
            return fail(Error::Code::InvalidInput, fmt::format("{}: version {} has no address", title(), version));
        std::string url(urls.front().get_string());
        if (url.starts_with('/'))
            url = m_base.scheme + "://" + m_base.host + url;
        else if (url.find("://") == std::string::npos)
            url = m_base.text() + "/" + url;
        std::string digest(manifest::text(entry, {"digest"}));
        if (digest.starts_with("sha256:"))
            digest.erase(0, 7);
        if (const auto known = cached(version))
            return open(version, *known);
        PH_TRY(const auto archive, body(url));
        return keep(version, archive, digest);
    }

    Result<FetchedChart> fromRegistry()
    {
        const auto root = registry();
        auto version = m_wanted;
        if (!gotemplate::SemanticVersion::parse(version) || version.find_first_of("<>=^~*x| ") != std::string::npos) {
            PH_TRY(const auto tags, tagsAt(root));
            PH_TRY(version, choose(tags));
            if (const auto known = cached(version))
                return open(version, *known);
        }
        PH_TRY(const auto text, body(root + "/manifests/" + tagOf(version), std::string(kManifest)));
        PH_TRY(const auto json, manifest::parseJson(text));
        for (const auto& layer : manifest::array(json, {"layers"})) {
            if (manifest::text(layer, {"mediaType"}) != kChartLayer)
                continue;
            PH_TRY(const auto archive, blob(root, layer));
            return keep(version, archive, {});
        }
        return fail(Error::Code::InvalidInput, fmt::format("{}: {} holds no chart", title(), tagOf(version)),
                    m_base.text());
    }

    // Archives are kept by repository, chart and version.
    [[nodiscard]] fs::path folder() const
    {
        return m_access.cache / sha256Hex(m_base.text() + '\n' + m_chart).substr(0, 32);
    }
    [[nodiscard]] static bool isFileName(const std::string& version)
    {
        return !version.empty() && version[0] != '.' && version.find_first_of("/\\") == std::string::npos;
    }
    [[nodiscard]] std::optional<std::string> cached(const std::string& version) const
    {
        if (m_access.cache.empty() || !isFileName(version))
            return std::nullopt;
        auto bytes = paths::readFile(folder() / (version + ".tgz"), kMaxArchive);
        return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
    }
    [[nodiscard]] std::vector<std::string> cachedVersions() const
    {
        std::vector<std::string> versions;
        std::error_code ec;
        if (!m_access.cache.empty())
            for (const auto& entry : fs::directory_iterator(folder(), ec))
                if (entry.path().extension() == ".tgz")
                    versions.push_back(entry.path().stem().string());
        std::sort(versions.begin(), versions.end());
        return versions;
    }

    Result<FetchedChart> keep(const std::string& version, const std::string& archive, const std::string& digest)
    {
        if (!digest.empty() && sha256Hex(archive) != lower(digest))
            return fail(
                Error::Code::InvalidInput,
                fmt::format("{}: the archive of version {} does not have the promised digest", title(), version),
                m_base.text(), "The repository or the way to it changed the file.");
        PH_TRY(auto chart, open(version, archive));
        PH_CHECK(store(version, archive));
        return chart;
    }
    Result<> store(const std::string& version, const std::string& archive) const
    {
        if (m_access.cache.empty() || !isFileName(version))
            return {};
        std::error_code ec;
        fs::create_directories(folder(), ec);
        return paths::writeFileAtomically(folder() / (version + ".tgz"), archive);
    }

    Result<FetchedChart> open(const std::string& version, const std::string& archive)
    {
        PH_TRY(auto files, unpack(archive, m_chart + "-" + version + ".tgz", m_stop));
        return FetchedChart {version, treeOf(std::move(files), m_chart + " " + version)};
    }
    /// A chart in an artifact stands in a folder of its own, as it was packaged; then that is the root.
    Result<FetchedChart> openPlain(const std::string& digest, const std::string& archive)
    {
        const auto name = m_base.text() + "@" + digest;
        PH_TRY(auto files, unpack(archive, name, m_stop, Packed::Anything));
        const auto top = files.front().name.substr(0, files.front().name.find('/') + 1);
        const bool isChart = !top.empty() && std::any_of(files.begin(), files.end(), [&](const File& file) {
            return file.name == top + "Chart.yaml";
        }) && std::all_of(files.begin(), files.end(), [&](const File& file) { return file.name.starts_with(top); });
        if (isChart)
            for (auto& file : files)
                file.name.erase(0, top.size());
        return FetchedChart {digest, treeOf(std::move(files), name)};
    }
    static git::TreePtr treeOf(std::vector<File> files, std::string description)
    {
        std::map<std::string, std::string> texts;
        for (auto& file : files)
            texts[file.name] = std::move(file.data);
        return git::memoryTree(std::move(texts), std::move(description));
    }

    Url m_base;
    std::string m_chart, m_wanted;
    const RepositoryAccess& m_access;
    HttpSend m_send;
    std::stop_token m_stop;
    std::string m_credentials, m_token;
    bool m_oci = false;
};

} // namespace

Result<FetchedChart> fetchChart(const std::string& repository, const std::string& chart, const std::string& version,
                                const RepositoryAccess& access, std::stop_token stop)
{
    return Fetcher(repository, chart, version, access, stop).run();
}

Result<FetchedChart> fetchArtifact(const std::string& repository, const std::string& revision,
                                   const RepositoryAccess& access, std::stop_token stop)
{
    return Fetcher(repository, {}, revision, access, stop).artifact();
}

std::string chartLocation(const std::string& repository, const std::string& chart, PassCredentials pass)
{
    return (pass == PassCredentials::Yes ? "helm+pass+" : "helm+") + repository + "#" + chart;
}

std::optional<ChartLocation> parseChartLocation(std::string_view location)
{
    const auto hash = location.rfind('#');
    if (!location.starts_with("helm+") || hash == std::string_view::npos)
        return std::nullopt;
    auto repository = location.substr(5, hash - 5);
    const bool pass = repository.starts_with("pass+");
    repository.remove_prefix(pass ? 5 : 0);
    return ChartLocation {std::string(repository), std::string(location.substr(hash + 1)), pass};
}

std::string fileLocation(const std::string& url)
{
    return "file+" + url;
}

std::optional<std::string> parseFileLocation(std::string_view location)
{
    if (!location.starts_with("file+http://") && !location.starts_with("file+https://"))
        return std::nullopt;
    return std::string(location.substr(5));
}

Result<git::TreePtr> fetchFile(const std::string& url, const HttpSend& send, std::stop_token stop)
{
    HttpRequest request;
    request.url = url;
    request.maxResponseBytes = kMaxFile;
    auto answer = send(request, std::move(stop));
    if (!answer)
        return tl::unexpected<Error>(answer.error().within("fetch " + url));
    if (answer->status != 200)
        return fail(answer->status == 404 ? Error::Code::NotFound : Error::Code::Unavailable,
                    fmt::format("failed to fetch {} : {}", url, answer->status), url);
    return git::memoryTree({{kFileName, std::move(answer->body)}}, url);
}

} // namespace core::render::helm
