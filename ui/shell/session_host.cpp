// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/session_host.h"

#include "ui/base/bidi.h"
#include "ui/base/preferences.h"
#include "ui/base/run_task.h"
#include "ui/shell/alerts.h"
#include "ui/shell/main_window.h"

#include <QCloseEvent>
#include <QPointer>
#include <QSettings>
#include <QStackedLayout>
#include <QTimer>

#include <algorithm>

namespace ui {

namespace eng = core::engine;

namespace {

constexpr qsizetype kMostRecent = 12;
constexpr auto kRecent = "connect/recent"; ///< arguments, a connection each, in lines

/// Arguments in an order and form that tells connections apart; flags of how to work there do not count.
QStringList identityOf(QStringList arguments)
{
    arguments.removeAll(QStringLiteral("--no-controllers"));
    arguments.removeAll(QStringLiteral("--argocd-insecure"));
    arguments.removeAll(QString());
    return arguments;
}

KnownConnection knownFrom(const eng::ConnectionChoice& choice)
{
    KnownConnection known;
    known.arguments = {QStringLiteral("--kubeconfig"), QLatin1String(eng::Engine::kStandardKubeconfig),
                       QStringLiteral("--context"), qs(choice.context)};
    known.name = qs(choice.context);
    known.detail = choice.problem.empty() ? qs(choice.server) : qs(choice.problem);
    known.environment = environmentByName(known.name, false);
    return known;
}

} // namespace

SessionHost::SessionHost(Opener opener)
    : m_opener(std::move(opener))
    , m_stack(new QStackedLayout(this))
    , m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("sessions"));
    m_stack->setContentsMargins(0, 0, 0, 0);
    m_timer->setSingleShot(true);
    m_timer->setInterval(500);
    connect(m_timer, &QTimer::timeout, this, &SessionHost::tellConnections);
}

SessionHost::~SessionHost()
{
    for (const auto& session : m_sessions)
        delete session->window;
    workers().waitForDone(); // they may still ask an engine
}

MainWindow& SessionHost::add(std::unique_ptr<eng::Engine> engine, const QStringList& arguments)
{
    auto session = std::make_unique<Session>();
    session->arguments = arguments;
    session->engine = std::move(engine);
    session->window = new MainWindow(*session->engine);
    session->window->setWindowFlags(Qt::Widget);
    m_stack->addWidget(session->window);
    connect(session->window, &QWidget::windowTitleChanged, this, &SessionHost::updateTitle);
    connect(session->window, &MainWindow::connectionRequested, this, &SessionHost::open);
    connect(&session->window->bridge(), &EngineBridge::snapshotChanged, this, [this] {
        if (!m_timer->isActive())
            m_timer->start();
    });
    m_sessions.push_back(std::move(session));
    Session& added = *m_sessions.back();
    bring(added);
    return *added.window;
}

void SessionHost::open(const QStringList& arguments)
{
    const QStringList wanted = identityOf(arguments);
    for (const auto& session : m_sessions)
        if (identityOf(session->arguments) == wanted)
            return bring(*session);
    const QString key = wanted.join(u'\n');
    if (m_opening.contains(key))
        return;
    m_opening.append(key);
    m_opener(arguments, this, [this, arguments, key, guard = QPointer<SessionHost>(this)](Opened engine) {
        if (guard == nullptr)
            return;
        m_opening.removeAll(key);
        if (!engine) {
            if (engine.error().code != core::Error::Code::Cancelled && current() != nullptr)
                current()->report(MainWindow::tr("Open a connection"), engine.error());
            return;
        }
        QStringList recent = preferences()->value(QLatin1String(kRecent)).toStringList();
        recent.removeAll(key);
        recent.prepend(key);
        preferences()->setValue(QLatin1String(kRecent), recent.mid(0, kMostRecent));
        add(std::move(*engine), arguments).restoreSession();
        bring(*m_sessions.back());
    });
}

MainWindow* SessionHost::current() const
{
    return qobject_cast<MainWindow*>(m_stack->currentWidget());
}

void SessionHost::bring(Session& session)
{
    m_stack->setCurrentWidget(session.window);
    if (Page* page = session.window->currentPage())
        page->setFocus(Qt::OtherFocusReason);
    updateTitle();
    tellConnections();
}

void SessionHost::updateTitle()
{
    if (const auto* window = current())
        setWindowTitle(window->windowTitle());
}

void SessionHost::findConnections()
{
    using Choices = core::Result<std::vector<eng::ConnectionChoice>>;
    runTask(
        this, [] { return std::make_shared<Choices>(eng::connectionChoices()); },
        [this](const std::shared_ptr<Choices>& choices) {
            m_known.clear();
            m_known.emplace_back(); // the embedded cluster, which no argument names
            if (*choices)
                for (const auto& choice : **choices)
                    m_known.push_back(knownFrom(choice));
            for (const QString& text : preferences()->value(QLatin1String(kRecent)).toStringList()) {
                KnownConnection known;
                known.arguments = text.split(u'\n', Qt::SkipEmptyParts);
                if (known.arguments.size() < 2
                    || std::ranges::find(m_known, known.arguments, &KnownConnection::arguments) != m_known.end())
                    continue;
                known.detail = known.arguments[1];
                known.name = known.arguments.size() > 3 ? known.arguments[3] : known.arguments[1].section(u'/', -1);
                known.environment = environmentByName(known.name, false);
                m_known.push_back(std::move(known));
            }
            tellConnections();
        });
}

std::vector<KnownConnection> SessionHost::connections() const
{
    std::vector<KnownConnection> out;
    for (const auto& session : m_sessions) {
        const auto snapshot = session->window->bridge().snapshot();
        KnownConnection one;
        one.arguments = session->arguments;
        one.name = snapshot->connection.embedded ? MainWindow::tr("embedded cluster") : qs(snapshot->connection.name);
        one.detail = qs(snapshot->connection.server);
        one.environment = session->window->environment();
        one.open = true;
        one.current = session->window == current();
        one.worst = worstState(*snapshot);
        one.applications = static_cast<int>(snapshot->applications.size());
        out.push_back(std::move(one));
    }
    for (const KnownConnection& known : m_known)
        if (std::ranges::none_of(m_sessions, [&](const auto& session) {
                return identityOf(session->arguments) == identityOf(known.arguments);
            })) {
            out.push_back(known);
            if (known.arguments.isEmpty())
                out.back().name = MainWindow::tr("embedded cluster");
        }
    return out;
}

void SessionHost::tellConnections()
{
    const auto all = connections();
    for (const auto& session : m_sessions)
        session->window->setConnections(all, session->arguments);
}

void SessionHost::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        m_timer->start(); // names of ours stand in the lists
}

void SessionHost::closeEvent(QCloseEvent* event)
{
    for (const auto& session : m_sessions) {
        if (!session->window->prepareToClose()) {
            bring(*session);
            event->ignore();
            return;
        }
    }
    event->accept();
}

} // namespace ui
