// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/canary_panel.h"

#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/reasons.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/wrap_layout.h"
#include "ui/rollouts/pod_strip.h"
#include "ui/rollouts/rollout_charts.h"
#include "ui/rollouts/rollout_commands.h"

#include <QAbstractTextDocumentLayout>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <span>

namespace ui {

using Action = core::engine::Engine::RolloutAction;
using core::engine::Metric;

namespace {

/// A query, broken anywhere so that it fits, as high as it needs.
class QueryBox : public QPlainTextEdit
{
public:
    explicit QueryBox(QWidget* parent)
        : QPlainTextEdit(parent)
    {
        setReadOnly(true);
        setFrameShape(QFrame::NoFrame);
        setFont(monoFont());
        setLayoutDirection(Qt::LeftToRight);
        setWordWrapMode(QTextOption::WrapAnywhere);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        setTabChangesFocus(true);
        document()->setDocumentMargin(0);
        viewport()->setAutoFillBackground(false);
        connect(this, &QPlainTextEdit::textChanged, this, [this] { fit(); });
    }

protected:
    void resizeEvent(QResizeEvent* event) override
    {
        QPlainTextEdit::resizeEvent(event);
        fit();
    }

private:
    void fit()
    {
        // QPlainTextEdit counts its height in lines.
        const double lines = document()->documentLayout()->documentSize().height();
        setFixedHeight(std::clamp(static_cast<int>(lines * fontMetrics().lineSpacing()) + 4, 20, 220));
    }
};

/// To see whether a revision's pods are others than before.
QString podsText(const core::engine::RolloutRevision& revision)
{
    QString out;
    for (const auto& pod : revision.pods)
        out += QLatin1Char('|') + qs(pod.name) + QLatin1Char(pod.ready ? '+' : '-') + qs(pod.status);
    return out;
}

} // namespace

CanaryPanel::CanaryPanel(AccessGate& gate, QWidget* parent)
    : QScrollArea(parent)
    , m_gate(gate)
{
    setObjectName(QStringLiteral("canaryPanel"));
    setWidgetResizable(true);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(14, 12, 14, 12);
    column->setSpacing(10);
    m_title = new QLabel(body);
    m_title->setFont(uiFont(1.15, true));
    column->addWidget(m_title);

    auto* counts = new QGridLayout;
    counts->setHorizontalSpacing(12);
    counts->setVerticalSpacing(5);
    counts->setColumnStretch(1, 1);
    m_measured = new QLabel(body);
    m_measured->setObjectName(QStringLiteral("measured"));
    m_left = new QLabel(body);
    m_left->setObjectName(QStringLiteral("failuresLeft"));
    m_ends = new QLabel(body);
    m_pods = new QLabel(body);
    m_statistics = new QLabel(body);
    m_statistics->setObjectName(QStringLiteral("statisticsText"));
    int row = 0;
    for (QLabel* value : {m_measured, m_left, m_ends, m_pods, m_statistics}) {
        m_captions[row] = new TokenLabel(Token::Muted, body);
        value->setWordWrap(true);
        counts->addWidget(m_captions[row], row, 0, Qt::AlignTop);
        counts->addWidget(value, row, 1);
        ++row;
    }
    counts->setColumnMinimumWidth(0, 86);
    column->addLayout(counts);

    m_causes = new Card(body);
    m_causesTitle = new QLabel(m_causes);
    m_causesTitle->setFont(uiFont(1.0, true));
    m_causesText = new QLabel(m_causes);
    m_causesText->setObjectName(QStringLiteral("abortCauses"));
    m_causesText->setWordWrap(true);
    m_causes->body()->addWidget(m_causesTitle);
    m_causes->body()->addWidget(m_causesText);
    m_revert = new QPushButton(m_causes);
    m_revert->setObjectName(QStringLiteral("revertCommit"));
    connect(m_revert, &QPushButton::clicked, this, &CanaryPanel::revertRequested);
    m_causes->body()->addWidget(m_revert, 0, Qt::AlignLeading);
    column->addWidget(m_causes);

    m_query = new Card(body);
    m_queryTitle = new QLabel(m_query);
    m_queryTitle->setFont(uiFont(1.0, true));
    m_metric = new QComboBox(m_query);
    m_metric->setObjectName(QStringLiteral("metricChoice"));
    m_metric->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_queryText = new QueryBox(m_query);
    m_queryText->setObjectName(QStringLiteral("query"));
    m_answer = new TokenLabel(Token::Ok, m_query);
    m_answer->setObjectName(QStringLiteral("answer"));
    m_answer->setFont(monoFont());
    m_answer->setLayoutDirection(Qt::LeftToRight);
    m_answer->setAlignment(Qt::AlignLeft | Qt::AlignAbsolute);
    m_message = new TokenLabel(Token::Muted, m_query);
    m_message->setWordWrap(true);
    for (QWidget* widget :
         {static_cast<QWidget*>(m_queryTitle), static_cast<QWidget*>(m_metric), static_cast<QWidget*>(m_queryText),
          static_cast<QWidget*>(m_answer), static_cast<QWidget*>(m_message)})
        m_query->body()->addWidget(widget);
    m_query->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Maximum);
    column->addWidget(m_query);

