// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"
#include "ui/base/icons.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/shell/actions.h"
#include "ui/shell/application.h"
#include "ui/shell/bottom_panel.h"
#include "ui/shell/main_window.h"
#include "ui/shell/navigator.h"

#include <QAbstractButton>
#include <QAction>
#include <QDockWidget>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QPainter>
#include <QPushButton>
#include <QSettings>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QToolBar>
#include <QToolButton>

#include <array>
#include <chrono>

namespace ui {

namespace eng = core::engine;

namespace {

/// Looks like a field, opens the palette.
class SearchButton final : public QPushButton
{
public:
    using QPushButton::QPushButton;
    [[nodiscard]] QSize sizeHint() const override
    {
        // As high as the menus beside it, which Arabic letters make higher.
        return {420, std::max(28, fontMetrics().size(Qt::TextSingleLine, text()).height() + 12)};
    }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.fillRect(rect(), color(Token::Surface));
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(color(underMouse() ? Token::Muted : Token::Line), 1));
        painter.setBrush(color(Token::Bg));
        const auto placed = [this](const QRect& leftToRight) {
            return QStyle::visualRect(layoutDirection(), rect(), leftToRight);
        };
        painter.drawRoundedRect(QRectF(placed(rect().adjusted(0, 3, -12, -3))).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        painter.setPen(color(Token::Muted));
        painter.drawText(placed(rect().adjusted(12, 0, -24, 0)), static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter),
                         text());
    }
};

} // namespace

void MainWindow::setupMenus()
{
    struct MenuSpec
    {
        const char* title;
        std::vector<const char*> ids; ///< "" = separator
    };
    const std::array specs {
        MenuSpec {QT_TR_NOOP("File"),
                  {"create", "", "connect", "open-snapshot", "save-snapshot", "", "open-editor", "copy-link",
                   "open-link", "", "close-tab", "", "quit"}},
        MenuSpec {QT_TR_NOOP("Edit"), {"palette", "copy-error", "", "shortcuts"}},
        MenuSpec {QT_TR_NOOP("View"),
                  {"open-apps",
                   "open-tree",
                   "open-canary",
                   "open-history",
                   "open-logs",
                   "open-terminal",
                   "open-forwards",
                   "open-rollouts",
                   "open-resources",
                   "open-models",
                   "open-sets",
                   "open-gpus",
                   "open-decisions",
                   "open-problems",
                   "open-events",
                   "open-journal",
                   "open-admin",
                   "",
                   "go-back",
                   "go-forward",
                   "next-tab",
                   "previous-tab",
                   "split-tab",
                   "detach-tab",
                   "",
                   "lock-panels",
                   "reset-panels"}},
        MenuSpec {QT_TR_NOOP("Application"),
                  {"refresh", "hard-refresh", "", "plan", "sync", "terminate", "auto-sync", "", "rollback", "",
                   "favourite", "", "open-fleet-plan"}},
        MenuSpec {QT_TR_NOOP("Rollout"),
                  {"promote", "promote-full", "skip-step", "", "pause", "resume", "", "abort", "retry", "restart"}},
        MenuSpec {QT_TR_NOOP("Diff"), {"open-diff", "plan"}},
        MenuSpec {QT_TR_NOOP("Tools"),
                  {"read-only", "", "env-production", "env-staging", "env-development", "env-other", "", "clock-1",
                   "clock-10", "clock-60", "", "verify-journal"}},
        MenuSpec {QT_TR_NOOP("Appearance"),
                  {"theme-auto", "theme-light", "theme-dark", "theme-contrast-light", "theme-contrast-dark",
                   "theme-blind-light", "theme-blind-dark", "", "palettes", "", "compact", "reduced-motion",
                   "arabic-digits", "", "language-en", "language-ar"}},
        MenuSpec {QT_TR_NOOP("Help"), {"help", "", "about"}},
    };
    for (const MenuSpec& spec : specs) {
        auto* menu = menuBar()->addMenu(QString());
        for (const char* id : spec.ids) {
            if (*id == '\0')
                menu->addSeparator();
            else
                menu->addAction(m_actions->get(QLatin1String(id)));
        }
        m_menus.emplace_back(menu, spec.title);
    }
    m_menus[2].first->addSeparator();
    for (auto* dock : {m_leftDock, m_rightDock, m_bottomDock})
        m_menus[2].first->addAction(dock->toggleViewAction());
    m_search = new SearchButton(menuBar());
    m_search->setObjectName(QStringLiteral("searchField"));
    m_search->setFocusPolicy(Qt::NoFocus);
    connect(m_search, &QPushButton::clicked, m_actions->get(QLatin1String("palette")), &QAction::trigger);
    menuBar()->setCornerWidget(m_search, Qt::TopRightCorner);
    auto* brand = new QLabel(QStringLiteral("Pilothouse"), menuBar());
    brand->setFont(uiFont(1, true));
    brand->setContentsMargins(12, 0, 8, 0);
    brand->setAutoFillBackground(true);
    brand->setBackgroundRole(QPalette::Base);
    menuBar()->setCornerWidget(brand, Qt::TopLeftCorner);
}

