// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/inspector.h"

#include "ui/base/bidi.h"
#include "ui/base/reasons.h"
#include "ui/base/run_task.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/shell/feed_model.h"

#include <QEvent>
#include <QGridLayout>
#include <QHeaderView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace eng = core::engine;

Inspector::Inspector(eng::Engine& engine, Workbench& workbench, QWidget* parent)
    : QWidget(parent)
    , m_engine(engine)
    , m_workbench(workbench)
    , m_title(new QLabel(this))
    , m_subtitle(new TokenLabel(Token::Muted, this))
    , m_tabs(new SegmentedBar(this))
    , m_stack(new QStackedWidget(this))
    , m_why(new Card(this))
    , m_whyTitle(new QLabel(this))
    , m_whyText(new QLabel(this))
    , m_whyCause(new QLabel(this))
    , m_chain(new QLabel(this))
    , m_next(new Card(this))
    , m_nextTitle(new QLabel(this))
    , m_nextText(new QLabel(this))
    , m_abort(new QPushButton(this))
    , m_logs(new QPushButton(this))
    , m_relationsTitle(new SectionLabel({}, this))
    , m_relations(new QVBoxLayout)
    , m_manifest(new QPlainTextEdit(this))
    , m_events(new FeedModel(this))
    , m_eventView(new QTreeView(this))
    , m_body(new QWidget(this))
    , m_nothing(new QLabel(this))
{
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_title->setObjectName(QStringLiteral("inspectorTitle"));
    m_title->setFont(uiFont(1.12, true));
    m_title->setWordWrap(true);
    m_whyText->setObjectName(QStringLiteral("inspectorWhy"));
    m_nextText->setObjectName(QStringLiteral("inspectorNext"));
    m_abort->setObjectName(QStringLiteral("inspectorAbort"));
    m_logs->setObjectName(QStringLiteral("inspectorLogs"));
    for (auto* label : {m_whyText, m_nextText, m_whyCause}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextBrowserInteraction);
    }
    m_whyTitle->setFont(uiFont(1, true));
    m_nextTitle->setFont(uiFont(1, true));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(6);
    grid->setColumnMinimumWidth(0, 82);
    grid->setColumnStretch(1, 1);
    for (std::size_t i = 0; i < m_factNames.size(); ++i) {
        m_factNames.at(i) = new TokenLabel(Token::Muted, this);
        m_factValues.at(i) = new TokenLabel(Token::Text, this);
        m_factValues.at(i)->setTextInteractionFlags(Qt::TextSelectableByMouse);
        m_factValues.at(i)->setWordWrap(true);
        grid->addWidget(m_factNames.at(i), static_cast<int>(i), 0, Qt::AlignTop);
        grid->addWidget(m_factValues.at(i), static_cast<int>(i), 1, Qt::AlignTop);
    }
    m_why->body()->addWidget(m_whyTitle);
    m_why->body()->addWidget(m_whyText);
    m_why->body()->addWidget(m_chain);
    setupChain();
    m_why->body()->addWidget(m_whyCause);
    m_next->body()->addWidget(m_nextTitle);
    m_next->body()->addWidget(m_nextText);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_abort);
    buttons->addWidget(m_logs);
    buttons->addStretch(1);
    m_next->body()->addLayout(buttons);
    setButtonRole(m_abort, ButtonRole::Danger);

    auto* overview = new QWidget;
    auto* overviewLayout = new QVBoxLayout(overview);
    overviewLayout->setContentsMargins(0, 0, 0, 0);
    overviewLayout->setSpacing(10);
    overviewLayout->addWidget(m_why);
    overviewLayout->addWidget(m_next);
    overviewLayout->addWidget(m_relationsTitle);
    overviewLayout->addLayout(m_relations);
    overviewLayout->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(overview);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    overview->setAutoFillBackground(true);
    overview->setBackgroundRole(QPalette::Base);
    m_manifest->setObjectName(QStringLiteral("inspectorManifest"));
    m_manifest->setReadOnly(true);
    m_manifest->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_manifest->setFont(monoFont());
    m_manifest->setLayoutDirection(Qt::LeftToRight);
    m_eventView->setModel(m_events);
    m_eventView->setRootIsDecorated(false);
    m_eventView->setHeaderHidden(true);
    m_eventView->setFrameShape(QFrame::NoFrame);
    m_eventView->hideColumn(FeedModel::Object);
    m_eventView->setColumnWidth(FeedModel::Time, 84);
    m_eventView->setColumnWidth(FeedModel::Shape, 28);
    m_stack->addWidget(scroll);
    m_stack->addWidget(m_manifest);
    m_stack->addWidget(m_eventView);
    connect(m_tabs, &SegmentedBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);

    auto* bodyLayout = new QVBoxLayout(m_body);
    bodyLayout->setContentsMargins(14, 12, 14, 8);
    bodyLayout->setSpacing(4);
    bodyLayout->addWidget(m_title);
    bodyLayout->addWidget(m_subtitle);
    bodyLayout->addSpacing(8);
    bodyLayout->addLayout(grid);
    bodyLayout->addSpacing(8);
    bodyLayout->addWidget(m_tabs, 0, Qt::AlignLeading);
    bodyLayout->addSpacing(6);
    bodyLayout->addWidget(m_stack, 1);
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setWordWrap(true);
    m_nothing->setContentsMargins(16, 0, 16, 0);
    m_nothing->setForegroundRole(QPalette::PlaceholderText);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_body, 1);
    layout->addWidget(m_nothing, 1);
    m_body->hide();

    connect(m_abort, &QPushButton::clicked, this, [this] {
        if (m_key)
            emit abortRequested(*m_key);
    });
    connect(m_logs, &QPushButton::clicked, this, [this] {
        const QString argument = m_key && m_key->kind == "Pod" ? qs(m_key->nameSpace + "/" + m_key->name) : QString();
        m_workbench.open({PageKind::Logs, m_app, argument});
    });
    connect(m_whyCause, &QLabel::linkActivated, this, [this](const QString& place) {
        m_workbench.open({PageKind::Editor, m_app, place});
    });
    retranslate();
}