    m_revisionsTitle = new SectionLabel({}, body);
    column->addWidget(m_revisionsTitle);
    m_revisions = new QGridLayout;
    m_revisions->setHorizontalSpacing(10);
    m_revisions->setVerticalSpacing(8);
    for (int at = 1; at < 4; ++at)
        m_revisions->setColumnStretch(at, 1);
    column->addLayout(m_revisions);

    const auto button = [&](const char* name, Action action) {
        auto* made = new QPushButton(body); // moves to the row of buttons
        made->setObjectName(QLatin1String(name));
        connect(made, &QPushButton::clicked, this, [this, action] { emit actionRequested(action); });
        return made;
    };
    m_promote = button("promote", Action::Promote);
    setButtonRole(m_promote, ButtonRole::Primary);
    m_pause = button("pause", Action::Pause);
    m_abort = button("abort", Action::Abort);
    setButtonRole(m_abort, ButtonRole::Danger);
    m_retry = button("retry", Action::Retry);
    m_full = button("promoteFull", Action::PromoteFull);
    m_skip = button("skipStep", Action::SkipStep);
    m_restart = button("restartPods", Action::Restart);
    auto* buttons = new QWidget(body);
    auto* flow = new WrapLayout(buttons); // narrow docks and long words need more rows
    flow->setContentsMargins(0, 0, 0, 0);
    for (QPushButton* each : {m_promote, m_pause, m_abort, m_retry, m_skip, m_full, m_restart})
        flow->add(each);
    column->addSpacing(4);
    column->addWidget(buttons);
    column->addStretch();
    setWidget(body);
    connect(m_metric, &QComboBox::currentIndexChanged, this, &CanaryPanel::showQuery);
    connect(&m_gate, &AccessGate::changed, this, [this] {
        if (m_rollout)
            showButtons();
    });
    setMinimumWidth(280);
    retranslate();
}

void CanaryPanel::retranslate()
{
    for (QLabel* caption : m_captions)
        alignToLayout(*caption);
    m_title->setText(tr("Will it pass?"));
    m_captions[0]->setText(tr("Measured"));
    m_captions[1]->setText(tr("Left"));
    m_captions[2]->setText(tr("Ends about"));
    m_captions[3]->setText(tr("Pods"));
    m_captions[4]->setText(tr("Statistics"));
    m_causesTitle->setText(tr("Why was it aborted?"));
    m_queryTitle->setText(tr("Query as sent"));
    m_metric->setAccessibleName(tr("Metric"));
    m_revisionsTitle->setText(tr("Revisions"));
    m_promote->setText(actionName(Action::Promote));
    m_pause->setText(actionName(Action::Pause));
    m_abort->setText(actionName(Action::Abort) + u'…');
    m_retry->setText(actionName(Action::Retry));
    m_skip->setText(actionName(Action::SkipStep));
    m_full->setText(actionName(Action::PromoteFull) + u'…');
    m_restart->setText(actionName(Action::Restart));
    setRollout(m_rollout, m_now);
}

