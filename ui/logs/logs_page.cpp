// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/logs_page.h"

#include "core/base/paths.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/logs/log_follower.h"
#include "ui/logs/log_view.h"

#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace eng = core::engine;
using core::manifest::ResourceKey;

namespace {

constexpr std::int64_t kTailLines = 2'000;

QString podText(const ResourceKey& pod)
{
    return qs(pod.nameSpace + "/" + pod.name);
}

bool isPod(const ResourceKey& key)
{
    return key.kind == "Pod" && key.group.empty();
}

eng::LogSource sourceOf(const ResourceKey& pod, const eng::Application& app)
{
    return {pod, {}, eng::AppId {app.nameSpace, app.name}};
}

/// Pods below every managed resource that has some, by its key text.
std::map<QString, std::vector<eng::LogSource>> workloadsOf(const eng::Application& app)
{
    std::map<ResourceKey, const eng::ResourceNode*> byKey;
    for (const auto& node : app.resources)
        byKey.emplace(node.key, &node);
    std::map<QString, std::vector<eng::LogSource>> out;
    for (const auto& node : app.resources) {
        if (!isPod(node.key))
            continue;
        const auto* at = &node;
        for (int depth = 0; !at->parents.empty() && depth < 16; ++depth) { // owner references may form a ring
            const auto above = byKey.find(at->parents.front());
            if (above == byKey.end())
                break;
            at = above->second;
        }
        if (at != &node)
            out[qs(at->key.text())].push_back(sourceOf(node.key, app));
    }
    return out;
}

} // namespace

