// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/theme.h"
#include "ui/base/widgets.h"
#include "ui/base/workbench.h"
#include "ui/shell/inspector.h"

#include <QLabel>
#include <QRegularExpression>

#include <algorithm>

// The chain from a state to its cause.

namespace ui {

namespace eng = core::engine;

namespace {

/// Another one: the comparison may tell other fields.
QString diffMark(const eng::Application& app)
{
    return QStringLiteral("%1 %2 %3")
        .arg(qs(app.revision))
        .arg(app.outOfSyncCount)
        .arg(app.reconciledAt ? app.reconciledAt->time_since_epoch().count() : 0);
}

/// Paths of fields and files may go on in the next line, behind a dot or a slash.
QString breakable(QString text)
{
    static const QRegularExpression places(QStringLiteral("(?<=[./\\]])(?=[A-Za-z0-9\\[])"));
    return text.replace(places, QString(QChar(0x200B)));
}

} // namespace

void Inspector::setupChain()
{
    m_chain->setObjectName(QStringLiteral("inspectorChain"));
    m_chain->setWordWrap(true);
    m_chain->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // the panel's width is the user's
    m_chain->setTextFormat(Qt::RichText);
    m_chain->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    m_chain->hide();
    connect(m_chain, &QLabel::linkActivated, this, &Inspector::followChain);
}

void Inspector::showChain(const eng::Application& app, const eng::ResourceNode* node)
{
    m_steps = whyUnhealthy(app, node, *m_snapshot->events);
    const bool outOfSync =
        node != nullptr ? node->sync == eng::SyncState::OutOfSync : app.sync == eng::SyncState::OutOfSync;
    if (outOfSync) {
        const bool known = m_diff && m_diffOf == m_app;
        for (auto& step : whyOutOfSync(app, node, known ? m_diff.get() : nullptr))
            m_steps.push_back(std::move(step));
        loadDiff(app);
    }
    QStringList lines;
    const bool rtl = layoutDirection() == Qt::RightToLeft;
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        const WhyStep& step = m_steps[i];
        QString line =
            QStringLiteral("&nbsp;").repeated(step.depth * 3) + (step.depth > 0 ? QStringLiteral("↳ ") : QString());
        if (rtl)
            line.replace(u'↳', u'↲');
        line += step.key && step.key != m_key
            ? QStringLiteral("<a href=\"%1\" style=\"color:%3;text-decoration:none\">%2</a>")
                  .arg(i)
                  .arg(breakable(step.text).toHtmlEscaped(), color(Token::Text).name())
            : breakable(step.text).toHtmlEscaped();
        if (!step.file.empty())
            line += QStringLiteral(" <a href=\"%1#file\" style=\"color:%3;text-decoration:none\">%2</a>")
                        .arg(i)
                        .arg(ltr(breakable(QStringLiteral("%1:%2").arg(qs(step.file)).arg(step.line))).toHtmlEscaped(),
                             color(Token::Accent).name());
        lines.append(line);
    }
    if (outOfSync)
        lines.append(QStringLiteral("<a href=\"diff\" style=\"color:%1;text-decoration:none\">%2</a>")
                         .arg(color(Token::Accent).name(), tr("Show the diff")));
    // Names in Latin letters at its beginning must not turn an Arabic sentence around.
    m_chain->setText(QStringLiteral("<div dir=\"%1\">%2</div>")
                         .arg(rtl ? QStringLiteral("rtl") : QStringLiteral("ltr"), lines.join(QStringLiteral("<br>"))));
    m_chain->setVisible(!m_steps.empty());
    alignToLayout(*m_chain);
}

void Inspector::loadDiff(const eng::Application& app)
{
    const QString mark = diffMark(app);
    if (m_diffOf == m_app && m_diffMark == mark)
        return;
    if (m_diffOf != m_app)
        m_diff = nullptr;
    m_diffOf = m_app;
    m_diffMark = mark;
    m_diffStop.request_stop();
    m_diffStop = {};
    runTask(
        this,
        [&engine = m_engine, app = m_app, stop = m_diffStop.get_token()] {
            auto diff = engine.diff(app, stop);
            return diff ? std::make_shared<const eng::AppDiff>(std::move(*diff)) : nullptr;
        },
        [this, stop = m_diffStop.get_token()](const std::shared_ptr<const eng::AppDiff>& diff) {
            if (stop.stop_requested() || !diff || m_diffOf != m_app)
                return; // where it cannot be compared the tree's words stay
            m_diff = diff;
            m_shownApp = nullptr;
            refresh();
        });
}

void Inspector::followChain(const QString& link)
{
    if (link == QLatin1String("diff"))
        return m_workbench.open({PageKind::Diff, m_app, {}});
    const auto index = link.section(u'#', 0, 0).toULongLong();
    if (index >= m_steps.size())
        return;
    const WhyStep step = m_steps[index];
    if (link.endsWith(QLatin1String("#file")))
        m_workbench.open({PageKind::Editor, m_app, QStringLiteral("%1#%2").arg(qs(step.file)).arg(step.line)});
    else if (step.key)
        m_workbench.inspect(m_app, step.key);
}

} // namespace ui
