// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/resource_diff_model.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/base/words.h"
#include "ui/diff/cell_delegate.h"

#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace ui {

using core::engine::FieldChange;
using core::engine::ResourceDiff;

QString changeCount(const ResourceDiff& resource)
{
    const auto counted =
        std::ranges::count_if(resource.changes, [](const FieldChange& change) { return !change.ignored; });
    return counted == 0 ? QString() : ltr(u'~' + number(qint64 {counted}));
}

void ResourceDiffModel::setDiff(AppDiffPtr diff)
{
    const auto keys = [](const AppDiffPtr& of) {
        std::vector<core::manifest::ResourceKey> all;
        if (of)
            for (const ResourceDiff& resource : of->resources)
                all.push_back(resource.key);
        return all;
    };
    if (keys(diff) == keys(m_diff)) {
        m_diff = std::move(diff);
        if (rowCount() > 0)
            emit dataChanged(index(0), index(rowCount() - 1));
    } else {
        beginResetModel();
        m_diff = std::move(diff);
        endResetModel();
    }
    emit reviewedChanged();
}

const ResourceDiff* ResourceDiffModel::resource(int row) const
{
    return row >= 0 && row < rowCount() ? &m_diff->resources[static_cast<std::size_t>(row)] : nullptr;
}

int ResourceDiffModel::rowOf(const core::manifest::ResourceKey& key) const
{
    for (int row = 0; row < rowCount(); ++row)
        if (resource(row)->key == key)
            return row;
    return -1;
}

void ResourceDiffModel::setReviewed(std::set<core::manifest::ResourceKey> reviewed)
{
    m_reviewed = std::move(reviewed);
    if (rowCount() > 0)
        emit dataChanged(index(0), index(rowCount() - 1), {Qt::CheckStateRole});
    emit reviewedChanged();
}

void ResourceDiffModel::toggleReviewed(int row)
{
    const ResourceDiff* at = resource(row);
    if (at == nullptr)
        return;
    if (m_reviewed.erase(at->key) == 0)
        m_reviewed.insert(at->key);
    emit dataChanged(index(row), index(row), {Qt::CheckStateRole});
    emit reviewedChanged();
}

int ResourceDiffModel::differing() const
{
    return m_diff ? static_cast<int>(std::ranges::count_if(m_diff->resources, &ResourceDiff::outOfSync)) : 0;
}

int ResourceDiffModel::reviewedCount() const
{
    if (!m_diff)
        return 0;
    return static_cast<int>(std::ranges::count_if(m_diff->resources, [this](const ResourceDiff& resource) {
        return resource.outOfSync && m_reviewed.contains(resource.key);
    }));
}

int ResourceDiffModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() || !m_diff ? 0 : static_cast<int>(m_diff->resources.size());
}

Qt::ItemFlags ResourceDiffModel::flags(const QModelIndex& index) const
{
    const Qt::ItemFlags flags = QAbstractListModel::flags(index);
    return index.isValid() ? flags | Qt::ItemIsUserCheckable : flags;
}

bool ResourceDiffModel::setData(const QModelIndex& index, const QVariant& value, int role)
{
    if (role != Qt::CheckStateRole || resource(index.row()) == nullptr)
        return false;
    const bool now = m_reviewed.contains(resource(index.row())->key);
    if (now != (value.value<Qt::CheckState>() == Qt::Checked))
        toggleReviewed(index.row());
    return true;
}

QVariant ResourceDiffModel::data(const QModelIndex& index, int role) const
{
    const ResourceDiff* at = resource(index.row());
    if (at == nullptr)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return shortKey(at->key);
    case Qt::CheckStateRole:
        return QVariant::fromValue(m_reviewed.contains(at->key) ? Qt::Checked : Qt::Unchecked);
    case Qt::ToolTipRole:
        return QStringList {qs(at->key.text()), actionText(at->action), qs(at->note)}.join(u'\n').trimmed();
    case Qt::AccessibleTextRole:
        return QStringList {plain(shortKey(at->key)), actionText(at->action), plain(changeCount(*at)),
                            this->data(index, BadgeRole).toString()}
            .join(QLatin1String(", "));
    case CountRole:
        return changeCount(*at);
    case BadgeRole:
        switch (at->action) {
        case ResourceDiff::Action::Create:
            return tr("new");
        case ResourceDiff::Action::Prune:
            return tr("prune");
        case ResourceDiff::Action::Replace:
            return tr("replace");
        case ResourceDiff::Action::Hook:
            return tr("hook");
        default:
            break;
        }
        if (std::ranges::any_of(at->changes,
                                [](const auto& change) { return change.immutableField && !change.ignored; }))
            return tr("immutable");
        if (at->restartsPods)
            return tr("restart");
        return at->action == ResourceDiff::Action::Patch ? tr("patch") : QString();
    case ActionRole:
        return static_cast<int>(at->action);
    case OutOfSyncRole:
        return at->outOfSync;
    case GraveRole:
        return at->restartsPods || std::ranges::any_of(at->changes, [](const auto& change) {
                   return change.immutableField && !change.ignored;
               });
    default:
        return {};
    }
}

