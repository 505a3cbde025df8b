// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/field_change_model.h"

#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"
#include "ui/base/reasons.h"
#include "ui/base/theme.h"

#include <QLocale>
#include <QPainter>

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

QString valueText(const std::optional<core::manifest::Value>& value)
{
    if (!value)
        return QStringLiteral("—");
    constexpr int kLongest = 400;
    constexpr std::size_t kHuge = 4096;
    const auto summed = [](std::string_view text, const QString& beginning) {
        return beginning + QStringLiteral(" … ")
            + FieldChangeModel::tr("(%1, sha256 %2)")
                  .arg(QLocale::c().formattedDataSize(static_cast<qint64>(text.size()), 1),
                       qs(core::sha256Hex(text).substr(0, 8)));
    };
    if (const auto* text = value->if_string()) {
        const std::string_view bytes(text->data(), text->size());
        const bool binary = std::ranges::any_of(
            bytes.substr(0, kHuge), [](unsigned char c) { return c < 0x20 && c != '\n' && c != '\t' && c != '\r'; });
        if (binary)
            return summed(bytes, FieldChangeModel::tr("binary"));
        if (bytes.size() > kHuge)
            return summed(bytes, qs(bytes.substr(0, 60)));
        return qs(bytes);
    }
    const std::string json = core::manifest::toJson(*value);
    if (json.size() > kHuge)
        return summed(json, qs(std::string_view(json).substr(0, 60)));
    const QString line = qs(json);
    return line.size() > kLongest ? line.left(kLongest) + u'…' : line;
}

namespace {

QString valueToolTip(const std::optional<core::manifest::Value>& value)
{
    if (!value || value->is_string())
        return {};
    QString yaml = qs(core::manifest::toYamlOrdered(*value));
    constexpr int kLongest = 4000;
    return yaml.size() > kLongest ? yaml.left(kLongest) + u'…' : yaml;
}

} // namespace

FieldBadge fieldBadge(const FieldChange& change)
{
    const auto after = [&](std::string_view prefix) {
        std::string_view rest = std::string_view(change.reason).substr(prefix.size());
        rest = rest.substr(0, rest.find(" at "));
        return isolate(rest);
    };
    constexpr std::string_view kOwned = "ignored: owned by ";
    constexpr std::string_view kLive = "changed live by ";
    if (change.immutableField && !change.ignored)
        return {FieldChangeModel::tr("immutable"), Token::Bad, Token::BadTint};
    if (change.reason == "defaulted by the API server")
        return {FieldChangeModel::tr("defaulted"), Token::Muted, Token::UnknownTint};
    if (change.reason.starts_with(kOwned))
        return {FieldChangeModel::tr("owned by %1").arg(after(kOwned)), Token::Muted, Token::UnknownTint};
    if (change.reason.starts_with(kLive) && !change.desired)
        return {FieldChangeModel::tr("injected by %1").arg(after(kLive)), Token::Warn, Token::WarnTint};
    if (change.reason.starts_with(kLive))
        return {FieldChangeModel::tr("drift"), Token::Warn, Token::WarnTint};
    if (change.ignored)
        return {FieldChangeModel::tr("ignored"), Token::Muted, Token::UnknownTint};
    return {};
}

void FieldChangeDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto* model = qobject_cast<const FieldChangeModel*>(index.model());
    const FieldChange* change = model != nullptr ? model->change(index.row()) : nullptr;
    const FieldBadge badge =
        change != nullptr && index.column() == FieldChangeModel::Why ? fieldBadge(*change) : FieldBadge();
    if (badge.text.isEmpty())
        return CellDelegate::paint(painter, option, index);
    painter->save();
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, color(Token::Selection));
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setFont(uiFont(0.88));
    const int width = std::min(painter->fontMetrics().horizontalAdvance(badge.text) + 12, option.rect.width() - 12);
    const QRect box =
        QStyle::visualRect(option.direction, option.rect,
                           QRect(option.rect.left() + 8, option.rect.top() + 4, width, option.rect.height() - 8));
    painter->setPen(Qt::NoPen);
    painter->setBrush(color(badge.tint));
    painter->drawRoundedRect(box, 4, 4);
    painter->setPen(color(badge.ink));
    painter->drawText(box, Qt::AlignCenter, painter->fontMetrics().elidedText(badge.text, Qt::ElideRight, width - 8));
    painter->restore();
    QStyleOptionViewItem rest(option);
    rest.rect = option.direction == Qt::RightToLeft ? option.rect.adjusted(0, 0, -width - 8, 0)
                                                    : option.rect.adjusted(width + 8, 0, 0, 0);
    CellDelegate::paint(painter, rest, index);
}

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
    if (role == BadgeRole)
        return fieldBadge(*at).text;
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