void MainWindow::setupToolBar()
{
    m_toolBar = addToolBar(QString());
    m_toolBar->setObjectName(QStringLiteral("tools"));
    m_toolBar->setMovable(false);
    m_toolBar->setContextMenuPolicy(Qt::PreventContextMenu);
    m_toolBar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    const auto small = [this](const char* id) {
        auto* button = new QToolButton(m_toolBar);
        button->setDefaultAction(m_actions->get(QLatin1String(id)));
        button->setToolButtonStyle(Qt::ToolButtonIconOnly);
        button->setObjectName(QStringLiteral("tool-") + QLatin1String(id));
        m_toolBar->addWidget(button);
        return button;
    };
    small("go-back");
    small("go-forward");
    m_toolBar->addSeparator();
    const auto add = [this](const char* id, ButtonRole role, bool framed = true) {
        auto* button = new QToolButton(m_toolBar);
        button->setDefaultAction(m_actions->get(QLatin1String(id)));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setProperty("pilothouseFramed", framed);
        button->setObjectName(QStringLiteral("tool-") + QLatin1String(id));
        setButtonRole(button, role);
        m_toolBar->addWidget(button);
        return button;
    };
    add("refresh", ButtonRole::Normal, false);
    add("plan", ButtonRole::Normal);
    add("sync", ButtonRole::Primary);
    add("rollback", ButtonRole::Normal);
    m_toolBar->addSeparator();
    auto* promote = add("promote", ButtonRole::Normal);
    promote->setPopupMode(QToolButton::MenuButtonPopup);
    promote->addActions({m_actions->get(QLatin1String("promote-full")), m_actions->get(QLatin1String("skip-step"))});
    add("pause", ButtonRole::Normal);
    add("abort", ButtonRole::Danger);
    m_toolBar->addSeparator();
    small("favourite");
    auto* help = new QToolButton(m_toolBar); // not the action's own button, which would show its whole name
    help->setObjectName(QStringLiteral("tool-help"));
    help->setText(QStringLiteral("?"));
    connect(help, &QToolButton::clicked, m_actions->get(QLatin1String("help")), &QAction::trigger);
    m_toolBar->addWidget(help);
    m_help = help;
    auto* spacer = new QWidget(m_toolBar);
    spacer->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_toolBar->addWidget(spacer);
    m_environment = new Badge(m_toolBar);
    m_environment->setObjectName(QStringLiteral("environment"));
    m_toolBar->addWidget(m_environment);
    auto* margin = new QWidget(m_toolBar);
    margin->setFixedWidth(6);
    m_toolBar->addWidget(margin);
}

