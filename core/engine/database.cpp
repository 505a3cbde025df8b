// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/database.h"

#include <sqlite3.h>

#include <utility>

namespace core::engine {

namespace {

Error sqliteError(sqlite3* handle, std::string_view attempt, const std::string& where)
{
    const int code = handle != nullptr ? sqlite3_errcode(handle) : SQLITE_CANTOPEN;
    Error error {Error::Code::Io,
                 std::string(attempt) + ": " + (handle != nullptr ? sqlite3_errmsg(handle) : "out of memory"), where};
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        error.hint = "the file is damaged: move it away, a new one is made at the next start";
    else if (code == SQLITE_FULL)
        error.hint = "the disk is full: free some space and try again";
    else if (code == SQLITE_BUSY)
        error.hint = "another Pilothouse uses it: close that one, or set PILOTHOUSE_HOME to another folder";
    return error;
}

} // namespace

Database::Database(sqlite3* handle, std::string where)
    : m_handle(handle)
    , m_where(std::move(where))
{
}

Database::Database(Database&& other) noexcept
    : m_handle(std::exchange(other.m_handle, nullptr))
    , m_where(std::move(other.m_where))
{
}

Database& Database::operator=(Database&& other) noexcept
{
    std::swap(m_handle, other.m_handle);
    std::swap(m_where, other.m_where);
    return *this;
}

Database::~Database()
{
    sqlite3_close(m_handle);
}

Result<Database> Database::open(const std::filesystem::path& path)
{
    std::error_code ec;
    std::filesystem::create_directories(path.parent_path(), ec);
    if (ec)
        return fail(Error::Code::Io, "create the folder: " + ec.message(), path.parent_path().string());
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(handle, path.string());
    if (code != SQLITE_OK)
        return fail(database.error("open the database"));
    sqlite3_busy_timeout(handle, 5'000);
    PH_CHECK(database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"));
    return database;
}

Error Database::error(std::string_view attempt) const
{
    return sqliteError(m_handle, attempt, m_where);
}

Result<> Database::execute(const std::string& sql)
{
    if (sqlite3_exec(m_handle, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        return fail(error("write to the database"));
    return {};
}

Result<Database::Statement> Database::prepare(const std::string& sql)
{
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(m_handle, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK)
        return fail(error("use the database"));
    return Statement(m_handle, statement, m_where);
}

Database::Statement::Statement(sqlite3* database, sqlite3_stmt* statement, std::string where)
    : m_database(database)
    , m_statement(statement)
    , m_where(std::move(where))
{
}

Database::Statement::Statement(Statement&& other) noexcept
    : m_database(other.m_database)
    , m_statement(std::exchange(other.m_statement, nullptr))
    , m_where(std::move(other.m_where))
{
}

Database::Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

Database::Statement& Database::Statement::bind(int index, std::string_view text)
{
    sqlite3_bind_text64(m_statement, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8); // NOLINT
    return *this;
}

Database::Statement& Database::Statement::bind(int index, std::int64_t number)
{
    sqlite3_bind_int64(m_statement, index, number);
    return *this;
}

Database::Statement& Database::Statement::bind(int index, double number)
{
    sqlite3_bind_double(m_statement, index, number);
    return *this;
}

Result<bool> Database::Statement::step()
{
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    return fail(sqliteError(m_database, "use the database", m_where));
}

std::string Database::Statement::text(int column) const
{
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(m_statement, column));
    return bytes != nullptr ? std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)))
                            : std::string {};
}

std::int64_t Database::Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}
double Database::Statement::real(int column) const
{
    return sqlite3_column_double(m_statement, column);
}

} // namespace core::engine
