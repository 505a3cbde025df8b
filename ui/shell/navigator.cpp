// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/navigator.h"

#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"
#include "ui/base/icons.h"
#include "ui/base/widgets.h"

#include <QEvent>
#include <QHeaderView>
#include <QMenu>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <map>

namespace ui {

namespace eng = core::engine;

namespace {

constexpr int kApp = Qt::UserRole;
constexpr int kPage = Qt::UserRole + 1;
constexpr int kOther = Qt::UserRole + 2; ///< arguments of another connection

QTreeWidget* makeTree(QWidget* parent)
{
    auto* tree = new QTreeWidget(parent);
    tree->setAnimated(false); // filled anew with snapshots: an unfolding would paint what was, in the old colours too
    tree->setColumnCount(2);
    tree->setHeaderHidden(true);
    tree->setFrameShape(QFrame::NoFrame);
    tree->header()->setStretchLastSection(false);
    tree->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    tree->setUniformRowHeights(true);
    tree->setIndentation(14);
    return tree;
}

void setCount(QTreeWidgetItem& item, const QString& text)
{
    item.setText(1, text);
    item.setTextAlignment(1, Qt::AlignTrailing | Qt::AlignVCenter);
    item.setForeground(1, color(Token::Muted));
}

eng::AppId idOf(const QTreeWidgetItem& item)
{
    const QStringList parts = item.data(0, kApp).toStringList();
    return parts.size() == 2 ? eng::AppId {parts[0].toStdString(), parts[1].toStdString()} : eng::AppId {};
}

} // namespace

Navigator::Navigator(QWidget* parent)
    : QWidget(parent)
    , m_connectionsTitle(new SectionLabel({}, this))
    , m_viewsTitle(new SectionLabel({}, this))
    , m_connections(makeTree(this))
    , m_views(makeTree(this))
{
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_connections->setObjectName(QStringLiteral("connections"));
    m_connections->setContextMenuPolicy(Qt::CustomContextMenu);
    m_views->setObjectName(QStringLiteral("views"));
    m_views->setRootIsDecorated(false);
    m_views->setIndentation(0);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(6, 12, 8, 4);
    layout->setSpacing(4);
    for (auto* title : {m_connectionsTitle, m_viewsTitle})
        title->setContentsMargins(6, 6, 6, 2);
    layout->addWidget(m_connectionsTitle);
    layout->addWidget(m_connections, 5);
    layout->addWidget(m_viewsTitle);
    layout->addWidget(m_views, 4);
    connect(m_connections, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem* item) {
        if (item != nullptr && !idOf(*item).name.empty() && m_connections->hasFocus())
            emit applicationActivated(idOf(*item));
    });
    connect(m_connections, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) {
        if (item->data(0, kOther).isValid())
            emit connectionActivated(item->data(0, kOther).toStringList());
        const auto app = idOf(*item);
        if (!app.name.empty())
            emit pageActivated({PageKind::Tree, app, {}});
    });
    connect(m_connections, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem* item) {
        const auto app = idOf(*item);
        if (!app.name.empty())
            emit applicationActivated(app);
    });
    connect(m_connections, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        if (const auto* item = m_connections->itemAt(at); item != nullptr && !idOf(*item).name.empty())
            emit contextMenuRequested(idOf(*item), m_connections->viewport()->mapToGlobal(at));
    });
    const auto openView = [this](QTreeWidgetItem* item) {
        emit pageActivated({static_cast<PageKind>(item->data(0, kPage).toInt()), {}, item->data(0, kApp).toString()});
    };
    connect(m_views, &QTreeWidget::itemClicked, this, openView);
    connect(m_views, &QTreeWidget::itemActivated, this, openView);
    connect(&Theme::instance(), &Theme::changed, this, [this] { retranslate(); });
    retranslate();
}

void Navigator::retranslate()
{
    m_connectionsTitle->setText(tr("Connections"));
    m_viewsTitle->setText(tr("Views"));
    m_connections->setAccessibleName(tr("Connections"));
    m_views->setAccessibleName(tr("Views"));
    if (m_snapshot)
        setSnapshot(std::exchange(m_snapshot, nullptr));
}

