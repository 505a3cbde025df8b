// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/journal_page.h"

#include "core/manifest/value.h"
#include "ui/base/bidi.h"
#include "ui/base/flexible_column.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/diff/cell_delegate.h"
#include "ui/diff/field_change_model.h"
#include "ui/logs/journal_model.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QTableView>
#include <QTimer>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr std::size_t kMostEntries = 5'000;

} // namespace

JournalPage::JournalPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_model(new JournalModel(this))
    , m_filter(new QSortFilterProxyModel(this))
    , m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("journalPage"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* bar = new PageBar(this);
    m_search = new QLineEdit(bar);
    m_search->setObjectName(QStringLiteral("journalSearch"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(360);
    m_count = new TokenLabel(Token::Muted, bar);
    m_verdict = new Badge(bar);
    m_verdict->setObjectName(QStringLiteral("journalVerdict"));
    m_verdict->hide();
    m_verify = new QPushButton(bar);
    m_verify->setObjectName(QStringLiteral("verifyJournal"));
    bar->addWidget(m_search, 1);
    bar->addStretch();
    bar->addWidget(m_count);
    bar->addWidget(m_verdict);
    bar->addWidget(m_verify);
    layout->addWidget(bar);
    m_filter->setSourceModel(m_model);
    m_filter->setFilterKeyColumn(-1);
    m_filter->setFilterRole(JournalModel::SearchRole);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_table = new QTableView(this);
    m_table->setObjectName(QStringLiteral("journal"));
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setModel(m_filter);
    m_table->setItemDelegate(new CellDelegate(m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(Theme::instance().rowHeight());
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    const std::array widths {190, 100, 100, 300, 90, 90};
    for (int column = 0; column < JournalModel::Result; ++column)
        m_table->setColumnWidth(column, widths[static_cast<std::size_t>(column)]);
    FlexibleColumn::install(*m_table->horizontalHeader(), JournalModel::Result, 160);
    auto* splitter = new QSplitter(Qt::Vertical, this);
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_table);
    setupDetails(splitter);
    splitter->addWidget(m_details);
    splitter->setStretchFactor(0, 1);
    m_area = new StatefulArea(splitter, this);
    layout->addWidget(m_area, 1);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &JournalPage::showEntry);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filter->setFilterFixedString(text);
        retranslate();
    });
    connect(m_verify, &QPushButton::clicked, this, &JournalPage::verify);
    connect(&m_area->error(), &ErrorStrip::retryRequested, this, &JournalPage::refresh);
    m_timer->setSingleShot(true);
    m_timer->setInterval(1000);
    connect(m_timer, &QTimer::timeout, this, &JournalPage::refresh);
    m_area->setState(StatefulArea::State::Loading);
    setFocusProxy(m_table);
    retranslate();
    refresh();
}

void JournalPage::setupDetails(QWidget* parent)
{
    m_details = new QWidget(parent);
    m_details->setObjectName(QStringLiteral("journalDetails"));
    auto* column = new QVBoxLayout(m_details);
    column->setContentsMargins(12, 8, 12, 8);
    auto* row = new QHBoxLayout;
    m_reason = new TokenLabel(Token::Text, m_details);
    m_reason->setObjectName(QStringLiteral("journalReason"));
    m_reason->setWordWrap(true);
    m_compare = new QPushButton(m_details);
    m_compare->setObjectName(QStringLiteral("journalCompare"));
    row->addWidget(m_reason, 1);
    row->addWidget(m_compare);
    column->addLayout(row);
    m_changes = new QTreeWidget(m_details);
    m_changes->setObjectName(QStringLiteral("journalChanges"));
    m_changes->setRootIsDecorated(false);
    m_changes->setUniformRowHeights(true);
    m_changes->setFrameShape(QFrame::NoFrame);
    m_changes->setColumnCount(3);
    m_changes->setColumnWidth(0, 360);
    m_changes->setColumnWidth(1, 220);
    column->addWidget(m_changes, 1);
    m_details->hide();
    connect(m_compare, &QPushButton::clicked, this, &JournalPage::compare);
}

const core::engine::AuditEntry* JournalPage::chosen() const
{
    return m_model->entry(m_filter->mapToSource(m_table->currentIndex()).row());
}

namespace {

/// The application that an entry is about, where it is about one.
std::optional<core::engine::AppId> applicationOf(const core::engine::AuditEntry& entry)
{
    const QStringList parts = qs(entry.object).split(u'/');
    if (parts.size() != 3 || parts.front() != QLatin1String("Application"))
        return std::nullopt;
    return core::engine::AppId {parts[1].toStdString(), parts[2].toStdString()};
}

} // namespace

