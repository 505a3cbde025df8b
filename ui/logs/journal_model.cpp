// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/journal_model.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/base/words.h"

#include <algorithm>

namespace ui {

using core::engine::AuditEntry;

namespace {

/// Commits are short; what else stands there (a number of replicas, a time) is whole.
QString revisionText(const std::string& revision)
{
    return ltr(revision.size() == 40 ? shortRevision(revision) : qs(revision));
}

} // namespace

void JournalModel::setEntries(std::vector<AuditEntry> entries)
{
    std::ranges::sort(entries, std::ranges::greater {}, &AuditEntry::id);
    // The log only grows: what is new stands before what is known, unless the bound cut the end.
    std::size_t fresh = 0;
    while (fresh < entries.size() && (m_entries.empty() || entries[fresh].id > m_entries.front().id))
        ++fresh;
    const bool grows = !m_entries.empty() && fresh + m_entries.size() == entries.size()
        && std::equal(entries.begin() + static_cast<std::ptrdiff_t>(fresh), entries.end(), m_entries.begin(),
                      [](const AuditEntry& a, const AuditEntry& b) { return a.id == b.id && a.hash == b.hash; });
    if (grows && fresh == 0)
        return;
    if (grows) {
        beginInsertRows({}, 0, static_cast<int>(fresh) - 1);
        m_entries = std::move(entries);
        endInsertRows();
        return;
    }
    beginResetModel();
    m_entries = std::move(entries);
    endResetModel();
}

const AuditEntry* JournalModel::entry(int row) const
{
    return row >= 0 && row < rowCount() ? &m_entries[static_cast<std::size_t>(row)] : nullptr;
}

int JournalModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int JournalModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant JournalModel::data(const QModelIndex& index, int role) const
{
    const AuditEntry* at = entry(index.row());
    if (at == nullptr)
        return {};
    if (role == Qt::ForegroundRole) {
        if (index.column() != Result)
            return index.column() == At || index.column() == From || index.column() == To ? color(Token::Muted)
                                                                                          : QVariant();
        return color(at->result.starts_with("Failed") ? Token::Bad
                         : at->result == "Succeeded"  ? Token::Ok
                                                      : Token::Progress);
    }
    if (role == Qt::FontRole)
        return index.column() == At || index.column() == From || index.column() == To ? monoFont() : QVariant();
    if (role == Qt::ToolTipRole && index.column() == At)
        return exactTime(at->at);
    if (role == SearchRole && index.column() == Result)
        return qs(at->result + ' ' + at->details);
    if (role == SearchRole && (index.column() == From || index.column() == To))
        return qs(index.column() == From ? at->fromRevision : at->toRevision);
    if (role == SearchRole && index.column() == Action) // by the word that is seen and by the one that is stored
        return QString(deedText(at->action) + u' ' + qs(at->action));
    if (role == SearchRole)
        return data(index, Qt::DisplayRole);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case At:
        return exactTime(at->at);
    case Who:
        return isolate(at->who);
    case Action:
        return deedText(at->action);
    case Object:
        return ltr(at->object);
    case From:
        return revisionText(at->fromRevision);
    case To:
        return revisionText(at->toRevision);
    case Result:
        return deedResultText(at->result);
    default:
        return {};
    }
}

QVariant JournalModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case At:
        return tr("Time");
    case Who:
        return tr("Who");
    case Action:
        return tr("Action");
    case Object:
        return tr("Object");
    case From:
        return tr("From");
    case To:
        return tr("To");
    case Result:
        return tr("Result");
    default:
        return {};
    }
}

} // namespace ui
