// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <functional>
#include <optional>
#include <string>

namespace core::engine {

struct ArgoLogin;

/// Where a person's credentials are kept from one session to the next: the desktop's keyring, which the program brings.
/// They are in no file of ours. All of it on one thread, that of the program's event loop: answers come there, later.
class CredentialStore
{
public:
    using Read = std::function<void(Result<std::optional<std::string>>)>; ///< none: there is no such entry
    using Written = std::function<void(Result<>)>;

    virtual ~CredentialStore() = default;
    // Unavailable, with the reason, where there is no keyring or it stays locked.
    virtual void read(const std::string& key, Read done) = 0;
    virtual void write(const std::string& key, const std::string& secret, Written done) = 0;
    virtual void remove(const std::string& key, Written done) = 0; ///< what is not there is removed
};

/// The entry of an Argo CD server.
[[nodiscard]] std::string credentialKey(const ArgoLogin& login);
/// What is secret of a login as an entry's text, and back into a login; what is no such text changes nothing.
[[nodiscard]] std::string credentialText(const ArgoLogin& login);
void readCredentialText(const std::string& text, ArgoLogin& login);

} // namespace core::engine
