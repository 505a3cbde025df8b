// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/credentials.h"

#include "core/base/paths.h"
#include "core/base/strings.h"

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

namespace core::embedded {

namespace {

template<auto Free>
struct Deleter
{
    template<class T>
    void operator()(T* pointer) const noexcept
    {
        Free(pointer);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

constexpr long kYear = 365L * 24 * 3600;

tl::unexpected<Error> opensslFailure(std::string_view attempt)
{
    std::array<char, 200> text {};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    return fail(Error::Code::Internal, fmt::format("cannot {}: {}", attempt, text.data()));
}

std::string textOf(BIO* memory)
{
    const char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

bool addExtension(X509* certificate, X509* issuer, int nid, const char* value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    auto* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
    if (extension == nullptr)
        return false;
    const bool added = X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

Result<Certificate> makeCertificate(EVP_PKEY* key, const char* name, X509* issuer, EVP_PKEY* issuerKey)
{
    Certificate certificate(X509_new());
    std::uint64_t serial = 0;
    if (!certificate || RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1)
        return opensslFailure("make a certificate");
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 10 * kYear);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    auto* signer = issuer != nullptr ? issuer : certificate.get();
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
    bool good = true;
    if (issuer == nullptr) {
        good = addExtension(certificate.get(), signer, NID_basic_constraints, "critical,CA:TRUE")
            && addExtension(certificate.get(), signer, NID_key_usage, "critical,keyCertSign,cRLSign");
    } else {
        good = addExtension(certificate.get(), signer, NID_basic_constraints, "critical,CA:FALSE")
            && addExtension(certificate.get(), signer, NID_key_usage, "critical,digitalSignature")
            && addExtension(certificate.get(), signer, NID_ext_key_usage, "serverAuth")
            && addExtension(certificate.get(), signer, NID_subject_alt_name,
                            "IP:127.0.0.1,IP:0:0:0:0:0:0:0:1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default.svc");
    }
    if (!good || X509_sign(certificate.get(), issuerKey != nullptr ? issuerKey : key, EVP_sha256()) == 0)
        return opensslFailure("sign a certificate");
    return certificate;
}

std::string pemOf(X509* certificate)
{
    const Memory memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(memory.get(), certificate);
    return textOf(memory.get());
}

bool isFresh(const std::string& pem)
{
    const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    const Certificate certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
    if (!certificate)
        return false;
    std::time_t soon = std::time(nullptr) + 30L * 24 * 3600;
    return X509_cmp_time(X509_get0_notAfter(certificate.get()), &soon) > 0;
}

} // namespace

Result<Credentials> generateCredentials()
{
    const Key authorityKey(EVP_EC_gen("P-256"));
    const Key key(EVP_EC_gen("P-256"));
    if (!authorityKey || !key)
        return opensslFailure("make a key");
    PH_TRY(const auto authority,
           makeCertificate(authorityKey.get(), "Pilothouse embedded cluster CA", nullptr, nullptr));
    PH_TRY(const auto certificate, makeCertificate(key.get(), "kubernetes", authority.get(), authorityKey.get()));
    Credentials out;
    out.authority = pemOf(authority.get());
    out.certificate = pemOf(certificate.get());
    const Memory memory(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return opensslFailure("write a key");
    out.key = textOf(memory.get());
    std::array<unsigned char, 32> random {};
    if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
        return opensslFailure("make a token");
    for (const auto byte : random)
        out.token += fmt::format("{:02x}", byte);
    return out;
}

Result<Credentials> loadCredentials(const std::filesystem::path& folder)
{
    Credentials kept;
    bool complete = true;
    const auto read = [&](const char* name, std::string& to) {
        auto text = paths::readFile(folder / name, 65536);
        complete = complete && text && !text->empty();
        if (text)
            to = std::move(*text);
    };
    read("ca.crt", kept.authority);
    read("tls.crt", kept.certificate);
    read("tls.key", kept.key);
    read("token", kept.token);
    if (complete && isFresh(kept.certificate) && isFresh(kept.authority))
        return kept;
    PH_TRY(auto made, generateCredentials());
    PH_CHECK(paths::writeFileAtomically(folder / "ca.crt", made.authority, true));
    PH_CHECK(paths::writeFileAtomically(folder / "tls.crt", made.certificate, true));
    PH_CHECK(paths::writeFileAtomically(folder / "tls.key", made.key, true));
    PH_CHECK(paths::writeFileAtomically(folder / "token", made.token, true));
    return made;
}

std::string kubeconfigText(const Credentials& credentials, const std::string& url, const std::string& name)
{
    return fmt::format(R"(apiVersion: v1
kind: Config
clusters:
- name: {0}
  cluster:
    server: {1}
    certificate-authority-data: {2}
users:
- name: {0}
  user:
    token: {3}
contexts:
- name: {0}
  context:
    cluster: {0}
    user: {0}
current-context: {0}
)",
                       name, url, base64Encode(credentials.authority), credentials.token);
}

} // namespace core::embedded
