// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/history/history_page.h"

#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/workbench.h"

#include <QAction>
#include <QListView>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <set>

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

QString actionText(const eng::AuditEntry& entry)
{
    QString text = isolate(entry.action) + QLatin1Char(' ') + ltr(entry.object);
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
            paintDeployment(*painter, words, rtl, *entry.deployment, model->now());
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
            const bool failed = entry.action->result.starts_with("Failed");
            painter.setPen(QPen(color(failed ? Token::Bad : Token::Muted), 1.6));
            painter.setBrush(color(failed ? Token::BadTint : Token::Surface));
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

    static void paintDeployment(QPainter& painter, const QRect& words, bool rtl, const eng::HistoryEntry& entry,
                                core::TimePoint now)
    {
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
        paintDetail(painter, words, detail);
    }

    static void paintAction(QPainter& painter, const QRect& words, const eng::AuditEntry& entry, core::TimePoint now)
    {
        painter.setFont(uiFont());
        painter.setPen(color(Token::Text));
        painter.drawText(words, kLeading,
                         painter.fontMetrics().elidedText(actionText(entry), Qt::ElideRight, words.width()));
        paintDetail(painter, words,
                    isolate(entry.who) + QStringLiteral(" · ") + relativeTime(entry.at, now) + QStringLiteral(" · ")
                        + isolate(entry.result));
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
        m_shown.push_back({entry.deployedAt.value_or(core::TimePoint()), entry, std::nullopt});
    for (const auto& entry : m_actions)
        if (!m_deploymentsOnly)
            m_shown.push_back({entry.at, std::nullopt, entry});
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

HistoryPage::HistoryPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_model(new HistoryModel(this))
    , m_view(new QListView(this))
    , m_area(new StatefulArea(m_view, this))
    , m_note(new TokenLabel(Token::Muted, this))
    , m_deploymentsOnly(new Chip({}, this))
    , m_rollBack(new QPushButton(this))
    , m_revert(new QPushButton(this))
    , m_action(new QAction(this))
    , m_revertAction(new QAction(this))
    , m_gate(new AccessGate(bridge(), this))
    , m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("historyPage"));
    m_view->setObjectName(QStringLiteral("historyView"));
    m_view->setModel(m_model);
    m_view->setItemDelegate(new TimelineDelegate(m_view));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setMouseTracking(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    setupBar();
    layout->addWidget(m_area, 1);
    m_area->setState(StatefulArea::State::Loading);
    m_action->setIcon(ui::icon(QLatin1String("undo")));
    m_action->setObjectName(QStringLiteral("rollBackAction"));
    m_revertAction->setObjectName(QStringLiteral("revertAction"));
    m_timer->setSingleShot(true);
    m_timer->setInterval(1'000);
    connect(m_timer, &QTimer::timeout, this, &HistoryPage::reload);
    connect(m_action, &QAction::triggered, this, &HistoryPage::rollBack);
    connect(m_revertAction, &QAction::triggered, this, &HistoryPage::revert);
    connect(m_gate, &AccessGate::changed, this, &HistoryPage::updateButtons);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, &HistoryPage::updateButtons);
    connect(m_model, &QAbstractItemModel::modelReset, this, &HistoryPage::updateButtons);
    connect(m_view, &QListView::activated, this, &HistoryPage::rollBack);
    setFocusProxy(m_view);
    retranslate();
    reload();
}

void HistoryPage::setupBar()
{
    m_rollBack->setObjectName(QStringLiteral("rollBack"));
    setButtonRole(m_rollBack, ButtonRole::Danger);
    m_revert->setObjectName(QStringLiteral("revertCommit"));
    m_deploymentsOnly->setObjectName(QStringLiteral("deploymentsOnly"));
    m_deploymentsOnly->setCheckable(true);
    auto* bar = new PageBar(this);
    bar->addWidget(m_note);
    bar->addStretch();
    bar->addWidget(m_deploymentsOnly);
    bar->addWidget(m_revert);
    bar->addWidget(m_rollBack);
    static_cast<QVBoxLayout*>(layout())->addWidget(bar);
    connect(m_rollBack, &QPushButton::clicked, this, &HistoryPage::rollBack);
    connect(m_revert, &QPushButton::clicked, this, &HistoryPage::revert);
    connect(m_deploymentsOnly, &Chip::toggled, m_model, &HistoryModel::setDeploymentsOnly);
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
    return {m_action, m_revertAction};
}

void HistoryPage::retranslate()
{
    m_view->setAccessibleName(tr("Timeline"));
    m_note->setText(tr("Choose a deployment to go back to it, or to undo its commit."));
    m_deploymentsOnly->setText(tr("Deployments only"));
    m_area->empty().setText(tr("Nothing was deployed yet. The first sync makes the first entry."));
    m_revert->setText(tr("Revert in Git…"));
    m_revertAction->setText(tr("Revert the commit in Git…"));
    updateButtons();
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
    updateButtons();
    if (!m_timer->isActive())
        m_timer->start();
}

/// What was done to the application and to what belongs to it.
void HistoryPage::reload()
{
    constexpr std::size_t kMost = 2'000;
    if (m_running)
        return;
    m_running = true;
    runTask(
        this,
        [&engine = engine()] {
            return std::make_shared<core::Result<std::vector<eng::AuditEntry>>>(engine.audit(kMost));
        },
        [this](const std::shared_ptr<core::Result<std::vector<eng::AuditEntry>>>& entries) {
            m_running = false;
            if (!*entries) {
                m_area->error().showError(tr("Reading the journal"), entries->error());
                return;
            }
            m_area->error().clear();
            std::set<std::string> mine {"Application/" + id().app.nameSpace + "/" + id().app.name};
            if (m_app)
                for (const auto& node : m_app->resources)
                    mine.insert(node.key.text());
            std::erase_if(**entries, [&](const eng::AuditEntry& entry) { return !mine.contains(entry.object); });
            m_model->setActions(std::move(**entries));
            m_area->setState(m_model->rowCount() == 0 ? StatefulArea::State::Empty : StatefulArea::State::Content);
        });
}

const eng::HistoryEntry* HistoryPage::chosen() const
{
    const QModelIndex current = m_view->currentIndex();
    if (!current.isValid() || current.row() >= m_model->rowCount())
        return nullptr;
    const auto& entry = m_model->entry(current.row());
    return entry.deployment ? &*entry.deployment : nullptr;
}

void HistoryPage::updateButtons()
{
    const auto* entry = chosen();
    const bool earlier = entry != nullptr && m_view->currentIndex().row() != m_model->currentRow();
    const QString denied = m_gate->whyNot({"patch", {"argoproj.io", "Application"}, {}, id().app.nameSpace, {}});
    m_rollBack->setEnabled(earlier && denied.isEmpty());
    m_action->setEnabled(m_rollBack->isEnabled());
    const QString text = earlier ? tr("Roll back to %1…").arg(number(entry->id)) : tr("Roll back…");
    m_rollBack->setText(text);
    m_action->setText(text);
    m_rollBack->setToolTip(!earlier ? tr("Choose an earlier deployment first.") : denied);
    const bool readOnly = bridge().snapshot()->connection.readOnly;
    m_revert->setEnabled(entry != nullptr && !readOnly);
    m_revertAction->setEnabled(m_revert->isEnabled());
    m_revert->setToolTip(readOnly ? denied : QString());
}

/// A rollback is a plan like any other: what it would change is seen before it runs.
void HistoryPage::rollBack()
{
    if (m_rollBack->isEnabled())
        workbench().open({PageKind::Plan, id().app, QStringLiteral("rollback:%1").arg(chosen()->id)});
}

void HistoryPage::revert()
{
    if (!m_revert->isEnabled())
        return;
    const auto entry = *chosen();
    const auto app = id().app;
    Question question;
    question.title = tr("Revert %1 in Git?").arg(ltr(shortRevision(entry.revision)));
    question.text = tr("A commit that undoes %1 is written on the branch of %2. Automated sync then deploys it.")
                        .arg(isolate(entry.summary), isolate(app.name));
    question.verb = tr("Revert the commit");
    question.dangerous = true;
    question.wantsReason = true;
    workbench().ask(question, [this, app, entry](const QString& reason) {
        workbench().run(tr("Revert %1 in Git").arg(ltr(shortRevision(entry.revision))),
                        [&engine = engine(), app, commit = entry.revision, text = reason.toStdString()] {
                            return engine.revertCommit(app, commit, text).map([](const std::string&) {});
                        });
    });
}

} // namespace ui
