// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/canary_page.h"

#include "core/base/paths.h"
#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/icons.h"
#include "ui/base/reasons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/rollouts/chart_stack.h"
#include "ui/rollouts/measurements_view.h"
#include "ui/rollouts/preview_view.h"
#include "ui/rollouts/rollout_charts.h"
#include "ui/rollouts/rollout_commands.h"
#include "ui/rollouts/step_track.h"

#include <QAction>
#include <QBuffer>
#include <QFileDialog>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QSvgGenerator>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

using Action = core::engine::Engine::RolloutAction;

CanaryPage::CanaryPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_gate(new AccessGate(bridge(), this))
    , m_panel(new CanaryPanel(*m_gate))
{
    setObjectName(QStringLiteral("canaryPage"));
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* bar = new PageBar(content);
    m_name = new QLabel(bar);
    m_name->setFont(uiFont(1.0, true));
    m_cluster = new Badge(bar);
    m_cluster->setObjectName(QStringLiteral("cluster"));
    m_cluster->setTokens(Token::Text, Token::Hover);
    m_step = new Badge(bar);
    m_step->setObjectName(QStringLiteral("step"));
    m_step->setTokens(Token::Progress, Token::ProgressTint);
    m_waiting = new QLabel(bar);
    m_waiting->setObjectName(QStringLiteral("waiting"));
    m_waiting->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_rule = new Badge(bar);
    m_rule->setObjectName(QStringLiteral("rule"));
    m_statistics = new Badge(bar);
    m_statistics->setObjectName(QStringLiteral("statistics"));
    m_preview = new QPushButton(bar);
    m_preview->setObjectName(QStringLiteral("previewUpdate"));
    m_preview->setCheckable(true);
    m_table = new QPushButton(bar);
    m_table->setObjectName(QStringLiteral("showMeasurements"));
    m_table->setCheckable(true);
    m_export = new QPushButton(bar);
    m_export->setObjectName(QStringLiteral("exportChart"));
    bar->addWidget(m_name);
    bar->addWidget(m_cluster);
    bar->addWidget(m_step);
    bar->addWidget(m_waiting, 1);
    bar->addWidget(m_rule);
    bar->addWidget(m_statistics);
    bar->addWidget(m_table);
    bar->addWidget(m_preview);
    bar->addWidget(m_export);
    column->addWidget(bar);
    m_track = new StepTrack(content);
    column->addWidget(m_track);
    m_charts = new ChartStack;
    m_scroll = new QScrollArea(content);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setWidget(m_charts);
    m_previewView = new PreviewView;
    m_stack = new QStackedWidget(content);
    m_stack->addWidget(m_scroll);
    m_stack->addWidget(m_previewView);
    m_measurements = new MeasurementsView(content);
    m_stack->addWidget(m_measurements);
    column->addWidget(m_stack, 1);
    auto* foot = new PageBar(content);
    m_legend = new QLabel(foot);
    m_legend->setObjectName(QStringLiteral("legend"));
    m_legend->setTextFormat(Qt::RichText);
    m_reading = new TokenLabel(Token::Muted, foot);
    m_reading->setObjectName(QStringLiteral("reading"));
    m_reading->setFont(monoFont());
    m_reading->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_reading->setWordWrap(true); // three named values of a metric need two lines in a narrow window
    m_reading->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    foot->addWidget(m_legend);
    foot->addWidget(m_reading, 1);
    column->addWidget(foot);

    m_area = new StatefulArea(content, this);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_area);
    m_area->setState(StatefulArea::State::Loading);

    connect(m_charts, &ChartStack::crosshairChanged, this, [this] { m_reading->setText(m_charts->crosshairText()); });
    connect(m_preview, &QPushButton::toggled, this, &CanaryPage::showPreview);
    connect(m_table, &QPushButton::toggled, this, &CanaryPage::showMeasurements);
    connect(m_gate, &AccessGate::changed, this, &CanaryPage::updateActions);
    connect(m_panel, &CanaryPanel::revertRequested, this, &CanaryPage::revert);
    connect(m_panel, &CanaryPanel::actionRequested, this, &CanaryPage::act);
    connect(m_panel, &CanaryPanel::undoRequested, this, [this](std::int64_t revision) {
        if (m_rollout)
            undoTo(engine(), workbench(), *m_rollout, revision);
    });
    setFocusProxy(m_charts);
    setupActions();
    retranslate();
}

