// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/journal_page.h"

#include "ui/base/bidi.h"
#include "ui/base/flexible_column.h"
#include "ui/base/icons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/diff/cell_delegate.h"
#include "ui/logs/journal_model.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QTimer>
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
    m_area = new StatefulArea(m_table, this);
    layout->addWidget(m_area, 1);
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
    m_area->empty().setText(tr("Nothing has been done yet."));
    m_count->setText(tr("%1 entries").arg(number(qint64 {m_filter->rowCount()})));
}

} // namespace ui
