// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/engine_bridge.h"
#include "ui/base/page.h"
#include "ui/base/workbench.h"
#include "ui/shell/known_connection.h"

#include <QMainWindow>
#include <QPointer>

#include <chrono>
#include <optional>

class QActionGroup;
class QDockWidget;
class QLabel;
class QMenu;
class QPushButton;
class QStackedWidget;
class QTabWidget;
class QTimer;
class QToolBar;
class QToolButton;

namespace ui {

class AccessGate;
class Actions;
struct Alert;
class AskDialog;
class Badge;
class BottomPanel;
class DesktopAlerts;
class ErrorStrip;
class GlyphLabel;
class Inspector;
class Navigator;
class Palette;
class SegmentedBar;
class StaleStrip;

/// The window: menus, tools, connections and views, tabs of pages, inspector, lists, status.
class MainWindow : public QMainWindow, public Workbench
{
    Q_OBJECT

public:
    /// The engine must outlive the window.
    explicit MainWindow(core::engine::Engine& engine, QWidget* parent = nullptr);
    ~MainWindow() override;

    void open(const PageId& page) override;
    void inspect(const core::engine::AppId& app, const std::optional<core::manifest::ResourceKey>& key) override;
    void run(const QString& attempt, std::function<core::Result<>()> command, std::function<void()> done) override;
    void report(const QString& attempt, const core::Error& error) override;
    void ask(const Question& question, std::function<void(const QString& reason)> accepted) override;

    [[nodiscard]] Page* currentPage() const;
    [[nodiscard]] Actions& actionSet() const { return *m_actions; }
    [[nodiscard]] EngineBridge& bridge() { return m_bridge; }
    [[nodiscard]] Palette& commandPalette() const { return *m_palette; }
    [[nodiscard]] const core::engine::AppId& currentApp() const { return m_app; }
    /// Panels, tabs and sizes as they were; the first start opens the applications. From then on the session is kept
    /// whenever it changes, so that it is there after a crash.
    void restoreSession();
    void saveSession() const;
    /// Opens what a "pilothouse://" link names and comes to the front; false where the text is no such link.
    bool openLink(const QString& text);
    /// Arranges the panels as saved under the name, or as one of the built-in arrangements: "triage", "review",
    /// "canary".
    void applyLayout(const QString& name);
    /// Takes the page out of the tabs into a panel beside them, or into a window of its own. Closing brings it back.
    enum class Detach { Beside, Window };
    void detachTab(int index, Detach where);
    [[nodiscard]] DesktopAlerts& alerts() const { return *m_alerts; }
    /// What else can be looked at, beside this connection, and what of it this window is.
    void setConnections(const std::vector<KnownConnection>& connections, const QStringList& own);
    [[nodiscard]] Environment environment() const { return m_kind; }
    /// Measures how long the cluster takes to answer, for the status bar.
    void askForLatency();
    /// False where a page asked the user something first; else everything is kept.
    [[nodiscard]] bool prepareToClose();
    void closeTab(int index);
    [[nodiscard]] QTabWidget& tabs() const { return *m_tabs; }
    /// Pages that were looked at before, and the way back from there.
    void goBack();
    void goForward();

signals:
    /// The user wants another connection in this window: arguments of the program.
    void connectionRequested(const QStringList& arguments);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void setupPanels();
    void setupLayouts();
    void resetPanelSizes();
    void setupMenus();
    void setupToolBar();
    void setupStatusBar();
    void bindApplicationActions();
    void bindRolloutActions();
    void bindWindowActions();
    void bindAppearanceActions();
    void bindLayoutActions();
    void bindEnvironmentActions();
    void rememberPage(const PageId& page);
    void openConnection(const QStringList& arguments, bool ownWindow);
    void chooseSnapshot();
    void saveSnapshotAs();
    void saveSnapshot(const QString& path);
    /// Where this connection's session is kept.
    [[nodiscard]] QString sessionKey(const char* name) const;
    void toggleFavourite();
    void setupTabBar();
    void showTabMenu(const QPoint& at);
    void closeOtherTabs(int kept);
    void onAlertAction(const Alert& alert, const QString& action);
    QDockWidget* dockFor(Page* page);
    [[nodiscard]] QByteArray statesOfPages() const;
    [[nodiscard]] Page* makePage(const PageId& page);
    void retranslate();
    void nameQtButtons();
    void onSnapshot(const core::engine::SnapshotPtr& snapshot);
    void onPageChanged();
    /// Another connection is in front of this one.
    [[nodiscard]] bool isBehind() const;
    void setCurrentApp(const core::engine::AppId& app);
    void updateActions();
    /// Why an action of the tool bar may not be done by this user, translated; "" where it may.
    [[nodiscard]] QString whyDenied(const char* id) const;
    void updateTabs();
    void updateStatus();
    void updateConnection();
    void lockPanels(bool locked);
    void mirrorPanels(bool mirrored);
    void showPalette();
    void showAppMenu(const core::engine::AppId& app, const QPoint& at);
    void requestRollback();
    void askForLayoutName();
    void editShortcuts();
    void attach(Page* page);
    void sessionChanged();
    /// A kubeconfig opens a window of its own, after a question.
    void openDropped(const QString& path);
    [[nodiscard]] std::vector<Page*> pages() const; ///< in tabs, then detached
    [[nodiscard]] std::vector<Page*> detachedPages() const;
    void requestAbort(const core::engine::ObjectRef& rollout);
    void act(core::engine::Engine::RolloutAction action, const QString& attempt, const std::string& reason = {});
    [[nodiscard]] core::engine::ApplicationPtr application() const;
    [[nodiscard]] core::engine::RolloutPtr rollout() const;
    [[nodiscard]] QString tabTitle(const Page& page) const;

