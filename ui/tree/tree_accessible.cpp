// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_canvas.h"

#include <QAccessibleWidget>

namespace ui {

namespace {

class AccessibleCanvas;

/// One card, as a screen reader sees it.
class AccessibleItem final : public QAccessibleInterface
{
public:
    AccessibleItem(TreeCanvas* canvas, int index)
        : m_canvas(canvas)
        , m_index(index)
    {
    }
    [[nodiscard]] bool isValid() const override
    {
        return m_canvas != nullptr && m_index < static_cast<int>(m_canvas->scene().items.size());
    }
    [[nodiscard]] QObject* object() const override { return nullptr; }
    [[nodiscard]] QAccessibleInterface* parent() const override
    {
        return QAccessible::queryAccessibleInterface(m_canvas);
    }
    [[nodiscard]] QAccessibleInterface* child(int) const override { return nullptr; }
    [[nodiscard]] int childCount() const override { return 0; }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    [[nodiscard]] QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    [[nodiscard]] QString text(QAccessible::Text kind) const override
    {
        return isValid() && kind == QAccessible::Name ? m_canvas->describe(m_index) : QString();
    }
    void setText(QAccessible::Text, const QString&) override { }
    [[nodiscard]] QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect local = m_canvas->viewRect(m_index).toRect();
        return {m_canvas->mapToGlobal(local.topLeft()), local.size()};
    }
    [[nodiscard]] QAccessible::Role role() const override { return QAccessible::TreeItem; }
    [[nodiscard]] QAccessible::State state() const override
    {
        QAccessible::State state;
        state.focusable = true;
        state.selectable = true;
        state.selected = isValid() && m_canvas->selected() == m_index;
        state.focused = state.selected && m_canvas->hasFocus();
        return state;
    }
    [[nodiscard]] int index() const { return m_index; }

private:
    QPointer<TreeCanvas> m_canvas;
    int m_index;
};

class AccessibleCanvas final : public QAccessibleWidget
{
public:
    explicit AccessibleCanvas(TreeCanvas* canvas)
        : QAccessibleWidget(canvas, QAccessible::Tree)
        , m_canvas(canvas)
    {
    }
    ~AccessibleCanvas() override
    {
        for (const auto id : m_ids)
            QAccessible::deleteAccessibleInterface(id);
    }
    [[nodiscard]] int childCount() const override { return static_cast<int>(m_canvas->scene().items.size()); }
    [[nodiscard]] QAccessibleInterface* child(int index) const override
    {
        if (index < 0 || index >= childCount())
            return nullptr;
        while (static_cast<int>(m_ids.size()) <= index) {
            auto* made = new AccessibleItem(m_canvas, static_cast<int>(m_ids.size())); // owned by the registry
            m_ids.push_back(QAccessible::registerAccessibleInterface(made));
        }
        return QAccessible::accessibleInterface(m_ids.at(static_cast<std::size_t>(index)));
    }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface* item) const override
    {
        const auto* card = dynamic_cast<const AccessibleItem*>(item);
        return card == nullptr ? -1 : card->index();
    }
    [[nodiscard]] QAccessibleInterface* childAt(int x, int y) const override
    {
        return child(m_canvas->itemAt(m_canvas->mapFromGlobal(QPoint(x, y))));
    }
    [[nodiscard]] QAccessibleInterface* focusChild() const override { return child(m_canvas->selected()); }

private:
    TreeCanvas* m_canvas;
    mutable std::vector<QAccessible::Id> m_ids;
};

QAccessibleInterface* factory(const QString& name, QObject* object)
{
    if (name == QLatin1String("ui::TreeCanvas")) {
        if (auto* canvas = qobject_cast<TreeCanvas*>(object))
            return new AccessibleCanvas(canvas); // owned by the registry
    }
    return nullptr;
}

} // namespace

void installTreeAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(factory);
        return true;
    }();
    Q_UNUSED(installed)
}

} // namespace ui