void Navigator::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void Navigator::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    const eng::SnapshotPtr before = std::exchange(m_snapshot, snapshot);
    const auto alike = [](const eng::ApplicationPtr& a, const eng::ApplicationPtr& b) {
        return a == b || (a->name == b->name && a->nameSpace == b->nameSpace && a->project == b->project);
    };
    const bool sameShape = before && m_items.size() == snapshot->applications.size()
        && before->connection.name == snapshot->connection.name
        && std::ranges::equal(before->applications, snapshot->applications, alike);
    if (!sameShape)
        rebuild();
    updateInPlace(sameShape ? before.get() : nullptr);
    updateViews();
}

void Navigator::rebuild()
{
    const auto* current = m_connections->currentItem();
    const eng::AppId selected = current != nullptr ? idOf(*current) : eng::AppId {};
    const QSignalBlocker blocker(m_connections);
    m_connections->clear();
    m_items.clear();
    auto* root = new QTreeWidgetItem(m_connections);
    root->setFont(0, uiFont(1, true));
    std::map<std::string, QTreeWidgetItem*> projects;
    for (const auto& app : m_snapshot->applications)
        projects.emplace(app->project, nullptr);
    for (auto& [name, item] : projects) {
        item = new QTreeWidgetItem(root);
        item->setText(0, qs(name));
        item->setIcon(0, icon(QLatin1String("apps"), Token::Muted));
    }
    for (const auto& app : m_snapshot->applications) {
        auto* item = new QTreeWidgetItem(projects.at(app->project));
        item->setText(0, qs(app->name));
        item->setData(0, kApp, QStringList {qs(app->nameSpace), qs(app->name)});
        m_items.push_back(item);
        if (app->name == selected.name && app->nameSpace == selected.nameSpace)
            m_connections->setCurrentItem(item);
    }
    for (const auto& [name, item] : projects)
        setCount(*item, number(item->childCount()));
    m_connections->expandAll();
    addOthers();
}

void Navigator::setConnections(std::vector<KnownConnection> others)
{
    if (others == m_others)
        return;
    m_others = std::move(others);
    if (m_connections->topLevelItemCount() > 0)
        addOthers();
}

void Navigator::addOthers()
{
    while (m_connections->topLevelItemCount() > static_cast<int>(m_others.size()) + 1)
        delete m_connections->takeTopLevelItem(m_connections->topLevelItemCount() - 1);
    while (m_connections->topLevelItemCount() < static_cast<int>(m_others.size()) + 1)
        new QTreeWidgetItem(m_connections);
    for (std::size_t i = 0; i < m_others.size(); ++i) {
        const KnownConnection& other = m_others[i];
        auto* item = m_connections->topLevelItem(static_cast<int>(i) + 1);
        item->setData(0, kOther, other.arguments);
        item->setText(0, other.name);
        item->setFont(0, uiFont(1, other.open));
        item->setForeground(0, color(other.open ? Token::Text : Token::Muted));
        item->setIcon(0, environmentIcon(other.environment));
        const QString state = other.open ? glyphName(other.worst) : tr("not connected");
        item->setToolTip(
            0, QStringList {environmentText(other.environment), state, ltr(other.detail)}.join(QStringLiteral(" · ")));
        item->setData(0, Qt::AccessibleDescriptionRole, item->toolTip(0));
        item->setIcon(1, other.open ? glyphIcon(other.worst) : QIcon());
        setCount(*item, other.open ? number(qint64 {other.applications}) : QString());
    }
}

void Navigator::updateRoot()
{
    auto* root = m_connections->topLevelItem(0);
    const auto& connection = m_snapshot->connection;
    root->setText(0, connection.embedded ? tr("embedded cluster") : qs(connection.name));
    // Drawn anew only where it changes; it stays what it is while the cluster is out of reach.
    if (const int mark = static_cast<int>(m_environment) + 1; root->data(0, kPage).toInt() != mark) {
        root->setData(0, kPage, mark);
        root->setIcon(0, environmentIcon(m_environment));
    }
    root->setData(0, Qt::AccessibleDescriptionRole, environmentText(m_environment));
    root->setToolTip(0, ltr(connection.server));
    setCount(*root, number(static_cast<qint64>(m_snapshot->applications.size())));
}