void CanaryPanel::setRollout(const core::engine::RolloutPtr& rollout, core::TimePoint now)
{
    m_now = now;
    m_rollout = rollout;
    widget()->setVisible(m_rollout != nullptr);
    if (!m_rollout)
        return;
    showCounts();
    showCauses();
    showMetrics();
    showRevisions();
    showButtons();
}

void CanaryPanel::setCommit(const QString& revision)
{
    if (std::exchange(m_commit, revision) != revision && m_rollout)
        showCauses();
}

void CanaryPanel::showCounts()
{
    qint64 measured = 0;
    qint64 failed = 0;
    bool running = false;
    std::optional<qint64> left;
    for (const Metric& metric : m_rollout->metrics) {
        measured += static_cast<qint64>(metric.measurements.size());
        failed += metric.failed;
        const auto more = failuresLeft(metric);
        running = running || !isOver(metric);
        if (!isOver(metric) && more)
            left = std::min(left.value_or(*more), *more);
    }
    m_measured->setText(tr("%1 · %2 failed").arg(number(measured), number(failed)));
    m_left->setText(m_rollout->aborted ? tr("aborted")
                        : !running     ? tr("no analysis runs now")
                        : !left        ? tr("failures do not count")
                        : *left == 0   ? tr("the next failure aborts")
                                       : tr("%n failure(s) before abort", nullptr, static_cast<int>(*left)));
    m_ends->setText(m_rollout->eta && !m_rollout->aborted ? minuteTime(chartTime(*m_rollout->eta))
                                                          : QStringLiteral("—"));
    QStringList opinions;
    for (const auto& verdict : m_rollout->verdicts)
        opinions.append(isolate(verdict.metric) + QStringLiteral(": ") + verdictText(verdict));
    m_statistics->setText(opinions.join(u'\n'));
    m_statistics->setVisible(!opinions.isEmpty());
    m_captions[4]->setVisible(!opinions.isEmpty());
    m_pods->setText(
        ltr(number(qint64 {m_rollout->ready}) + QStringLiteral(" / ") + number(qint64 {m_rollout->desired})));
}

void CanaryPanel::showCauses()
{
    QStringList lines;
    for (const std::string& cause : m_rollout->abortCauses)
        lines.append((lines.isEmpty() ? QString() : QStringLiteral("↳ ")) + reasonText(cause));
    if (lines.isEmpty() && m_rollout->aborted)
        lines.append(reasonText(m_rollout->message));
    m_causesText->setText(lines.join(u'\n'));
    m_revert->setText(tr("Open the revert of commit %1…").arg(ltr(m_commit.left(7))));
    m_revert->setVisible(!m_commit.isEmpty());
    m_causes->setVisible(m_rollout->aborted);
}

void CanaryPanel::showMetrics()
{
    QStringList names;
    for (const Metric& metric : m_rollout->metrics)
        if (!names.contains(qs(metric.name)))
            names.append(qs(metric.name));
    QStringList shown;
    for (int i = 0; i < m_metric->count(); ++i)
        shown.append(m_metric->itemText(i));
    if (names != shown) {
        const QString current = m_metric->currentText();
        const QSignalBlocker quiet(m_metric);
        m_metric->clear();
        m_metric->addItems(names);
        m_metric->setCurrentIndex(std::max(0, static_cast<int>(names.indexOf(current))));
    }
    m_metric->setVisible(names.size() > 1);
    m_query->setVisible(!names.isEmpty());
    showQuery();
}

const Metric* CanaryPanel::metric() const
{
    // The latest run of the chosen metric; one that measures the baseline only where there is no other.
    const Metric* latest = nullptr;
    const auto comesBefore = [&](const Metric& each) {
        if (latest == nullptr || each.ofBaseline != latest->ofBaseline)
            return latest == nullptr || latest->ofBaseline;
        return latest->measurements.empty()
            || (!each.measurements.empty() && each.measurements.back().at >= latest->measurements.back().at);
    };
    if (m_rollout)
        for (const Metric& each : m_rollout->metrics)
            if (qs(each.name) == m_metric->currentText() && comesBefore(each))
                latest = &each;
    return latest;
}

