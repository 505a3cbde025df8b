// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/credential_store.h"

#include <map>

namespace support {

/// A keyring in memory.
class Remembered final : public core::engine::CredentialStore
{
public:
    void read(const std::string& key, Read done) override
    {
        if (locked)
            return done(core::fail(core::Error::Code::Unavailable, "the keyring is locked"));
        const auto entry = entries.find(key);
        done(entry == entries.end() ? std::optional<std::string>() : entry->second);
    }
    void write(const std::string& key, const std::string& secret, Written done) override
    {
        entries[key] = secret;
        done({});
    }
    void remove(const std::string& key, Written done) override
    {
        entries.erase(key);
        done({});
    }

    std::map<std::string, std::string> entries;
    bool locked = false;
};

} // namespace support
