// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace core::git {

/// What GnuPG says about the signature of one commit or tag.
struct SignatureCheck
{
    enum class Verdict : std::uint8_t {
        Unsigned,
        Good, ///< made by a key of the ring; whether that key may sign is the caller's business
        Invalid, ///< the text was changed, or the key or signature has expired or was revoked
        Unknown, ///< the key is not in the ring, or it is no OpenPGP signature
    };
    std::string object; ///< id of the commit, or name of the tag
    Verdict verdict = Verdict::Unsigned;
    std::string algorithm; ///< "RSA", "EdDSA"; "" where unsigned
    std::string keyId; ///< the last 16 hex digits of the fingerprint, upper case
    std::string detail; ///< GnuPG's words for what is wrong
};

/// Public keys in a GnuPG home folder of its own: the user's key ring takes no part. Not thread-safe.
class KeyRing
{
public:
    /// Makes the folder (only for the owner) and brings the ASCII-armoured keys into it. Unavailable without GnuPG.
    [[nodiscard]] static Result<KeyRing> open(const std::filesystem::path& home,
                                              const std::vector<std::string>& armouredKeys);
    /// Checks a detached signature; errors are only those of GnuPG itself.
    [[nodiscard]] Result<SignatureCheck> verify(const std::string& signature, const std::string& text) const;

private:
    explicit KeyRing(std::filesystem::path home);
    std::filesystem::path m_home;
};

enum class SignedHistory : std::uint8_t {
    Head, ///< the commit, or the annotated tag that the revision names
    All, ///< every commit back to one that is sealed (trailer Argocd-gpg-seal)
};
/// Checks `commit` of a repository; `revision` is what was asked for (a tag's name counts). The checks in order of the
/// walk, at most 10,000 (LimitExceeded).
[[nodiscard]] Result<std::vector<SignatureCheck>> verifySignatures(const std::filesystem::path& repository,
                                                                   const std::string& revision,
                                                                   const std::string& commit, SignedHistory history,
                                                                   const KeyRing& keys);

} // namespace core::git
