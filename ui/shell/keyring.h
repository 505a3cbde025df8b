// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/credential_store.h"

namespace ui {

/// The keyring of the desktop: Secret Service or KWallet, by QtKeychain. Nothing is written where there is none.
class Keyring final : public core::engine::CredentialStore
{
public:
    void read(const std::string& key, Read done) override;
    void write(const std::string& key, const std::string& secret, Written done) override;
    void remove(const std::string& key, Written done) override;
};

} // namespace ui