CanaryPage::~CanaryPage()
{
    m_stop.request_stop();
    delete m_panel;
}

QString CanaryPage::title() const
{
    return tr("Canary");
}

QIcon CanaryPage::icon() const
{
    return ui::icon(QLatin1String("canary"));
}

core::engine::RolloutPtr CanaryPage::find(const core::engine::Snapshot& snapshot) const
{
    const QString& wanted = id().argument;
    for (const core::engine::RolloutPtr& rollout : snapshot.rollouts) {
        if (wanted.isEmpty() ? rollout->application == id().app.name
                             : rolloutArgument(rollout->key, rollout->cluster) == wanted)
            return rollout;
    }
    return nullptr;
}

void CanaryPage::setSnapshot(const core::engine::SnapshotPtr& snapshot)
{
    const core::engine::RolloutPtr rollout = find(*snapshot);
    m_area->setState(rollout ? StatefulArea::State::Content : StatefulArea::State::Empty);
    const bool changed = rollout != m_rollout || snapshot->events != m_events;
    m_rollout = rollout;
    m_events = snapshot->events;
    if (!rollout) {
        if (m_panel)
            m_panel->setRollout({}, snapshot->at);
        return;
    }
    m_area->stale().showText(rollout->cluster.empty() ? QString() : silentClusters(*snapshot, rollout->cluster));
    // A chart of a running rollout moves on with the clock, once in a while.
    const bool moves = attentionOf(*rollout) != Attention::Fine && snapshot->at - m_chartedAt > std::chrono::seconds(1);
    if (!changed && !moves)
        return;
    m_chartedAt = snapshot->at;
    m_app = {};
    m_deployed = {};
    for (const auto& app : snapshot->applications)
        if (!rollout->application.empty() && app->name == rollout->application) {
            m_app = {app->nameSpace, app->name};
            if (!app->history.empty())
                m_deployed = app->history.front();
        }
    m_track->setRollout(rollout, snapshot->at, snapshot->clockRate);
    m_charts->setData(chartsOf(*rollout, *m_events, snapshot->at));
    if (m_panel) {
        m_panel->setRollout(rollout, snapshot->at);
        m_panel->setCommit(qs(m_deployed.revision));
    }
    m_measurements->setRollout(*rollout);
    showHeader();
    showRule();
    showStatistics();
    showLegend();
    updateActions();
}

void CanaryPage::updateActions()
{
    for (const auto& [action, what] : m_verbs) {
        const QString why = m_rollout ? whyNot(*m_rollout, what, *m_gate) : tr("This application has no rollout.");
        action->setEnabled(why.isEmpty());
        action->setToolTip(why.isEmpty() ? action->text() : why);
    }
}

void CanaryPage::showMeasurements()
{
    if (m_table->isChecked())
        m_preview->setChecked(false);
    m_stack->setCurrentIndex(m_table->isChecked() ? 2 : 0);
    if (m_table->isChecked())
        m_measurements->setFocus();
}

void CanaryPage::showHeader()
{
    if (!m_rollout)
        return;
    m_name->setText(ltr(m_rollout->key.name));
    m_cluster->setText(isolate(m_rollout->clusterName));
    m_cluster->setVisible(!m_rollout->cluster.empty());
    const qint64 steps = static_cast<qint64>(m_rollout->steps.size());
    const qint64 step = std::min<qint64>(m_rollout->stepIndex + 1, steps);
    const bool fine = attentionOf(*m_rollout) == Attention::Fine;
    m_step->setText(m_rollout->aborted ? tr("aborted")
                        : fine         ? tr("all steps done")
                                       : tr("step %1 of %2").arg(number(step), number(steps)));
    m_step->setVisible(steps > 0);
    m_step->setTokens(m_rollout->aborted ? Token::Bad
                          : fine         ? Token::Ok
                                         : Token::Progress,
                      m_rollout->aborted ? Token::BadTint
                          : fine         ? Token::OkTint
                                         : Token::ProgressTint);
    const QString why = reasonText(m_rollout->waitingFor.empty() ? m_rollout->message : m_rollout->waitingFor);
    m_waiting->setText(why);
    m_waiting->setToolTip(why);
}

