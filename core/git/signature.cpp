// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/signature.h"

#include "core/base/strings.h"
#include "core/git/support.h"

#include <gpgme.h>

#include <algorithm>
#include <clocale>
#include <mutex>

namespace core::git {

namespace {

constexpr std::size_t kMostCommits = 10'000;
constexpr std::string_view kPgp = "-----BEGIN PGP SIGNATURE-----";
constexpr std::string_view kSeal = "Argocd-gpg-seal";

struct ContextFreer
{
    void operator()(gpgme_ctx_t context) const noexcept { gpgme_release(context); }
};
using Context = std::unique_ptr<gpgme_context, ContextFreer>;
struct DataFreer
{
    void operator()(gpgme_data_t data) const noexcept { gpgme_data_release(data); }
};
using Data = std::unique_ptr<gpgme_data, DataFreer>;

Error gpgError(gpgme_error_t error, std::string attempt)
{
    return {Error::Code::Unavailable,
            "cannot " + std::move(attempt) + ": " + gpgme_strerror(error),
            {},
            "install GnuPG (package gnupg)"};
}

Result<Context> contextFor(const std::filesystem::path& home)
{
    static std::once_flag once;
    std::call_once(once, [] { gpgme_check_version(nullptr); });
    gpgme_ctx_t raw = nullptr;
    if (const auto error = gpgme_new(&raw); error != 0)
        return fail(gpgError(error, "start GnuPG"));
    Context context(raw);
    if (const auto error = gpgme_ctx_set_engine_info(raw, GPGME_PROTOCOL_OpenPGP, nullptr, home.c_str()); error != 0)
        return fail(gpgError(error, "use the GnuPG home " + home.string()));
    gpgme_set_offline(raw, 1);
    return context;
}

Result<Data> dataOf(const std::string& text)
{
    gpgme_data_t raw = nullptr;
    if (const auto error = gpgme_data_new_from_mem(&raw, text.data(), text.size(), 0); error != 0)
        return fail(gpgError(error, "read a signature"));
    return Data(raw);
}

SignatureCheck::Verdict verdictOf(gpgme_error_t status)
{
    switch (gpgme_err_code(status)) {
    case GPG_ERR_NO_ERROR:
        return SignatureCheck::Verdict::Good;
    case GPG_ERR_NO_PUBKEY:
        return SignatureCheck::Verdict::Unknown;
    default:
        return SignatureCheck::Verdict::Invalid;
    }
}

struct Signed
{
    std::string signature;
    std::string text;
};

struct BufferFreer
{
    git_buf buffer = GIT_BUF_INIT;
    BufferFreer() = default;
    BufferFreer(const BufferFreer&) = delete;
    BufferFreer& operator=(const BufferFreer&) = delete;
    ~BufferFreer() { git_buf_dispose(&buffer); }
    [[nodiscard]] std::string text() const { return {buffer.ptr, buffer.size}; }
};

/// The signature of a commit and what it covers; nothing where it is unsigned.
Result<std::optional<Signed>> signedCommit(git_repository* repository, const git_oid& id)
{
    BufferFreer signature;
    BufferFreer text;
    git_oid copy = id;
    const int code = git_commit_extract_signature(&signature.buffer, &text.buffer, repository, &copy, nullptr);
    if (code == GIT_ENOTFOUND)
        return std::optional<Signed>();
    if (code != 0)
        return fail(lastError(code, "read the signature of commit " + hex(id)));
    return std::optional<Signed>(Signed {signature.text(), text.text()});
}

/// An annotated tag of that name: its text up to the signature, which git appends to the message.
std::optional<Signed> signedTag(git_repository* repository, const std::string& name, bool& annotated)
{
    git_reference* raw = nullptr;
    if (git_reference_lookup(&raw, repository, ("refs/tags/" + name).c_str()) != 0)
        return std::nullopt;
    const ReferenceHandle reference(raw);
    const auto* target = git_reference_target(raw);
    git_odb* odb = nullptr;
    if (!target || git_repository_odb(&odb, repository) != 0)
        return std::nullopt;
    const std::unique_ptr<git_odb, Freer<git_odb, git_odb_free>> database(odb);
    git_odb_object* object = nullptr;
    if (git_odb_read(&object, odb, target) != 0)
        return std::nullopt;
    const std::unique_ptr<git_odb_object, Freer<git_odb_object, git_odb_object_free>> owned(object);
    annotated = git_odb_object_type(object) == GIT_OBJECT_TAG;
    if (!annotated)
        return std::nullopt;
    const std::string_view content(static_cast<const char*>(git_odb_object_data(object)), git_odb_object_size(object));
    const auto at = content.find(kPgp);
    if (at == std::string_view::npos)
        return std::nullopt;
    return Signed {std::string(content.substr(at)), std::string(content.substr(0, at))};
}

Result<SignatureCheck> check(const std::optional<Signed>& parts, std::string object, const KeyRing& keys)
{
    SignatureCheck result;
    if (parts) {
        PH_TRY(result, keys.verify(parts->signature, parts->text));
    }
    result.object = std::move(object);
    return result;
}

bool isSealed(git_repository* repository, const git_oid& id)
{
    git_commit* raw = nullptr;
    if (git_commit_lookup(&raw, repository, &id) != 0)
        return false;
    const CommitHandle commit(raw);
    const auto lines = split(git_commit_message(raw), '\n');
    return std::any_of(lines.begin(), lines.end(),
                       [](const std::string& line) { return line.starts_with(std::string(kSeal) + ":"); });
}

} // namespace

KeyRing::KeyRing(std::filesystem::path home)
    : m_home(std::move(home))
{
}

Result<KeyRing> KeyRing::open(const std::filesystem::path& home, const std::vector<std::string>& armouredKeys)
{
    std::error_code error;
    std::filesystem::create_directories(home, error);
    std::filesystem::permissions(home, std::filesystem::perms::owner_all, error);
    if (error)
        return fail(Error::Code::Io, "cannot make the GnuPG home: " + error.message(), home.string());
    PH_TRY(const auto context, contextFor(home));
    for (const auto& key : armouredKeys) {
        PH_TRY(const auto data, dataOf(key));
        if (const auto code = gpgme_op_import(context.get(), data.get()); code != 0)
            return fail(gpgError(code, "import a public key"));
    }
    return KeyRing(home);
}

Result<SignatureCheck> KeyRing::verify(const std::string& signature, const std::string& text) const
{
    SignatureCheck result;
    if (signature.find(kPgp) == std::string::npos) {
        result.verdict = SignatureCheck::Verdict::Unknown;
        result.detail = "it is no OpenPGP signature";
        return result;
    }
    PH_TRY(const auto context, contextFor(m_home));
    PH_TRY(const auto signatureData, dataOf(signature));
    PH_TRY(const auto textData, dataOf(text));
    if (const auto code = gpgme_op_verify(context.get(), signatureData.get(), textData.get(), nullptr); code != 0) {
        if (gpgme_err_code(code) != GPG_ERR_NO_DATA && gpgme_err_code(code) != GPG_ERR_BAD_DATA)
            return fail(gpgError(code, "verify a signature"));
        result.verdict = SignatureCheck::Verdict::Invalid;
        result.detail = gpgme_strerror(code);
        return result;
    }
    const auto* outcome = gpgme_op_verify_result(context.get());
    const auto* first = outcome ? outcome->signatures : nullptr;
    if (!first) {
        result.verdict = SignatureCheck::Verdict::Invalid;
        result.detail = "there is no signature in it";
        return result;
    }
    result.verdict = verdictOf(first->status);
    result.keyId = first->fpr ? first->fpr : "";
    if (result.keyId.size() > 16)
        result.keyId = result.keyId.substr(result.keyId.size() - 16);
    const auto* algorithm = gpgme_pubkey_algo_name(first->pubkey_algo);
    result.algorithm = algorithm ? algorithm : "";
    if (result.verdict != SignatureCheck::Verdict::Good)
        result.detail = gpgme_strerror(first->status);
    return result;
}

Result<std::vector<SignatureCheck>> verifySignatures(const std::filesystem::path& repository,
                                                     const std::string& revision, const std::string& commit,
                                                     SignedHistory history, const KeyRing& keys)
{
    initialise();
    git_repository* raw = nullptr;
    if (const int code = git_repository_open(&raw, repository.c_str()); code != 0)
        return fail(lastError(code, "open the Git repository", repository.string()));
    const RepositoryHandle handle(raw);
    PH_TRY(auto id, parseId(commit));
    std::vector<SignatureCheck> checks;
    if (history == SignedHistory::Head) {
        bool annotated = false;
        const auto tag = signedTag(raw, revision, annotated);
        if (annotated) {
            PH_TRY(auto result, check(tag, revision, keys));
            checks.push_back(std::move(result));
            return checks;
        }
        PH_TRY(const auto parts, signedCommit(raw, id));
        PH_TRY(auto result, check(parts, commit, keys));
        checks.push_back(std::move(result));
        return checks;
    }
    git_revwalk* walkRaw = nullptr;
    if (const int code = git_revwalk_new(&walkRaw, raw); code != 0)
        return fail(lastError(code, "walk the history"));
    const RevwalkHandle walk(walkRaw);
    git_revwalk_sorting(walkRaw, GIT_SORT_TOPOLOGICAL);
    if (const int code = git_revwalk_push(walkRaw, &id); code != 0)
        return fail(lastError(code, "walk the history of " + commit));
    while (git_revwalk_next(&id, walkRaw) == 0) {
        if (checks.size() >= kMostCommits)
            return fail(Error::Code::LimitExceeded,
                        "more than 10000 commits would have to be verified: seal the history with a signed commit "
                        "that has the trailer Argocd-gpg-seal");
        PH_TRY(const auto parts, signedCommit(raw, id));
        PH_TRY(auto result, check(parts, hex(id), keys));
        const bool good = result.verdict == SignatureCheck::Verdict::Good;
        checks.push_back(std::move(result));
        if (!good)
            break; // the first one is enough to refuse
        if (isSealed(raw, id))
            break;
    }
    return checks;
}

} // namespace core::git