void JournalPage::showEntry()
{
    const auto* entry = chosen();
    const auto details = entry == nullptr || entry->details.empty()
        ? core::Result<core::manifest::Value>(core::manifest::Value())
        : core::manifest::parseJson(entry->details);
    const core::manifest::Value known = details ? *details : core::manifest::Value();
    const auto reason = core::manifest::text(known, {"reason"});
    m_reason->setText(reason.empty() ? QString() : tr("Reason: %1").arg(isolate(reason)));
    m_changes->clear();
    for (const auto& change : core::manifest::array(known, {"changes"})) {
        const auto side = [&](const char* name) {
            const auto* value = core::manifest::find(change, {name});
            return value != nullptr && value->is_string() ? ltr(std::string(value->get_string())) : QStringLiteral("—");
        };
        auto* item = new QTreeWidgetItem(
            m_changes, {ltr(fieldPath(core::manifest::texts(change, {"path"}))), side("from"), side("to")});
        for (int column = 0; column < 3; ++column) {
            item->setFont(column, monoFont());
            item->setToolTip(column, item->text(column));
        }
        item->setForeground(1, color(Token::Bad));
        item->setForeground(2, color(Token::Ok));
    }
    const bool revisions = entry != nullptr && applicationOf(*entry) && entry->fromRevision.size() == 40
        && entry->toRevision.size() == 40 && entry->fromRevision != entry->toRevision;
    m_compare->setVisible(revisions);
    m_changes->setVisible(m_changes->topLevelItemCount() > 0);
    m_details->setVisible(!reason.empty() || m_changes->topLevelItemCount() > 0 || revisions);
}

void JournalPage::compare()
{
    const auto* entry = chosen();
    if (entry == nullptr || !applicationOf(*entry))
        return;
    workbench().open({PageKind::Diff, *applicationOf(*entry),
                      QStringLiteral("git:%1...git:%2").arg(qs(entry->fromRevision), qs(entry->toRevision))});
}

QString JournalPage::title() const
{
    return tr("Journal");
}

QIcon JournalPage::icon() const
{
    return ui::icon(QLatin1String("journal"));
}

void JournalPage::setSnapshot(const core::engine::SnapshotPtr&)
{
    if (!m_timer->isActive())
        m_timer->start();
}

void JournalPage::refresh()
{
    if (m_running)
        return;
    m_running = true;
    runTask(
        this,
        [&engine = engine()] {
            return std::make_shared<core::Result<std::vector<core::engine::AuditEntry>>>(engine.audit(kMostEntries));
        },
        [this](const std::shared_ptr<core::Result<std::vector<core::engine::AuditEntry>>>& entries) {
            m_running = false;
            if (!*entries) {
                m_area->showFailure(tr("Reading the journal"), entries->error(), m_model->rowCount() == 0);
                return;
            }
            m_area->error().clear();
            m_area->setState((*entries)->empty() ? StatefulArea::State::Empty : StatefulArea::State::Content);
            m_model->setEntries(std::move(**entries));
            retranslate();
        });
}

void JournalPage::verify()
{
    m_verify->setEnabled(false);
    runTask(
        this, [&engine = engine()] { return std::make_shared<core::Result<>>(engine.verifyAudit()); },
        [this](const std::shared_ptr<core::Result<>>& result) {
            m_verify->setEnabled(true);
            m_verdict->setText(*result ? tr("unbroken") : tr("broken"));
            m_verdict->setTokens(*result ? Token::Ok : Token::Bad, *result ? Token::OkTint : Token::BadTint);
            m_verdict->show();
            if (!*result)
                m_area->error().showError(tr("Checking the journal"), result->error());
        });
}

void JournalPage::retranslate()
{
    m_search->setPlaceholderText(tr("Search who, what, revision…"));
    m_search->setAccessibleName(tr("Search the journal"));
    m_verify->setText(tr("Check the chain"));
    m_table->setAccessibleName(tr("Journal"));
    m_compare->setText(tr("Compare both revisions"));
    m_changes->setHeaderLabels({tr("Field"), tr("Before"), tr("After")});
    m_changes->setAccessibleName(tr("What it changed"));
    m_area->empty().setText(tr("Nothing has been done yet."));
    m_count->setText(tr("%1 entries").arg(number(qint64 {m_filter->rowCount()})));
}

} // namespace ui
