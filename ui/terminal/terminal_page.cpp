// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal/terminal_page.h"

#include "ui/base/bidi.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/terminal/terminal_view.h"

#include <QAction>
#include <QComboBox>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QVBoxLayout>

#include <mutex>

namespace ui {

namespace {

/// The best shell that the container has.
constexpr auto kShell = "sh -c \"command -v bash >/dev/null && exec bash || exec sh\"";
constexpr qsizetype kMostWaiting = qsizetype {8} << 20;

core::manifest::ResourceKey podOf(const QString& argument)
{
    const auto slash = argument.indexOf(u'/');
    return {"", "Pod", argument.left(slash).toStdString(), argument.mid(slash + 1).toStdString()};
}

} // namespace

/// Bytes on their way to the page: many small ones come as one event.
struct TerminalPage::Link
{
    std::mutex mutex;
    TerminalPage* page = nullptr; ///< null once it is gone, or runs another terminal
    QByteArray waiting;

    void output(const std::shared_ptr<Link>& self, std::string_view bytes)
    {
        const std::scoped_lock lock(mutex);
        if (page == nullptr)
            return;
        const bool first = waiting.isEmpty();
        if (waiting.size() < kMostWaiting) // a program that floods loses lines, not the window
            waiting.append(bytes.data(), static_cast<qsizetype>(bytes.size()));
        if (first)
            QMetaObject::invokeMethod(
                page, [self] { self->deliver(); }, Qt::QueuedConnection);
    }

    void deliver()
    {
        QByteArray bytes;
        {
            const std::scoped_lock lock(mutex);
            bytes = std::exchange(waiting, {});
        }
        if (page != nullptr) // changes on the GUI thread only
            page->m_view->screen().feed(bytes);
    }