    core::engine::Engine& m_engine;
    EngineBridge m_bridge;
    PageRegistry m_registry;
    core::engine::AppId m_app;
    QString m_lastError;
    bool m_mirrored = false;
    bool m_restored = false;
    QStringList m_arguments; ///< of the program, that name this connection
    Environment m_kind = Environment::Other; ///< of the connection, as of the name in m_kindOf
    QString m_kindOf;
    std::vector<PageId> m_back; ///< the last one is in front
    std::vector<PageId> m_forward;
    std::vector<PageId> m_closed; ///< tabs, the last one closed at the end
    bool m_going = false;
    int m_pulled = -1; ///< the tab that is pressed upon: pulled out of the bar it becomes a window
    bool m_asking = false; ///< how fast the cluster answers
    std::optional<std::chrono::microseconds> m_latency;
    QByteArray m_kept; ///< what saveSession() wrote of the pages last
    std::vector<QPointer<QDockWidget>> m_detached;

    AccessGate* m_access;
    Actions* m_actions;
    Navigator* m_navigator;
    Inspector* m_inspector;
    QStackedWidget* m_inspectorStack;
    BottomPanel* m_bottom;
    QMainWindow* m_centre; ///< tabs, and the pages that stand beside them, each of which can be dragged to any side
    QTabWidget* m_tabs;
    ErrorStrip* m_error;
    StaleStrip* m_stale;
    Palette* m_palette;
    DesktopAlerts* m_alerts;
    QTimer* m_sessionTimer;
    QMenu* m_layoutMenu = nullptr;
    QDockWidget* m_leftDock = nullptr;
    QDockWidget* m_rightDock = nullptr;
    QDockWidget* m_bottomDock = nullptr;
    QToolBar* m_toolBar = nullptr;
    Badge* m_environment = nullptr;
    QPushButton* m_search = nullptr;
    std::vector<std::pair<QMenu*, const char*>> m_menus;
    GlyphLabel* m_connectionGlyph = nullptr;
    QLabel* m_connectionText = nullptr;
    QLabel* m_counts = nullptr;
    QLabel* m_syncing = nullptr;
    QLabel* m_offline = nullptr;
    QToolButton* m_readOnly = nullptr;
    QToolButton* m_help = nullptr;
    QTimer* m_latencyTimer;
    QLabel* m_revision = nullptr;
    QLabel* m_zone = nullptr;
    SegmentedBar* m_clock = nullptr;
    QToolButton* m_languageButton = nullptr;
};

} // namespace ui
