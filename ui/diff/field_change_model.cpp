// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/field_change_model.h"

#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"
#include "ui/base/reasons.h"
#include "ui/base/theme.h"

#include <algorithm>
#include <cctype>

namespace ui {

using core::engine::FieldChange;

QString fieldPath(const std::vector<std::string>& path)
{
    QString text;
    for (const std::string& part : path) {
        const bool number = !part.empty() && std::ranges::all_of(part, [](unsigned char c) { return std::isdigit(c); });
        const bool quoted = part.find('.') != std::string::npos && part.find('=') == std::string::npos;
        if (number || part.find('=') != std::string::npos)
            text += (part.front() == '[' ? qs(part) : u'[' + qs(part) + u']');
        else if (quoted)
            text += QStringLiteral("[\"") + qs(part) + QStringLiteral("\"]");
        else
            text += (text.isEmpty() ? QString() : QStringLiteral(".")) + qs(part);
    }
    return text;
}

namespace {

QString valueText(const std::optional<core::manifest::Value>& value)
{
    if (!value)
        return QStringLiteral("—");
    if (const auto* text = value->if_string())
        return qs(std::string_view(text->data(), text->size()));
    QString json = qs(core::manifest::toJson(*value));
    constexpr int kLongest = 400;
    return json.size() > kLongest ? json.left(kLongest) + u'…' : json;
}

QString valueToolTip(const std::optional<core::manifest::Value>& value)
{
    if (!value || value->is_string())
        return {};
    QString yaml = qs(core::manifest::toYamlOrdered(*value));
    constexpr int kLongest = 4000;
    return yaml.size() > kLongest ? yaml.left(kLongest) + u'…' : yaml;
}

} // namespace

void FieldChangeModel::setChanges(std::vector<FieldChange> changes)
{
    beginResetModel();
    m_changes = std::move(changes);
    filter();
    endResetModel();
}

void FieldChangeModel::setNoise(Noise noise)
{
    beginResetModel();
    m_noise = noise;
    filter();
    endResetModel();
}

void FieldChangeModel::filter()
{
    m_shown.clear();
    for (std::size_t at = 0; at < m_changes.size(); ++at)
        if (m_noise == Noise::Show || !m_changes[at].ignored)
            m_shown.push_back(at);
}

void FieldChangeModel::setStaged(std::set<std::vector<std::string>> staged)
{
    m_staged = std::move(staged);
    if (rowCount() > 0)
        emit dataChanged(index(0, Field), index(rowCount() - 1, Field));
}

const FieldChange* FieldChangeModel::change(int row) const
{
    return row >= 0 && row < rowCount() ? &m_changes[m_shown[static_cast<std::size_t>(row)]] : nullptr;
}

int FieldChangeModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int FieldChangeModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FieldChangeModel::data(const QModelIndex& index, int role) const
{
    const FieldChange* at = change(index.row());
    if (at == nullptr)
        return {};
    const int column = index.column();
    if (role == FileRole)
        return qs(at->file);
    if (role == LineRole)
        return static_cast<int>(at->line);
    if (role == IgnoredRole)
        return at->ignored;
    const bool staged = m_staged.contains(at->path);
    if (role == StagedRole)
        return staged;
    if (role == Qt::AccessibleTextRole && column == Field && staged)
        return tr("staged: %1").arg(fieldPath(at->path));
    if (role == Qt::FontRole && column != Why)
        return monoFont();
    if (role == Qt::ForegroundRole) {
        if (at->ignored)
            return color(Token::Muted);
        if (column == Live)
            return color(at->live ? Token::Bad : Token::Muted);
        if (column == Desired)
            return color(at->desired ? Token::Ok : Token::Muted);
        return color(column == SetBy ? Token::Accent : column == Why ? Token::Muted : Token::Text);
    }
    if (role == Qt::ToolTipRole && column == Live)
        return valueToolTip(at->live);
    if (role == Qt::ToolTipRole && column == Desired)
        return valueToolTip(at->desired);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (column) {
    case Field:
        return (staged ? QStringLiteral("✓ ") : QString()) + ltr(fieldPath(at->path));
    case Live:
        return ltr(valueText(at->live));
    case Desired:
        return ltr(valueText(at->desired));
    case Why:
        return reasonText(at->reason);
    case SetBy:
        return at->file.empty()
            ? QString()
            : ltr(at->line > 0 ? QStringLiteral("%1:%2").arg(qs(at->file)).arg(at->line) : qs(at->file));
    default:
        return {};
    }
}

QVariant FieldChangeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Field:
        return tr("Field");
    case Live:
        return tr("Live");
    case Desired:
        return tr("After the sync");
    case Why:
        return tr("Why");
    case SetBy:
        return tr("Set by");
    default:
        return {};
    }
}

} // namespace ui
