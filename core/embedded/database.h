// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace core::embedded {

/// The SQLite file below the store: rows of (type, namespace, name, version, text). Not thread-safe.
class Database
{
public:
    /// Takes the file for this process alone. Errors as Store::open's.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::filesystem::path& file);
    ~Database();

    struct Row
    {
        std::string type, nameSpace, name, json;
        std::uint64_t version = 0;
    };
    [[nodiscard]] Result<> forEach(const std::function<void(Row)>& visit);
    [[nodiscard]] Result<std::uint64_t> version();
    /// All rows or none, and the counter.
    [[nodiscard]] Result<> fill(const std::vector<Row>& rows, std::uint64_t version);
    [[nodiscard]] Result<> put(std::string_view type, std::string_view nameSpace, std::string_view name,
                               std::uint64_t version, std::string_view json);
    [[nodiscard]] Result<> remove(std::string_view type, std::string_view nameSpace, std::string_view name,
                                  std::uint64_t version);

private:
    struct Closer
    {
        void operator()(sqlite3* handle) const noexcept;
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Closer>;
    explicit Database(std::filesystem::path file);
    [[nodiscard]] Result<> execute(const char* sql);
    [[nodiscard]] Result<Statement> prepare(const char* sql);
    [[nodiscard]] Result<> run(sqlite3_stmt* statement);
    /// Ends the transaction in which `done` came about: remembers the version with it, or takes all of it back.
    [[nodiscard]] Result<> commit(Result<> done, std::uint64_t version);
    [[nodiscard]] Error lastError(std::string_view attempt) const;
    [[nodiscard]] Result<> create();

    std::filesystem::path m_file;
    std::unique_ptr<sqlite3, Closer> m_handle;
    Statement m_put, m_delete, m_counter, m_begin, m_commit, m_rollback;
};

} // namespace core::embedded