void CanaryPanel::showQuery()
{
    const Metric* shown = metric();
    if (shown == nullptr)
        return;
    if (m_queryText->toPlainText() != qs(shown->query))
        m_queryText->setPlainText(qs(shown->query));
    const QString value = lastValue(*shown);
    const bool failing = !shown->measurements.empty() && shown->measurements.back().phase != "Successful";
    QString condition = qs(shown->successCondition.empty() ? shown->failureCondition : shown->successCondition);
    if (!shown->thresholds.empty())
        condition = plain(limitText(shown->thresholds.front()));
    m_answer->setToken(failing ? Token::Bad : Token::Ok);
    m_answer->setText(value.isEmpty() ? tr("no answer yet")
                                      : ltr(value + QStringLiteral("  ")
                                            + (failing ? QStringLiteral("✗ ") : QStringLiteral("✓ ")) + condition));
    m_message->setText(reasonText(shown->message));
    m_message->setVisible(!shown->message.empty());
}

void CanaryPanel::showRevisions()
{
    // Only what changed is built again: a button under the pointer must not vanish with every snapshot.
    QStringList signature {m_rollout->aborted ? QStringLiteral("aborted") : QString()};
    for (const auto& revision : m_rollout->revisions)
        signature.append(QStringLiteral("%1|%2|%3|%4|%5|%6")
                             .arg(revision.number)
                             .arg(versionOf(revision))
                             .arg(revision.stable)
                             .arg(revision.canary)
                             .arg(revision.ready)
                             .arg(revision.desired)
                         + podsText(revision));
    signature.append(m_revisionsTitle->text() + number(qint64 {1})); // words and digits as they are chosen now
    if (std::exchange(m_revisionsShown, signature) == signature)
        return;
    while (QLayoutItem* item = m_revisions->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int row = 0;
    constexpr std::size_t kMostRevisions = 6;
    const auto& all = m_rollout->revisions;
    for (const auto& revision : std::span(all).first(std::min(all.size(), kMostRevisions))) {
        const bool complete = revision.desired > 0 && revision.ready >= revision.desired;
        const bool bad = revision.canary && m_rollout->aborted;
        const Glyph glyph = bad     ? Glyph::Degraded
            : revision.desired == 0 ? Glyph::None
            : complete              ? Glyph::Healthy
                                    : Glyph::Progressing;
        m_revisions->addWidget(new GlyphLabel(glyph, widget()), row, 0);
        auto* version = new QLabel(ltr(versionOf(revision)), widget());
        version->setFont(monoFont());
        version->setToolTip(tr("Revision %1").arg(number(qint64 {revision.number})));
        m_revisions->addWidget(version, row, 1);
        auto* role = new QLabel(revision.stable ? tr("stable") : revision.canary ? tr("canary") : QString(), widget());
        m_revisions->addWidget(role, row, 2);
        if (!revision.stable && !revision.canary) {
            auto* undo = new QPushButton(tr("Undo to %1").arg(number(qint64 {revision.number})), widget());
            setButtonRole(undo, ButtonRole::Link);
            connect(undo, &QPushButton::clicked, this, [this, n = revision.number] { emit undoRequested(n); });
            m_revisions->addWidget(undo, row, 3);
        } else {
            m_revisions->addWidget(new QLabel(ltr(number(qint64 {revision.ready}) + QStringLiteral(" / ")
                                                  + number(qint64 {revision.desired})),
                                              widget()),
                                   row, 3);
        }
        ++row;
        if (!revision.pods.empty())
            m_revisions->addWidget(new PodStrip(revision.pods, widget()), row++, 1, 1, 3);
    }
}

void CanaryPanel::showButtons()
{
    const auto set = [this](QPushButton* button, Action action) {
        const QString reason = whyNot(*m_rollout, action, m_gate);
        button->setEnabled(reason.isEmpty());
        button->setToolTip(reason);
    };
    set(m_promote, Action::Promote);
    set(m_pause, Action::Pause);
    set(m_abort, Action::Abort);
    set(m_retry, Action::Retry);
    set(m_skip, Action::SkipStep);
    set(m_full, Action::PromoteFull);
    set(m_restart, Action::Restart);
    m_retry->setVisible(m_rollout->aborted);
    m_skip->setVisible(!m_rollout->aborted);
}

} // namespace ui
