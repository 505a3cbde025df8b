// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/diff_page.h"

#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/reasons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/diff/cell_delegate.h"
#include "ui/diff/diff_view.h"
#include "ui/diff/field_change_model.h"

#include <QAction>
#include <QHeaderView>
#include <QListView>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

using core::engine::AppDiff;
using core::engine::ResourceDiff;

namespace {

enum View { Semantic, Split, Unified, ThreeWay };

} // namespace

DiffPage::DiffPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_model(new ResourceDiffModel(this))
    , m_fields(new FieldChangeModel(this))
    , m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("diffPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_sides = parseDiffSides(this->id().argument, this->id().app).value_or(usualSides(this->id().app));
    setupBar();
    setupBody();
    setupActions();
    setFocusProxy(m_list);
    m_timer->setSingleShot(true);
    m_timer->setInterval(150);
    connect(m_timer, &QTimer::timeout, this, &DiffPage::refresh);
    m_area->setState(StatefulArea::State::Loading);
    retranslate();
    refresh();
}

DiffPage::~DiffPage()
{
    m_stop.request_stop();
    m_textStop.request_stop();
}

void DiffPage::setupBar()
{
    auto* bar = new PageBar(this);
    m_left = new QToolButton(bar);
    m_arrow = new QLabel(bar);
    m_right = new QToolButton(bar);
    setupSides();
    m_views = new SegmentedBar(bar);
    m_views->setObjectName(QStringLiteral("diffViews"));
    m_noise = new Chip({}, bar);
    m_noise->setObjectName(QStringLiteral("noise"));
    m_noise->setCheckable(true);
    m_reviewed = new TokenLabel(Token::Muted, bar);
    m_reviewed->setObjectName(QStringLiteral("reviewed"));
    for (QWidget* widget :
         {static_cast<QWidget*>(m_left), static_cast<QWidget*>(m_arrow), static_cast<QWidget*>(m_right),
          static_cast<QWidget*>(m_views), static_cast<QWidget*>(m_noise)})
        bar->addWidget(widget);
    bar->addStretch();
    bar->addWidget(m_reviewed);
    layout()->addWidget(bar);
    connect(m_views, &SegmentedBar::currentChanged, this, &DiffPage::showView);
    connect(m_noise, &Chip::toggled, this, [this](bool shown) {
        m_fields->setNoise(shown ? FieldChangeModel::Noise::Show : FieldChangeModel::Noise::Hide);
        showResource();
    });
    connect(m_model, &ResourceDiffModel::reviewedChanged, this, &DiffPage::showReviewed);
}

