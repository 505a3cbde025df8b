// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal/forwards_page.h"

#include "ui/base/bidi.h"
#include "ui/base/icons.h"
#include "ui/base/words.h"
#include "ui/terminal/forward_list.h"

#include <QAction>
#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QTreeView>
#include <QUrl>

namespace ui {

ForwardsPage::ForwardsPage(const PageContext& context, PageId id, QWidget* parent)
    : ListingPage(context, std::move(id), parent, "forwardsPage")
    , m_list(ForwardList::of(context.bridge))
    , m_open(addRowAction("openForward", {}, [](const CellRow& row) { QDesktopServices::openUrl(QUrl(row.target)); }))
    , m_copy(addRowAction("copyForward", QKeySequence::Copy,
                          [](const CellRow& row) { QGuiApplication::clipboard()->setText(row.target); }))
    , m_stop(addRowAction("stopForward", QKeySequence::Delete,
                          [this](const CellRow& row) { m_list.remove(row.id.toInt()); }))
{
    connect(&m_list, &ForwardList::changed, this, &ForwardsPage::fill);
    retranslate();
    fill();
}

QString ForwardsPage::title() const
{
    return tr("Forwarded ports");
}

QIcon ForwardsPage::icon() const
{
    return ui::icon(QLatin1String("external"));
}

void ForwardsPage::retranslate()
{
    setColumns({{tr("Address"), 200}, {tr("Leads to"), 300}, {tr("Pod"), 240}, {tr("State"), 260, true}});
    view().setAccessibleName(tr("Forwarded ports"));
    setFilterHint(tr("Filter by address or object…"));
    setEmptyText(tr("No port is forwarded. Choose \"Forward a port\" in the menu of a pod or a service."));
    m_open->setText(tr("Open in the browser"));
    m_copy->setText(tr("Copy the address"));
    m_stop->setText(tr("Stop forwarding"));
    fill();
}

void ForwardsPage::fill()
{
    std::vector<CellRow> rows;
    for (const ForwardList::Entry& entry : m_list.entries()) {
        CellRow row;
        row.id = QString::number(entry.id);
        row.key = entry.target.key;
        const bool open = entry.forward != nullptr;
        if (open)
            row.target = QStringLiteral("http://127.0.0.1:%1").arg(entry.localPort);
        const QString state = !open ? tr("opening…") : entry.problem.isEmpty() ? tr("open") : isolate(entry.problem);
        row.cells = {{open ? ltr(QStringLiteral("127.0.0.1:%1").arg(entry.localPort)) : QString(), Glyph::None,
                      Token::Text, true},
                     {ltr(QStringLiteral("%1:%2").arg(qs(entry.target.key.text())).arg(entry.port))},
                     {open ? ltr(qs(entry.forward->pod().name)) : QString()},
                     {state,
                      !open                         ? Glyph::Progressing
                          : entry.problem.isEmpty() ? Glyph::Healthy
                                                    : Glyph::Degraded,
                      entry.problem.isEmpty() ? Token::Text : Token::Bad}};
        rows.push_back(std::move(row));
    }
    showRows(std::move(rows));
}

QString ForwardsPage::countText(int shown) const
{
    return tr("%n port(s)", nullptr, shown);
}

void ForwardsPage::activate(const CellRow& row)
{
    if (!row.target.isEmpty())
        QDesktopServices::openUrl(QUrl(row.target));
}

void ForwardsPage::updateActions()
{
    const CellRow* row = current();
    m_open->setEnabled(row != nullptr && !row->target.isEmpty());
    m_copy->setEnabled(row != nullptr && !row->target.isEmpty());
    m_stop->setEnabled(row != nullptr);
}

} // namespace ui
