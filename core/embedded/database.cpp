// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace core::embedded {

namespace {

constexpr int kSchema = 1;

void bind(sqlite3_stmt* statement, int at, std::string_view text)
{
    sqlite3_bind_text64(statement, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

std::string column(sqlite3_stmt* statement, int at)
{
    const auto* bytes = sqlite3_column_text(statement, at);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, at));
    return bytes == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(bytes), size);
}

} // namespace

void Database::Closer::operator()(sqlite3* handle) const noexcept
{
    sqlite3_close_v2(handle);
}
void Database::Closer::operator()(sqlite3_stmt* statement) const noexcept
{
    sqlite3_finalize(statement);
}

Database::Database(std::filesystem::path file)
    : m_file(std::move(file))
{
}
Database::~Database() = default;

Error Database::lastError(std::string_view attempt) const
{
    Error error {Error::Code::Io, fmt::format("{}: {}", attempt, sqlite3_errmsg(m_handle.get())), m_file.string()};
    switch (sqlite3_errcode(m_handle.get()) & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        error.code = Error::Code::Conflict;
        error.message = "another process has this embedded cluster open";
        error.hint = "close the other program, or choose another folder";
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        error.message =
            fmt::format("the database of the embedded cluster is damaged ({})", sqlite3_errmsg(m_handle.get()));
        error.hint = "move the file away to start with an empty cluster";
        break;
    case SQLITE_FULL:
        error.hint = "the disk is full";
        break;
    default:
        break;
    }
    return error;
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file)
{
    std::unique_ptr<Database> database(new Database(file));
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(file.string().c_str(), &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    database->m_handle.reset(handle);
    if (code != SQLITE_OK)
        return fail(database->lastError("cannot open the database of the embedded cluster"));
    PH_CHECK(database->create());
    return database;
}

Result<> Database::create()
{
    // The exclusive lock lasts as long as the handle: the operating system drops it when the process is killed.
    PH_CHECK(execute("PRAGMA locking_mode=EXCLUSIVE"));
    PH_CHECK(execute("PRAGMA journal_mode=WAL"));
    PH_CHECK(execute("PRAGMA synchronous=NORMAL"));
    PH_CHECK(execute("BEGIN EXCLUSIVE"));
    PH_CHECK(execute("CREATE TABLE IF NOT EXISTS objects(type TEXT NOT NULL, ns TEXT NOT NULL, name TEXT NOT NULL, "
                     "version INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY(type, ns, name))"));
    PH_CHECK(execute("CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL)"));
    PH_CHECK(execute("INSERT OR IGNORE INTO meta VALUES('schema', 1), ('version', 0)"));
    PH_CHECK(execute("COMMIT"));
    PH_TRY(const auto schema, prepare("SELECT value FROM meta WHERE key = 'schema'"));
    if (sqlite3_step(schema.get()) != SQLITE_ROW)
        return fail(lastError("cannot read the database of the embedded cluster"));
    if (sqlite3_column_int(schema.get(), 0) > kSchema)
        return fail(Error::Code::Unsupported, "the embedded cluster was written by a newer version of this program",
                    m_file.string());
    PH_TRY(m_put,
           prepare("INSERT INTO objects VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET "
                   "version = excluded.version, body = excluded.body"));
    PH_TRY(m_delete, prepare("DELETE FROM objects WHERE type = ?1 AND ns = ?2 AND name = ?3"));
    PH_TRY(m_counter, prepare("UPDATE meta SET value = ?1 WHERE key = 'version'"));
    PH_TRY(m_begin, prepare("BEGIN"));
    PH_TRY(m_commit, prepare("COMMIT"));
    PH_TRY(m_rollback, prepare("ROLLBACK"));
    return {};
}

Result<> Database::execute(const char* sql)
{
    if (sqlite3_exec(m_handle.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return fail(lastError("cannot write the database of the embedded cluster"));
    return {};
}

Result<Database::Statement> Database::prepare(const char* sql)
{
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(m_handle.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
        return fail(lastError("cannot read the database of the embedded cluster"));
    return Statement(statement);
}

Result<> Database::run(sqlite3_stmt* statement)
{
    const int code = sqlite3_step(statement);
    auto error = code == SQLITE_DONE ? Error {} : lastError("cannot write the database of the embedded cluster");
    sqlite3_reset(statement);
    if (code != SQLITE_DONE)
        return fail(std::move(error));
    return {};
}

Result<std::uint64_t> Database::version()
{
    PH_TRY(const auto counter,
           prepare("SELECT max((SELECT value FROM meta WHERE key = 'version'), "
                   "(SELECT coalesce(max(version), 0) FROM objects))"));
    if (sqlite3_step(counter.get()) != SQLITE_ROW)
        return fail(lastError("cannot read the database of the embedded cluster"));
    return static_cast<std::uint64_t>(sqlite3_column_int64(counter.get(), 0));
}

Result<> Database::forEach(const std::function<void(Row)>& visit)
{
    PH_TRY(const auto rows, prepare("SELECT type, ns, name, version, body FROM objects"));
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(rows.get())) == SQLITE_ROW)
        visit({column(rows.get(), 0), column(rows.get(), 1), column(rows.get(), 2), column(rows.get(), 4),
               static_cast<std::uint64_t>(sqlite3_column_int64(rows.get(), 3))});
    if (code != SQLITE_DONE)
        return fail(lastError("cannot read the database of the embedded cluster"));
    return {};
}

Result<> Database::put(std::string_view type, std::string_view nameSpace, std::string_view name, std::uint64_t version,
                       std::string_view json)
{
    auto* statement = m_put.get();
    bind(statement, 1, type);
    bind(statement, 2, nameSpace);
    bind(statement, 3, name);
    sqlite3_bind_int64(statement, 4, static_cast<sqlite3_int64>(version));
    bind(statement, 5, json);
    return run(statement);
}

Result<> Database::commit(Result<> done, std::uint64_t version)
{
    sqlite3_bind_int64(m_counter.get(), 1, static_cast<sqlite3_int64>(version));
    if (done)
        done = run(m_counter.get());
    if (done)
        done = run(m_commit.get());
    if (!done)
        (void)run(m_rollback.get());
    return done;
}

Result<> Database::fill(const std::vector<Row>& rows, std::uint64_t version)
{
    PH_CHECK(run(m_begin.get()));
    Result<> done;
    for (const auto& row : rows) {
        if (done)
            done = put(row.type, row.nameSpace, row.name, row.version, row.json);
    }
    return commit(std::move(done), version);
}

Result<> Database::remove(std::string_view type, std::string_view nameSpace, std::string_view name,
                          std::uint64_t version)
{
    auto* statement = m_delete.get();
    bind(statement, 1, type);
    bind(statement, 2, nameSpace);
    bind(statement, 3, name);
    PH_CHECK(run(m_begin.get()));
    return commit(run(statement), version);
}

} // namespace core::embedded
