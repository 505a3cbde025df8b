// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/rollouts_model.h"

#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"
#include "ui/base/reasons.h"
#include "ui/rollouts/rollout_charts.h"

#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace ui {

using core::engine::Rollout;

namespace {

Glyph glyphOf(const Rollout& rollout)
{
    switch (attentionOf(rollout)) {
    case Attention::Failed:
        return Glyph::Degraded;
    case Attention::WaitsForDecision:
    case Attention::Paused:
        return Glyph::Suspended;
    case Attention::Running:
        return Glyph::Progressing;
    case Attention::Fine:
        return Glyph::Healthy;
    }
    return Glyph::Unknown;
}

/// The measurements of the metric nearest to its limit say most; here: the first metric, as many as fit.
QList<double> trendOf(const Rollout& rollout)
{
    constexpr std::size_t kLongest = 60;
    QList<double> values;
    if (!rollout.metrics.empty()) {
        const auto& all = rollout.metrics.front().measurements;
        for (std::size_t at = all.size() > kLongest ? all.size() - kLongest : 0; at < all.size(); ++at)
            if (all[at].value && std::isfinite(*all[at].value))
                values.append(*all[at].value);
    }
    return values;
}

} // namespace

void RolloutsModel::setSnapshot(const core::engine::SnapshotPtr& snapshot)
{
    const auto place = [](const auto& rollout) { return std::tie(rollout->cluster, rollout->key); };
    const bool samePlaces = std::ranges::equal(m_rollouts, snapshot->rollouts, {}, place, place);
    if (m_clusters != snapshot->clusters) {
        m_clusters = snapshot->clusters;
        if (samePlaces && rowCount() > 0)
            emit dataChanged(index(0, Cluster), index(rowCount() - 1, Cluster));
    }
    if (!samePlaces) {
        beginResetModel();
        m_rollouts = snapshot->rollouts;
        endResetModel();
        return;
    }
    for (std::size_t row = 0; row < m_rollouts.size(); ++row) {
        if (m_rollouts[row] == snapshot->rollouts[row])
            continue;
        m_rollouts[row] = snapshot->rollouts[row];
        const int at = static_cast<int>(row);
        emit dataChanged(index(at, 0), index(at, ColumnCount - 1));
    }
}

core::engine::RolloutPtr RolloutsModel::rollout(int row) const
{
    return row >= 0 && row < rowCount() ? m_rollouts[static_cast<std::size_t>(row)] : nullptr;
}

bool RolloutsModel::silent(const Rollout& rollout) const
{
    const auto found = std::ranges::find(m_clusters, rollout.cluster, &core::engine::OtherCluster::server);
    return found != m_clusters.end() && found->state != core::engine::Connection::State::Connected;
}

Token RolloutsModel::tint(const Rollout& rollout) const
{
    constexpr std::array kTints {Token::Series4, Token::Series5, Token::Series6, Token::SeriesBaseline};
    const auto found = std::ranges::find(m_clusters, rollout.cluster, &core::engine::OtherCluster::server);
    return found == m_clusters.end() ? Token::Muted
                                     : kTints[static_cast<std::size_t>(found - m_clusters.begin()) % kTints.size()];
}

int RolloutsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rollouts.size());
}

int RolloutsModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RolloutsModel::text(const Rollout& rollout, int column) const
{
    const auto steps = static_cast<qint64>(rollout.steps.size());
    switch (column) {
    case Name:
        return ltr(rollout.key.name);
    case Cluster:
        return silent(rollout) ? tr("%1 (does not answer)").arg(isolate(rollout.clusterName))
                               : isolate(rollout.clusterName);
    case Application:
        return ltr(rollout.application.empty() ? rollout.key.nameSpace : rollout.application);
    case Phase:
        return rollout.aborted ? tr("Aborted") : isolate(rollout.phase);
    case Step:
        return steps == 0
            ? QString()
            : ltr(number(std::min<qint64>(rollout.stepIndex + 1, steps)) + QStringLiteral(" / ") + number(steps));
    case Weight:
        return percent(rollout.actualWeight);
    case Waiting:
        return reasonText(rollout.waitingFor.empty() ? rollout.message : rollout.waitingFor);
    case Trend: {
        const QString value = rollout.metrics.empty() ? QString() : lastValue(rollout.metrics.front());
        return value.isEmpty() ? QString() : ltr(qs(rollout.metrics.front().name) + u' ' + value);
    }
    default:
        return {};
    }
}

