// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/page_state.h"

#include "ui/base/page.h"
#include "ui/base/widgets.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>

namespace ui {

namespace {

constexpr qsizetype kLongest = 4'000;

/// The list of applications keeps its whole view by itself; a terminal's fields belong to what runs there.
bool keeps(const Page& page)
{
    return page.id().kind != PageKind::Applications && page.id().kind != PageKind::Terminal;
}

bool isKept(const QWidget& widget)
{
    return !widget.objectName().isEmpty() && !widget.objectName().startsWith(QLatin1String("qt_"));
}

} // namespace

QByteArray pageState(const Page& page)
{
    QJsonObject state;
    if (!keeps(page))
        return {};
    for (const auto* edit : page.findChildren<QLineEdit*>())
        if (isKept(*edit) && edit->echoMode() == QLineEdit::Normal && !edit->isReadOnly() && !edit->text().isEmpty())
            state.insert(edit->objectName(), edit->text().left(kLongest));
    for (const auto* chip : page.findChildren<Chip*>())
        if (isKept(*chip) && chip->isCheckable())
            state.insert(chip->objectName(), chip->isChecked());
    for (const auto* bar : page.findChildren<SegmentedBar*>())
        if (isKept(*bar))
            state.insert(bar->objectName(), bar->current());
    return state.isEmpty() ? QByteArray() : QJsonDocument(state).toJson(QJsonDocument::Compact);
}

void setPageState(Page& page, const QByteArray& state)
{
    const QJsonObject kept = QJsonDocument::fromJson(state).object();
    if (kept.isEmpty() || !keeps(page))
        return;
    // First the view, then what narrows it: a view may show other fields.
    for (auto* bar : page.findChildren<SegmentedBar*>()) {
        const QJsonValue value = kept.value(bar->objectName());
        if (!isKept(*bar) || !value.isDouble() || value.toInt() == bar->current())
            continue;
        bar->setCurrent(value.toInt());
        emit bar->currentChanged(bar->current());
    }
    for (auto* chip : page.findChildren<Chip*>())
        if (isKept(*chip) && chip->isCheckable() && kept.value(chip->objectName()).isBool())
            chip->setChecked(kept.value(chip->objectName()).toBool());
    for (auto* edit : page.findChildren<QLineEdit*>())
        if (isKept(*edit) && edit->text().isEmpty() && kept.value(edit->objectName()).isString())
            edit->setText(kept.value(edit->objectName()).toString());
}

} // namespace ui
