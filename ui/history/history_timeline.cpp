// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/value.h"
#include "ui/base/bidi.h"
#include "ui/base/reasons.h"
#include "ui/base/style.h"
#include "ui/base/words.h"
#include "ui/history/history_page.h"

#include <QPainter>
#include <QStyledItemDelegate>

#include <algorithm>
#include <map>

namespace ui {

namespace eng = core::engine;

namespace {

QString initiator(const eng::HistoryEntry& entry)
{
    return entry.initiatedBy == "automated" || entry.initiatedBy.empty() ? HistoryPage::tr("automated sync")
                                                                         : isolate(entry.initiatedBy);
}

/// Deployments are known from the application itself; these entries would tell them twice.
bool toldByDeployment(const eng::AuditEntry& entry)
{
    return entry.action == "sync" && entry.result.starts_with("Succeeded");
}

/// The reason that a person gave; the other details are the journal's.
QString reasonOf(const eng::AuditEntry& entry)
{
    const auto details = entry.details.empty() ? core::Result<core::manifest::Value>(core::manifest::Value())
                                               : core::manifest::parseJson(entry.details);
    return details ? qs(core::manifest::text(*details, {"reason"})) : QString();
}

bool isOutcome(const eng::Event& event)
{
    return event.reason == "RolloutCompleted" || event.reason == "RolloutAborted" || event.reason == "AnalysisRunFailed"
        || event.reason == "AnalysisRunError";
}

QString outcomeText(const eng::Event& event)
{
    if (event.reason == "RolloutCompleted")
        return HistoryPage::tr("canary promoted: %1").arg(ltr(event.object.name));
    if (event.reason == "RolloutAborted")
        return HistoryPage::tr("canary aborted: %1").arg(ltr(event.object.name));
    return HistoryPage::tr("analysis failed: %1").arg(ltr(event.object.name));
}

QString actionText(const eng::AuditEntry& entry)
{
    QString text = deedText(entry.action) + QStringLiteral(" · ") + ltr(entry.object);
    if (!entry.toRevision.empty())
        text += QStringLiteral(" → ")
            + ltr(entry.toRevision.size() == 40 ? shortRevision(entry.toRevision) : qs(entry.toRevision));
    return text;
}

/// A dot on a line, the commit or deed, who and when.
class TimelineDelegate final : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        const auto* model = static_cast<const HistoryModel*>(index.model());
        const auto& entry = model->entry(index.row());
        const bool rtl = option.direction == Qt::RightToLeft;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (option.state.testFlag(QStyle::State_Selected))
            painter->fillRect(option.rect, color(Token::Selection));
        else if (option.state.testFlag(QStyle::State_MouseOver))
            painter->fillRect(option.rect, color(Token::Hover));
        paintLine(*painter, option, index, entry);
        QRect words = rtl ? option.rect.adjusted(16, 8, -48, -8) : option.rect.adjusted(48, 8, -16, -8);
        words.setHeight(QFontMetrics(option.font).height() + 4);
        if (entry.deployment)
            paintDeployment(*painter, words, rtl, *entry.deployment, *model);
        else if (entry.outcome)
            paintOutcome(*painter, words, *entry.outcome, model->now());
        else
            paintAction(*painter, words, *entry.action, model->now());
        painter->restore();
    }
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override
    {
        return {240, (QFontMetrics(option.font).height() + 4) * 2 + 16};
    }

private:
    static constexpr int kLeading = static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);

    static void paintLine(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index,
                          const TimelineEntry& entry)
    {
        const auto* model = static_cast<const HistoryModel*>(index.model());
        const qreal x = option.direction == Qt::RightToLeft ? option.rect.right() - 24 : option.rect.left() + 24;
        const qreal middle = option.rect.top() + 20;
        painter.setPen(QPen(color(Token::Line), 2));
        const bool last = index.row() == model->rowCount() - 1;
        painter.drawLine(QPointF(x, index.row() == 0 ? middle : option.rect.top()),
                         QPointF(x, last ? middle : option.rect.bottom() + 1));
        if (!entry.deployment) { // deeds are smaller, and squares
            const bool failed = entry.outcome ? entry.outcome->warning : entry.action->result.starts_with("Failed");
            painter.setPen(QPen(color(failed ? Token::Bad : Token::Muted), 1.6));
            painter.setBrush(color(failed ? Token::BadTint : Token::Surface));
            if (entry.outcome) // a canary's end is a diamond
                painter.drawPolygon(QPolygonF({{x, middle - 6}, {x + 6, middle}, {x, middle + 6}, {x - 6, middle}}));
            else
                painter.drawRect(QRectF(x - 4, middle - 4, 8, 8));
            return;
        }
        const bool current = index.row() == model->currentRow();
        painter.setPen(QPen(color(current ? Token::Ok : Token::Muted), 2));
        painter.setBrush(color(current ? Token::OkTint : Token::Surface));
        painter.drawEllipse(QPointF(x, middle), 6, 6);
    }

    static void paintDetail(QPainter& painter, QRect words, const QString& detail)
    {
        painter.setFont(uiFont(0.92));
        painter.setPen(color(Token::Muted));
        words.translate(0, words.height());
        painter.drawText(words, kLeading, painter.fontMetrics().elidedText(detail, Qt::ElideRight, words.width()));
    }

    static void paintOutcome(QPainter& painter, const QRect& words, const eng::Event& event, core::TimePoint now)
    {
        painter.setFont(uiFont());
        painter.setPen(color(event.warning ? Token::Bad : Token::Ok));
        painter.drawText(words, kLeading,
                         painter.fontMetrics().elidedText(outcomeText(event), Qt::ElideRight, words.width()));
        paintDetail(painter, words, relativeTime(event.at, now) + QStringLiteral(" · ") + reasonText(event.message));
    }

    static void paintDeployment(QPainter& painter, const QRect& words, bool rtl, const eng::HistoryEntry& entry,
                                const HistoryModel& model)
    {
        const core::TimePoint now = model.now();
        painter.setFont(monoFont());
        painter.setPen(color(Token::Accent));
        const QString hash = shortRevision(entry.revision);
        const int hashWidth = painter.fontMetrics().horizontalAdvance(hash) + 12;
        painter.drawText(words, kLeading, ltr(hash));
        painter.setFont(uiFont(1, true));
        painter.setPen(color(Token::Text));
        const QRect summary = rtl ? words.adjusted(0, 0, -hashWidth, 0) : words.adjusted(hashWidth, 0, 0, 0);
        painter.drawText(summary, kLeading,
                         painter.fontMetrics().elidedText(isolate(entry.summary), Qt::ElideRight, summary.width()));
        QString detail =
            HistoryPage::tr("Deployment %1").arg(number(entry.id)) + QStringLiteral(" · ") + initiator(entry);
        if (entry.deployedAt)
            detail += QStringLiteral(" · ") + relativeTime(*entry.deployedAt, now);
        if (!entry.author.empty())
            detail += QStringLiteral(" · ") + HistoryPage::tr("written by %1").arg(isolate(entry.author));
        if (entry.deployStartedAt && entry.deployedAt && *entry.deployedAt > *entry.deployStartedAt)
            detail += QStringLiteral(" · ")
                + HistoryPage::tr("took %1").arg(ltr(countdown(*entry.deployedAt - *entry.deployStartedAt)));
        if (const auto bad = model.badRevisions().find(entry.revision); bad != model.badRevisions().end())
            detail = HistoryPage::tr("marked as bad: %1").arg(isolate(bad->second)) + QStringLiteral(" · ") + detail;
        paintDetail(painter, words, detail);
    }

    static void paintAction(QPainter& painter, const QRect& words, const eng::AuditEntry& entry, core::TimePoint now)
    {
        painter.setFont(uiFont());
        painter.setPen(color(Token::Text));
        painter.drawText(words, kLeading,
                         painter.fontMetrics().elidedText(actionText(entry), Qt::ElideRight, words.width()));
        QString detail = isolate(entry.who) + QStringLiteral(" · ") + relativeTime(entry.at, now)
            + QStringLiteral(" · ") + deedResultText(entry.result);
        if (const QString reason = reasonOf(entry); !reason.isEmpty())
            detail += QStringLiteral(" · ") + isolate(reason);
        paintDetail(painter, words, detail);
    }
};

} // namespace

