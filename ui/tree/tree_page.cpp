// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_page.h"

#include "ui/base/bidi.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/tree/tree_canvas.h"

#include <QAction>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QSvgGenerator>
#include <QVBoxLayout>

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
    , m_area(new StatefulArea(m_canvas, this))
    , m_nextProblem(new QAction(this))
    , m_export(new QAction(this))
    , m_minimap(new QAction(this))
{
    setObjectName(QStringLiteral("treePage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    setupBar();
    layout->addWidget(m_area, 1);
    setupActions();
    m_area->setState(StatefulArea::State::Loading);
    connect(m_canvas, &TreeCanvas::zoomChanged, this,
            [this](qreal zoom) { m_zoom->setText(tr("Zoom %1").arg(percent(qRound(zoom * 100)))); });
    connect(m_canvas, &TreeCanvas::selectionChanged, this, [this](int index) {
        if (index >= 0)
            workbench().inspect(this->id().app, m_canvas->scene().items.at(static_cast<std::size_t>(index)).key);
        updateFindCount();
    });
    connect(m_canvas, &TreeCanvas::activated, this, [this](int index) {
        const auto& key = m_canvas->scene().items.at(static_cast<std::size_t>(index)).key;
        if (key && (key->kind == "Rollout" || key->kind == "InferenceService"))
            workbench().open({PageKind::Canary, this->id().app, qs(key->text())});
        else if (key && key->kind == "Pod")
            workbench().open({PageKind::Logs, this->id().app, qs(key->nameSpace + "/" + key->name)});
        else
            workbench().open({PageKind::Diff, this->id().app, {}});
    });
    connect(m_canvas, &TreeCanvas::foldRequested, this, [this](int index, bool fold) {
        const auto& key = m_canvas->scene().items.at(static_cast<std::size_t>(index)).key;
        if (!key)
            return;
        if (fold)
            m_options.folded.insert(*key);
        else
            m_options.folded.erase(*key);
        rebuild(false);
    });
    connect(m_canvas, &TreeCanvas::menuRequested, this, &TreePage::showMenu);
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
    bar->addStretch();
    bar->addWidget(m_zoom);
    bar->addWidget(m_fit);
    static_cast<QVBoxLayout*>(layout())->addWidget(bar);
    connect(m_arrange, &SegmentedBar::currentChanged, this, [this](int index) {
        m_options.arrange = static_cast<TreeOptions::Arrange>(index);
        rebuild(true);
    });
    connect(m_find, &QLineEdit::textChanged, this, [this](const QString& text) {
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
    m_actions = {m_nextProblem, m_export, m_minimap};
    auto* find = new QAction(this);
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
    m_arrange->setTexts({tr("Tree"), tr("Waves"), tr("Nodes")});
    m_arrange->setAccessibleName(tr("Arrangement"));
    m_find->setPlaceholderText(tr("Find…"));
    m_find->setAccessibleName(tr("Find in the tree"));
    m_problemsOnly->setText(tr("Problems only"));
    m_group->setText(tr("Group pods"));
    m_fit->setText(tr("Fit"));
    m_fit->setToolTip(tr("Show the whole tree (0)"));
    m_nextProblem->setText(tr("Next problem in the tree"));
    m_export->setText(tr("Save the tree as a picture…"));
    m_minimap->setText(tr("Show the map of the tree"));
    m_canvas->setAccessibleName(tr("Tree of resources"));
    m_zoom->setText(tr("Zoom %1").arg(percent(qRound(m_canvas->zoom() * 100))));
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
    m_app = app;
    if (!m_app) {
        m_area->setState(StatefulArea::State::Empty);
        return;
    }
    rebuild(first);
}

void TreePage::rebuild(bool fitIt)
{
    if (!m_app)
        return;
    const auto generation = ++m_generation;
    if (m_app->resources.size() < kOffThreadFrom) {
        showScene(buildTreeScene(*m_app, m_options), fitIt);
        return;
    }
    runTask(
        this, [app = m_app, options = m_options] { return buildTreeScene(*app, options); },
        [this, generation, fitIt](TreeScene scene) {
            if (generation == m_generation)
                showScene(std::move(scene), fitIt);
        });
}

void TreePage::showScene(TreeScene scene, bool fitIt)
{
    m_canvas->setScene(std::move(scene), fitIt);
    m_area->setState(StatefulArea::State::Content);
    updateFindCount();
}

void TreePage::updateFindCount()
{
    const bool finding = !m_find->text().trimmed().isEmpty();
    m_findCount->setVisible(finding);
    m_findCount->setText(
        ltr(withDigits(QStringLiteral("%1/%2").arg(m_canvas->findPosition()).arg(m_canvas->findCount()))));
}

void TreePage::showMenu(int index, const QPoint& at)
{
    const auto key = m_canvas->scene().items.at(static_cast<std::size_t>(index)).key;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto app = id().app;
    connect(menu->addAction(tr("Compare with Git")), &QAction::triggered, this, [this, app] {
        workbench().open({PageKind::Diff, app, {}});
    });
    if (key && key->kind == "Pod") {
        connect(menu->addAction(tr("Logs")), &QAction::triggered, this, [this, app, key] {
            workbench().open({PageKind::Logs, app, qs(key->nameSpace + "/" + key->name)});
        });
    }
    if (key) {
        connect(menu->addAction(tr("Sync only this")), &QAction::triggered, this, [this, app, key] {
            workbench().run(tr("Sync %1").arg(shortKey(*key)), [&engine = engine(), app, key] {
                eng::SyncRequest request;
                request.resources = {*key};
                return engine.sync(app, request);
            });
        });
        menu->addSeparator();
        connect(menu->addAction(tr("Delete from the cluster…")), &QAction::triggered, this, [this, key] {
            Question question;
            question.title = tr("Delete %1?").arg(shortKey(*key));
            question.text = tr("The object is removed from the cluster, with everything that it owns. Automated sync "
                               "makes it again where it is in Git.");
            question.verb = tr("Delete");
            question.dangerous = true;
            question.typed = qs(key->name);
            workbench().ask(question, [this, key](const QString&) {
                workbench().run(tr("Delete %1").arg(shortKey(*key)),
                                [&engine = engine(), key] { return engine.removeLive(*key); });
            });
        });
    }
    menu->popup(at);
}

void TreePage::exportPicture()
{
    auto* dialog =
        new QFileDialog(this, tr("Save the tree as a picture"), QString(), QStringLiteral("PNG (*.png);;SVG (*.svg)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("png"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        if (path.endsWith(QLatin1String(".svg"))) {
            QSvgGenerator generator;
            generator.setFileName(path);
            generator.setSize(m_canvas->size());
            generator.setViewBox(m_canvas->rect());
            QPainter painter(&generator);
            m_canvas->render(&painter);
        } else if (!m_canvas->grab().save(path)) {
            workbench().report(tr("Save the tree as a picture"),
                               {core::Error::Code::Io, "the file cannot be written", path.toStdString(), {}, 0, 0});
        }
    });
    dialog->open();
}

} // namespace ui
