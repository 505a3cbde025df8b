// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <filesystem>
#include <memory>
#include <vector>

namespace core::engine {

/// Who changed what: an append-only table in SQLite in which each entry's hash covers its own fields and the hash of
/// the one before, so that changing, removing or reordering entries shows. Thread-safe.
class AuditLog
{
public:
    [[nodiscard]] static Result<std::unique_ptr<AuditLog>> open(const std::filesystem::path& path);
    ~AuditLog();

    /// Fills in id and hash. The entry is on disk when this returns.
    [[nodiscard]] Result<AuditEntry> append(AuditEntry entry);
    /// Newest first.
    [[nodiscard]] Result<std::vector<AuditEntry>> entries(std::size_t limit);
    /// Walks the whole chain. Invalid names the first entry that does not fit.
    [[nodiscard]] Result<> verify();

private:
    struct Private;
    explicit AuditLog(std::unique_ptr<Private> d);
    std::unique_ptr<Private> m_d;
};

/// The hash that an entry must have after `previous` ("" for the first): SHA-256 over the fields in a fixed form.
[[nodiscard]] std::string auditHash(const std::string& previous, const AuditEntry& entry);

} // namespace core::engine
