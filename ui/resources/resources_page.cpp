// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/resources/resources_page.h"

#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/flexible_column.h"
#include "ui/base/icons.h"
#include "ui/base/object_menu.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/diff/cell_delegate.h"
#include "ui/editor/code_editor.h"
#include "ui/resources/objects_model.h"

#include <QAction>
#include <QComboBox>
#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QSplitter>
#include <QTableView>
#include <QTimer>
#include <QVBoxLayout>

#include <map>

namespace ui {

namespace {

/// Rows of one kind whose name, namespace or status holds a text.
class ObjectsFilter : public QSortFilterProxyModel
{
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void set(const QString& kind, const QString& nameSpace, const QString& text)
    {
        m_kind = kind;
        m_nameSpace = nameSpace;
        m_text = text;
        invalidateFilter();
    }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex&) const override
    {
        const auto* model = static_cast<const ObjectsModel*>(sourceModel());
        return model->matches(row, m_kind, m_text)
            && (m_nameSpace.isEmpty() || model->key(row).nameSpace == m_nameSpace.toStdString());
    }

private:
    QString m_kind;
    QString m_nameSpace;
    QString m_text;
};

} // namespace

ResourcesPage::ResourcesPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_model(new ObjectsModel(this))
    , m_filter(new ObjectsFilter(this))
    , m_gate(new AccessGate(bridge(), this))
    , m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("resourcesPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* bar = new PageBar(this);
    m_kind = new QComboBox(bar);
    m_kind->setObjectName(QStringLiteral("kind"));
    m_kind->setMinimumWidth(200);
    m_nameSpace = new QComboBox(bar);
    m_nameSpace->setObjectName(QStringLiteral("namespace"));
    m_nameSpace->setMinimumWidth(150);
    m_search = new QLineEdit(bar);
    m_search->setObjectName(QStringLiteral("resourceSearch"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(320);
    m_wide = new Chip({}, bar);
    m_wide->setObjectName(QStringLiteral("wide"));
    m_wide->setCheckable(true);
    m_count = new TokenLabel(Token::Muted, bar);
    bar->addWidget(m_kind);
    bar->addWidget(m_nameSpace);
    bar->addWidget(m_search, 1);
    bar->addWidget(m_wide);
    bar->addStretch();
    bar->addWidget(m_count);
    layout->addWidget(bar);
    auto* splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    setupTable(splitter);
    setupDetail(splitter);
    splitter->setSizes({760, 440});
    m_area = new StatefulArea(splitter, this);
    layout->addWidget(m_area, 1);
    m_area->setState(StatefulArea::State::Loading);
    connect(m_kind, &QComboBox::currentIndexChanged, this, [this] {
        filter();
        print();
    });
    connect(m_nameSpace, &QComboBox::currentIndexChanged, this, &ResourcesPage::filter);
    connect(m_wide, &Chip::toggled, this, &ResourcesPage::print);
    connect(m_gate, &AccessGate::changed, this, &ResourcesPage::updateButtons);
    connect(m_model, &QAbstractItemModel::modelReset, this, &ResourcesPage::layoutColumns);
    connect(m_search, &QLineEdit::textChanged, this, &ResourcesPage::filter);
    connect(&m_area->error(), &ErrorStrip::retryRequested, this, &ResourcesPage::refresh);
    m_timer->setSingleShot(true);
    m_timer->setInterval(1000);
    connect(m_timer, &QTimer::timeout, this, &ResourcesPage::refresh);
    setFocusProxy(m_table);
    retranslate();
    m_now = bridge().snapshot()->at;
    m_wanted = this->id().argument;
    refresh();
}

ResourcesPage::~ResourcesPage()
{
    m_stop.request_stop();
}

void ResourcesPage::setupTable(QWidget* parent)
{
    m_filter->setSourceModel(m_model);
    m_filter->setSortRole(ObjectsModel::SortRole);
    m_filter->setSortCaseSensitivity(Qt::CaseInsensitive);
    m_table = new QTableView(parent);
    m_table->setObjectName(QStringLiteral("objects"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setModel(m_filter);
    m_table->setItemDelegate(new CellDelegate(m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(ObjectsModel::Kind, Qt::AscendingOrder);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(Theme::instance().rowHeight());
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    layoutColumns();
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &ResourcesPage::showObject);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &ResourcesPage::onSelection);
    connect(m_table, &QWidget::customContextMenuRequested, this, &ResourcesPage::showMenu);
}

void ResourcesPage::layoutColumns()
{
    const int name = m_model->printed() ? 1 : static_cast<int>(ObjectsModel::Name);
    constexpr std::array widths {120, 100, 200, 90, 120, 60};
    for (int column = 0; column < m_model->columnCount(); ++column)
        m_table->setColumnWidth(column, m_model->printed() ? 100 : widths[static_cast<std::size_t>(column)]);
    FlexibleColumn::install(*m_table->horizontalHeader(), name, 180);
}

void ResourcesPage::setupDetail(QWidget* parent)
{
    auto* detail = new QWidget(parent);
    auto* column = new QVBoxLayout(detail);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new PageBar(detail);
    m_name = new QLabel(head);
    m_name->setFont(uiFont(1.0, true));
    m_name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_name->setMinimumWidth(200); // buttons go to a row of their own before the name is cut
    m_edit = new QPushButton(head);
    m_edit->setObjectName(QStringLiteral("editLive"));
    m_apply = new QPushButton(head);
    m_apply->setObjectName(QStringLiteral("applyLive"));
    setButtonRole(m_apply, ButtonRole::Primary);
    m_cancel = new QPushButton(head);
    m_logs = new QPushButton(head);
    m_logs->setObjectName(QStringLiteral("openLogs"));
    m_terminal = new QPushButton(head);
    m_terminal->setObjectName(QStringLiteral("openTerminal"));
    m_forward = new QPushButton(head);
    m_forward->setObjectName(QStringLiteral("forwardPortOf"));
    m_delete = new QPushButton(head);
    m_delete->setObjectName(QStringLiteral("deleteLive"));
    setButtonRole(m_delete, ButtonRole::Danger);
    m_replicas = new QSpinBox(head);
    m_replicas->setObjectName(QStringLiteral("replicas"));
    m_replicas->setRange(0, 100'000);
    m_scale = new QPushButton(head);
    m_scale->setObjectName(QStringLiteral("scale"));
    m_restart = new QPushButton(head);
    m_restart->setObjectName(QStringLiteral("restart"));
    m_more = new QPushButton(head);
    m_more->setObjectName(QStringLiteral("moreActions"));
    m_objectMenu = new ObjectMenu({engine(), bridge(), workbench()}, m_gate, this);
    m_more->setMenu(m_objectMenu);
    head->addWidget(m_name, 1);
    for (QWidget* widget : std::initializer_list<QWidget*> {m_replicas, m_scale, m_restart, m_edit, m_apply, m_cancel,
                                                            m_logs, m_terminal, m_forward, m_more, m_delete})
        head->addWidget(widget);
    m_text = new CodeEditor(detail);
    m_text->setObjectName(QStringLiteral("manifest"));
    m_text->setReadOnly(true);
    column->addWidget(head);
    column->addWidget(m_text, 1);
    connect(m_edit, &QPushButton::clicked, this, &ResourcesPage::beginEdit);
    connect(m_cancel, &QPushButton::clicked, this, &ResourcesPage::endEdit);
    connect(m_apply, &QPushButton::clicked, this, &ResourcesPage::apply);
    connect(m_delete, &QPushButton::clicked, this, &ResourcesPage::remove);
    connect(m_scale, &QPushButton::clicked, this, &ResourcesPage::scale);
    connect(m_restart, &QPushButton::clicked, this, &ResourcesPage::restart);
    connect(m_objectMenu, &ObjectMenu::filled, this, &ResourcesPage::updateButtons);
    connect(m_replicas, &QSpinBox::valueChanged, this, &ResourcesPage::updateButtons);
    connect(m_terminal, &QPushButton::clicked, this, &ResourcesPage::openTerminal);
    connect(m_forward, &QPushButton::clicked, this, &ResourcesPage::forwardPort);
    connect(m_logs, &QPushButton::clicked, this, &ResourcesPage::openLogs);
    const auto add = [this](const QKeySequence& shortcut, auto run) {
        auto* action = new QAction(this);
        action->setShortcut(shortcut);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, run);
        m_actions.append(action);
        return action;
    };
    addAction(add(Qt::Key_F5, &ResourcesPage::refresh));
    m_table->addAction(add(Qt::Key_F2, &ResourcesPage::beginEdit));
    m_table->addAction(add(QKeySequence::Delete, &ResourcesPage::remove));
    m_table->addAction(add(QKeySequence::Copy, &ResourcesPage::copyNames));
}

QString ResourcesPage::title() const
{
    return tr("Resources");
}

QIcon ResourcesPage::icon() const
{
    return ui::icon(QLatin1String("list"));
}

int ResourcesPage::currentRow() const
{
    return m_filter->mapToSource(m_table->currentIndex()).row();
}

void ResourcesPage::setSnapshot(const core::engine::SnapshotPtr& snapshot)
{
    m_now = snapshot->at;
    // At most once a second, however fast the cluster is.
    if (!m_timer->isActive())
        m_timer->start();
}

void ResourcesPage::refresh()
{
    if (m_running)
        return;
    m_running = true;
    runTask(
        this,
        [&engine = engine(), stop = m_stop.get_token()] {
            return std::make_shared<core::Result<std::vector<core::manifest::Value>>>(engine.objects({}, {}, stop));
        },
        [this](const std::shared_ptr<core::Result<std::vector<core::manifest::Value>>>& objects) {
            m_running = false;
            if (!*objects) {
                m_area->showFailure(tr("Listing the cluster's resources"), objects->error(), m_model->rowCount() == 0);
                return;
            }
            m_area->error().clear();
            m_area->setState((*objects)->empty() ? StatefulArea::State::Empty : StatefulArea::State::Content);
            showKinds(**objects);
            const auto current = m_model->key(currentRow());
            m_model->setObjects(std::move(**objects), m_now);
            // The first list shows the object that the page was opened for.
            const QString wanted = std::exchange(m_wanted, {});
            for (int row = 0; row < m_model->rowCount(); ++row)
                if (const auto key = m_model->key(row);
                    row != currentRow() && (wanted.isEmpty() ? key == current : qs(key.text()) == wanted))
                    m_table->setCurrentIndex(m_filter->mapFromSource(m_model->index(row, 0)));
            if (!m_table->currentIndex().isValid() && m_filter->rowCount() > 0)
                m_table->setCurrentIndex(m_filter->index(0, 0));
            filter();
            showObject();
            if (!m_printedAt.isValid() || m_printedAt.hasExpired(5'000)) // a table of many rows is not asked for often
                print();
        });
}

/// Asks the server for the columns of the kind that is shown, as kubectl does.
void ResourcesPage::print()
{
    const QString kind = m_kind->currentData().toString();
    m_wide->setVisible(!kind.isEmpty());
    const core::manifest::Value* first = nullptr;
    for (int row = 0; row < m_model->rowCount() && first == nullptr && !kind.isEmpty(); ++row)
        if (m_model->isOf(row, kind))
            first = m_model->object(row);
    if (first == nullptr) {
        m_model->setPrinted({}, false);
        return;
    }
    if (kind == QLatin1String("Pod") || kind == QLatin1String("Node"))
        measure();
    if (m_printing)
        return;
    m_printing = true;
    m_printedAt.start();
    runTask(
        this,
        [&engine = engine(), groupKind = core::manifest::keyOf(*first).groupKind(), stop = m_stop.get_token()] {
            return std::make_shared<core::Result<core::engine::PrintedTable>>(engine.printed(groupKind, {}, stop));
        },
        [this, kind](const std::shared_ptr<core::Result<core::engine::PrintedTable>>& table) {
            m_printing = false;
            if (kind != m_kind->currentData().toString())
                return print();
            // A server that prints no tables leaves our own columns.
            const auto current = m_model->key(currentRow());
            m_model->setPrinted(*table ? **table : core::engine::PrintedTable {}, m_wide->isChecked());
            select(current);
        });
}

/// What they use stands beside what the server prints, where a metrics server tells it.
void ResourcesPage::measure()
{
    if (m_measuring)
        return;
    m_measuring = true;
    using Measured = core::Result<core::engine::UsageTable>;
    runTask(
        this,
        [&engine = engine(), stop = m_stop.get_token()] { return std::make_shared<Measured>(engine.usage(stop)); },
        [this](const std::shared_ptr<Measured>& measured) {
            m_measuring = false;
            const auto current = m_model->key(currentRow());
            m_model->setUsage(*measured ? std::move(**measured) : core::engine::UsageTable());
            select(current);
        });
}

void ResourcesPage::select(const core::manifest::ResourceKey& key)
{
    for (int row = 0; row < m_model->rowCount(); ++row)
        if (m_model->key(row) == key && row != currentRow())
            m_table->setCurrentIndex(m_filter->mapFromSource(m_model->index(row, 0)));
}

void ResourcesPage::showKinds(const std::vector<core::manifest::Value>& objects)
{
    std::map<QString, std::map<QString, int>> counts; // by kind, then by group
    for (const auto& object : objects) {
        const auto key = core::manifest::keyOf(object);
        ++counts[qs(key.kind)][qs(key.group)];
    }
    const QString current = m_kind->currentData().toString();
    const QSignalBlocker quiet(m_kind);
    m_kind->clear();
    m_kind->addItem(tr("All kinds"), QString());
    for (const auto& [kind, groups] : counts)
        for (const auto& [group, count] : groups) {
            // Two groups may have kinds of one name.
            const bool alone = groups.size() == 1;
            const QString name =
                alone ? kind : kind + QStringLiteral(" (%1)").arg(group.isEmpty() ? QStringLiteral("core") : group);
            m_kind->addItem(ltr(name) + QStringLiteral("  ") + number(qint64 {count}),
                            alone ? kind : kind + u'.' + group);
        }
    m_kind->setCurrentIndex(std::max(0, m_kind->findData(current)));
    QMap<QString, int> spaces;
    for (const auto& object : objects)
        if (const auto nameSpace = core::manifest::nameSpace(object); !nameSpace.empty())
            ++spaces[qs(nameSpace)];
    const QString chosen = m_nameSpace->currentData().toString();
    const QSignalBlocker alsoQuiet(m_nameSpace);
    m_nameSpace->clear();
    m_nameSpace->addItem(tr("All namespaces"), QString());
    for (auto space = spaces.cbegin(); space != spaces.cend(); ++space)
        m_nameSpace->addItem(ltr(space.key()), space.key());
    m_nameSpace->setCurrentIndex(std::max(0, m_nameSpace->findData(chosen)));
}

void ResourcesPage::filter()
{
    static_cast<ObjectsFilter*>(m_filter)->set(m_kind->currentData().toString(), m_nameSpace->currentData().toString(),
                                               m_search->text().trimmed());
    m_count->setText(tr("%n resource(s)", nullptr, m_filter->rowCount()));
}

void ResourcesPage::showObject()
{
    const core::manifest::Value* object = m_model->object(currentRow());
    const core::manifest::ResourceKey key = m_model->key(currentRow());
    if (m_editing) {
        if (object != nullptr && key == m_shown)
            return; // what is being typed stays
        endEdit();
    }
    const QString text = object != nullptr ? qs(shownYaml(*object)) : QString();
    if (m_text->toPlainText() != text)
        m_text->setPlainText(text);
    m_shown = key;
    m_name->setText(object != nullptr ? shortKey(key) : QString());
    const auto replicas = object != nullptr ? core::manifest::integer(*object, {"spec", "replicas"}) : std::nullopt;
    m_scalable = replicas.has_value();
    if (replicas && *replicas != m_liveReplicas) {
        const QSignalBlocker quiet(m_replicas);
        m_replicas->setValue(static_cast<int>(std::min<std::int64_t>(*replicas, m_replicas->maximum())));
    }
    m_liveReplicas = replicas.value_or(-1);
    onSelection();
}

void ResourcesPage::retranslate()
{
    m_search->setPlaceholderText(tr("Filter by name, namespace, status…"));
    m_search->setAccessibleName(tr("Filter"));
    m_kind->setAccessibleName(tr("Kind"));
    m_table->setAccessibleName(tr("Resources"));
    m_wide->setText(tr("all columns"));
    m_replicas->setAccessibleName(tr("Replicas"));
    m_scale->setText(tr("Scale…"));
    m_restart->setText(tr("Restart…"));
    m_edit->setText(tr("Edit"));
    m_apply->setText(tr("Apply"));
    m_cancel->setText(tr("Cancel"));
    m_logs->setText(tr("Logs"));
    m_terminal->setText(tr("Terminal"));
    m_forward->setText(tr("Forward a port…"));
    m_delete->setText(tr("Delete…"));
    m_area->empty().setText(tr("The cluster has no resources yet."));
    m_more->setText(tr("Actions"));
    m_objectMenu->retranslate();
    m_nameSpace->setAccessibleName(tr("Namespace"));
    const QStringList texts {tr("List the resources again"), tr("Edit the resource"), tr("Delete the resource…"),
                             tr("Copy the names")};
    for (int i = 0; i < m_actions.size(); ++i)
        m_actions[i]->setText(texts[i]);
    if (m_kind->count() > 0)
        m_kind->setItemText(0, tr("All kinds"));
    if (m_nameSpace->count() > 0)
        m_nameSpace->setItemText(0, tr("All namespaces"));
    filter();
    showObject();
}

} // namespace ui