void MainWindow::setupStatusBar()
{
    auto* bar = statusBar();
    bar->setSizeGripEnabled(false);
    bar->setContentsMargins(8, 1, 8, 0);
    m_connectionGlyph = new GlyphLabel(Glyph::Unknown, bar);
    m_connectionGlyph->setFixedSize(14, 14);
    const auto label = [bar](const char* name) {
        auto* result = new TokenLabel(Token::Muted, bar);
        result->setObjectName(QString::fromLatin1(name));
        result->setContentsMargins(4, 0, 12, 0);
        return result;
    };
    m_connectionText = label("statusConnection");
    m_counts = label("statusCounts");
    m_syncing = label("statusSyncing");
    m_revision = label("statusRevision");
    m_offline = label("statusOffline");
    m_zone = label("statusZone");
    m_readOnly = new QToolButton(bar);
    m_readOnly->setObjectName(QStringLiteral("statusReadOnly"));
    m_readOnly->setAutoRaise(true);
    connect(m_readOnly, &QToolButton::clicked, m_actions->get(QLatin1String("read-only")), &QAction::trigger);
    m_clock = new SegmentedBar(bar);
    m_clock->setObjectName(QStringLiteral("clockRate"));
    m_clock->setTexts({QStringLiteral("1×"), QStringLiteral("10×"), QStringLiteral("60×")});
    m_languageButton = new QToolButton(bar);
    m_languageButton->setObjectName(QStringLiteral("languageButton"));
    m_languageButton->setAutoRaise(true);
    bar->addWidget(m_connectionGlyph);
    bar->addWidget(m_connectionText);
    bar->addWidget(m_counts);
    bar->addWidget(m_syncing);
    bar->addWidget(m_offline);
    bar->addWidget(m_readOnly);
    bar->addPermanentWidget(m_revision);
    bar->addPermanentWidget(m_clock);
    bar->addPermanentWidget(m_zone);
    bar->addPermanentWidget(m_languageButton);
    connect(m_clock, &SegmentedBar::currentChanged, this, [this](int index) {
        const std::array ids {"clock-1", "clock-10", "clock-60"};
        m_actions->get(QLatin1String(ids.at(static_cast<std::size_t>(index))))->trigger();
    });
    connect(m_languageButton, &QToolButton::clicked, this,
            [] { setLanguage(language() == QLatin1String("ar") ? QStringLiteral("en") : QStringLiteral("ar")); });
}

void MainWindow::retranslate()
{
    m_actions->retranslate();
    for (const auto& [menu, title] : m_menus)
        menu->setTitle(tr(title));
    m_toolBar->setWindowTitle(tr("Tools"));
    m_leftDock->setWindowTitle(tr("Connections and views"));
    m_rightDock->setWindowTitle(tr("Inspector"));
    m_bottomDock->setWindowTitle(tr("Lists"));
    m_layoutMenu->setTitle(tr("Layouts"));
    m_search->setText(tr("Search or run…") + QStringLiteral("   ")
                      + ltr(m_actions->get(QLatin1String("palette"))->shortcut().toString()));
    m_search->setAccessibleName(tr("Search or run"));
    m_clock->setAccessibleName(tr("Speed of the cluster's clock"));
    m_clock->setToolTip(tr("Speed of the cluster's clock"));
    m_languageButton->setText(language() == QLatin1String("ar") ? QStringLiteral("العربية")
                                                                : QStringLiteral("English"));
    m_languageButton->setToolTip(tr("Change the language"));
    m_help->setToolTip(m_actions->get(QLatin1String("help"))->text());
    m_help->setAccessibleName(m_help->toolTip());
    m_tabs->setAccessibleName(tr("Pages"));
    m_tabs->tabBar()->setAccessibleName(tr("Pages"));
    m_actions->get(QLatin1String("language-en"))->setChecked(language() == QLatin1String("en"));
    m_actions->get(QLatin1String("language-ar"))->setChecked(language() == QLatin1String("ar"));
    mirrorPanels(layoutDirection() == Qt::RightToLeft);
    nameQtButtons();
    updateTabs();
    updateActions();
    updateStatus();
    updateConnection();
}