Inspector::~Inspector()
{
    m_stop.request_stop();
    m_diffStop.request_stop();
}

void Inspector::retranslate()
{
    m_tabs->setTexts({tr("Overview"), tr("Manifest"), tr("Events")});
    m_tabs->setAccessibleName(tr("Details"));
    m_whyTitle->setText(tr("Why is it waiting?"));
    m_nextTitle->setText(tr("What next?"));
    m_abort->setText(tr("Abort"));
    m_logs->setText(tr("Logs"));
    m_relationsTitle->setText(tr("Relations"));
    m_nothing->setText(tr("Choose an application or a resource to see why it is in its state."));
    m_manifest->setAccessibleName(tr("Manifest"));
    m_eventView->setAccessibleName(tr("Events"));
    for (auto* label : std::initializer_list<QLabel*> {m_title, m_subtitle, m_whyText, m_whyCause, m_nextText})
        alignToLayout(*label);
    for (auto* label : m_factValues)
        alignToLayout(*label);
    m_shownApp = nullptr;
    refresh();
}

void Inspector::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void Inspector::show(const eng::AppId& app, const std::optional<core::manifest::ResourceKey>& key)
{
    if (app == m_app && key == m_key)
        return;
    m_app = app;
    m_key = key;
    m_details = {};
    m_events->setRows({});
    m_manifest->clear();
    m_shownApp = nullptr;
    refresh();
}

void Inspector::showManifest()
{
    m_tabs->setCurrent(1);
}

void Inspector::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    m_snapshot = snapshot;
    refresh();
}

void Inspector::refresh()
{
    eng::ApplicationPtr app;
    if (m_snapshot) {
        for (const auto& candidate : m_snapshot->applications) {
            if (candidate->name == m_app.name && candidate->nameSpace == m_app.nameSpace)
                app = candidate;
        }
    }
    m_body->setVisible(app != nullptr);
    m_nothing->setVisible(app == nullptr);
    if (!app)
        return;
    if (app.get() == m_shownApp)
        return;
    m_shownApp = app.get();
    const eng::ResourceNode* node = nullptr;
    if (m_key) {
        const auto found = std::ranges::find(app->resources, *m_key, &eng::ResourceNode::key);
        if (found != app->resources.end())
            node = &*found;
    }
    m_title->setText(m_key ? ltr(qs(m_key->kind) + QStringLiteral(" / ") + qs(m_key->name)) : isolate(app->name));
    const std::string& nameSpace = m_key ? m_key->nameSpace : app->destinationNamespace;
    QString place = isolate(app->cluster);
    if (!nameSpace.empty())
        place = isolate(nameSpace) + QStringLiteral(" · ") + place;
    m_subtitle->setText(place);
    refreshFacts(*app, node);
    refreshCards(*app, node);
    refreshRelations(*app, node);
    loadDetails();
}

