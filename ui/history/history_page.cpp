// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/history/history_page.h"

#include "ui/base/bidi.h"
#include "ui/base/icons.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/workbench.h"

#include <QAction>
#include <QListView>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace eng = core::engine;

namespace {

QString initiator(const eng::HistoryEntry& entry)
{
    return entry.initiatedBy == "automated" || entry.initiatedBy.empty() ? HistoryPage::tr("automated sync")
                                                                         : isolate(entry.initiatedBy);
}

/// A dot on a line, the commit, who and when.
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
        const qreal x = rtl ? option.rect.right() - 24 : option.rect.left() + 24;
        const qreal middle = option.rect.top() + 20;
        painter->setPen(QPen(color(Token::Line), 2));
        const bool last = index.row() == model->rowCount() - 1;
        painter->drawLine(QPointF(x, index.row() == 0 ? middle : option.rect.top()),
                          QPointF(x, last ? middle : option.rect.bottom() + 1));
        painter->setPen(QPen(color(index.row() == 0 ? Token::Ok : Token::Muted), 2));
        painter->setBrush(color(index.row() == 0 ? Token::OkTint : Token::Surface));
        painter->drawEllipse(QPointF(x, middle), 6, 6);
        QRect words = rtl ? option.rect.adjusted(16, 8, -48, -8) : option.rect.adjusted(48, 8, -16, -8);
        const int line = QFontMetrics(option.font).height() + 4;
        words.setHeight(line);
        painter->setFont(monoFont());
        painter->setPen(color(Token::Accent));
        const QString hash = shortRevision(entry.revision);
        const int hashWidth = painter->fontMetrics().horizontalAdvance(hash) + 12;
        const auto leading = static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
        painter->drawText(words, leading, ltr(hash));
        painter->setFont(uiFont(1, true));
        painter->setPen(color(Token::Text));
        const QRect summary = rtl ? words.adjusted(0, 0, -hashWidth, 0) : words.adjusted(hashWidth, 0, 0, 0);
        painter->drawText(summary, leading,
                          painter->fontMetrics().elidedText(isolate(entry.summary), Qt::ElideRight, summary.width()));
        painter->setFont(uiFont(0.92));
        painter->setPen(color(Token::Muted));
        words.translate(0, line);
        QString detail =
            HistoryPage::tr("Deployment %1").arg(number(entry.id)) + QStringLiteral(" · ") + initiator(entry);
        if (entry.deployedAt)
            detail += QStringLiteral(" · ") + relativeTime(*entry.deployedAt, model->now());
        if (!entry.author.empty())
            detail += QStringLiteral(" · ") + HistoryPage::tr("written by %1").arg(isolate(entry.author));
        painter->drawText(words, leading, painter->fontMetrics().elidedText(detail, Qt::ElideRight, words.width()));
        painter->restore();
    }
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override
    {
        return {240, (QFontMetrics(option.font).height() + 4) * 2 + 16};
    }
};

} // namespace

void HistoryModel::setHistory(std::vector<eng::HistoryEntry> entries, core::TimePoint now)
{
    m_now = now;
    const bool same = std::ranges::equal(
        entries, m_entries, [](const auto& a, const auto& b) { return a.id == b.id && a.deployedAt == b.deployedAt; });
    if (same)
        return;
    beginResetModel();
    m_entries = std::move(entries);
    endResetModel();
}

int HistoryModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

QVariant HistoryModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const auto& one = entry(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return shortRevision(one.revision) + QLatin1Char(' ') + qs(one.summary);
    case Qt::AccessibleTextRole:
        return plain(HistoryPage::tr("Deployment %1").arg(number(one.id)) + QStringLiteral(", ") + qs(one.summary)
                     + QStringLiteral(", ") + initiator(one));
    case Qt::ToolTipRole:
        return one.deployedAt ? exactTime(*one.deployedAt) : QString();
    default:
        return {};
    }
}