void HistoryModel::setHistory(std::vector<eng::HistoryEntry> entries, core::TimePoint now)
{
    m_now = now;
    const bool same = std::ranges::equal(entries, m_deployments, [](const auto& a, const auto& b) {
        return a.id == b.id && a.deployedAt == b.deployedAt;
    });
    if (same)
        return;
    m_deployments = std::move(entries);
    merge();
}

void HistoryModel::setActions(std::vector<eng::AuditEntry> entries)
{
    std::erase_if(entries, toldByDeployment);
    if (std::ranges::equal(entries, m_actions, {}, &eng::AuditEntry::id, &eng::AuditEntry::id))
        return;
    m_actions = std::move(entries);
    merge();
}

void HistoryModel::setEvents(const std::vector<eng::Event>& events, const std::string& application)
{
    std::vector<eng::Event> outcomes;
    for (const auto& event : events)
        if (event.application == application && isOutcome(event))
            outcomes.push_back(event);
    const bool same = std::ranges::equal(outcomes, m_outcomes, [](const auto& a, const auto& b) {
        return a.at == b.at && a.object == b.object && a.reason == b.reason;
    });
    if (same)
        return;
    m_outcomes = std::move(outcomes);
    merge();
}

void HistoryModel::setBadRevisions(std::map<std::string, std::string> marks)
{
    if (marks == m_bad)
        return;
    m_bad = std::move(marks);
    if (rowCount() > 0)
        emit dataChanged(index(0), index(rowCount() - 1));
}