QVariant RolloutsModel::data(const QModelIndex& index, int role) const
{
    const core::engine::RolloutPtr at = rollout(index.row());
    if (!at)
        return {};
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return text(*at, index.column());
    case SortRole:
        if (index.column() == Phase)
            return static_cast<int>(attentionOf(*at));
        if (index.column() == Step)
            return at->stepIndex;
        if (index.column() == Weight)
            return at->actualWeight;
        return text(*at, index.column());
    case GlyphRole:
        return static_cast<int>(glyphOf(*at));
    case TintRole:
        return static_cast<int>(tint(*at));
    case AttentionRole:
        return static_cast<int>(attentionOf(*at));
    case TrendRole:
        return QVariant::fromValue(trendOf(*at));
    case Qt::AccessibleTextRole:
        return index.column() == Name
            ? plain(text(*at, Name).toString()) + QStringLiteral(", ") + glyphName(glyphOf(*at))
            : plain(text(*at, index.column()).toString());
    default:
        return {};
    }
}

QVariant RolloutsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Rollout");
    case Cluster:
        return tr("Cluster");
    case Application:
        return tr("Application");
    case Phase:
        return tr("State");
    case Step:
        return tr("Step");
    case Weight:
        return tr("Weight");
    case Waiting:
        return tr("Waits for");
    case Trend:
        return tr("Trend");
    default:
        return {};
    }
}

void RolloutDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool ours = index.column() == RolloutsModel::Name || index.column() == RolloutsModel::Cluster
        || index.column() == RolloutsModel::Trend;
    if (!ours)
        return CellDelegate::paint(painter, option, index);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state & QStyle::State_Selected)
        painter->fillRect(option.rect, color(Token::Selection));
    if (index.column() == RolloutsModel::Name || index.column() == RolloutsModel::Cluster) {
        const bool name = index.column() == RolloutsModel::Name;
        const QRect mark = QStyle::visualRect(option.direction, option.rect,
                                              QRect(option.rect.left() + 12, option.rect.center().y() - 7, 15, 15));
        if (name) {
            paintGlyph(*painter, mark, static_cast<Glyph>(index.data(RolloutsModel::GlyphRole).toInt()));
        } else {
            painter->setPen(Qt::NoPen);
            painter->setBrush(color(static_cast<Token>(index.data(RolloutsModel::TintRole).toInt())));
            painter->drawRoundedRect(QRectF(mark).adjusted(2, 2, -2, -2), 3, 3);
        }
        const QRect text = QStyle::visualRect(option.direction, option.rect, option.rect.adjusted(36, 0, -6, 0));
        painter->setPen(color(Token::Text));
        painter->setFont(uiFont(1.0, name));
        painter->drawText(text,
                          Qt::AlignVCenter | Qt::AlignAbsolute
                              | (option.direction == Qt::RightToLeft ? Qt::AlignRight : Qt::AlignLeft),
                          painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, text.width()));
    } else {
        const auto values = index.data(RolloutsModel::TrendRole).value<QList<double>>();
        const QRectF area = QRectF(option.rect).adjusted(8, 5, -8, -5);
        if (values.size() > 1) {
            const auto [low, high] = std::ranges::minmax(values);
            QPolygonF line;
            for (int i = 0; i < values.size(); ++i)
                line.append({area.left() + area.width() * i / (static_cast<double>(values.size()) - 1),
                             area.bottom() - (high > low ? (values[i] - low) / (high - low) : 0.5) * area.height()});
            const auto attention = static_cast<Attention>(index.data(RolloutsModel::AttentionRole).toInt());
            painter->setPen(QPen(color(attention == Attention::Failed ? Token::Bad : Token::SeriesCanary), 1.4));
            painter->drawPolyline(line);
        }
    }
    painter->restore();
}

} // namespace ui
