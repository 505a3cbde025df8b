// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/support.h"
#include "core/git/trust.h"

#include <fmt/format.h>

namespace core::git {

namespace {

/// What libgit2's callbacks need while one remote operation runs.
struct Payload
{
    const FetchOptions* options;
    int attempts = 0;
    std::string refused {}; ///< a server's refusal of a pushed reference
};

int onCredentials(git_credential** out, const char* /*url*/, const char* userFromUrl, unsigned allowed, void* data)
{
    auto* payload = static_cast<Payload*>(data);
    // A second question means that the first answer was refused.
    if (++payload->attempts > 2)
        return GIT_EAUTH;
    const auto& given = payload->options->credentials;
    const std::string user =
        given && !given->username.empty() ? given->username : (userFromUrl != nullptr ? userFromUrl : "git");
    if ((allowed & GIT_CREDENTIAL_SSH_KEY) != 0) {
        if (given && !given->sshPrivateKey.empty())
            return git_credential_ssh_key_memory_new(out, user.c_str(), nullptr, given->sshPrivateKey.c_str(),
                                                     given->sshPassphrase.c_str());
        return git_credential_ssh_key_from_agent(out, user.c_str());
    }
    if ((allowed & GIT_CREDENTIAL_USERNAME) != 0)
        return git_credential_username_new(out, user.c_str());
    if ((allowed & GIT_CREDENTIAL_USERPASS_PLAINTEXT) != 0 && given && !given->password.empty())
        return git_credential_userpass_plaintext_new(out, user.c_str(), given->password.c_str());
    return GIT_EAUTH;
}

int onCertificate(git_cert* cert, int valid, const char* host, void* data)
{
    const auto* payload = static_cast<const Payload*>(data);
    const auto& options = *payload->options;
    if (valid != 0 || options.insecureSkipTlsVerify)
        return 0;
    if (cert->cert_type == GIT_CERT_X509) {
        const auto* x509 = reinterpret_cast<const git_cert_x509*>(cert);
        const std::string_view der(static_cast<const char*>(x509->data), x509->len);
        if (!options.authorities.empty() && trustsCertificate(der, host, options.authorities))
            return 0;
        const auto message = fmt::format("the certificate of {} is not from an authority that this machine or the "
                                         "repository's settings trust",
                                         host);
        git_error_set_str(GIT_ERROR_SSL, message.c_str());
    } else if (cert->cert_type == GIT_CERT_HOSTKEY_LIBSSH2) {
        const auto* key = reinterpret_cast<const git_cert_hostkey*>(cert);
        auto found = HostKey::Unknown;
        if ((key->type & GIT_CERT_SSH_RAW) != 0)
            found = lookUpHostKey({key->hostkey, key->hostkey_len}, host, options.knownHosts);
        if (found == HostKey::Known)
            return 0;
        const auto message = found == HostKey::Changed
            ? fmt::format("the key of {} is another one than the known hosts have: somebody may be in between", host)
            : fmt::format("the key of {} is not in ~/.ssh/known_hosts: connect to it once with ssh and see whether it "
                          "is the right one",
                          host);
        git_error_set_str(GIT_ERROR_SSH, message.c_str());
    }
    return GIT_ECERTIFICATE;
}

int onProgress(const git_indexer_progress* progress, void* data)
{
    const auto* payload = static_cast<const Payload*>(data);
    if (payload->options->stop.stop_requested())
        return GIT_EUSER;
    if (payload->options->progress)
        payload->options->progress(progress->received_objects, progress->total_objects);
    return 0;
}

int onUpdateReference(const char* reference, const char* status, void* data)
{
    if (status != nullptr)
        static_cast<Payload*>(data)->refused = std::string(reference) + ": " + status;
    return 0;
}

git_remote_callbacks callbacks(Payload& payload)
{
    git_remote_callbacks out;
    git_remote_init_callbacks(&out, GIT_REMOTE_CALLBACKS_VERSION);
    out.credentials = onCredentials;
    out.certificate_check = onCertificate;
    out.transfer_progress = onProgress;
    out.push_update_reference = onUpdateReference;
    out.payload = &payload;
    return out;
}

/// What libgit2 takes by pointer while a remote operation runs; does not move.
struct Way
{
    explicit Way(const FetchOptions& options)
        : authorization(options.credentials && !options.credentials->bearerToken.empty()
                            ? "Authorization: Bearer " + options.credentials->bearerToken
                            : std::string())
        , header(authorization.data())
    {
        git_proxy_options_init(&proxy, GIT_PROXY_OPTIONS_VERSION);
        proxy.type = options.proxy.empty() ? GIT_PROXY_AUTO : GIT_PROXY_SPECIFIED;
        proxy.url = options.proxy.empty() ? nullptr : options.proxy.c_str();
    }
    Way(const Way&) = delete;
    Way& operator=(const Way&) = delete;

