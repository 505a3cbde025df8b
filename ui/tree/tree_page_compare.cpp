// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/tree/compare_slot.h"
#include "ui/tree/tree_canvas.h"
#include "ui/tree/tree_page.h"

#include <QAction>
#include <QApplication>
#include <QDrag>
#include <QDragEnterEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QTreeView>

// Objects of the tree beside each other: dragged to the slot or onto each other, or put there by a key.

namespace ui {

namespace eng = core::engine;

void TreePage::setupCompare()
{
    m_putToCompare->setObjectName(QStringLiteral("putToCompare"));
    m_putToCompare->setShortcut(QKeySequence(Qt::Key_C));
    m_putToCompare->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    addAction(m_putToCompare);
    connect(m_putToCompare, &QAction::triggered, this, [this] {
        if (const auto key = selectedKey())
            m_slot->put({id().app, *key});
    });
    connect(m_slot, &CompareSlot::comparisonWanted, this, &TreePage::compareObjects);
    m_canvas->setAcceptDrops(true);
    m_canvas->installEventFilter(this);
}

std::optional<core::manifest::ResourceKey> TreePage::selectedKey() const
{
    if (listShown())
        return keyInList(m_list->currentIndex());
    const int index = m_canvas->selected();
    return index < 0 ? std::nullopt : m_canvas->scene().items.at(static_cast<std::size_t>(index)).key;
}

void TreePage::compareObjects(const ComparedObject& first, const ComparedObject& second)
{
    runTask(
        this,
        [&engine = engine(), first, second] {
            return std::make_shared<core::Result<QString>>(comparisonOf(engine, first, second));
        },
        [this, first, second](const std::shared_ptr<core::Result<QString>>& sides) {
            if (*sides)
                workbench().open({PageKind::Diff, {}, **sides});
            else
                workbench().report(tr("Compare %1 with %2").arg(shortKey(first.key), shortKey(second.key)),
                                   sides->error());
        });
}

bool TreePage::eventFilter(QObject* watched, QEvent* event)
{
    if (watched != m_canvas)
        return Page::eventFilter(watched, event);
    const auto keyAt = [this](const QPointF& at) -> std::optional<core::manifest::ResourceKey> {
        const int index = m_canvas->itemAt(at);
        return index < 0 ? std::nullopt : m_canvas->scene().items.at(static_cast<std::size_t>(index)).key;
    };
    switch (event->type()) {
    case QEvent::MouseButtonPress: {
        const auto* press = static_cast<QMouseEvent*>(event);
        m_dragged = press->button() == Qt::LeftButton ? keyAt(press->position()) : std::nullopt;
        m_pressedAt = press->position();
        break;
    }
    case QEvent::MouseButtonRelease:
        m_dragged.reset();
        break;
    case QEvent::MouseMove: {
        const auto* move = static_cast<QMouseEvent*>(event);
        if (!m_dragged || !move->buttons().testFlag(Qt::LeftButton)
            || (move->position() - m_pressedAt).manhattanLength() < QApplication::startDragDistance())
            break;
        auto* drag = new QDrag(this);
        drag->setMimeData(mimeOf({id().app, *m_dragged}));
        m_dragged.reset();
        drag->exec(Qt::CopyAction);
        return true;
    }
    case QEvent::DragEnter:
    case QEvent::DragMove: {
        auto* drag = static_cast<QDragMoveEvent*>(event);
        const auto object = objectIn(*drag->mimeData());
        if (!object)
            break; // files go on to the window
        const auto target = keyAt(drag->position());
        drag->setAccepted(event->type() == QEvent::DragEnter || (target && *target != object->key));
        return true;
    }
    case QEvent::Drop: {
        auto* drop = static_cast<QDropEvent*>(event);
        const auto object = objectIn(*drop->mimeData());
        const auto target = keyAt(drop->position());
        if (!object || !target)
            break;
        drop->acceptProposedAction();
        compareObjects(*object, {id().app, *target});
        return true;
    }
    default:
        break;
    }
    return Page::eventFilter(watched, event);
}

} // namespace ui