std::string HistoryModel::revisionAt(int row) const
{
    for (int at = row; at >= 0 && at < rowCount(); ++at)
        if (const auto& deployment = entry(at).deployment)
            return deployment->revision;
    return {};
}

void HistoryModel::setDeploymentsOnly(bool only)
{
    if (only == m_deploymentsOnly)
        return;
    m_deploymentsOnly = only;
    merge();
}

void HistoryModel::merge()
{
    beginResetModel();
    m_shown.clear();
    for (const auto& entry : m_deployments)
        m_shown.push_back({entry.deployedAt.value_or(core::TimePoint()), entry, std::nullopt, std::nullopt});
    if (!m_deploymentsOnly) {
        for (const auto& entry : m_actions)
            m_shown.push_back({entry.at, std::nullopt, entry, std::nullopt});
        const auto told = [this](const eng::Event& event) { // the journal keeps them longer
            return std::ranges::any_of(m_actions, [&](const eng::AuditEntry& entry) {
                return entry.action.starts_with("canary ") && entry.object == event.object.text()
                    && std::chrono::abs(entry.at - event.at) < std::chrono::minutes(2);
            });
        };
        for (const auto& event : m_outcomes)
            if (!told(event))
                m_shown.push_back({event.at, std::nullopt, std::nullopt, event});
    }
    std::ranges::stable_sort(m_shown, [](const auto& a, const auto& b) { return a.at > b.at; });
    endResetModel();
}

int HistoryModel::currentRow() const
{
    const auto found = std::ranges::find_if(m_shown, [](const auto& entry) { return entry.deployment.has_value(); });
    return found == m_shown.end() ? -1 : static_cast<int>(found - m_shown.begin());
}

int HistoryModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

QVariant HistoryModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const auto& one = entry(index.row());
    if (one.outcome) {
        if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole)
            return plain(outcomeText(*one.outcome) + QStringLiteral(", ") + reasonText(one.outcome->message));
        return role == Qt::ToolTipRole ? QVariant(exactTime(one.at)) : QVariant();
    }
    if (!one.deployment) {
        if (role == Qt::DisplayRole || role == Qt::AccessibleTextRole)
            return plain(actionText(*one.action) + QStringLiteral(", ") + isolate(one.action->who)
                         + QStringLiteral(", ") + isolate(one.action->result));
        return role == Qt::ToolTipRole ? QVariant(exactTime(one.at)) : QVariant();
    }
    const auto& deployment = *one.deployment;
    switch (role) {
    case Qt::DisplayRole:
        return shortRevision(deployment.revision) + QLatin1Char(' ') + qs(deployment.summary);
    case Qt::AccessibleTextRole:
        return plain(HistoryPage::tr("Deployment %1").arg(number(deployment.id)) + QStringLiteral(", ")
                     + qs(deployment.summary) + QStringLiteral(", ") + initiator(deployment));
    case Qt::ToolTipRole:
        return deployment.deployedAt ? exactTime(*deployment.deployedAt) : QString();
    default:
        return {};
    }
}

QAbstractItemDelegate* timelineDelegate(QObject* parent)
{
    return new TimelineDelegate(parent);
}

} // namespace ui