    [[nodiscard]] git_strarray headers() { return authorization.empty() ? git_strarray {} : git_strarray {&header, 1}; }

    std::string authorization;
    char* header;
    git_proxy_options proxy {};
};

/// The address of "origin" and a remote that leads there. Not git_remote_lookup(): it looks for url.*.insteadOf, and
/// libgit2 1.5 loses 20 KiB for each entry of the configuration that it compares, at every look. Such rewriting is not
/// done.
Result<std::string> originUrl(git_repository* repository, const std::string& path)
{
    git_config* config = nullptr;
    if (const int code = git_repository_config_snapshot(&config, repository); code != 0)
        return fail(lastError(code, "read the repository's configuration", path));
    const ConfigHandle owned(config);
    const char* url = nullptr;
    if (const int code = git_config_get_string(&url, config, "remote.origin.url"); code != 0)
        return fail(lastError(code, "find the remote \"origin\"", path));
    return std::string(url);
}

Result<RemoteHandle> remoteTo(git_repository* repository, const std::string& url)
{
    git_remote_create_options options;
    git_remote_create_options_init(&options, GIT_REMOTE_CREATE_OPTIONS_VERSION);
    options.repository = repository;
    options.flags = GIT_REMOTE_CREATE_SKIP_INSTEADOF;
    git_remote* remote = nullptr;
    if (const int code = git_remote_create_with_opts(&remote, url.c_str(), &options); code != 0)
        return fail(lastError(code, "use the repository address", url));
    return RemoteHandle(remote);
}

Error remoteError(int code, const std::string& attempt, const std::string& url, const Payload& payload)
{
    auto error = lastError(code, attempt, url);
    if (payload.options->stop.stop_requested())
        error = {Error::Code::Cancelled, attempt + ": cancelled", url};
    else if (error.code == Error::Code::Unauthorized)
        error.hint = "check the credentials of this repository";
    else if (error.code == Error::Code::Unavailable || error.code == Error::Code::Io)
        error.hint = "check the address and the network; what was fetched before stays usable";
    return error;
}

} // namespace

Result<Repository> Repository::mirror(const std::filesystem::path& path, const std::string& url,
                                      const FetchOptions& options)
{
    initialise();
    std::error_code ec;
    if (std::filesystem::exists(path / "HEAD", ec)) {
        PH_TRY(Repository existing, open(path));
        if (const auto origin = originUrl(existing.m_handle.get(), path.string()); origin && *origin == url) {
            PH_CHECK(existing.fetch(options));
            return existing;
        }
        return fail(Error::Code::Conflict, "the mirror folder holds another repository", path.string());
    }
    git_repository* handle = nullptr;
    if (const int code = git_repository_init(&handle, path.c_str(), 1); code != 0)
        return fail(lastError(code, "create a mirror", path.string()));
    Repository repository {Handle(handle)};
    git_config* config = nullptr;
    int code = git_repository_config(&config, handle);
    const ConfigHandle owned(config);
    if (code == 0)
        code = git_config_set_string(config, "remote.origin.url", url.c_str());
    if (code != 0)
        return fail(lastError(code, "set up the remote", url));
    if (auto fetched = repository.fetch(options); !fetched) {
        std::filesystem::remove_all(path, ec); // nothing half-made stays
        return tl::unexpected(fetched.error());
    }
    return repository;
}

Result<> Repository::fetch(const FetchOptions& options)
{
    PH_TRY(const auto url, originUrl(m_handle.get(), path().string()));
    PH_TRY(const auto remote, remoteTo(m_handle.get(), url));
    Payload payload {&options, 0, {}};
    git_fetch_options fetchOptions;
    git_fetch_options_init(&fetchOptions, GIT_FETCH_OPTIONS_VERSION);
    fetchOptions.callbacks = callbacks(payload);
    Way way(options);
    fetchOptions.proxy_opts = way.proxy;
    fetchOptions.custom_headers = way.headers();
    fetchOptions.prune = GIT_FETCH_PRUNE;
    fetchOptions.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE; // by the refspec
    std::string branches = "+refs/heads/*:refs/heads/*";
    std::string tags = "+refs/tags/*:refs/tags/*";
    std::string single = fmt::format("+{0}:{0}", options.reference);
    char* all[] {branches.data(), tags.data()};
    char* one[] {single.data()};
    const git_strarray refspecs =
        options.reference.empty() ? git_strarray {all, std::size(all)} : git_strarray {one, 1};
    if (!options.reference.empty())
        fetchOptions.prune = GIT_FETCH_NO_PRUNE;
    if (const int code = git_remote_fetch(remote.get(), &refspecs, &fetchOptions, nullptr); code != 0)
        return fail(remoteError(code, "fetch", url, payload));
    if (!options.reference.empty())
        return {};
    // A bare mirror's HEAD follows the remote's default branch.
    git_buf branch {};
    if (git_repository_is_bare(m_handle.get()) != 0 && git_remote_default_branch(&branch, remote.get()) == 0)
        git_repository_set_head(m_handle.get(), branch.ptr);
    git_buf_dispose(&branch);
    return {};
}

Result<> Repository::push(const std::string& branch, const FetchOptions& options)
{
    PH_TRY(const auto url, originUrl(m_handle.get(), path().string()));
    PH_TRY(const auto remote, remoteTo(m_handle.get(), url));
    Payload payload {&options, 0, {}};
    git_push_options pushOptions;
    git_push_options_init(&pushOptions, GIT_PUSH_OPTIONS_VERSION);
    pushOptions.callbacks = callbacks(payload);
    Way way(options);
    pushOptions.proxy_opts = way.proxy;
    pushOptions.custom_headers = way.headers();
    std::string spec = fmt::format("refs/heads/{0}:refs/heads/{0}", branch);
    char* specs = spec.data();
    const git_strarray refspecs {&specs, 1};
    if (const int code = git_remote_push(remote.get(), &refspecs, &pushOptions); code != 0)
        return fail(remoteError(code, "push branch " + branch, url, payload));
    if (!payload.refused.empty())
        return fail(Error::Code::Conflict, "the server refused " + payload.refused, url,
                    "fetch, and commit again on top of what came in");
    return {};
}

Result<std::map<std::string, std::string>> listRemote(const std::string& url, const FetchOptions& options)
{
    initialise();
    git_remote* remote = nullptr;
    if (const int code = git_remote_create_detached(&remote, url.c_str()); code != 0)
        return fail(lastError(code, "use the repository address", url));
    const RemoteHandle owned(remote);
    Payload payload {&options, 0, {}};
    const auto remoteCallbacks = callbacks(payload);
    Way way(options);
    const auto headers = way.headers();
    if (const int code = git_remote_connect(remote, GIT_DIRECTION_FETCH, &remoteCallbacks, &way.proxy, &headers);
        code != 0)
        return fail(remoteError(code, "list the references", url, payload));
    const git_remote_head** heads = nullptr;
    std::size_t count = 0;
    if (const int code = git_remote_ls(&heads, &count, remote); code != 0)
        return fail(remoteError(code, "list the references", url, payload));
    std::map<std::string, std::string> out;
    for (std::size_t i = 0; i < count; ++i)
        out[heads[i]->name] = hex(heads[i]->oid);
    git_remote_disconnect(remote);
    return out;
}

} // namespace core::git