/// Those that Qt makes for tabs and panels keep the language in which they were made.
void MainWindow::nameQtButtons()
{
    for (auto* button : findChildren<QAbstractButton*>()) {
        const QString name = button->objectName();
        QString text;
        if (name == QLatin1String("qt_dockwidget_closebutton"))
            text = tr("Close the panel");
        else if (name == QLatin1String("qt_dockwidget_floatbutton"))
            text = tr("Detach or attach the panel");
        else if (name == QLatin1String("ScrollLeftButton") || name == QLatin1String("ScrollRightButton"))
            text = tr("Scroll the tabs");
        else if (button->inherits("CloseButton"))
            text = tr("Close the tab");
        else
            continue;
        button->setToolTip(text);
        button->setAccessibleName(text);
        button->setAccessibleDescription({});
    }
}

void MainWindow::mirrorPanels(bool mirrored)
{
    // Areas of docks are physical: the panels change sides by hand.
    if (mirrored == m_mirrored)
        return;
    m_mirrored = mirrored;
    const QList<int> widths {m_leftDock->width(), m_rightDock->width()};
    for (auto* dock : {m_leftDock, m_rightDock, m_bottomDock}) {
        const auto area = dockWidgetArea(dock);
        if (dock->isFloating() || (area != Qt::LeftDockWidgetArea && area != Qt::RightDockWidgetArea))
            continue;
        const bool visible = !dock->isHidden();
        addDockWidget(area == Qt::LeftDockWidgetArea ? Qt::RightDockWidgetArea : Qt::LeftDockWidgetArea, dock);
        dock->setVisible(visible);
    }
    resizeDocks({m_leftDock, m_rightDock}, widths, Qt::Horizontal);
    for (const auto& dock : m_detached) {
        if (dock == nullptr || dock->isFloating())
            continue;
        const auto area = m_centre->dockWidgetArea(dock);
        if (area != Qt::LeftDockWidgetArea && area != Qt::RightDockWidgetArea)
            continue;
        m_centre->addDockWidget(area == Qt::LeftDockWidgetArea ? Qt::RightDockWidgetArea : Qt::LeftDockWidgetArea,
                                dock);
        dock->show();
    }
}

void MainWindow::lockPanels(bool locked)
{
    for (auto* dock : {m_leftDock, m_rightDock, m_bottomDock}) {
        QWidget* old = dock->titleBarWidget();
        dock->setTitleBarWidget(locked ? new QWidget(dock) : nullptr);
        delete old;
    }
    m_actions->get(QLatin1String("lock-panels"))->setChecked(locked);
}

void MainWindow::updateStatus()
{
    const auto& snapshot = *m_bridge.snapshot();
    const auto& connection = snapshot.connection;
    const QString name = connection.embedded ? tr("embedded cluster") : isolate(connection.name);
    QString state;
    Glyph glyph = Glyph::Healthy;
    switch (connection.state) {
    case eng::Connection::State::Connecting:
        state = tr("%1: connecting");
        glyph = Glyph::Progressing;
        break;
    case eng::Connection::State::Connected:
        state = tr("%1 connected");
        break;
    case eng::Connection::State::Degraded:
        state = tr("%1 in trouble");
        glyph = Glyph::Degraded;
        break;
    case eng::Connection::State::Offline:
        state = connection.problem.starts_with("this is a snapshot of ") ? tr("%1, a snapshot")
                                                                         : tr("%1 cannot be reached");
        glyph = Glyph::Missing;
        break;
    }
    m_connectionGlyph->setGlyph(glyph);
    QString text = state.arg(name);
    if (m_latency && connection.state == eng::Connection::State::Connected) {
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(*m_latency).count();
        text += QLatin1Char(' ')
            + (took < 1 ? tr("%1 ms").arg(ltr(QLatin1Char('<') + number(qint64 {1})))
                        : tr("%1 ms").arg(number(qint64 {took})));
    }
    m_connectionText->setText(text);
    m_connectionText->setToolTip(connection.problem.empty() ? ltr(connection.server) : isolate(connection.problem));
    m_counts->setText(withDigits(tr("%n application(s)", nullptr, static_cast<int>(snapshot.applications.size()))));
    const auto running = std::ranges::count_if(snapshot.applications, [](const eng::ApplicationPtr& app) {
        return app->operation.phase == eng::OperationPhase::Running;
    });
    m_syncing->setText(running == 0 ? QString()
                                    : withDigits(tr("%n sync(s) running", nullptr, static_cast<int>(running))));
    QStringList offline;
    for (const auto& cluster : snapshot.clusters)
        if (cluster.state == eng::Connection::State::Offline)
            offline << isolate(cluster.name);
    m_offline->setText(offline.isEmpty() ? tr("offline: none") : tr("offline: %1").arg(offline.join(tr(", "))));
    m_offline->setToolTip(tr("Registered clusters that do not answer"));
    m_readOnly->setText(connection.readOnly ? tr("Read-only: on") : tr("Read-only: off"));
    m_readOnly->setToolTip(m_actions->get(QLatin1String("read-only"))->toolTip());
    const Page* page = currentPage();
    setWindowTitle((page == nullptr ? QString() : plain(tabTitle(*page)) + QStringLiteral(" – ")) + plain(name)
                   + QStringLiteral(" – Pilothouse"));
    const auto app = application();
    m_revision->setText(app && !app->revision.empty() && app->revision != app->targetRevision
                            ? isolate(app->targetRevision) + QStringLiteral(" @ ") + ltr(shortRevision(app->revision))
                            : QString());
    m_zone->setText(zoneName());
    m_clock->setVisible(snapshot.clockRate > 0);
    const QSignalBlocker blocker(m_clock);
    m_clock->setCurrent(snapshot.clockRate >= 60 ? 2 : snapshot.clockRate >= 10 ? 1 : 0);
    m_actions->get(QLatin1String("clock-1"))->setChecked(m_clock->current() == 0);
    m_actions->get(QLatin1String("clock-10"))->setChecked(m_clock->current() == 1);
    m_actions->get(QLatin1String("clock-60"))->setChecked(m_clock->current() == 2);
}

