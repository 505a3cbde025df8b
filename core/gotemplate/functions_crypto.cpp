// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/gotemplate/bounds.h"
#include "core/gotemplate/exec.h"
#include "core/gotemplate/format.h"
#include "core/gotemplate/functions.h"

#include <arpa/inet.h>
#include <crypt.h>
#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <array>
#include <map>

namespace core::gotemplate {

namespace {

using R = Result<Value>;

constexpr std::size_t kStepsPerHash = 200'000; // that is meant to take long
constexpr std::size_t kStepsPerKey = 1'000'000;

template<auto Free>
struct Closer
{
    template<class T>
    void operator()(T* handle) const noexcept
    {
        Free(handle);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Closer<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Closer<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Closer<X509_free>>;

std::string bytesOf(const Bio& bio)
{
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

Bio memory()
{
    return Bio(BIO_new(BIO_s_mem()));
}

using Context = std::unique_ptr<EVP_PKEY_CTX, Closer<EVP_PKEY_CTX_free>>;

// The search for primes takes seconds: it asks between candidates whether the key is still wanted.
void watch(EVP_PKEY_CTX* context, Execution& execution)
{
    EVP_PKEY_CTX_set_app_data(context, &execution);
    EVP_PKEY_CTX_set_cb(context, [](EVP_PKEY_CTX* asking) {
        return static_cast<Execution*>(EVP_PKEY_CTX_get_app_data(asking))->work(0) ? 1 : 0;
    });
}

Key rsaKey(Execution& execution, int bits)
{
    const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    if (!context || EVP_PKEY_keygen_init(context.get()) <= 0
        || EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits) <= 0)
        return nullptr;
    watch(context.get(), execution);
    EVP_PKEY* raw = nullptr;
    return EVP_PKEY_keygen(context.get(), &raw) <= 0 ? nullptr : Key(raw);
}

Key dsaKey(Execution& execution)
{
    const Context parameters(EVP_PKEY_CTX_new_from_name(nullptr, "DSA", nullptr));
    EVP_PKEY* raw = nullptr;
    if (!parameters || EVP_PKEY_paramgen_init(parameters.get()) <= 0
        || EVP_PKEY_CTX_set_dsa_paramgen_bits(parameters.get(), 2048) <= 0
        || EVP_PKEY_CTX_set_dsa_paramgen_q_bits(parameters.get(), 256) <= 0)
        return nullptr;
    watch(parameters.get(), execution);
    if (EVP_PKEY_paramgen(parameters.get(), &raw) <= 0)
        return nullptr;
    const Key template_(raw);
    const Context generator(EVP_PKEY_CTX_new_from_pkey(nullptr, template_.get(), nullptr));
    raw = nullptr;
    if (!generator || EVP_PKEY_keygen_init(generator.get()) <= 0 || EVP_PKEY_keygen(generator.get(), &raw) <= 0)
        return nullptr;
    return Key(raw);
}

/// Null where OpenSSL fails; Cancelled where the execution is to stop.
Result<Key> makeKey(Execution& execution, const std::string& type, int bits)
{
    PH_CHECK(execution.work(kStepsPerKey));
    auto key = type == "rsa" ? rsaKey(execution, bits)
        : type == "ecdsa"    ? Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"))
        : type == "ed25519"  ? Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"))
                             : dsaKey(execution);
    PH_CHECK(execution.work(0));
    return key;
}

std::string keyPem(EVP_PKEY* key)
{
    const auto bio = memory();
    const bool traditional = EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519;
    if (traditional)
        PEM_write_bio_PrivateKey_traditional(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    else
        PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return bytesOf(bio);
}

Result<Key> readKey(const std::string& pem)
{
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    if (pem.find("-----BEGIN ") == std::string::npos)
        return fail(Error::Code::InvalidInput, "no PEM data in input");
    Key key(PEM_read_bio_PrivateKey(
        bio.get(), nullptr, [](char*, int, int, void*) { return -1; }, nullptr));
    if (!key)
        return fail(Error::Code::InvalidInput, "no private key data in PEM block of given type");
    return key;
}

class CertificateObject final : public Object
{
public:
    CertificateObject(std::string cert, std::string key)
        : m_cert(std::move(cert))
        , m_key(std::move(key))
    {
    }
    [[nodiscard]] std::string typeName() const override { return "sprig.certificate"; }
    [[nodiscard]] Value field(std::string_view name) const override
    {
        if (name == "Cert")
            return Value::string(m_cert);
        return name == "Key" ? Value::string(m_key) : Value();
    }
    [[nodiscard]] Value serialized() const override
    {
        auto map = Value::map();
        map.set("Cert", Value::string(m_cert));
        map.set("Key", Value::string(m_key));
        return map;
    }

private:
    std::string m_cert, m_key;
};

struct Subject
{
    std::string name;
    Value ips, dns;
    std::int64_t days = 0;
};

bool addExtension(X509* certificate, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Closer<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// Subject alternative names, built without the configuration syntax: names are data.
Result<> addNames(X509* certificate, const Subject& subject)
{
    using Names = std::unique_ptr<GENERAL_NAMES, Closer<GENERAL_NAMES_free>>;
    const Names names(sk_GENERAL_NAME_new_null());
    const auto add = [&names](int type, const unsigned char* data, std::size_t size) {
        auto* name = GENERAL_NAME_new();
        auto* text = type == GEN_DNS ? ASN1_IA5STRING_new() : ASN1_OCTET_STRING_new();
        ASN1_STRING_set(text, data, static_cast<int>(size));
        GENERAL_NAME_set0_value(name, type, text);
        sk_GENERAL_NAME_push(names.get(), name);
    };
    for (const auto& dns : subject.dns.items()) {
        if (!dns.isString())
            return fail(Error::Code::InvalidInput,
                        fmt::format("error processing alternate dns name: {} is not a string", printed(dns)));
        add(GEN_DNS, reinterpret_cast<const unsigned char*>(dns.asString().data()), dns.asString().size());
    }
    for (const auto& ip : subject.ips.items()) {
        if (!ip.isString())
            return fail(Error::Code::InvalidInput, fmt::format("error parsing ip: {} is not a string", printed(ip)));
        std::array<unsigned char, 16> address {};
        if (inet_pton(AF_INET, ip.asString().c_str(), address.data()) == 1)
            add(GEN_IPADD, address.data(), 4);
        else if (inet_pton(AF_INET6, ip.asString().c_str(), address.data()) == 1)
            add(GEN_IPADD, address.data(), 16);
        else
            return fail(Error::Code::InvalidInput, fmt::format("error parsing ip: {}", ip.asString()));
    }
    if (sk_GENERAL_NAME_num(names.get()) > 0)
        X509_add1_ext_i2d(certificate, NID_subject_alt_name, names.get(), 0, 0);
    return {};
}

R issue(const Subject& subject, Key key, X509* issuer, EVP_PKEY* issuerKey, bool authority)
{
    if (!key)
        return refuse("error generating rsa key");
    const Certificate certificate(X509_new());
    auto* cert = certificate.get();
    X509_set_version(cert, 2);
    const std::unique_ptr<BIGNUM, Closer<BN_free>> serial(BN_new());
    BN_rand(serial.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
    BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(cert));
    X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    const auto days = std::clamp<std::int64_t>(subject.days, -36500, 365000);
    X509_time_adj_ex(X509_getm_notAfter(cert), static_cast<int>(days), 0, nullptr);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(subject.name.data()),
                               static_cast<int>(subject.name.size()), -1, 0);
    X509_set_issuer_name(cert, X509_get_subject_name(issuer == nullptr ? cert : issuer));
    X509_set_pubkey(cert, key.get());
    addExtension(cert, NID_key_usage,
                 authority ? "critical,digitalSignature,keyEncipherment,keyCertSign"
                           : "critical,digitalSignature,keyEncipherment");
    addExtension(cert, NID_ext_key_usage, "serverAuth,clientAuth");
    addExtension(cert, NID_basic_constraints, authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    if (authority)
        addExtension(cert, NID_subject_key_identifier, "hash");
    PH_CHECK(addNames(cert, subject));
    auto* signer = issuerKey == nullptr ? key.get() : issuerKey;
    const auto* digest = EVP_PKEY_get_base_id(signer) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
    if (X509_sign(cert, signer, digest) == 0)
        return refuse("error creating certificate");
    const auto bio = memory();
    PEM_write_bio_X509(bio.get(), cert);
    return Value::object(std::make_shared<CertificateObject>(bytesOf(bio), keyPem(key.get())));
}

Result<Certificate> readCertificate(const std::string& pem)
{
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!certificate)
        return fail(Error::Code::InvalidInput, "unable to decode certificate");
    return certificate;
}

R signedBy(const Value& authority, const Subject& subject, Key key)
{
    const auto* object = dynamic_cast<const CertificateObject*>(authority.asObject());
    if (object == nullptr)
        return refuse("wrong type for value; expected sprig.certificate; got " + authority.typeName());
    PH_TRY(const auto issuer, readCertificate(object->field("Cert").asString()));
    PH_TRY(const auto issuerKey, readKey(object->field("Key").asString()));
    return issue(subject, std::move(key), issuer.get(), issuerKey.get(), false);
}

Result<std::string> bcryptHash(Execution& execution, const std::string& password)
{
    static constexpr std::string_view alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    if (password.size() > 72)
        return "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
    std::array<unsigned char, 22> random {};
    (void)RAND_bytes(random.data(), static_cast<int>(random.size()));
    std::string setting = "$2a$10$";
    for (std::size_t i = 0; i < 22; ++i)
        setting += alphabet[i == 21 ? (random[i] & 3U) << 4U : random[i] & 63U];
    PH_CHECK(execution.work(kStepsPerHash));
    return awaited<std::string>(execution.session().stop,
                                [password, setting](const std::atomic<bool>&) -> Result<std::string> {
                                    crypt_data data {};
                                    const char* hash = crypt_r(password.c_str(), setting.c_str(), &data);
                                    return std::string(hash != nullptr ? hash : "");
                                });
}

std::string hmac(const std::string& key, const std::string& data)
{
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(data.data()),
         data.size(), out, &size);
    return {reinterpret_cast<const char*>(out), size};
}

std::string big32(std::uint64_t n)
{
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>((n >> static_cast<unsigned>(shift)) & 255U);
    return bytes;
}

// The Master Password algorithm's templates, and the letters each template letter stands for.
Result<std::string> derive(Execution& execution, std::uint64_t counter, const std::string& type,
                           const std::string& password, const std::string& user, const std::string& site)
{
    static const std::map<std::string, std::vector<std::string>> templates {
        {"maximum", {"anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"}},
        {"long",
         {"CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv", "CvccCvcvnoCvcv", "CvccCvcvCvcvno",
          "CvcvnoCvccCvcv", "CvcvCvccnoCvcv", "CvcvCvccCvcvno", "CvcvnoCvcvCvcc", "CvcvCvcvnoCvcc", "CvcvCvcvCvccno",
          "CvccnoCvccCvcv", "CvccCvccnoCvcv", "CvccCvccCvcvno", "CvcvnoCvccCvcc", "CvcvCvccnoCvcc", "CvcvCvccCvccno",
          "CvccnoCvcvCvcc", "CvccCvcvnoCvcc", "CvccCvcvCvccno"}},
        {"medium", {"CvcnoCvc", "CvcCvcno"}},
        {"short", {"Cvcn"}},
        {"basic", {"aaanaaan", "aannaaan", "aaannaaa"}},
        {"pin", {"nnnn"}},
    };
    static const std::map<char, std::string> letters {
        {'V', "AEIOU"},
        {'C', "BCDFGHJKLMNPQRSTVWXYZ"},
        {'v', "aeiou"},
        {'c', "bcdfghjklmnpqrstvwxyz"},
        {'A', "AEIOUBCDFGHJKLMNPQRSTVWXYZ"},
        {'a', "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"},
        {'n', "0123456789"},
        {'o', "@&%?,=[]_:-+*$#!'^~;()/."},
        {'x', "AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()"},
    };
    const auto found = templates.find(type);
    if (found == templates.end())
        return "cannot find password template " + type;
    const std::string scope = "com.lyndir.masterpassword";
    const auto salt = scope + big32(user.size()) + user;
    PH_CHECK(execution.work(kStepsPerHash));
    OPENSSL_init_crypto(0, nullptr); // before the thread, so that it is there until that has ended
    const auto scrypt = [password, salt](const std::atomic<bool>&) -> Result<std::string> {
        std::string bytes(64, '\0');
        if (EVP_PBE_scrypt(password.data(), password.size(), reinterpret_cast<const unsigned char*>(salt.data()),
                           salt.size(), 32768, 8, 2, std::uint64_t {128} << 20,
                           reinterpret_cast<unsigned char*>(bytes.data()), bytes.size())
            != 1)
            bytes.clear();
        return bytes;
    };
    PH_TRY(const auto key, awaited<std::string>(execution.session().stop, scrypt));
    if (key.empty())
        return "failed to derive password";
    const auto seed = hmac(key, scope + big32(site.size()) + site + big32(counter));
    const auto byte = [&seed](std::size_t i) { return static_cast<unsigned char>(seed[i]); };
    const auto& form = found->second[byte(0) % found->second.size()];
    std::string result;
    for (std::size_t i = 0; i < form.size(); ++i) {
        const auto& choice = letters.at(form[i]);
        result += choice[byte(i + 1) % choice.size()];
    }
    return result;
}

R aes(const std::string& password, const std::string& input, bool encrypt)
{
    if (input.empty())
        return Value::string("");
    std::string key = password.substr(0, 32);
    key.resize(32, '\0');
    std::string iv(16, '\0');
    std::string data = input;
    if (encrypt)
        (void)RAND_bytes(reinterpret_cast<unsigned char*>(iv.data()), 16);
    else if (data.size() < 16)
        return refuse(fmt::format("runtime error: slice bounds out of range [:16] with capacity {}", data.size()));
    else {
        iv = data.substr(0, 16);
        data = data.substr(16);
        if (data.size() % 16 != 0)
            return refuse("crypto/cipher: input not full blocks");
        if (data.empty())
            return refuse("runtime error: index out of range [-1]");
    }
    const std::unique_ptr<EVP_CIPHER_CTX, Closer<EVP_CIPHER_CTX_free>> context(EVP_CIPHER_CTX_new());
    std::string out(data.size() + 32, '\0');
    int size = 0;
    int last = 0;
    const auto* bytes = [](const std::string& s) { return reinterpret_cast<const unsigned char*>(s.data()); }(data);
    EVP_CipherInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, reinterpret_cast<const unsigned char*>(key.data()),
                      reinterpret_cast<const unsigned char*>(iv.data()), encrypt ? 1 : 0);
    if (!encrypt)
        EVP_CIPHER_CTX_set_padding(context.get(), 0);
    EVP_CipherUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes,
                     static_cast<int>(data.size()));
    EVP_CipherFinal_ex(context.get(), reinterpret_cast<unsigned char*>(out.data()) + size, &last);
    out.resize(static_cast<std::size_t>(size + last));
    if (encrypt)
        return Value::string(base64Encode(iv + out));
    const auto pad = out.empty() ? 0U : static_cast<unsigned char>(out.back());
    if (pad > out.size())
        return refuse("runtime error: slice bounds out of range");
    return Value::string(out.substr(0, out.size() - pad));
}

} // namespace

void addCryptoFunctions(FunctionMap& map)
{
    map.add("bcrypt", "s", [](Call& c) -> R {
        PH_TRY(auto hash, bcryptHash(c.execution, c.text(0)));
        return Value::string(std::move(hash));
    });
    map.add("htpasswd", "ss", [](Call& c) -> R {
        if (c.text(0).find(':') != std::string::npos)
            return Value::string("invalid username: " + c.text(0));
        PH_TRY(const auto hash, bcryptHash(c.execution, c.text(1)));
        return Value::string(c.text(0) + ":" + hash);
    });
    map.add("derivePassword", "ussss", [](Call& c) -> R {
        PH_TRY(
            auto password,
            derive(c.execution, static_cast<std::uint64_t>(c[0].asInt()), c.text(1), c.text(2), c.text(3), c.text(4)));
        return Value::string(std::move(password));
    });
    map.add("genPrivateKey", "s", [](Call& c) -> R {
        const auto type = c.text(0).empty() ? std::string("rsa") : c.text(0);
        if (type != "rsa" && type != "dsa" && type != "ecdsa" && type != "ed25519")
            return Value::string("Unknown type " + type);
        PH_TRY(const auto key, makeKey(c.execution, type, 4096));
        return Value::string(key ? keyPem(key.get()) : "failed to generate private key");
    });
    map.add("genCA", "si", [](Call& c) -> R {
        PH_TRY(auto key, makeKey(c.execution, "rsa", 2048));
        return issue({c.text(0), {}, {}, c[1].asInt()}, std::move(key), nullptr, nullptr, true);
    });
    map.add("genCAWithKey", "sis", [](Call& c) -> R {
        auto key = readKey(c.text(2));
        if (!key)
            return refuse("parsing private key: " + key.error().message);
        return issue({c.text(0), {}, {}, c[1].asInt()}, std::move(*key), nullptr, nullptr, true);
    });
    map.add("genSelfSignedCert", "slli", [](Call& c) -> R {
        PH_TRY(auto key, makeKey(c.execution, "rsa", 2048));
        return issue({c.text(0), c[1], c[2], c[3].asInt()}, std::move(key), nullptr, nullptr, false);
    });
    map.add("genSelfSignedCertWithKey", "sllis", [](Call& c) -> R {
        auto key = readKey(c.text(4));
        if (!key)
            return refuse("parsing private key: " + key.error().message);
        return issue({c.text(0), c[1], c[2], c[3].asInt()}, std::move(*key), nullptr, nullptr, false);
    });
    map.add("genSignedCert", "sllia", [](Call& c) -> R {
        PH_TRY(auto key, makeKey(c.execution, "rsa", 2048));
        return signedBy(c[4], {c.text(0), c[1], c[2], c[3].asInt()}, std::move(key));
    });
    map.add("genSignedCertWithKey", "sllias", [](Call& c) -> R {
        auto key = readKey(c.text(5));
        if (!key)
            return refuse("parsing private key: " + key.error().message);
        return signedBy(c[4], {c.text(0), c[1], c[2], c[3].asInt()}, std::move(*key));
    });
    map.add("buildCustomCert", "ss", [](Call& c) -> R {
        const auto cert = base64Decode(c.text(0));
        if (!cert)
            return refuse("unable to decode base64 certificate");
        const auto key = base64Decode(c.text(1));
        if (!key)
            return refuse("unable to decode base64 private key");
        PH_CHECK(readCertificate(*cert));
        const auto readable = readKey(*key);
        if (!readable)
            return refuse("error parsing private key: " + readable.error().message);
        return Value::object(std::make_shared<CertificateObject>(*cert, *key));
    });
    map.add("encryptAES", "ss", [](Call& c) { return aes(c.text(0), c.text(1), true); });
    map.add("decryptAES", "ss", [](Call& c) -> R {
        if (c.text(1).empty())
            return Value::string("");
        const auto data = base64Decode(c.text(1));
        if (!data)
            return refuse("illegal base64 data at input byte 0");
        return aes(c.text(0), *data, false);
    });
}

} // namespace core::gotemplate
