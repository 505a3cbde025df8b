// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/resources/objects_model.h"

#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"
#include "ui/base/theme.h"

#include <boost/json/object.hpp>

#include <algorithm>

namespace ui {

namespace manifest = core::manifest;

QString statusOf(const manifest::Value& object)
{
    const auto count = [&](manifest::Path ready, manifest::Path wanted) -> std::optional<QString> {
        const auto all = manifest::integer(object, wanted);
        if (!all)
            return std::nullopt;
        return ltr(number(manifest::integer(object, ready).value_or(0)) + u'/' + number(*all));
    };
    if (manifest::find(object, {"metadata", "deletionTimestamp"}) != nullptr)
        return QStringLiteral("Terminating");
    for (const auto& container : manifest::array(object, {"status", "containerStatuses"})) {
        const auto reason = manifest::text(container, {"state", "waiting", "reason"});
        if (!reason.empty())
            return qs(reason);
    }
    if (const auto phase = manifest::text(object, {"status", "phase"}); !phase.empty())
        return qs(phase);
    if (const auto sync = manifest::text(object, {"status", "sync", "status"}); !sync.empty())
        return qs(sync) + QStringLiteral(" · ") + qs(manifest::text(object, {"status", "health", "status"}));
    if (const auto ready = count({"status", "readyReplicas"}, {"spec", "replicas"}))
        return *ready;
    for (const auto& condition : manifest::array(object, {"status", "conditions"})) {
        const auto type = manifest::text(condition, {"type"});
        if (type == "Ready" || type == "Available" || type == "Complete" || type == "Failed")
            if (manifest::text(condition, {"status"}) == "True")
                return qs(type);
    }
    return {};
}

std::string shownYaml(const manifest::Value& object)
{
    manifest::Value shown = object;
    manifest::erase(shown, {"metadata", "managedFields"});
    if (manifest::kind(shown) == "Secret") {
        for (const char* field : {"data", "stringData"})
            if (manifest::Value* values = manifest::find(shown, {field}))
                if (auto* members = values->if_object())
                    for (auto& member : *members)
                        member.value() = "••••••••";
        if (manifest::Value* annotations = manifest::find(shown, {"metadata", "annotations"}))
            if (auto* members = annotations->if_object();
                members != nullptr && members->contains("kubectl.kubernetes.io/last-applied-configuration"))
                (*members)["kubectl.kubernetes.io/last-applied-configuration"] = "••••••••";
    }
    return manifest::toYamlOrdered(shown);
}

void ObjectsModel::setObjects(std::vector<manifest::Value> objects, core::TimePoint now)
{
    std::vector<Entry> entries;
    entries.reserve(objects.size());
    for (manifest::Value& object : objects) {
        Entry entry;
        entry.key = manifest::keyOf(object);
        entry.status = statusOf(object);
        for (const auto& owner : manifest::array(object, {"metadata", "ownerReferences"}))
            entry.owner = qs(manifest::text(owner, {"kind"})) + u'/' + qs(manifest::text(owner, {"name"}));
        if (auto created = core::parseRfc3339(manifest::text(object, {"metadata", "creationTimestamp"})))
            entry.created = *created;
        entry.object = std::move(object);
        entries.push_back(std::move(entry));
    }
    std::ranges::sort(entries, {}, &Entry::key);
    m_now = now;
    constexpr std::size_t kMostChanges = 2'000; // beyond that, rows one by one take longer than all anew
    const std::size_t before = m_entries.size();
    if (std::max(before, entries.size()) - std::min(before, entries.size()) > kMostChanges || before == 0) {
        beginResetModel();
        m_entries = std::move(entries);
        endResetModel();
        return;
    }
    // What stays keeps its row: a selection, and the place that is looked at, survive what comes and goes.
    for (std::size_t row = before; row-- > 0;) {
        if (std::ranges::binary_search(entries, m_entries[row].key, {}, &Entry::key))
            continue;
        beginRemoveRows({}, static_cast<int>(row), static_cast<int>(row));
        m_entries.erase(m_entries.begin() + static_cast<std::ptrdiff_t>(row));
        endRemoveRows();
    }
    for (std::size_t row = 0; row < entries.size(); ++row) {
        if (row < m_entries.size() && m_entries[row].key == entries[row].key)
            continue;
        beginInsertRows({}, static_cast<int>(row), static_cast<int>(row));
        m_entries.insert(m_entries.begin() + static_cast<std::ptrdiff_t>(row), entries[row]);
        endInsertRows();
    }
    m_entries = std::move(entries);
    if (!m_entries.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

void ObjectsModel::setPrinted(const core::engine::PrintedTable& table, bool wide)
{
    std::vector<PrintedColumn> columns;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const auto& column = table.columns[i];
        if (!column.wide || wide)
            columns.push_back({i, qs(column.name), column.number, column.name == "Age"});
    }
    const bool same = std::ranges::equal(columns, m_columns, {}, &PrintedColumn::name, &PrintedColumn::name);
    if (!same)
        beginResetModel();
    m_columns = std::move(columns);
    m_cells.clear();
    for (const auto& [key, cells] : table.rows)
        m_cells[key] = cells;
    if (!same)
        endResetModel();
    else if (!m_entries.empty() && columnCount() > 0)
        emit dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

void ObjectsModel::setUsage(core::engine::UsageTable usage)
{
    if (usage == m_usage)
        return;
    const bool same = usage.empty() == m_usage.empty() || !printed();
    if (!same)
        beginResetModel();
    m_usage = std::move(usage);
    if (!same)
        endResetModel();
    else if (measured() && !m_entries.empty())
        emit dataChanged(index(0, columnCount() - 2), index(rowCount() - 1, columnCount() - 1));
}

QVariant ObjectsModel::usageData(const Entry& entry, bool memory, int role) const
{
    const auto found = m_usage.find(entry.key);
    if (found == m_usage.end())
        return role == SortRole ? QVariant(qlonglong {-1}) : QVariant();
    const qint64 value = memory ? found->second.memory : found->second.milliCpu;
    if (role == SortRole)
        return static_cast<qlonglong>(value);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    constexpr qint64 kMebi = 1 << 20;
    return ltr(memory ? number(value / kMebi) + QStringLiteral(" Mi") : number(value) + QStringLiteral(" m"));
}

bool ObjectsModel::isOf(int row, const QString& kind) const
{
    const manifest::ResourceKey& key = m_entries[static_cast<std::size_t>(row)].key;
    return kind.isEmpty() || qs(key.kind) == kind || qs(key.kind + '.' + key.group) == kind;
}

bool ObjectsModel::matches(int row, const QString& kind, const QString& text) const
{
    const Entry& entry = m_entries[static_cast<std::size_t>(row)];
    if (!isOf(row, kind))
        return false;
    if (text.isEmpty() || entry.status.contains(text, Qt::CaseInsensitive))
        return true;
    for (const std::string* part : {&entry.key.name, &entry.key.nameSpace, &entry.key.kind})
        if (qs(*part).contains(text, Qt::CaseInsensitive))
            return true;
    const auto cells = m_cells.find(entry.key);
    return printed() && cells != m_cells.end() && std::ranges::any_of(cells->second, [&](const std::string& cell) {
               return qs(cell).contains(text, Qt::CaseInsensitive);
           });
}

QVariant ObjectsModel::printedData(const Entry& entry, int column, int role) const
{
    if (role == Qt::ForegroundRole)
        return column == 0 ? color(Token::Muted) : QVariant();
    if (column == 0)
        return role == Qt::DisplayRole || role == SortRole ? QVariant(ltr(entry.key.nameSpace)) : QVariant();
    if (const auto beyond = column - 1 - static_cast<int>(m_columns.size()); beyond >= 0)
        return usageData(entry, beyond == 1, role);
    const PrintedColumn& printed = m_columns[static_cast<std::size_t>(column) - 1];
    if (role == SortRole && printed.age)
        return entry.created ? QVariant(static_cast<qlonglong>(-entry.created->time_since_epoch().count()))
                             : QVariant(0LL);
    const auto cells = m_cells.find(entry.key);
    const QString text = cells != m_cells.end() && printed.cell < cells->second.size() ? qs(cells->second[printed.cell])
        : printed.name == QLatin1String("Name")                                        ? qs(entry.key.name)
                                                                                       : QString();
    if (role == SortRole && printed.number)
        return text.toDouble();
    return role == Qt::DisplayRole || role == Qt::ToolTipRole || role == SortRole ? QVariant(ltr(text)) : QVariant();
}

const manifest::Value* ObjectsModel::object(int row) const
{
    return row >= 0 && row < rowCount() ? &m_entries[static_cast<std::size_t>(row)].object : nullptr;
}

manifest::ResourceKey ObjectsModel::key(int row) const
{
    return row >= 0 && row < rowCount() ? m_entries[static_cast<std::size_t>(row)].key : manifest::ResourceKey {};
}

int ObjectsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int ObjectsModel::columnCount(const QModelIndex& parent) const
{
    if (parent.isValid())
        return 0;
    return printed() ? static_cast<int>(m_columns.size()) + (measured() ? 3 : 1) : static_cast<int>(ColumnCount);
}

QVariant ObjectsModel::data(const QModelIndex& index, int role) const
{
    if (object(index.row()) == nullptr)
        return {};
    const Entry& entry = m_entries[static_cast<std::size_t>(index.row())];
    if (printed())
        return printedData(entry, index.column(), role);
    if (role == Qt::ForegroundRole)
        return index.column() == Name || index.column() == Status ? QVariant() : color(Token::Muted);
    if (role == SortRole && index.column() == Age)
        return entry.created ? QVariant(static_cast<qlonglong>(-entry.created->time_since_epoch().count()))
                             : QVariant(0LL);
    if (role == Qt::ToolTipRole && index.column() == Age)
        return entry.created ? exactTime(*entry.created) : QString();
    if (role != Qt::DisplayRole && role != SortRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case Kind:
        return qs(entry.key.kind);
    case Namespace:
        return ltr(entry.key.nameSpace);
    case Name:
        return ltr(entry.key.name);
    case Status:
        return entry.status;
    case Owner:
        return ltr(entry.owner);
    case Age:
        return age(entry.created, m_now);
    default:
        return {};
    }
}

QVariant ObjectsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    if (const auto beyond = section - 1 - static_cast<int>(m_columns.size()); printed() && beyond >= 0)
        return beyond == 0 ? tr("CPU used") : tr("Memory used");
    if (printed()) // the server's own names, as kubectl shows them
        return section == 0 ? tr("Namespace") : m_columns[static_cast<std::size_t>(section) - 1].name;
    switch (section) {
    case Kind:
        return tr("Kind");
    case Namespace:
        return tr("Namespace");
    case Name:
        return tr("Name");
    case Status:
        return tr("Status");
    case Owner:
        return tr("Owner");
    case Age:
        return tr("Age");
    default:
        return {};
    }
}

} // namespace ui