void DiffPage::setupBody()
{
    auto* splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    m_list = new QListView(splitter);
    m_list->setObjectName(QStringLiteral("diffResources"));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new ResourceDiffDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setMinimumWidth(160);

    auto* right = new QWidget(splitter);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new PageBar(right);
    m_path = new QLabel(head);
    m_path->setObjectName(QStringLiteral("diffPath"));
    m_path->setFont(monoFont());
    m_path->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_position = new TokenLabel(Token::Muted, head);
    m_position->setObjectName(QStringLiteral("diffPosition"));
    head->addWidget(m_path, 1);
    head->addWidget(m_position);
    setupVerbs(head);
    for (QToolButton* verb : m_verbs)
        head->addWidget(verb);
    column->addWidget(head);

    m_stack = new QStackedWidget(right);
    m_table = new QTableView(m_stack);
    m_table->setObjectName(QStringLiteral("fieldChanges"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setModel(m_fields);
    m_table->setItemDelegate(new FieldChangeDelegate(m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(Theme::instance().rowHeight());
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setWordWrap(false);
    m_table->setColumnWidth(FieldChangeModel::Field, 300);
    m_table->setColumnWidth(FieldChangeModel::Live, 170);
    m_table->setColumnWidth(FieldChangeModel::Desired, 170);
    m_table->setColumnWidth(FieldChangeModel::Why, 180);
    m_view = new DiffView(m_stack);
    m_threeWay = new QSplitter(m_stack);
    const auto withHead = [this](TokenLabel*& heading) {
        auto* side = new QWidget(m_threeWay);
        auto* rows = new QVBoxLayout(side);
        rows->setContentsMargins(0, 0, 0, 0);
        rows->setSpacing(0);
        heading = new TokenLabel(Token::Muted, side);
        heading->setContentsMargins(12, 6, 12, 6);
        auto* view = new DiffView(side);
        rows->addWidget(heading);
        rows->addWidget(view, 1);
        return view;
    };
    m_threeLive = withHead(m_liveHead);
    m_threeDesired = withHead(m_desiredHead);
    m_threeLive->setObjectName(QStringLiteral("threeWayLive"));
    m_threeDesired->setObjectName(QStringLiteral("threeWayDesired"));
    for (DiffView* view : {m_threeLive, m_threeDesired})
        view->setLayoutMode(DiffDocument::Layout::Unified);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_view);
    m_stack->addWidget(m_threeWay);
    column->addWidget(m_stack, 1);

    auto* foot = new QWidget(right);
    auto* footColumn = new QVBoxLayout(foot);
    footColumn->setContentsMargins(14, 10, 14, 12);
    footColumn->setSpacing(10);
    m_effect = new Card(foot);
    m_effectTitle = new QLabel(m_effect);
    m_effectTitle->setFont(uiFont(1.0, true));
    m_effectText = new QLabel(m_effect);
    m_effectText->setObjectName(QStringLiteral("effect"));
    m_effectText->setWordWrap(true);
    m_effectLinks = new QLabel(m_effect);
    m_effectLinks->setObjectName(QStringLiteral("effectLinks"));
    m_effectLinks->setWordWrap(true);
    m_effectLinks->hide(); // until there are some
    m_effectLinks->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    for (QLabel* label : {m_effectTitle, m_effectText, m_effectLinks})
        m_effect->body()->addWidget(label);
    m_note = new TokenLabel(Token::Muted, m_effect);
    m_note->setObjectName(QStringLiteral("note"));
    m_note->setWordWrap(true);
    m_effect->body()->addWidget(m_note);
    footColumn->addWidget(m_effect);
    auto* buttons = new QHBoxLayout;
    m_sync = new QPushButton(foot);
    m_sync->setObjectName(QStringLiteral("approve"));
    setButtonRole(m_sync, ButtonRole::Primary);
    m_plan = new QPushButton(foot);
    m_export = new QPushButton(foot);
    m_comment = new QPushButton(foot);
    m_comment->setObjectName(QStringLiteral("comment"));
    m_stagedButton = new QPushButton(foot);
    m_stagedButton->setObjectName(QStringLiteral("applyStaged"));
    m_stagedButton->hide();
    for (QPushButton* button : {m_sync, m_stagedButton, m_plan, m_export, m_comment})
        buttons->addWidget(button);
    buttons->addStretch();
    footColumn->addLayout(buttons);
    column->addWidget(foot);

    splitter->addWidget(m_list);
    splitter->addWidget(right);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({250, 900});
    m_area = new StatefulArea(splitter, this);
    layout()->addWidget(m_area);

    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &DiffPage::showResource);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &DiffPage::showPosition);
    connect(m_view, &DiffView::currentRowChanged, this, &DiffPage::showPosition);
    connect(m_view, &DiffView::layoutChanged, this, &DiffPage::showPosition);
    connect(m_table, &QTableView::activated, this, [this](const QModelIndex& index) {
        openFile(index.data(FieldChangeModel::FileRole).toString(), index.data(FieldChangeModel::LineRole).toInt());
    });
    connect(m_effectLinks, &QLabel::linkActivated, this, [this](const QString& link) {
        const auto hash = link.lastIndexOf(u'#');
        openFile(link.left(hash), link.mid(hash + 1).toInt());
    });
    connect(m_plan, &QPushButton::clicked, this, [this] { workbench().open({PageKind::Plan, this->id().app, {}}); });
    connect(m_sync, &QPushButton::clicked, this, [this] {
        workbench().open({PageKind::Plan, this->id().app, QStringLiteral("run")});
    });
    connect(m_export, &QPushButton::clicked, this, &DiffPage::exportDiff);
    connect(m_comment, &QPushButton::clicked, this, &DiffPage::copyComment);
    connect(m_stagedButton, &QPushButton::clicked, this, &DiffPage::applyStaged);
    connect(&m_area->error(), &ErrorStrip::retryRequested, this, &DiffPage::refresh);
    updateFoot();
}

QString DiffPage::title() const
{
    return tr("Diff");
}

QIcon DiffPage::icon() const
{
    return ui::icon(QLatin1String("diff"));
}

void DiffPage::setSnapshot(const core::engine::SnapshotPtr& snapshot)
{
    const core::engine::ApplicationPtr app = application(*snapshot);
    if (app == m_app)
        return;
    // What a comparison depends on; health and ages may change without a new one.
    const bool same = app && m_app && app->revision == m_app->revision && app->sync == m_app->sync
        && app->outOfSyncCount == m_app->outOfSyncCount && app->reconciledAt == m_app->reconciledAt
        && app->operation.phase == m_app->operation.phase;
    m_app = app;
    if (!same && !m_timer->isActive())
        m_timer->start();
}

void DiffPage::refresh()
{
    if (m_running) {
        m_again = true;
        return;
    }
    m_running = true;
    m_stop = {};
    if (!usual()) { // the usual comparison is repeated with every change and short
        const QString attempt = tr("Comparing %1").arg(isolate(id().app.name));
        m_task.begin(attempt, id().app, bridge().snapshot()->at, [this, attempt] {
            m_stop.request_stop();
            m_task.end();
            m_area->error().showError(attempt, {core::Error::Code::Cancelled, "cancelled", {}, {}, 0, 0});
        });
    }
    runTask(
        this,
        [&engine = engine(), app = id().app, sides = m_sides, usual = usual(), stop = m_stop.get_token()] {
            return std::make_shared<core::Result<AppDiff>>(usual ? engine.diff(app, stop)
                                                                 : engine.compare(sides.left, sides.right, stop));
        },
        [this](const std::shared_ptr<core::Result<AppDiff>>& result) {
            m_running = false;
            m_task.end();
            showDiff(std::move(*result));
            if (std::exchange(m_again, false))
                refresh();
        });
}

void DiffPage::showDiff(core::Result<AppDiff> result)
{
    if (!result) {
        m_area->setState(StatefulArea::State::Content);
        if (result.error().code != core::Error::Code::Cancelled)
            m_area->showFailure(tr("Comparing %1").arg(isolate(id().app.name)), result.error(),
                                m_model->rowCount() == 0);
        updateFoot();
        return;
    }
    m_area->error().clear();
    const ResourceDiff* before = m_model->resource(m_list->currentIndex().row());
    const std::optional<core::manifest::ResourceKey> current =
        before != nullptr ? std::optional(before->key) : std::nullopt;
    const int differed = m_model->differing();
    m_model->setDiff(std::make_shared<const AppDiff>(std::move(*result)));
    std::erase_if(m_staged, [this](const auto& field) { // what no longer differs is no longer staged
        const ResourceDiff* resource = m_model->resource(m_model->rowOf(field.key));
        return resource == nullptr
            || std::ranges::none_of(resource->changes, [&](const auto& change) { return change.path == field.path; });
    });
    loadReviews();
    const AppDiff& diff = *m_model->diff();
    const bool empty = diff.resources.empty();
    m_area->setState(empty ? StatefulArea::State::Empty : StatefulArea::State::Content);
    int row = std::max(0, current ? m_model->rowOf(*current) : 0);
    // What differs stands first: where the chosen one does not, it was chosen because nothing did.
    if (differed == 0 && m_model->differing() > 0)
        row = 0;
    if (m_list->currentIndex().row() != row)
        m_list->setCurrentIndex(m_model->index(row));
    else
        showResource();
    updateFoot();
    retranslate();
}

/// What was never compared can be neither approved nor exported.
void DiffPage::updateFoot()
{
    const bool compared = m_model->diff() != nullptr;
    m_effect->setVisible(m_model->rowCount() > 0);
    for (QPushButton* button : {m_sync, m_export})
        button->setEnabled(compared);
}

void DiffPage::showResource()
{
    const ResourceDiff* resource = m_model->resource(m_list->currentIndex().row());
    if (resource == nullptr) {
        m_fields->setChanges({});
        m_view->setDocument({});
        return;
    }
    m_fields->setChanges(resource->changes);
    showStaged();
    if (m_fields->rowCount() > 0)
        m_table->setCurrentIndex(m_fields->index(0, 0));
    const bool semantic = m_views->current() == Semantic && m_fields->rowCount() > 0;
    m_stack->setCurrentWidget(semantic                             ? static_cast<QWidget*>(m_table)
                                  : m_views->current() == ThreeWay ? static_cast<QWidget*>(m_threeWay)
                                                                   : m_view);
    showEffect(*resource);
    showThreeWay(*resource);
    m_textStop.request_stop();
    m_textStop = {};
    std::vector<DiffSection> sections;
    sections.push_back({{}, resource->liveYaml, resource->desiredYaml});
    runTask(
        this,
        [sections = std::move(sections)]() mutable { return std::make_shared<DiffDocument>(std::move(sections)); },
        [this, stop = m_textStop.get_token()](const std::shared_ptr<DiffDocument>& document) {
            if (stop.stop_requested())
                return;
            m_view->setDocument(std::move(*document));
            showPosition();
        });
}

void DiffPage::showEffect(const ResourceDiff& resource)
{
    QStringList sentences;
    switch (resource.action) {
    case ResourceDiff::Action::Create:
        sentences.append(tr("A sync creates it in wave %1.").arg(number(qint64 {resource.wave})));
        break;
    case ResourceDiff::Action::Patch:
        sentences.append(tr("A sync changes it in wave %1.").arg(number(qint64 {resource.wave})));
        break;
    case ResourceDiff::Action::Prune:
        sentences.append(tr("It is no longer in Git: a sync with pruning deletes it."));
        break;
    case ResourceDiff::Action::Replace:
        sentences.append(tr("A sync replaces it in wave %1.").arg(number(qint64 {resource.wave})));
        break;
    case ResourceDiff::Action::Hook:
        sentences.append(tr("A hook: it runs with each sync."));
        break;
    case ResourceDiff::Action::None:
        sentences.append(tr("A sync leaves it as it is."));
        break;
    }
    if (resource.restartsPods)
        sentences.append(resource.pods > 0
                             ? withDigits(tr("%n pod(s) restart.", nullptr, static_cast<int>(resource.pods)))
                             : tr("Its pods restart."));
    if (resource.gpus != 0) {
        const auto free = m_model->diff() ? m_model->diff()->freeGpus : std::nullopt;
        const bool room = !free || resource.gpus <= *free;
        sentences.append(
            !free      ? gpuChange(resource.gpus) + u'.'
                : room ? tr("%1; %2 are free.").arg(gpuChange(resource.gpus), number(qint64 {*free}))
                       : tr("%1: no room, only %2 are free.").arg(gpuChange(resource.gpus), number(qint64 {*free})));
    }
    for (const auto& change : resource.changes)
        if (change.immutableField && !change.ignored) {
            sentences.append(tr("%1 cannot be changed in place: the object must be replaced (Replace=true with force).")
                                 .arg(ltr(fieldPath(change.path))));
            break;
        }
    if (!resource.note.empty())
        sentences.append(reasonText(resource.note));
    m_effectText->setText(sentences.join(u' '));
    QStringList links;
    for (const auto& change : resource.changes) {
        if (change.file.empty() || change.ignored)
            continue;
        const QString place =
            change.line > 0 ? QStringLiteral("%1:%2").arg(qs(change.file)).arg(change.line) : qs(change.file);
        const QString link = QStringLiteral("<a href=\"%1#%2\" style=\"color:%4;text-decoration:none\">%3</a>")
                                 .arg(qs(change.file).toHtmlEscaped())
                                 .arg(change.line)
                                 .arg(ltr(place).toHtmlEscaped(), color(Token::Accent).name());
        if (!links.contains(link) && links.size() < 6)
            links.append(link);
    }
    m_effectLinks->setText(links.join(QStringLiteral(" &nbsp;·&nbsp; ")));
    m_effectLinks->setVisible(!links.isEmpty());
    const auto note = m_review.notes.find(resource.key);
    m_note->setText(note == m_review.notes.end() ? QString() : tr("Note: %1").arg(isolate(note->second)));
    m_note->setVisible(note != m_review.notes.end());
}

void DiffPage::showPosition()
{
    QString path;
    int at = 0;
    int all = 0;
    if (m_stack->currentWidget() == m_table) {
        all = m_fields->rowCount();
        at = m_table->currentIndex().row() + 1;
        if (const auto* change = m_fields->change(at - 1))
            path = fieldPath(change->path);
    } else if (m_view->currentRow() >= 0) {
        all = static_cast<int>(m_view->document().changes().size());
        at = m_view->currentChange() + 1;
        path = qs(m_view->document().path(m_view->document().rows()[static_cast<std::size_t>(m_view->currentRow())]));
    }
    m_path->setText(path.isEmpty() ? QStringLiteral(" ") : ltr(path));
    m_position->setText(all == 0 ? tr("no changes")
                                 : ltr(number(qint64 {at}) + QStringLiteral(" / ") + number(qint64 {all})));
    showVerbs();
}

void DiffPage::showView(int view)
{
    if (view == Split || view == Unified)
        m_view->setLayoutMode(view == Split ? DiffDocument::Layout::Split : DiffDocument::Layout::Unified);
    const bool semantic = view == Semantic && m_fields->rowCount() > 0;
    m_stack->setCurrentWidget(semantic               ? static_cast<QWidget*>(m_table)
                                  : view == ThreeWay ? static_cast<QWidget*>(m_threeWay)
                                                     : m_view);
    (view == ThreeWay ? static_cast<QWidget*>(m_threeDesired) : m_stack->currentWidget())->setFocus();
    showPosition();
}

void DiffPage::showReviewed()
{
    m_reviewed->setText(tr("%1 reviewed")
                            .arg(ltr(number(qint64 {m_model->reviewedCount()}) + QStringLiteral(" / ")
                                     + number(qint64 {m_model->differing()}))));
    const bool differs = m_model->differing() > 0;
    m_sync->setEnabled(differs);
    m_sync->setToolTip(differs ? QString() : tr("Nothing differs: the cluster is as Git wants it."));
    if (!m_review.signedBy.empty())
        m_reviewed->setText(m_reviewed->text() + QStringLiteral(" · ")
                            + tr("signed off by %1").arg(isolate(m_review.signedBy)));
}

} // namespace ui