void Inspector::refreshFacts(const eng::Application& app, const eng::ResourceNode* node)
{
    struct Fact
    {
        QString name;
        QString value;
        Token token = Token::Text;
    };
    std::vector<Fact> facts;
    const auto state = [](Glyph glyph) {
        return glyph == Glyph::Healthy || glyph == Glyph::Synced ? Token::Text : tokenOf(glyph);
    };
    if (m_key == std::nullopt || (node != nullptr && node->health)) {
        const auto health = node != nullptr ? *node->health : app.health;
        facts.push_back({tr("Health"), healthText(health), state(glyphOf(health))});
    }
    if (node == nullptr || node->managed) {
        const auto sync = node != nullptr ? node->sync : app.sync;
        QString text = syncText(sync);
        if (node == nullptr && app.outOfSyncCount > 0)
            text +=
                QStringLiteral(" · ") + withDigits(tr("%n resource(s)", nullptr, static_cast<int>(app.outOfSyncCount)));
        facts.push_back({tr("Sync"), text, state(glyphOf(sync))});
    }
    for (const auto& rollout : m_snapshot->rollouts) {
        if (rollout->application == app.name && (!m_key || rollout->key == *m_key)) {
            facts.push_back(
                {tr("Step"),
                 ltr(withDigits(QStringLiteral("%1 / %2").arg(rollout->stepIndex).arg(rollout->steps.size())))
                     + QStringLiteral(" · ") + tr("weight %1").arg(percent(rollout->actualWeight))});
            break;
        }
    }
    if (node != nullptr && !node->statusText.empty())
        facts.push_back({tr("Status"), isolate(node->statusText)});
    facts.push_back({tr("Revision"), ltr(shortRevision(app.revision))});
    if (node == nullptr)
        facts.push_back({tr("Source"), ltr(app.path)});
    for (std::size_t i = 0; i < m_factNames.size(); ++i) {
        const bool used = i < facts.size();
        m_factNames.at(i)->setVisible(used);
        m_factValues.at(i)->setVisible(used);
        if (!used)
            continue;
        m_factNames.at(i)->setText(facts.at(i).name);
        m_factValues.at(i)->setText(facts.at(i).value);
        m_factValues.at(i)->setToken(facts.at(i).token);
    }
}

void Inspector::refreshCards(const eng::Application& app, const eng::ResourceNode* node)
{
    std::vector<QString> reasons;
    const auto add = [&](std::string_view text) {
        if (!text.empty() && std::ranges::find(reasons, reasonText(text)) == reasons.end())
            reasons.push_back(reasonText(text));
    };
    const eng::Rollout* rollout = nullptr;
    for (const auto& candidate : m_snapshot->rollouts) {
        if (candidate->application == app.name && (!m_key || candidate->key == *m_key))
            rollout = candidate.get();
    }
    if (node != nullptr) {
        add(node->healthMessage);
        add(node->syncMessage);
    } else {
        add(app.operation.waitingFor);
        if (!app.healthMessage.starts_with("Caused by ")) // the chain says it in words
            add(app.healthMessage);
        for (const auto& condition : app.conditions)
            add(condition.message);
    }
    if (rollout != nullptr) {
        add(rollout->waitingFor);
        for (const auto& cause : rollout->abortCauses)
            add(cause);
    }
    add(m_details.reason);
    const bool waiting = (node == nullptr && app.operation.phase == eng::OperationPhase::Running)
        || (rollout != nullptr && rollout->paused);
    m_whyTitle->setText(waiting ? tr("Why is it waiting?") : tr("Why is it in this state?"));
    m_whyText->setText(QStringList(reasons.begin(), reasons.end()).join(QLatin1Char('\n')));
    m_whyText->setVisible(!reasons.empty());
    showChain(app, node);
    m_why->setVisible(!reasons.empty() || !m_steps.empty());
    m_whyCause->setVisible(!m_details.file.empty());
    if (!m_details.file.empty()) {
        const QString file = qs(m_details.file);
        m_whyCause->setText(QStringLiteral("<a href=\"%1#%2\" style=\"text-decoration:none\">%3</a>")
                                .arg(file.toHtmlEscaped())
                                .arg(m_details.line)
                                .arg(tr("Set by %1 line %2")
                                         .arg(ltr(file.toHtmlEscaped()), number(static_cast<qint64>(m_details.line)))));
    }

    QString next;
    if (rollout != nullptr && rollout->aborted)
        next = tr("The rollout is aborted and traffic is on the stable version. Retry it, or change the image in Git.");
    else if (rollout != nullptr && rollout->pauseUntil)
        next = tr("At %1 the pause ends and the next step begins.").arg(clockTime(*rollout->pauseUntil));
    else if (rollout != nullptr && rollout->paused)
        next = tr("The rollout waits until somebody promotes or aborts it.");
    else if (node != nullptr && node->requiresPruning)
        next = tr("It is no longer in Git. A sync with pruning removes it.");
    else if (app.operation.phase == eng::OperationPhase::Running)
        next = tr("The sync goes on by itself as soon as that is healthy.");
    else if (!app.holdReason.empty())
        next = tr("Automated sync does not act: %1").arg(reasonText(app.holdReason));
    else if (app.sync == eng::SyncState::OutOfSync && app.autoSync)
        next = tr("Automated sync brings it to the state in Git.");
    else if (app.sync == eng::SyncState::OutOfSync)
        next = tr("Automated sync is off: review the plan and sync.");
    else if (app.health == eng::Health::Degraded || app.health == eng::Health::Missing)
        next = tr("It matches Git, so the cause is in the cluster or in the manifests: read the events and logs.");
    m_nextText->setText(next);
    m_abort->setVisible(rollout != nullptr && m_key && !rollout->aborted && rollout->phase != "Healthy");
    m_logs->setVisible(node == nullptr || node->key.kind == "Pod" || rollout != nullptr);
    m_next->setVisible(!next.isEmpty());
}

