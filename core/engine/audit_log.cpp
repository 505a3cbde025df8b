// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/audit_log.h"

#include "core/base/strings.h"
#include "core/engine/database.h"
#include "core/manifest/value.h"

#include <mutex>

namespace core::engine {

struct AuditLog::Private
{
    explicit Private(Database opened)
        : database(std::move(opened))
    {
    }
    std::mutex mutex;
    Database database;
};

namespace {

constexpr auto kColumns = "id, at, who, action, object, from_revision, to_revision, result, details, hash";

AuditEntry read(const Database::Statement& row)
{
    AuditEntry entry;
    entry.id = row.integer(0);
    entry.at = TimePoint(Duration(row.integer(1)));
    entry.who = row.text(2);
    entry.action = row.text(3);
    entry.object = row.text(4);
    entry.fromRevision = row.text(5);
    entry.toRevision = row.text(6);
    entry.result = row.text(7);
    entry.details = row.text(8);
    entry.hash = row.text(9);
    return entry;
}

} // namespace

std::string auditHash(const std::string& previous, const AuditEntry& entry)
{
    // JSON quotes its strings, so that no two entries print alike.
    const manifest::Value fields =
        boost::json::array {previous,           entry.id,         entry.at.time_since_epoch().count(),
                            entry.who,          entry.action,     entry.object,
                            entry.fromRevision, entry.toRevision, entry.result,
                            entry.details};
    return sha256Hex(manifest::toJson(fields));
}

AuditLog::AuditLog(std::unique_ptr<Private> d)
    : m_d(std::move(d))
{
}

AuditLog::~AuditLog() = default;

Result<std::unique_ptr<AuditLog>> AuditLog::open(const std::filesystem::path& path)
{
    PH_TRY(Database database, Database::open(path));
    PH_CHECK(database.execute(
        "PRAGMA synchronous=FULL;"
        "CREATE TABLE IF NOT EXISTS audit (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, action TEXT "
        "NOT NULL,"
        "object TEXT NOT NULL, from_revision TEXT NOT NULL, to_revision TEXT NOT NULL, result TEXT NOT NULL,"
        "details TEXT NOT NULL, hash TEXT NOT NULL);"));
    return std::unique_ptr<AuditLog>(new AuditLog(std::make_unique<Private>(std::move(database))));
}

Result<AuditEntry> AuditLog::append(AuditEntry entry)
{
    const std::scoped_lock lock(m_d->mutex);
    // One transaction reads the chain's end and adds to it: a second process cannot come in between.
    PH_CHECK(m_d->database.execute("BEGIN IMMEDIATE"));
    const auto insert = [&]() -> Result<> {
        std::string previous;
        {
            PH_TRY(auto last, m_d->database.prepare("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1"));
            PH_TRY(const bool any, last.step());
            entry.id = any ? last.integer(0) + 1 : 1;
            previous = any ? last.text(1) : std::string {};
        }
        entry.hash = auditHash(previous, entry);
        PH_TRY(auto row,
               m_d->database.prepare(std::string("INSERT INTO audit (") + kColumns + ") VALUES (?,?,?,?,?,?,?,?,?,?)"));
        row.bind(1, entry.id)
            .bind(2, std::int64_t {entry.at.time_since_epoch().count()})
            .bind(3, entry.who)
            .bind(4, entry.action);
        row.bind(5, entry.object).bind(6, entry.fromRevision).bind(7, entry.toRevision).bind(8, entry.result);
        row.bind(9, entry.details).bind(10, entry.hash);
        PH_CHECK(row.step());
        return {};
    };
    if (auto inserted = insert(); !inserted) {
        (void)m_d->database.execute("ROLLBACK");
        return tl::unexpected(inserted.error().within("append to the audit log"));
    }
    PH_CHECK(m_d->database.execute("COMMIT"));
    return entry;
}

Result<std::vector<AuditEntry>> AuditLog::entries(std::size_t limit)
{
    const std::scoped_lock lock(m_d->mutex);
    PH_TRY(auto rows,
           m_d->database.prepare(std::string("SELECT ") + kColumns + " FROM audit ORDER BY id DESC LIMIT ?"));
    rows.bind(1, static_cast<std::int64_t>(limit));
    std::vector<AuditEntry> out;
    for (;;) {
        PH_TRY(const bool more, rows.step());
        if (!more)
            return out;
        out.push_back(read(rows));
    }
}

Result<> AuditLog::verify()
{
    const std::scoped_lock lock(m_d->mutex);
    PH_TRY(auto rows, m_d->database.prepare(std::string("SELECT ") + kColumns + " FROM audit ORDER BY id"));
    std::string previous;
    std::int64_t expected = 1;
    for (;;) {
        PH_TRY(const bool more, rows.step());
        if (!more)
            return {};
        const auto entry = read(rows);
        if (entry.id != expected)
            return fail(Error::Code::Invalid,
                        "the audit log is not whole: entry " + std::to_string(expected) + " is missing");
        if (entry.hash != auditHash(previous, entry))
            return fail(Error::Code::Invalid,
                        "the audit log was changed: entry " + std::to_string(entry.id) + " (" + entry.action + " "
                            + entry.object + ") does not fit its hash");
        previous = entry.hash;
        ++expected;
    }
}

} // namespace core::engine