void CanaryPage::showRule()
{
    const auto& metrics = m_rollout->metrics;
    const bool failed = m_rollout->aborted || std::ranges::any_of(metrics, [](const core::engine::Metric& metric) {
                            return metric.phase == "Failed" || metric.phase == "Error";
                        });
    const bool unsure = std::ranges::any_of(metrics, [](const core::engine::Metric& metric) {
        return !isOver(metric) && (metric.failed > 0 || metric.errors > 0 || metric.inconclusive > 0);
    });
    m_rule->setVisible(!metrics.empty());
    m_rule->setText(failed ? tr("rule: failed") : unsure ? tr("rule: some failures, go on") : tr("rule: go on"));
    m_rule->setTokens(failed       ? Token::Bad
                          : unsure ? Token::Warn
                                   : Token::Ok,
                      failed       ? Token::BadTint
                          : unsure ? Token::WarnTint
                                   : Token::OkTint);
}

void CanaryPage::showStatistics()
{
    using Opinion = core::engine::MetricVerdict::Opinion;
    const auto* worst = worstVerdict(*m_rollout);
    m_statistics->setVisible(worst != nullptr);
    if (worst == nullptr)
        return;
    const bool worse = worst->opinion == Opinion::Worse;
    const bool good = worst->opinion == Opinion::NotWorse;
    m_statistics->setText(worse      ? tr("statistics: worse")
                              : good ? tr("statistics: not worse")
                                     : tr("statistics: undecided"));
    m_statistics->setTokens(worse      ? Token::Bad
                                : good ? Token::Ok
                                       : Token::Muted,
                            worse      ? Token::BadTint
                                : good ? Token::OkTint
                                       : Token::Hover);
    m_statistics->setToolTip(tr("An opinion beside the rule's: it decides nothing."));
}

void CanaryPage::showPreview()
{
    if (m_preview->isChecked())
        m_table->setChecked(false);
    m_stack->setCurrentIndex(m_preview->isChecked() ? 1 : m_table->isChecked() ? 2 : 0);
    if (!m_preview->isChecked() || !m_rollout)
        return;
    runTask(
        this,
        [&engine = engine(), ref = core::engine::ObjectRef(*m_rollout), stop = m_stop.get_token()] {
            return engine.previewRollout(ref, stop);
        },
        [this](const core::Result<core::engine::RolloutPreview>& preview) {
            if (preview) {
                m_previewView->setPreview(*preview, m_chartedAt);
            } else {
                m_preview->setChecked(false);
                workbench().report(tr("Preview the update"), preview.error());
            }
        });
}

void CanaryPage::revert()
{
    const auto app = m_app;
    const auto entry = m_deployed;
    const QString commit = ltr(qs(entry.revision).left(7));
    Question question;
    question.title = tr("Revert %1 in Git?").arg(commit);
    question.text = tr("A commit that undoes %1 is written on the branch of %2. Automated sync then deploys it.")
                        .arg(isolate(entry.summary), isolate(app.name));
    question.verb = tr("Revert the commit");
    question.dangerous = true;
    question.wantsReason = true;
    workbench().ask(question, [this, app, entry, commit](const QString& reason) {
        workbench().run(
            tr("Revert %1 in Git").arg(commit),
            [&engine = engine(), app, revision = entry.revision, text = reason.toStdString()] {
                return engine.revertCommit(app, revision, text).map([](const std::string&) {});
            },
            [&bench = workbench(), app] {
                bench.open({PageKind::History, app, {}});
            });
    });
}

void CanaryPage::showLegend()
{
    const auto entry = [](Token token, const QString& sign, const QString& text) {
        return QStringLiteral("<span style=\"color:%1\">%2 %3</span>")
            .arg(color(token).name(), sign, text.toHtmlEscaped());
    };
    QStringList entries;
    if (m_rollout) {
        for (const auto& revision : m_rollout->revisions) {
            if (revision.stable)
                entries.prepend(
                    entry(Token::SeriesStable, QStringLiteral("━"), tr("stable %1").arg(ltr(versionOf(revision)))));
            else if (revision.canary)
                entries.append(
                    entry(Token::SeriesCanary, QStringLiteral("━"), tr("canary %1").arg(ltr(versionOf(revision)))));
        }
        if (hasBaseline(*m_rollout))
            entries.append(entry(Token::SeriesBaseline, QStringLiteral("━"), tr("baseline")));
    }
    entries.append(entry(Token::Bad, QStringLiteral("┄"), tr("threshold")));
    m_legend->setText(entries.join(QStringLiteral(" &nbsp;&nbsp; ")));
}

