// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/logs_page.h"

#include "ui/base/bidi.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/logs/log_view.h"

#include <QComboBox>
#include <QLineEdit>
#include <QTimer>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr std::int64_t kTailLines = 20'000;

} // namespace

LogsPage::LogsPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("logsPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* bar = new PageBar(this);
    m_pods = new QComboBox(bar);
    m_pods->setObjectName(QStringLiteral("pods"));
    m_pods->setMinimumWidth(280);
    m_container = new QLineEdit(bar);
    m_container->setMaximumWidth(160);
    m_search = new QLineEdit(bar);
    m_search->setObjectName(QStringLiteral("logFilter"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(300);
    m_follow = new Chip({}, bar);
    m_follow->setObjectName(QStringLiteral("follow"));
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_count = new TokenLabel(Token::Muted, bar);
    m_count->setObjectName(QStringLiteral("logCount"));
    bar->addWidget(m_pods);
    bar->addWidget(m_container);
    bar->addWidget(m_search, 1);
    bar->addWidget(m_follow);
    bar->addStretch();
    bar->addWidget(m_count);
    layout->addWidget(bar);
    m_view = new LogView(this);
    m_area = new StatefulArea(m_view, this);
    layout->addWidget(m_area, 1);
    m_timer->setInterval(1000);
    connect(m_timer, &QTimer::timeout, this, [this] {
        if (m_follow->isChecked())
            fetch();
    });
    connect(m_pods, &QComboBox::currentIndexChanged, this, [this] {
        m_view->clear();
        m_stop.request_stop();
        m_stop = {};
        m_running = false;
        fetch();
    });
    connect(m_container, &QLineEdit::editingFinished, this, &LogsPage::fetch);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_view->setFilter(text);
        retranslate();
    });
    connect(&m_area->error(), &ErrorStrip::retryRequested, this, &LogsPage::fetch);
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

QString LogsPage::title() const
{
    return tr("Logs");
}

QIcon LogsPage::icon() const
{
    return ui::icon(QLatin1String("logs"));
}

void LogsPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    m_timer->start();
    fetch();
}

void LogsPage::hideEvent(QHideEvent* event)
{
    Page::hideEvent(event);
    m_timer->stop();
}

core::manifest::ResourceKey LogsPage::pod() const
{
    const QString path = m_pods->currentData().toString();
    return {"", "Pod", path.section(u'/', 0, 0).toStdString(), path.section(u'/', 1).toStdString()};
}

void LogsPage::setSnapshot(const core::engine::SnapshotPtr& snapshot)
{
    showPods(*snapshot);
}

void LogsPage::showPods(const core::engine::Snapshot& snapshot)
{
    QStringList pods;
    for (const auto& app : snapshot.applications) {
        if (!id().app.name.empty() && app->name != id().app.name)
            continue;
        for (const auto& node : app->resources)
            if (node.key.kind == "Pod" && node.key.group.empty())
                pods.append(qs(node.key.nameSpace + "/" + node.key.name));
    }
    pods.sort();
    const QString current = m_pods->currentData().toString();
    if (!current.isEmpty() && !pods.contains(current))
        pods.prepend(current); // gone, but its log is still of interest
    QStringList shown;
    for (int i = 0; i < m_pods->count(); ++i)
        shown.append(m_pods->itemData(i).toString());
    if (pods != shown) {
        const QSignalBlocker quiet(m_pods);
        m_pods->clear();
        for (const QString& pod : pods)
            m_pods->addItem(ltr(pod), pod);
        m_pods->setCurrentIndex(std::max(0, m_pods->findData(current)));
    }
    m_area->setState(m_pods->count() == 0 ? StatefulArea::State::Empty : StatefulArea::State::Content);
    if (current != m_pods->currentData().toString())
        fetch();
}

void LogsPage::fetch()
{
    if (m_running || m_pods->count() == 0)
        return;
    m_running = true;
    runTask(
        this,
        [&engine = engine(), pod = pod(), container = m_container->text().trimmed().toStdString(),
         stop = m_stop.get_token()] {
            return std::make_shared<core::Result<std::string>>(engine.logs(pod, container, kTailLines, stop));
        },
        [this, stop = m_stop.get_token()](const std::shared_ptr<core::Result<std::string>>& text) {
            if (stop.stop_requested())
                return;
            m_running = false;
            if (!*text) {
                m_area->error().showError(tr("Reading the log of %1").arg(m_pods->currentText()), text->error());
                return;
            }
            m_area->error().clear();
            m_view->setText(qs(**text));
            retranslate();
        });
}

void LogsPage::retranslate()
{
    m_pods->setAccessibleName(tr("Pod"));
    m_container->setPlaceholderText(tr("container"));
    m_container->setAccessibleName(tr("Container"));
    m_search->setPlaceholderText(tr("Filter (regular expression)…"));
    m_search->setAccessibleName(tr("Filter"));
    m_follow->setText(tr("follow"));
    m_view->setAccessibleName(tr("Log lines"));
    const auto shown = static_cast<qint64>(m_view->shownCount());
    const auto all = static_cast<qint64>(m_view->lineCount());
    m_count->setText(shown == all ? tr("%1 lines").arg(number(all))
                                  : tr("%1 of %2 lines").arg(number(shown), number(all)));
    m_area->empty().setText(tr("No pod runs here yet."));
}

} // namespace ui