// ---- delegate

namespace {

QRect boxRect(const QStyleOptionViewItem& option)
{
    const QRect rect(option.rect.left() + 12, option.rect.center().y() - 6, 13, 13);
    return QStyle::visualRect(option.direction, option.rect, rect);
}

/// Draws a small label at the trailing end and says how wide it is.
int paintBadge(QPainter& painter, const QStyleOptionViewItem& option, const QString& text, Token ink, Token tint)
{
    painter.setFont(uiFont(0.88));
    const int width = painter.fontMetrics().horizontalAdvance(text) + 12;
    const QRect badge = QStyle::visualRect(
        option.direction, option.rect,
        QRect(option.rect.right() - 10 - width, option.rect.top() + 4, width, option.rect.height() - 8));
    painter.setPen(Qt::NoPen);
    painter.setBrush(color(tint));
    painter.drawRoundedRect(badge, 4, 4);
    painter.setPen(color(ink));
    painter.drawText(badge, Qt::AlignCenter, text);
    return width;
}

} // namespace

QSize ResourceDiffDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const
{
    return {120, Theme::instance().rowHeight()};
}

void ResourceDiffDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    const bool selected = option.state & QStyle::State_Selected;
    if (selected)
        painter->fillRect(option.rect, color(Token::Selection));
    else if (option.state & QStyle::State_MouseOver)
        painter->fillRect(option.rect, color(Token::Hover));
    const bool differs = index.data(ResourceDiffModel::OutOfSyncRole).toBool();
    if (differs)
        paintCheckBox(*painter, boxRect(option), index.data(Qt::CheckStateRole).value<Qt::CheckState>() == Qt::Checked);
    const QString badge = index.data(ResourceDiffModel::BadgeRole).toString();
    const QString count = index.data(ResourceDiffModel::CountRole).toString();
    int taken = 8;
    if (!badge.isEmpty()) {
        const auto action =
            static_cast<core::engine::ResourceDiff::Action>(index.data(ResourceDiffModel::ActionRole).toInt());
        const bool prune = action == core::engine::ResourceDiff::Action::Prune;
        const bool create = action == core::engine::ResourceDiff::Action::Create;
        const bool patch =
            action == core::engine::ResourceDiff::Action::Patch && !index.data(ResourceDiffModel::GraveRole).toBool();
        taken += paintBadge(*painter, option, badge,
                            prune        ? Token::Bad
                                : create ? Token::Ok
                                : patch  ? Token::Muted
                                         : Token::Warn,
                            prune        ? Token::BadTint
                                : create ? Token::OkTint
                                : patch  ? Token::UnknownTint
                                         : Token::WarnTint);
    }
    if (!count.isEmpty()) {
        painter->setFont(uiFont(0.95));
        painter->setPen(color(Token::Muted));
        const QRect rect = QStyle::visualRect(option.direction, option.rect, option.rect.adjusted(0, 0, -taken - 8, 0));
        painter->drawText(rect,
                          Qt::AlignVCenter | Qt::AlignAbsolute
                              | (option.direction == Qt::RightToLeft ? Qt::AlignLeft : Qt::AlignRight),
                          count);
        taken += painter->fontMetrics().horizontalAdvance(count) + 8;
    }
    painter->setFont(uiFont(1.0, selected));
    painter->setPen(color(differs ? Token::Text : Token::Muted));
    const QRect rect = QStyle::visualRect(option.direction, option.rect, option.rect.adjusted(32, 0, -taken - 8, 0));
    painter->drawText(rect,
                      Qt::AlignVCenter | Qt::AlignAbsolute
                          | (option.direction == Qt::RightToLeft ? Qt::AlignRight : Qt::AlignLeft),
                      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, rect.width()));
    painter->restore();
}

bool ResourceDiffDelegate::editorEvent(QEvent* event, QAbstractItemModel* model, const QStyleOptionViewItem& option,
                                       const QModelIndex& index)
{
    if (event->type() != QEvent::MouseButtonRelease
        || !boxRect(option).adjusted(-4, -4, 4, 4).contains(static_cast<QMouseEvent*>(event)->pos()))
        return QStyledItemDelegate::editorEvent(event, model, option, index);
    const bool checked = index.data(Qt::CheckStateRole).value<Qt::CheckState>() == Qt::Checked;
    return model->setData(index, QVariant::fromValue(checked ? Qt::Unchecked : Qt::Checked), Qt::CheckStateRole);
}

} // namespace ui
