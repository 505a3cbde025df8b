// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/trust.h"

#include "core/base/strings.h"
#include "core/git/support.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace core::git {

namespace {

using Certificate = std::unique_ptr<X509, Freer<X509, X509_free>>;
using Store = std::unique_ptr<X509_STORE, Freer<X509_STORE, X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX, X509_STORE_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO, BIO_free_all>>;

Store storeOf(const std::string& authorities)
{
    Store store(X509_STORE_new());
    const Bio input(BIO_new_mem_buf(authorities.data(), static_cast<int>(authorities.size())));
    while (const Certificate authority {PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr)})
        X509_STORE_add_cert(store.get(), authority.get());
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN); // one that is listed itself
    return store;
}

/// "|1|salt|hash" of a name, as ssh-keygen -H writes it.
bool hashedNameIs(std::string_view entry, std::string_view host)
{
    const auto parts = split(entry, '|');
    if (parts.size() != 4 || parts[1] != "1")
        return false;
    const auto salt = base64Decode(parts[2]);
    const auto wanted = base64Decode(parts[3]);
    if (!salt || !wanted)
        return false;
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (HMAC(EVP_sha1(), salt->data(), static_cast<int>(salt->size()),
             reinterpret_cast<const unsigned char*>(host.data()), host.size(), digest, &length)
        == nullptr)
        return false;
    return *wanted == std::string_view(reinterpret_cast<const char*>(digest), length);
}

bool nameIs(std::string_view entry, std::string_view host)
{
    if (entry.starts_with('|'))
        return hashedNameIs(entry, host);
    if (entry.starts_with('[')) // "[host]:port"
        entry = entry.substr(1, entry.find(']') - 1);
    return entry == host;
}

} // namespace

bool trustsCertificate(std::string_view der, const std::string& host, const std::string& authorities)
{
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const Certificate certificate(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
    if (!certificate)
        return false;
    if (X509_check_host(certificate.get(), host.data(), host.size(), 0, nullptr) != 1
        && X509_check_ip_asc(certificate.get(), host.c_str(), 0) != 1)
        return false;
    const auto store = storeOf(authorities);
    const StoreContext context(X509_STORE_CTX_new());
    return X509_STORE_CTX_init(context.get(), store.get(), certificate.get(), nullptr) == 1
        && X509_verify_cert(context.get()) == 1;
}

HostKey lookUpHostKey(std::string_view rawKey, std::string_view host, std::string_view knownHosts)
{
    auto result = HostKey::Unknown;
    for (const auto& line : split(knownHosts, '\n')) {
        const auto words = split(trim(line), ' ');
        if (words.size() < 3 || words.front().starts_with('#') || words.front().starts_with('@'))
            continue;
        bool listed = false;
        for (const auto& name : split(words.front(), ','))
            listed = listed || nameIs(name, host);
        if (!listed)
            continue;
        if (const auto key = base64Decode(words[2]); key && *key == rawKey)
            return HostKey::Known;
        result = HostKey::Changed;
    }
    return result;
}

} // namespace core::git
