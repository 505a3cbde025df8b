// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace core::engine {

/// One SQLite file of local state. Not thread-safe: its owner locks.
class Database
{
public:
    /// Creates the folder and the file where they are missing. Io with the path and what to do where it is corrupt.
    [[nodiscard]] static Result<Database> open(const std::filesystem::path& path);
    Database(Database&& other) noexcept;
    Database& operator=(Database&& other) noexcept;
    ~Database();

    [[nodiscard]] Result<> execute(const std::string& sql);

    /// A prepared statement, bound from 1 on.
    class Statement
    {
    public:
        Statement(Statement&& other) noexcept;
        Statement& operator=(Statement&&) = delete;
        ~Statement();
        Statement& bind(int index, std::string_view text);
        Statement& bind(int index, std::int64_t number);
        Statement& bind(int index, double number);
        /// True where a row was read, false at the end.
        [[nodiscard]] Result<bool> step();
        [[nodiscard]] std::string text(int column) const;
        [[nodiscard]] std::int64_t integer(int column) const;
        [[nodiscard]] double real(int column) const;

    private:
        friend class Database;
        Statement(sqlite3* database, sqlite3_stmt* statement, std::string where);
        sqlite3* m_database;
        sqlite3_stmt* m_statement;
        std::string m_where;
    };
    [[nodiscard]] Result<Statement> prepare(const std::string& sql);

private:
    Database(sqlite3* handle, std::string where);
    [[nodiscard]] Error error(std::string_view attempt) const;
    sqlite3* m_handle;
    std::string m_where;
};

} // namespace core::engine
