// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/credential_store.h"

#include "core/engine/connections.h"
#include "core/manifest/value.h"

#include <boost/json.hpp>

namespace core::engine {

std::string credentialKey(const ArgoLogin& login)
{
    return "argocd " + login.server;
}

std::string credentialText(const ArgoLogin& login)
{
    return manifest::toJson(manifest::Object {{"username", boost::json::string(login.username)},
                                              {"password", boost::json::string(login.password)},
                                              {"token", boost::json::string(login.token)}});
}

void readCredentialText(const std::string& text, ArgoLogin& login)
{
    const auto entry = manifest::parseJson(text);
    if (!entry || !entry->is_object())
        return;
    login.username = manifest::text(*entry, {"username"});
    login.password = manifest::text(*entry, {"password"});
    login.token = manifest::text(*entry, {"token"});
}

} // namespace core::engine