void Navigator::updateInPlace(const eng::Snapshot* before)
{
    const auto shown = [](const eng::Connection& connection) {
        return std::tie(connection.name, connection.server, connection.state, connection.production);
    };
    if (before == nullptr || shown(before->connection) != shown(m_snapshot->connection))
        updateRoot();
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        if (before != nullptr && before->applications.at(i) == m_snapshot->applications.at(i))
            continue;
        const auto& app = *m_snapshot->applications.at(i);
        auto* item = m_items.at(i);
        const Glyph glyph = glyphOf(app.health);
        const QString name = glyphName(glyph);
        if (item->data(0, Qt::AccessibleDescriptionRole).toString() != name) {
            item->setData(0, Qt::AccessibleDescriptionRole, name);
            item->setIcon(0, glyphIcon(glyph));
        }
        const QString tip = app.healthMessage.empty() ? name : name + QStringLiteral(": ") + isolate(app.healthMessage);
        if (item->toolTip(0) != tip)
            item->setToolTip(0, tip);
    }
}

void Navigator::updateViews()
{
    struct View
    {
        PageKind kind;
        QString text;
        QIcon icon;
        QString count;
        QString argument;
    };
    const auto decisions = std::ranges::count_if(*m_snapshot->problems, [](const auto& p) { return p.needsDecision; });
    const auto bad = std::ranges::count_if(*m_snapshot->problems,
                                           [](const auto& p) { return p.severity == eng::Problem::Severity::Bad; });
    std::int64_t gpus = 0;
    for (const auto& app : m_snapshot->applications)
        gpus += app->gpus;
    const auto count = [](std::int64_t value) { return value == 0 ? QString() : number(value); };
    const std::vector<View> views {
        {PageKind::Problems, tr("Needs a decision"), glyphIcon(Glyph::Suspended), count(decisions),
         QStringLiteral("decisions")},
        {PageKind::Problems, tr("Problems"), glyphIcon(Glyph::Degraded), count(bad), {}},
        {PageKind::Applications,
         tr("All applications"),
         icon(QLatin1String("apps")),
         count(static_cast<std::int64_t>(m_snapshot->applications.size())),
         {}},
        {PageKind::Rollouts,
         tr("Canary"),
         icon(QLatin1String("canary")),
         count(static_cast<std::int64_t>(m_snapshot->rollouts.size())),
         {}},
        {PageKind::ApplicationSets, tr("ApplicationSets"), icon(QLatin1String("apps")), {}, {}},
        {PageKind::Models, tr("Models"), icon(QLatin1String("model")), {}, {}},
        {PageKind::Gpus, tr("GPUs"), icon(QLatin1String("gpu")), count(gpus), {}},
        {PageKind::Events, tr("Events"), icon(QLatin1String("bell")), {}, {}},
        {PageKind::Resources, tr("Resources"), icon(QLatin1String("list")), {}, {}},
        {PageKind::Journal, tr("Journal"), icon(QLatin1String("journal")), {}, {}},
        {PageKind::Administration, tr("Administration"), icon(QLatin1String("settings")), {}, {}},
    };
    while (m_views->topLevelItemCount() < static_cast<int>(views.size()))
        new QTreeWidgetItem(m_views);
    for (std::size_t i = 0; i < views.size(); ++i) {
        auto* item = m_views->topLevelItem(static_cast<int>(i));
        const View& view = views.at(i);
        if (item->text(0) != view.text) {
            item->setText(0, view.text);
            item->setIcon(0, view.icon);
            item->setData(0, kPage, static_cast<int>(view.kind));
            item->setData(0, kApp, view.argument);
        }
        if (item->text(1) != view.count)
            setCount(*item, view.count);
    }
}

void Navigator::setEnvironment(Environment environment)
{
    m_environment = environment;
    if (m_snapshot && m_connections->topLevelItemCount() > 0)
        updateRoot();
}

void Navigator::setCurrent(const eng::AppId& app)
{
    const QSignalBlocker blocker(m_connections);
    for (std::size_t i = 0; m_snapshot && i < m_items.size(); ++i) {
        const auto& one = *m_snapshot->applications.at(i);
        if (one.name == app.name && one.nameSpace == app.nameSpace) {
            m_connections->setCurrentItem(m_items.at(i));
            return;
        }
    }
    m_connections->setCurrentItem(nullptr);
}

} // namespace ui