void Inspector::refreshRelations(const eng::Application& app, const eng::ResourceNode* node)
{
    while (auto* item = m_relations->takeAt(0)) {
        item->widget()->hide(); // it goes later, and without a layout it would stand anywhere until then
        item->widget()->deleteLater();
        delete item;
    }
    std::vector<core::manifest::ResourceKey> keys;
    if (node != nullptr)
        keys = node->parents;
    for (const auto& resource : app.resources) {
        const bool child = node != nullptr ? std::ranges::find(resource.parents, node->key) != resource.parents.end()
                                           : resource.sync == eng::SyncState::OutOfSync && resource.managed;
        if (child)
            keys.push_back(resource.key);
    }
    if (keys.size() > 12)
        keys.resize(12);
    m_relationsTitle->setVisible(!keys.empty());
    for (const auto& key : keys) {
        auto* link = new QPushButton(ltr(qs(key.kind) + QLatin1Char('/') + qs(key.name)), this);
        link->setFlat(true);
        link->setFont(monoFont());
        link->setCursor(Qt::PointingHandCursor);
        setButtonRole(link, ButtonRole::Link);
        m_relations->addWidget(link, 0, Qt::AlignLeading);
        connect(link, &QPushButton::clicked, this, [this, key] { m_workbench.inspect(m_app, key); });
    }
}

void Inspector::loadDetails()
{
    m_stop.request_stop();
    m_stop = {};
    if (!m_key)
        return;
    runTask(
        this,
        [&engine = m_engine, app = m_app, key = *m_key, stop = m_stop.get_token()] {
            return engine.details(app, key, stop);
        },
        [this, key = *m_key](const core::Result<eng::ResourceDetails>& result) {
            if (m_key != key)
                return;
            if (result)
                showDetails(*result);
            else if (result.error().code != core::Error::Code::Cancelled)
                m_manifest->setPlainText(qs(result.error().text()));
        });
}

void Inspector::showDetails(const eng::ResourceDetails& details)
{
    m_details = details;
    const QString yaml = qs(details.liveYaml.empty() ? details.desiredYaml : details.liveYaml);
    if (m_manifest->toPlainText() != yaml)
        m_manifest->setPlainText(yaml);
    std::vector<FeedRow> rows;
    for (const auto& event : details.events) {
        rows.push_back({event.at,
                        event.warning ? Glyph::Degraded : Glyph::Healthy,
                        shortKey(event.object),
                        isolate(event.message),
                        {},
                        m_app,
                        event.object});
    }
    m_events->setRows(std::move(rows));
    const auto* app = static_cast<const eng::Application*>(nullptr);
    for (const auto& candidate : m_snapshot->applications) {
        if (candidate->name == m_app.name && candidate->nameSpace == m_app.nameSpace)
            app = candidate.get();
    }
    if (app == nullptr)
        return;
    const auto found = std::ranges::find(app->resources, details.key, &eng::ResourceNode::key);
    refreshCards(*app, found == app->resources.end() ? nullptr : &*found);
}

} // namespace ui
