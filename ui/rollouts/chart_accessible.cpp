// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/rollouts/chart_stack.h"

#include <QAccessibleWidget>
#include <QPointer>

namespace ui {

namespace {

/// One chart, as a screen reader sees it.
class AccessibleChart final : public QAccessibleInterface
{
public:
    AccessibleChart(ChartStack* stack, int index)
        : m_stack(stack)
        , m_index(index)
    {
    }
    [[nodiscard]] bool isValid() const override
    {
        return m_stack != nullptr && m_index < static_cast<int>(m_stack->data().charts.size());
    }
    [[nodiscard]] QObject* object() const override { return nullptr; }
    [[nodiscard]] QAccessibleInterface* parent() const override
    {
        return QAccessible::queryAccessibleInterface(m_stack);
    }
    [[nodiscard]] QAccessibleInterface* child(int) const override { return nullptr; }
    [[nodiscard]] int childCount() const override { return 0; }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    [[nodiscard]] QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    [[nodiscard]] QString text(QAccessible::Text kind) const override
    {
        if (!isValid())
            return {};
        const Chart& chart = m_stack->data().charts[static_cast<std::size_t>(m_index)];
        return kind == QAccessible::Name       ? plain(chart.title)
            : kind == QAccessible::Description ? describeChart(chart)
                                               : QString();
    }
    void setText(QAccessible::Text, const QString&) override { }
    [[nodiscard]] QRect rect() const override
    {
        if (!isValid())
            return {};
        const QRect local = m_stack->plotRect(m_index);
        return {m_stack->mapToGlobal(local.topLeft()), local.size()};
    }
    [[nodiscard]] QAccessible::Role role() const override { return QAccessible::Chart; }
    [[nodiscard]] QAccessible::State state() const override { return {}; }
    [[nodiscard]] int index() const { return m_index; }

private:
    QPointer<ChartStack> m_stack;
    int m_index;
};

class AccessibleStack final : public QAccessibleWidget
{
public:
    explicit AccessibleStack(ChartStack* stack)
        : QAccessibleWidget(stack, QAccessible::Grouping)
        , m_stack(stack)
    {
    }
    ~AccessibleStack() override
    {
        for (const auto id : m_ids)
            QAccessible::deleteAccessibleInterface(id);
    }
    [[nodiscard]] int childCount() const override { return static_cast<int>(m_stack->data().charts.size()); }
    [[nodiscard]] QAccessibleInterface* child(int index) const override
    {
        if (index < 0 || index >= childCount())
            return nullptr;
        while (static_cast<int>(m_ids.size()) <= index) {
            auto* made = new AccessibleChart(m_stack, static_cast<int>(m_ids.size())); // owned by the registry
            m_ids.push_back(QAccessible::registerAccessibleInterface(made));
        }
        return QAccessible::accessibleInterface(m_ids.at(static_cast<std::size_t>(index)));
    }
    [[nodiscard]] int indexOfChild(const QAccessibleInterface* item) const override
    {
        const auto* chart = dynamic_cast<const AccessibleChart*>(item);
        return chart == nullptr ? -1 : chart->index();
    }
    [[nodiscard]] QAccessibleInterface* childAt(int x, int y) const override
    {
        for (int i = 0; i < childCount(); ++i)
            if (m_stack->plotRect(i).contains(m_stack->mapFromGlobal(QPoint(x, y))))
                return child(i);
        return nullptr;
    }

private:
    ChartStack* m_stack;
    mutable std::vector<QAccessible::Id> m_ids;
};

QAccessibleInterface* factory(const QString& name, QObject* object)
{
    if (name == QLatin1String("ui::ChartStack")) {
        if (auto* stack = qobject_cast<ChartStack*>(object))
            return new AccessibleStack(stack); // owned by the registry
    }
    return nullptr;
}

} // namespace

void installChartAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(factory);
        return true;
    }();
    Q_UNUSED(installed)
}

} // namespace ui