    void ended(const std::shared_ptr<Link>& self, const core::Result<int>& result)
    {
        const std::scoped_lock lock(mutex);
        if (page != nullptr)
            QMetaObject::invokeMethod(
                page,
                [self, result] {
                    self->deliver();
                    if (self->page != nullptr)
                        self->page->end(result);
                },
                Qt::QueuedConnection);
    }
};

TerminalPage::TerminalPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_view(new TerminalView(this))
    , m_area(new StatefulArea(m_view, this))
{
    setObjectName(QStringLiteral("terminalPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* bar = new PageBar(this);
    m_container = new QComboBox(bar);
    m_container->setObjectName(QStringLiteral("terminalContainer"));
    m_container->setMinimumWidth(130);
    m_container->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_command = new QLineEdit(QLatin1String(kShell), bar);
    m_command->setObjectName(QStringLiteral("terminalCommand"));
    m_command->setFont(monoFont());
    m_command->setLayoutDirection(Qt::LeftToRight);
    m_restart = new QPushButton(bar);
    m_restart->setObjectName(QStringLiteral("terminalRestart"));
    m_state = new TokenLabel(Token::Muted, bar);
    m_state->setObjectName(QStringLiteral("terminalState"));
    bar->addWidget(m_container);
    bar->addWidget(m_command, 1);
    bar->addWidget(m_restart);
    bar->addWidget(m_state);
    layout->addWidget(bar);
    layout->addWidget(m_area, 1);
    const auto action = [this](auto run) {
        auto* made = new QAction(this);
        connect(made, &QAction::triggered, this, run);
        m_actions.append(made);
    };
    action([this] { start(); });
    action([this] { m_view->copy(); });
    action([this] { m_view->paste(); });
    connect(m_restart, &QPushButton::clicked, this, &TerminalPage::start);
    connect(m_command, &QLineEdit::returnPressed, this, &TerminalPage::start);
    connect(m_container, &QComboBox::currentIndexChanged, this, &TerminalPage::start);
    connect(&m_area->error(), &ErrorStrip::retryRequested, this, &TerminalPage::start);
    connect(&m_view->screen(), &TerminalScreen::output, this, [this](const QByteArray& bytes) {
        if (m_terminal)
            m_terminal->send({bytes.constData(), static_cast<std::size_t>(bytes.size())});
    });
    connect(m_view, &TerminalView::sizeChanged, this, [this](int columns, int rows) {
        if (m_terminal)
            m_terminal->resize(columns, rows);
    });
    setFocusProxy(m_view);
    retranslate();
    start();
    askForContainers();
}

void TerminalPage::askForContainers()
{
    if (!id().argument.contains(u'/'))
        return;
    runTask(
        this,
        [&engine = engine(), source = core::engine::LogSource {podOf(id().argument), {}, id().app}] {
            return std::make_shared<ContainerNames>(containersOf(engine, {source}, {}));
        },
        [this](const std::shared_ptr<ContainerNames>& found) {
            m_containers = std::move(*found);
            showContainers(*m_container, m_containers, false);
        });
}

TerminalPage::~TerminalPage()
{
    m_stop.request_stop();
    if (m_link) {
        const std::scoped_lock lock(m_link->mutex);
        m_link->page = nullptr;
    }
}

QString TerminalPage::title() const
{
    return tr("Terminal %1").arg(ltr(QString::fromStdString(podOf(id().argument).name)));
}

QIcon TerminalPage::icon() const
{
    return ui::icon(QLatin1String("terminal"));
}

void TerminalPage::retranslate()
{
    if (m_stateText)
        m_state->setText(m_stateText());
    m_container->setAccessibleName(tr("Container"));
    showContainers(*m_container, m_containers, false);
    m_command->setAccessibleName(tr("Command"));
    m_restart->setText(tr("Run again"));
    m_view->setAccessibleName(tr("Terminal"));
    m_view->setToolTip(tr("Ctrl+Shift+C copies, Ctrl+Shift+V pastes, Ctrl+Tab leaves the terminal."));
    const QStringList names {tr("Run again"), tr("Copy"), tr("Paste")};
    for (qsizetype i = 0; i < names.size(); ++i)
        m_actions[i]->setText(names[i]);
    emit titleChanged();
}

void TerminalPage::start()
{
    m_stop.request_stop();
    m_stop = {};
    if (m_link) {
        const std::scoped_lock lock(m_link->mutex);
        m_link->page = nullptr;
    }
    m_terminal.reset();
    m_area->error().clear();
    std::vector<std::string> command;
    for (const QString& word : QProcess::splitCommand(m_command->text()))
        command.push_back(word.toStdString());
    if (command.empty() || !id().argument.contains(u'/'))
        return showState([] { return tr("Choose a pod and a command."); });
    showState([] { return tr("connecting…"); });
    auto link = std::make_shared<Link>();
    link->page = this;
    m_link = link;
    m_view->screen().feed(QByteArrayLiteral("\033c")); // a fresh screen
    core::engine::TerminalEvents events;
    events.output = [link](std::string_view bytes) { link->output(link, bytes); };
    events.ended = [link](const core::Result<int>& result) { link->ended(link, result); };
    using Opened = core::Result<std::unique_ptr<core::engine::Terminal>>;
    runTask(
        this,
        [&engine = engine(), pod = podOf(id().argument), app = id().app,
         container = m_container->currentData().toString().toStdString(), command, events, stop = m_stop.get_token()] {
            return std::make_shared<Opened>(engine.openTerminal({pod, app}, container, command, events, stop));
        },
        [this, link](const std::shared_ptr<Opened>& opened) {
            if (m_link != link)
                return; // another was started meanwhile
            if (!*opened) {
                showState([] { return tr("not connected"); });
                m_area->error().showError(tr("Open a terminal in %1").arg(ltr(id().argument)), opened->error());
                return;
            }
            m_terminal = std::move(**opened);
            m_terminal->resize(m_view->screen().columns(), m_view->screen().rows());
            showState([] { return tr("connected"); });
            m_view->setFocus();
        });
}

void TerminalPage::end(const core::Result<int>& result)
{
    m_terminal.reset();
    if (result)
        return showState([code = *result] {
            return code == 0 ? tr("ended") : tr("ended with exit code %1").arg(number(qint64 {code}));
        });
    showState([] { return tr("the connection ended"); });
    m_area->error().showError(tr("Terminal in %1").arg(ltr(id().argument)), result.error());
}

void TerminalPage::showState(std::function<QString()> text)
{
    m_stateText = std::move(text);
    m_state->setText(m_stateText());
}

} // namespace ui
