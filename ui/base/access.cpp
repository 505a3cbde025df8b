// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/access.h"

#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/run_task.h"

#include <QAction>
#include <QTimer>

namespace ui {

namespace eng = core::engine;

namespace {

bool writes(const eng::AccessQuestion& question)
{
    return question.verb != "get" && question.verb != "list" && question.verb != "watch";
}

} // namespace

AccessGate::AccessGate(EngineBridge& bridge, QObject* parent)
    : QObject(parent)
    , m_bridge(bridge)
    , m_timer(new QTimer(this))
{
    m_timer->setSingleShot(true);
    m_timer->setInterval(0); // all questions of one turn together
    connect(m_timer, &QTimer::timeout, this, &AccessGate::askNow);
    const auto follow = [this](const eng::SnapshotPtr& snapshot) {
        const bool offline = snapshot->connection.state == eng::Connection::State::Offline;
        if (offline == m_offline && snapshot->connection.readOnly == m_readOnly)
            return;
        m_offline = offline;
        m_readOnly = snapshot->connection.readOnly;
        emit changed();
    };
    follow(bridge.snapshot());
    connect(&bridge, &EngineBridge::snapshotChanged, this, follow);
}

AccessGate::~AccessGate()
{
    m_stop.request_stop();
}

QString AccessGate::whyNoWrite() const
{
    return m_readOnly ? tr("This window is read-only.") : m_offline ? tr("The cluster cannot be reached.") : QString();
}

QString AccessGate::whyNot(const eng::AccessQuestion& question)
{
    if (m_offline || (m_readOnly && writes(question)))
        return whyNoWrite();
    const auto known = m_known.find(question);
    if (known == m_known.end()) {
        m_wanted.insert(question);
        if (!m_running)
            m_timer->start();
        return {};
    }
    return known->second ? QString() : tr("You may not: the verb is missing (%1).").arg(ltr(question.text()));
}

void AccessGate::apply(QAction* action, bool possible, const eng::AccessQuestion& question)
{
    const QString why = possible ? whyNot(question) : QString();
    action->setEnabled(possible && why.isEmpty());
    action->setToolTip(why.isEmpty() ? action->text() : why);
    action->setStatusTip(why);
}

void AccessGate::askNow()
{
    if (m_running || m_wanted.empty())
        return;
    m_running = true;
    std::vector<eng::AccessQuestion> questions(m_wanted.begin(), m_wanted.end());
    m_wanted.clear();
    runTask(
        this,
        [&engine = m_bridge.engine(), questions, stop = m_stop.get_token()] {
            return std::make_shared<core::Result<std::vector<eng::AccessAnswer>>>(engine.access(questions, stop));
        },
        [this, questions](const std::shared_ptr<core::Result<std::vector<eng::AccessAnswer>>>& answers) {
            m_running = false;
            // A server that cannot answer refuses the action itself, with its own words.
            for (std::size_t i = 0; i < questions.size(); ++i)
                m_known[questions[i]] = !*answers || i >= (*answers)->size() || (**answers)[i].allowed;
            emit changed();
            if (!m_wanted.empty())
                m_timer->start();
        });
}

} // namespace ui