LogsPage::LogsPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_follower(new LogFollower(engine(), this))
    , m_view(new LogView(this))
    , m_area(new StatefulArea(m_view, this))
{
    setObjectName(QStringLiteral("logsPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    setupBar();
    layout->addWidget(m_area, 1);
    setupActions();
    connect(m_follower, &LogFollower::restarted, m_view, &LogView::clear);
    connect(m_follower, &LogFollower::sourcesChanged, this, &LogsPage::showSources);
    connect(m_follower, &LogFollower::linesArrived, m_view, &LogView::add);
    connect(m_follower, &LogFollower::sourceEnded, this, &LogsPage::showState);
    connect(m_view, &LogView::countChanged, this, &LogsPage::showState);
    connect(&m_area->error(), &ErrorStrip::retryRequested, this, [this] {
        m_follower->follow({}, {}); // other options: begins anew
        follow();
    });
    const QString argument = this->id().argument;
    if (!argument.isEmpty())
        m_pods->addItem(ltr(argument), argument);
    setFocusProxy(m_view);
    retranslate();
}

LogsPage::~LogsPage()
{
    m_stop.request_stop();
}

void LogsPage::setupBar()
{
    auto* bar = new PageBar(this);
    m_pods = new QComboBox(bar);
    m_pods->setObjectName(QStringLiteral("pods"));
    m_pods->setMinimumWidth(240);
    m_pods->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_container = new QComboBox(bar);
    m_container->setObjectName(QStringLiteral("container"));
    m_container->setMinimumWidth(110);
    m_container->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_search = new QLineEdit(bar);
    m_search->setObjectName(QStringLiteral("logFilter"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(260);
    m_level = new QComboBox(bar);
    m_level->setObjectName(QStringLiteral("logLevel"));
    m_since = new QComboBox(bar);
    m_since->setObjectName(QStringLiteral("logSince"));
    const auto chip = [bar](const char* name, bool on) {
        auto* made = new Chip({}, bar);
        made->setObjectName(QLatin1String(name));
        made->setCheckable(true);
        made->setChecked(on);
        return made;
    };
    m_follow = chip("follow", true);
    m_previous = chip("previous", false);
    m_times = chip("times", false);
    m_count = new TokenLabel(Token::Muted, bar);
    m_count->setObjectName(QStringLiteral("logCount"));
    for (QWidget* widget : std::initializer_list<QWidget*> {m_pods, m_container, m_since, m_level})
        bar->addWidget(widget);
    bar->addWidget(m_search, 1);
    for (QWidget* widget : std::initializer_list<QWidget*> {m_follow, m_previous, m_times})
        bar->addWidget(widget);
    bar->addStretch();
    bar->addWidget(m_count);
    static_cast<QVBoxLayout*>(layout())->addWidget(bar);
    connect(m_pods, &QComboBox::currentIndexChanged, this, [this] {
        m_follower->follow({}, {true, false, -1, 0}); // another choice begins anew
        follow();
    });
    connect(m_container, &QComboBox::currentIndexChanged, this, [this] {
        m_follower->follow({}, {true, false, -1, 0}); // another choice begins anew
        follow();
    });
    connect(m_since, &QComboBox::currentIndexChanged, this, &LogsPage::follow);
    connect(m_follow, &Chip::toggled, this, &LogsPage::follow);
    connect(m_previous, &Chip::toggled, this, &LogsPage::follow);
    connect(m_times, &Chip::toggled, m_view, &LogView::setTimesVisible);
    connect(m_level, &QComboBox::currentIndexChanged, this, &LogsPage::applyFilter);
    connect(m_search, &QLineEdit::textChanged, this, &LogsPage::applyFilter);
}

void LogsPage::setupActions()
{
    const auto add = [this](const char* name, const QKeySequence& key, auto run) {
        auto* action = new QAction(this);
        action->setObjectName(QLatin1String(name));
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
        m_actions.append(action);
    };
    add("saveLog", QKeySequence::Save, &LogsPage::save);
    add("findInLog", QKeySequence::Find, [this] { m_search->setFocus(Qt::ShortcutFocusReason); });
}

QString LogsPage::title() const
{
    return tr("Logs");
}

QIcon LogsPage::icon() const
{
    return ui::icon(QLatin1String("logs"));
}

QString LogsPage::choice() const
{
    return m_pods->currentData().toString();
}

eng::LogOptions LogsPage::options() const
{
    eng::LogOptions options;
    options.follow = m_follow->isChecked();
    options.previous = m_previous->isChecked();
    options.sinceSeconds = m_since->currentData().toInt();
    options.tailLines = options.sinceSeconds > 0 || m_since->currentIndex() == m_since->count() - 1 ? 0 : kTailLines;
    return options;
}

void LogsPage::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    showChoices(*snapshot);
}

void LogsPage::showChoices(const eng::Snapshot& snapshot)
{
    std::map<QString, std::vector<eng::LogSource>> choices;
    std::map<QString, std::vector<eng::LogSource>> workloads;
    std::vector<eng::LogSource> all;
    for (const auto& app : snapshot.applications) {
        // Other clusters may have pods of the same names: they show with their application.
        if (id().app.name.empty() ? app->elsewhere : app->name != id().app.name)
            continue;
        for (const auto& node : app->resources)
            if (isPod(node.key))
                all.push_back(sourceOf(node.key, *app));
        workloads.merge(workloadsOf(*app));
    }
    std::ranges::sort(all);
    const QString current = choice();
    QStringList order {QString()};
    choices[QString()] = all;
    for (auto& [text, pods] : workloads) {
        order << text;
        choices[text] = std::move(pods);
    }
    for (const auto& pod : all) {
        order << podText(pod.pod);
        choices[podText(pod.pod)] = {pod};
    }
    if (!current.isEmpty() && !order.contains(current)) { // gone, but its log is still of interest
        order << current;
        const bool workload = current.count(u'/') > 1;
        const ResourceKey pod {"", "Pod", current.section(u'/', 0, 0).toStdString(),
                               current.section(u'/', 1).toStdString()};
        choices[current] = workload ? std::vector<eng::LogSource>() : std::vector<eng::LogSource> {{pod, {}, id().app}};
    }
    QStringList shown;
    for (int i = 0; i < m_pods->count(); ++i)
        shown << m_pods->itemData(i).toString();
    if (shown != order || m_choices != choices) {
        m_choices = std::move(choices);
        const QSignalBlocker quiet(m_pods);
        m_pods->clear();
        for (const QString& text : order) {
            const auto count = static_cast<int>(m_choices[text].size());
            if (text.isEmpty())
                m_pods->addItem(tr("All pods (%1)").arg(number(qint64 {count})), text);
            else if (workloads.contains(text))
                m_pods->addItem(ltr(text) + QStringLiteral(" · ") + tr("%n pod(s)", nullptr, count), text);
            else
                m_pods->addItem(ltr(text), text);
        }
        m_pods->setCurrentIndex(std::max(0, m_pods->findData(current)));
        follow();
    }
    showState();
}

void LogsPage::follow()
{
    const auto& pods = m_choices[choice()];
    if (pods.empty())
        return m_follower->stop();
    const QString wanted = m_container->currentData().toString();
    std::vector<eng::LogSource> sources;
    for (eng::LogSource source : pods) {
        const auto known = m_containers.find(source.pod);
        if (wanted == QLatin1String(kEveryContainer) && known != m_containers.end()) {
            for (const auto& name : known->second) {
                source.container = name;
                sources.push_back(source);
            }
            continue;
        }
        // A pod that is known not to have the container is left out; of the others the server says it.
        source.container = wanted == QLatin1String(kEveryContainer) ? std::string() : wanted.toStdString();
        if (source.container.empty() || known == m_containers.end()
            || std::ranges::find(known->second, source.container) != known->second.end())
            sources.push_back(source);
    }
    m_follower->follow(sources, options());
    askForContainers();
}

/// The names to choose from are those of the pods that are chosen.
void LogsPage::askForContainers()
{
    auto pods = m_choices[choice()];
    std::erase_if(pods, [&](const eng::LogSource& source) { return m_containers.contains(source.pod); });
    if (m_asking || pods.empty())
        return;
    m_asking = true;
    runTask(
        this,
        [&engine = engine(), pods, stop = m_stop.get_token()] {
            auto found = containersOf(engine, pods, stop);
            for (const auto& source : pods)
                found[source.pod]; // what cannot be read is not asked for again
            return std::make_shared<ContainerNames>(std::move(found));
        },
        [this](const std::shared_ptr<ContainerNames>& found) {
            m_asking = false;
            m_containers.merge(*found);
            ContainerNames shown;
            for (const auto& source : m_choices[choice()])
                if (const auto known = m_containers.find(source.pod); known != m_containers.end())
                    shown.insert(*known);
            showContainers(*m_container, shown, true);
            if (m_container->currentData().toString() == QLatin1String(kEveryContainer))
                follow(); // new pods have theirs
            else
                askForContainers();
        });
}

void LogsPage::showSources()
{
    // Names of pods of one workload differ at their end only.
    QStringList names;
    for (const auto& source : m_follower->sources())
        names << qs(source.pod.name).right(18) + (source.container.empty() ? QString() : u'/' + qs(source.container));
    m_view->setSources(names);
}

void LogsPage::applyFilter()
{
    m_view->setFilter(m_search->text(), static_cast<LogLevel>(std::max(0, m_level->currentIndex())));
}

void LogsPage::showState()
{
    const bool none = m_choices[QString()].empty() && choice().isEmpty();
    m_area->setState(none ? StatefulArea::State::Empty : StatefulArea::State::Content);
    const auto shown = static_cast<qint64>(m_view->shownCount());
    const auto all = static_cast<qint64>(m_view->lineCount());
    m_count->setText(shown == all ? tr("%1 lines").arg(number(all))
                                  : tr("%1 of %2 lines").arg(number(shown), number(all)));
    // One log that fails among many is part of the count; when nothing could be read, it is the page's error.
    QStringList failed;
    const core::Error* first = nullptr;
    for (const auto& [source, error] : m_follower->ended()) {
        if (!error)
            continue;
        failed << qs(m_follower->sources().at(source).pod.name);
        first = first == nullptr ? &*error : first;
    }
    if (first == nullptr)
        return m_area->error().clear();
    m_area->error().showError(failed.size() == 1
                                  ? tr("Reading the log of %1").arg(isolate(failed.front()))
                                  : tr("Reading the logs of %n pod(s)", nullptr, static_cast<int>(failed.size())),
                              *first);
}

void LogsPage::save()
{
    auto* dialog =
        new QFileDialog(this, tr("Save the lines shown"), QString(), tr("Text") + QStringLiteral(" (*.log)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("log"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        const auto written = core::paths::writeFileAtomically(path.toStdString(), m_view->text().toStdString());
        if (!written)
            workbench().report(tr("Save the lines shown"), written.error());
    });
    dialog->open();
}

void LogsPage::retranslate()
{
    m_pods->setAccessibleName(tr("Pods"));
    m_container->setAccessibleName(tr("Container"));
    showContainers(*m_container, m_containers, true);
    m_search->setPlaceholderText(tr("Filter (regular expression)…"));
    m_search->setAccessibleName(tr("Filter"));
    m_follow->setText(tr("follow"));
    m_previous->setText(tr("before the restart"));
    m_previous->setToolTip(tr("The log of the container before its last restart"));
    m_times->setText(tr("times"));
    m_view->setAccessibleName(tr("Log lines"));
    m_area->empty().setText(tr("No pod runs here yet."));
    const auto refill = [](QComboBox& box, const QString& name, const std::vector<std::pair<QString, int>>& items) {
        const QSignalBlocker quiet(&box);
        const int current = std::max(0, box.currentIndex());
        box.clear();
        for (const auto& [text, value] : items)
            box.addItem(text, value);
        box.setCurrentIndex(current);
        box.setAccessibleName(name);
    };
    refill(*m_since, tr("Since"),
           {{tr("the last lines"), 0},
            {tr("5 minutes"), 300},
            {tr("an hour"), 3'600},
            {tr("a day"), 86'400},
            {tr("the beginning"), 0}});
    refill(*m_level, tr("Severity"),
           {{tr("every severity"), 0}, {tr("information"), 1}, {tr("warnings"), 2}, {tr("errors"), 3}});
    m_actions[0]->setText(tr("Save the lines shown…"));
    m_actions[1]->setText(tr("Filter the log"));
    m_choices.clear();
    showChoices(*bridge().snapshot());
}

} // namespace ui