HistoryPage::HistoryPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_model(new HistoryModel(this))
    , m_view(new QListView(this))
    , m_area(new StatefulArea(m_view, this))
    , m_note(new TokenLabel(Token::Muted, this))
    , m_rollBack(new QPushButton(this))
    , m_action(new QAction(this))
{
    setObjectName(QStringLiteral("historyPage"));
    m_view->setObjectName(QStringLiteral("historyView"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(new TimelineDelegate(m_view));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setMouseTracking(true);
    m_rollBack->setObjectName(QStringLiteral("rollBack"));
    setButtonRole(m_rollBack, ButtonRole::Danger);
    auto* bar = new PageBar(this);
    bar->addWidget(m_note);
    bar->addStretch();
    bar->addWidget(m_rollBack);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(bar);
    layout->addWidget(m_area, 1);
    m_area->setState(StatefulArea::State::Loading);
    m_action->setIcon(ui::icon(QLatin1String("undo")));
    connect(m_rollBack, &QPushButton::clicked, this, &HistoryPage::rollBack);
    connect(m_action, &QAction::triggered, this, &HistoryPage::rollBack);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &HistoryPage::updateButton);
    connect(m_model, &QAbstractItemModel::modelReset, this, &HistoryPage::updateButton);
    connect(m_view, &QListView::activated, this, &HistoryPage::rollBack);
    retranslate();
}

QString HistoryPage::title() const
{
    return tr("History");
}

QIcon HistoryPage::icon() const
{
    return ui::icon(QLatin1String("history"));
}

QList<QAction*> HistoryPage::actions() const
{
    return {m_action};
}

void HistoryPage::retranslate()
{
    m_view->setAccessibleName(tr("Deployments"));
    m_note->setText(tr("Choose a deployment to go back to it."));
    m_area->empty().setText(tr("Nothing was deployed yet. The first sync makes the first entry."));
    updateButton();
    m_view->viewport()->update();
}

void HistoryPage::rethemed()
{
    m_view->viewport()->update();
}

void HistoryPage::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    m_app = application(*snapshot);
    m_model->setHistory(m_app ? m_app->history : std::vector<eng::HistoryEntry>(), snapshot->at);
    m_area->setState(m_model->rowCount() == 0 ? StatefulArea::State::Empty : StatefulArea::State::Content);
    updateButton();
}

void HistoryPage::updateButton()
{
    const QModelIndex current = m_view->currentIndex();
    const bool possible = current.isValid() && current.row() > 0 && current.row() < m_model->rowCount();
    m_rollBack->setEnabled(possible);
    m_action->setEnabled(possible);
    const QString text =
        possible ? tr("Roll back to %1…").arg(number(m_model->entry(current.row()).id)) : tr("Roll back…");
    m_rollBack->setText(text);
    m_action->setText(text);
    m_rollBack->setToolTip(possible ? QString() : tr("Choose an earlier deployment first."));
}

void HistoryPage::rollBack()
{
    const QModelIndex current = m_view->currentIndex();
    if (!current.isValid() || current.row() == 0)
        return;
    const auto entry = m_model->entry(current.row());
    const auto app = id().app;
    Question question;
    question.title = tr("Roll %1 back to deployment %2?").arg(isolate(app.name), number(entry.id));
    question.text = tr("The cluster goes back to commit %1, %2. Automated sync is switched off, so that it does not "
                       "bring the newer version again.")
                        .arg(ltr(shortRevision(entry.revision)), isolate(entry.summary));
    question.verb = tr("Roll back to %1").arg(number(entry.id));
    question.dangerous = true;
    question.wantsReason = true;
    workbench().ask(question, [this, app, entry](const QString& reason) {
        workbench().run(tr("Roll %1 back to %2").arg(isolate(app.name), number(entry.id)),
                        [&engine = engine(), app, id = entry.id, text = reason.toStdString()] {
                            return engine.rollback(app, id, text);
                        });
    });
}

} // namespace ui