void MainWindow::updateConnection()
{
    const auto& connection = m_bridge.snapshot()->connection;
    if (const QString key = connectionKey(connection); key != m_kindOf || m_kindOf.isEmpty()) {
        m_kindOf = key;
        m_kind = environmentOf(connection); // kept: the settings are a file
        m_navigator->setEnvironment(m_kind);
    }
    const std::array marks {"env-production", "env-staging", "env-development", "env-other"};
    m_actions->get(QLatin1String(marks.at(static_cast<std::size_t>(m_kind))))->setChecked(true);
    const QString name = connection.embedded ? tr("embedded cluster") : isolate(connection.name);
    m_environment->setText(m_kind == Environment::Other || m_kind == Environment::Production
                               ? name
                               : name + QStringLiteral(" · ") + environmentText(m_kind));
    m_environment->setTokens(environmentToken(m_kind), environmentTint(m_kind));
    const bool production = m_kind == Environment::Production;
    if (m_toolBar->property("pilothouseProduction").toBool() != production) {
        m_toolBar->setProperty("pilothouseProduction", production);
        m_toolBar->update();
    }
    if (connection.state == eng::Connection::State::Offline) {
        const QString since = connection.since ? relativeTime(*connection.since, m_bridge.snapshot()->at) : QString();
        const QString when = since.isEmpty() ? tr("before") : since;
        constexpr std::string_view snapshotOf = "this is a snapshot of ";
        m_stale->showText(
            connection.problem.starts_with(snapshotOf)
                ? tr("This is a snapshot of %1: what you see is as it was %2, and nothing can be changed.")
                      .arg(isolate(std::string_view(connection.problem).substr(snapshotOf.size())), when)
                : tr("The cluster cannot be reached (%1). What you see is as it was %2.")
                      .arg(isolate(connection.problem), when));
    } else if (!connection.missingKinds.empty()) {
        QStringList kinds;
        for (const auto& kind : connection.missingKinds)
            kinds << ltr(kind);
        m_stale->showText(withDigits(tr("%n kind(s) of this cluster cannot be read: %1. You see the rest (%2).",
                                        nullptr, static_cast<int>(kinds.size())))
                              .arg(kinds.join(tr(", ")), isolate(connection.problem)));
    } else {
        m_stale->showText({});
    }
}

} // namespace ui