void CanaryPage::act(Action action)
{
    if (m_rollout)
        actOn(engine(), workbench(), *m_rollout, action);
}

void CanaryPage::setupActions()
{
    const auto add = [this](const char* name, Action what) {
        auto* action = new QAction(this);
        action->setObjectName(QLatin1String(name));
        connect(action, &QAction::triggered, this, [this, what] { act(what); });
        m_actions.append(action);
        m_verbs.emplace_back(action, what);
    };
    add("actPromote", Action::Promote);
    add("actPromoteFull", Action::PromoteFull);
    add("actSkipStep", Action::SkipStep);
    add("actPause", Action::Pause);
    add("actAbort", Action::Abort);
    add("actRetry", Action::Retry);
    add("actRestart", Action::Restart);
    auto* menu = new QMenu(m_export);
    for (const char* suffix : {"png", "svg", "csv"}) {
        auto* action = menu->addAction(QString());
        connect(action, &QAction::triggered, this, [this, suffix] { exportAs(QLatin1String(suffix)); });
        m_exports.append(action);
    }
    m_export->setMenu(menu);
}

void CanaryPage::retranslate()
{
    m_scroll->setAccessibleName(title());
    m_actions[0]->setText(tr("Promote the rollout"));
    m_actions[1]->setText(tr("Promote the rollout fully…"));
    m_actions[2]->setText(tr("Skip the rollout's step"));
    m_actions[3]->setText(tr("Pause the rollout"));
    m_actions[4]->setText(tr("Abort the rollout…"));
    m_actions[5]->setText(tr("Retry the rollout"));
    m_actions[6]->setText(tr("Restart the rollout's pods"));
    m_export->setText(tr("Export"));
    m_table->setText(tr("Measurements"));
    m_table->setToolTip(tr("Every value that the analyses measured, with its limit and result"));
    m_measurements->retranslate();
    m_preview->setText(tr("Preview"));
    m_preview->setToolTip(tr("Counts, weights, GPUs and times of an update, before anything is deployed"));
    m_previewView->retranslate();
    m_exports[0]->setText(tr("Picture (PNG)…"));
    m_exports[1]->setText(tr("Drawing (SVG)…"));
    m_exports[2]->setText(tr("Values (CSV)…"));
    m_area->empty().setText(tr("This application has no rollout."));
    if (m_panel)
        m_panel->retranslate();
    if (m_rollout) {
        m_charts->setData(chartsOf(*m_rollout, *m_events, m_chartedAt));
        showHeader();
        showRule();
        showStatistics();
        m_measurements->setRollout(*m_rollout);
    }
    showLegend();
    updateActions();
}

void CanaryPage::rethemed()
{
    showLegend(); // its colours are words of rich text
    Page::rethemed();
}

QImage CanaryPage::picture() const
{
    QImage image(m_charts->size() * 2, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(2);
    image.fill(color(Token::Surface));
    QPainter painter(&image);
    m_charts->paint(painter);
    return image;
}

void CanaryPage::exportAs(const QString& suffix)
{
    if (!m_rollout)
        return;
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (suffix == QLatin1String("png")) {
        picture().save(&buffer, "PNG");
    } else if (suffix == QLatin1String("svg")) {
        QSvgGenerator generator;
        generator.setOutputDevice(&buffer);
        generator.setSize(m_charts->size());
        generator.setViewBox(m_charts->rect());
        generator.setTitle(qs(m_rollout->key.text()));
        QPainter painter(&generator);
        painter.fillRect(m_charts->rect(), color(Token::Surface));
        m_charts->paint(painter);
    } else {
        bytes = toCsv(m_charts->data()).toUtf8();
    }
    auto* dialog = new QFileDialog(this, tr("Export the charts"), qs(m_rollout->key.name) + u'.' + suffix);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this, bytes](const QString& path) {
        workbench().run(tr("Export the charts"), [path = path.toStdString(), bytes = bytes.toStdString()] {
            return core::paths::writeFileAtomically(path, bytes);
        });
    });
    dialog->open();
}

} // namespace ui
