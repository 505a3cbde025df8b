// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_page.h"

#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/lists/cells_model.h"
#include "ui/tree/compare_slot.h"
#include "ui/tree/tree_canvas.h"

#include <QAction>
#include <QFileDialog>
#include <QLineEdit>
#include <QPainter>
#include <QPdfWriter>
#include <QStackedWidget>
#include <QSvgGenerator>
#include <QTimer>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace eng = core::engine;

namespace {

constexpr std::size_t kOffThreadFrom = 1500; ///< resources; fewer are laid out within a frame

} // namespace

TreePage::TreePage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_arrange(new SegmentedBar(this))
    , m_find(new QLineEdit(this))
    , m_findCount(new TokenLabel(Token::Muted, this))
    , m_problemsOnly(new Chip({}, this))
    , m_group(new Chip({}, this))
    , m_zoom(new TokenLabel(Token::Muted, this))
    , m_fit(new Chip({}, this))
    , m_canvas(new TreeCanvas(this))
    , m_listModel(new CellsModel(this))
    , m_listFilter(new CellsFilter(this))
    , m_list(new QTreeView(this))
    , m_stack(new QStackedWidget(this))
    , m_area(new StatefulArea(m_stack, this))
    , m_gpuTimer(new QTimer(this))
    , m_waitTimer(new QTimer(this))
    , m_nextProblem(new QAction(this))
    , m_export(new QAction(this))
    , m_minimap(new QAction(this))
    , m_putToCompare(new QAction(this))
    , m_slot(new CompareSlot(this))
{
    setObjectName(QStringLiteral("treePage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    setupBar();
    layout->addWidget(m_area, 1);
    m_stack->addWidget(m_canvas);
    m_stack->addWidget(m_list);
    setupList();
    setupActions();
    setupCompare();
    setupObjectActions();
    setFocusProxy(m_canvas); // its keys work at once
    m_gpuTimer->setInterval(1'000);
    connect(m_gpuTimer, &QTimer::timeout, this, &TreePage::askForGpus);
    m_waitTimer->setInterval(1'000);
    connect(m_waitTimer, &QTimer::timeout, this, [this] { rebuild(false); });
    m_area->setState(StatefulArea::State::Loading);
    connect(m_canvas, &TreeCanvas::zoomChanged, this, [this] { tellZoom(); });
    connect(m_canvas, &TreeCanvas::selectionChanged, this, [this](int index) {
        if (index >= 0)
            workbench().inspect(this->id().app, m_canvas->scene().items.at(static_cast<std::size_t>(index)).key);
        updateFindCount();
        updateObjectActions();
    });
    connect(m_canvas, &TreeCanvas::activated, this, [this](int index) {
        const auto& item = m_canvas->scene().items.at(static_cast<std::size_t>(index));
        if (item.group.isEmpty())
            activate(item.key);
        else
            fold(index, false);
    });
    connect(m_canvas, &TreeCanvas::foldRequested, this, &TreePage::fold);
    connect(m_canvas, &TreeCanvas::menuRequested, this, [this](int index, const QPoint& at) {
        showMenu(m_canvas->scene().items.at(static_cast<std::size_t>(index)).key, at);
    });
    retranslate();
}

void TreePage::setupBar()
{
    auto* bar = new PageBar(this);
    m_arrange->setObjectName(QStringLiteral("treeArrange"));
    m_find->setObjectName(QStringLiteral("treeFind"));
    m_find->setFixedWidth(150);
    m_find->setClearButtonEnabled(true);
    m_problemsOnly->setObjectName(QStringLiteral("problemsOnly"));
    m_problemsOnly->setCheckable(true);
    m_group->setCheckable(true);
    m_group->setChecked(true);
    m_fit->setObjectName(QStringLiteral("treeFit"));
    for (QWidget* widget : std::initializer_list<QWidget*> {m_arrange, m_find, m_findCount, m_problemsOnly, m_group})
        bar->addWidget(widget);
    bar->addWidget(m_slot);
    bar->addStretch();
    bar->addWidget(m_zoom);
    bar->addWidget(m_fit);
    static_cast<QVBoxLayout*>(layout())->addWidget(bar);
    connect(m_arrange, &SegmentedBar::currentChanged, this, &TreePage::showTab);
    connect(m_find, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_listFilter->setText(text.trimmed());
        if (m_canvas->setFind(text.trimmed()) > 0)
            m_canvas->findNext(1);
        updateFindCount();
    });
    connect(m_find, &QLineEdit::returnPressed, this, [this] { m_canvas->findNext(1); });
    connect(m_problemsOnly, &Chip::toggled, this, [this](bool on) {
        m_options.problemsOnly = on;
        rebuild(true);
    });
    connect(m_group, &Chip::toggled, this, [this](bool on) {
        m_options.group = on;
        rebuild(false);
    });
    connect(m_fit, &Chip::clicked, m_canvas, &TreeCanvas::fit);
}

void TreePage::setupActions()
{
    m_nextProblem->setIcon(ui::icon(QLatin1String("problem")));
    m_export->setIcon(ui::icon(QLatin1String("external")));
    m_minimap->setCheckable(true);
    m_minimap->setChecked(true);
    connect(m_nextProblem, &QAction::triggered, this, [this] { m_canvas->nextProblem(1); });
    connect(m_export, &QAction::triggered, this, &TreePage::exportPicture);
    connect(m_minimap, &QAction::toggled, m_canvas, &TreeCanvas::setMinimapVisible);
    m_nextProblem->setObjectName(QStringLiteral("nextProblem"));
    m_export->setObjectName(QStringLiteral("exportTree"));
    m_minimap->setObjectName(QStringLiteral("minimap"));
    m_group->setObjectName(QStringLiteral("groupAlike"));
    m_actions = {m_nextProblem, m_putToCompare, m_export, m_minimap};
    auto* find = new QAction(this);
    m_findAction = find;
    find->setObjectName(QStringLiteral("findInTree"));
    m_actions.append(find);
    find->setShortcut(QKeySequence(Qt::Key_Slash));
    find->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QAction::triggered, this, [this] { m_find->setFocus(Qt::ShortcutFocusReason); });
    addAction(find);
}

QString TreePage::title() const
{
    return tr("Tree");
}

QIcon TreePage::icon() const
{
    return ui::icon(QLatin1String("tree"));
}

void TreePage::retranslate()
{
    m_arrange->setTexts({tr("Tree"), tr("Waves"), tr("Traffic"), tr("Nodes"), tr("List")});
    m_arrange->setAccessibleName(tr("Arrangement"));
    m_find->setPlaceholderText(tr("Find…"));
    m_find->setAccessibleName(tr("Find in the tree"));
    m_problemsOnly->setText(tr("Problems only"));
    m_group->setText(tr("Group alike"));
    m_list->setAccessibleName(tr("List of resources"));
    m_listModel->setTitles({tr("Resource"), tr("Sync"), tr("Wave"), tr("State"), tr("Why"), tr("Age")});
    m_fit->setText(tr("Fit"));
    m_fit->setToolTip(tr("Show the whole tree (0)"));
    m_nextProblem->setText(tr("Next problem in the tree"));
    m_export->setText(tr("Save the tree as a picture…"));
    m_minimap->setText(tr("Show the map of the tree"));
    m_putToCompare->setText(tr("Put into the comparison"));
    m_slot->retranslate();
    m_findAction->setText(tr("Find in the tree"));
    retranslateObjectActions();
    m_canvas->setAccessibleName(tr("Tree of resources"));
    tellZoom();
    m_area->empty().setText(tr("This application is not in the cluster any more."));
    rebuild(true);
}

void TreePage::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    m_canvas->setNow(snapshot->at);
    const auto app = application(*snapshot);
    if (app == m_app && app)
        return;
    const bool first = m_app == nullptr;
    if (app && app->operation.waitingFor != m_waitingFor) {
        m_waitingFor = app->operation.waitingFor;
        // Opened in the middle of it, the sync's begin is the most that can be said.
        m_waitingSince = first && app->operation.startedAt ? *app->operation.startedAt : snapshot->at;
    }
    m_app = app;
    if (!m_app) {
        m_area->setState(StatefulArea::State::Empty);
        return;
    }
    rebuild(first);
}

void TreePage::tellZoom()
{
    m_zoom->setText(listShown() ? QString() : tr("Zoom %1").arg(percent(qRound(m_canvas->zoom() * 100))));
}

bool TreePage::listShown() const
{
    return m_stack->currentWidget() == m_list;
}

void TreePage::showTab(int tab)
{
    constexpr int kList = 4;
    m_stack->setCurrentIndex(tab == kList ? 1 : 0);
    for (QWidget* widget : std::initializer_list<QWidget*> {m_group, m_zoom, m_fit})
        widget->setVisible(tab != kList);
    tellZoom();
    setFocusProxy(tab == kList ? static_cast<QWidget*>(m_list) : m_canvas);
    if (tab != kList)
        m_options.arrange = static_cast<TreeOptions::Arrange>(tab);
    if (tab == static_cast<int>(TreeOptions::Arrange::Nodes)) {
        askForGpus();
        m_gpuTimer->start();
    } else {
        m_gpuTimer->stop();
    }
    rebuild(true);
}

void TreePage::rebuild(bool fitIt)
{
    if (!m_app)
        return;
    if (listShown()) {
        fillList();
        return;
    }
    m_fitNext = m_fitNext || fitIt;
    if (m_app->resources.size() < kOffThreadFrom) {
        showScene(buildTreeScene(*m_app, m_options), std::exchange(m_fitNext, false));
        return;
    }
    m_again = true;
    layoutNext();
}

/// One layout at a time, always of the newest state: events that come faster than layouts cost no more than one.
void TreePage::layoutNext()
{
    if (m_laying || !m_again || !m_app)
        return;
    m_laying = true;
    m_again = false;
    runTask(
        this, [app = m_app, options = m_options] { return buildTreeScene(*app, options); },
        [this](TreeScene scene) {
            m_laying = false;
            showScene(std::move(scene), std::exchange(m_fitNext, false));
            layoutNext();
        });
}

void TreePage::askForGpus()
{
    if (m_askingGpus)
        return;
    m_askingGpus = true;
    runTask(
        this, [&engine = engine()] { return std::make_shared<core::Result<eng::GpuInventory>>(engine.gpus({})); },
        [this](const std::shared_ptr<core::Result<eng::GpuInventory>>& gpus) {
            m_askingGpus = false;
            if (!*gpus)
                return; // the lanes say what the application's own pods request
            std::map<std::string, std::pair<std::int64_t, std::int64_t>> nodes;
            for (const auto& row : (*gpus)->rows) {
                nodes[row.node].first += row.requested;
                nodes[row.node].second += row.allocatable;
            }
            if (nodes == m_options.nodeGpus)
                return;
            m_options.nodeGpus = std::move(nodes);
            rebuild(false);
        });
}

void TreePage::fold(int index, bool fold)
{
    const auto& items = m_canvas->scene().items;
    const auto& item = items.at(static_cast<std::size_t>(index));
    if (!item.group.isEmpty() && !fold) {
        m_options.openGroups.insert(item.group);
    } else if (fold && item.parent >= 0
               && std::ranges::none_of(items, [&](const TreeItem& other) { return other.parent == index; })) {
        // A card without children closes the groups beside it.
        const auto& above = items.at(static_cast<std::size_t>(item.parent)).key;
        const QString prefix = (above ? qs(above->text()) : QString()) + QLatin1Char('|');
        std::erase_if(m_options.openGroups, [&](const QString& group) { return group.startsWith(prefix); });
    } else if (item.key) {
        if (fold)
            m_options.folded.insert(*item.key);
        else
            m_options.folded.erase(*item.key);
    }
    rebuild(false);
}

void TreePage::activate(const std::optional<core::manifest::ResourceKey>& key)
{
    if (key && (key->kind == "Rollout" || key->kind == "InferenceService")) {
        const auto snapshot = bridge().snapshot();
        const auto shown = std::ranges::find_if(snapshot->rollouts, [&](const auto& rollout) {
            return rollout->key == *key && rollout->application == id().app.name;
        });
        const bool known = shown != snapshot->rollouts.end();
        workbench().open(
            {PageKind::Canary, id().app, rolloutArgument(*key, known ? (*shown)->cluster : std::string())});
    } else if (key && key->kind == "Pod")
        workbench().open({PageKind::Logs, id().app, qs(key->nameSpace + "/" + key->name)});
    else
        workbench().open({PageKind::Diff, id().app, {}});
}

void TreePage::tellWaiting(TreeScene& scene) const
{
    const QString waiting = isolate(m_waitingFor);
    for (TreeLane& lane : scene.lanes)
        if (lane.note == waiting)
            lane.note = tr("%1 (%2)").arg(waiting, ltr(countdown(bridge().snapshot()->at - *m_waitingSince)));
}

void TreePage::showScene(TreeScene scene, bool fitIt)
{
    const bool waits = m_options.arrange == TreeOptions::Arrange::Waves && m_waitingSince && !m_waitingFor.empty();
    if (waits)
        tellWaiting(scene);
    if (waits != m_waitTimer->isActive())
        waits ? m_waitTimer->start() : m_waitTimer->stop();
    m_canvas->setScene(std::move(scene), fitIt);
    m_area->setState(StatefulArea::State::Content);
    updateFindCount();
}

void TreePage::updateFindCount()
{
    const bool finding = !m_find->text().trimmed().isEmpty();
    m_findCount->setVisible(finding);
    if (listShown())
        return m_findCount->setText(number(qint64 {m_listFilter->rowCount()}));
    m_findCount->setText(
        ltr(withDigits(QStringLiteral("%1/%2").arg(m_canvas->findPosition()).arg(m_canvas->findCount()))));
}

core::Result<> TreePage::writePicture(const QString& path) const
{
    constexpr qreal kLargestSide = 16'000; // pixels: what picture files and memory bear
    const QSizeF whole = m_canvas->wholeSize();
    const auto failed = [&] {
        return core::fail(core::Error::Code::Io, "the file cannot be written", path.toStdString(),
                          "choose a folder that you may write to");
    };
    if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
        QSvgGenerator generator;
        generator.setFileName(path);
        generator.setSize(whole.toSize());
        generator.setViewBox(QRectF(QPointF(), whole));
        QPainter painter;
        if (!painter.begin(&generator))
            return failed();
        m_canvas->paintWhole(painter);
        return {};
    }
    if (path.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive)) {
        QPdfWriter writer(path);
        writer.setResolution(96);
        writer.setPageMargins({});
        // One page as large as the tree; 14,400 points is as far as readers go.
        const qreal scale = std::min(1.0, 14'400 / std::max(whole.width() * 0.75, whole.height() * 0.75));
        writer.setPageSize(QPageSize(whole * 0.75 * scale, QPageSize::Point));
        QPainter painter;
        if (!painter.begin(&writer))
            return failed();
        painter.scale(scale, scale);
        m_canvas->paintWhole(painter);
        return {};
    }
    const qreal scale = std::min(2.0, kLargestSide / std::max(whole.width(), whole.height()));
    QImage image((whole * scale).toSize(), QImage::Format_RGB32);
    QPainter painter(&image);
    painter.scale(scale, scale);
    m_canvas->paintWhole(painter);
    painter.end();
    if (!image.save(path))
        return failed();
    return {};
}

void TreePage::exportPicture()
{
    auto* dialog = new QFileDialog(this, tr("Save the tree as a picture"), QString(),
                                   QStringLiteral("PNG (*.png);;SVG (*.svg);;PDF (*.pdf)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("png"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        if (const auto written = writePicture(path); !written)
            workbench().report(tr("Save the tree as a picture"), written.error());
    });
    dialog->open();
}

} // namespace ui
