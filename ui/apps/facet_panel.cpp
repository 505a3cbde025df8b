// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/facet_panel.h"

#include "ui/base/bidi.h"
#include "ui/base/words.h"

#include <QHeaderView>
#include <QTimer>

#include <algorithm>

namespace ui {

namespace eng = core::engine;
using Facet = AppFilterProxy::Facet;

namespace {

constexpr int kValue = Qt::UserRole;
/// Values of a facet that are shown at most: those with the most applications.
constexpr std::size_t kMost = 40;

template<class State>
std::optional<State> stateOf(Facet facet, const std::string& value, State last)
{
    eng::Application probe;
    for (int i = 0; i <= static_cast<int>(last); ++i) {
        const auto state = static_cast<State>(i);
        if constexpr (std::is_same_v<State, eng::Health>)
            probe.health = state;
        else if constexpr (std::is_same_v<State, eng::SyncState>)
            probe.sync = state;
        else
            probe.operation.phase = state;
        if (AppFilterProxy::valueOf(probe, facet) == value)
            return state;
    }
    return std::nullopt;
}

} // namespace

QString facetName(Facet facet)
{
    switch (facet) {
    case Facet::Health:
        return FacetPanel::tr("Health");
    case Facet::Sync:
        return FacetPanel::tr("Sync");
    case Facet::Operation:
        return FacetPanel::tr("Operation");
    case Facet::Project:
        return FacetPanel::tr("Project");
    case Facet::Cluster:
        return FacetPanel::tr("Cluster");
    case Facet::Namespace:
        return FacetPanel::tr("Namespace");
    case Facet::AutoSync:
        return FacetPanel::tr("Automated sync");
    case Facet::Folder:
        return FacetPanel::tr("Folder");
    case Facet::Repository:
        return FacetPanel::tr("Repository");
    case Facet::Branch:
        return FacetPanel::tr("Branch");
    case Facet::Condition:
        return FacetPanel::tr("Warning");
    case Facet::Model:
        return FacetPanel::tr("Model");
    case Facet::Gpus:
        return FacetPanel::tr("GPUs");
    case Facet::SelfHeal:
        return FacetPanel::tr("Repairs itself");
    case Facet::Prune:
        return FacetPanel::tr("Prunes");
    case Facet::ControlNamespace:
        return FacetPanel::tr("Namespace of the application");
    }
    return {};
}

QString facetValueText(Facet facet, const std::string& value)
{
    if (facet == Facet::Health)
        return healthText(stateOf(facet, value, eng::Health::Missing).value_or(eng::Health::Unknown));
    if (facet == Facet::Sync)
        return syncText(stateOf(facet, value, eng::SyncState::OutOfSync).value_or(eng::SyncState::Unknown));
    if (facet == Facet::Operation)
        return phaseText(stateOf(facet, value, eng::OperationPhase::Terminating).value_or(eng::OperationPhase::None));
    if (facet == Facet::AutoSync || facet == Facet::SelfHeal || facet == Facet::Prune)
        return value == "on" ? FacetPanel::tr("on") : FacetPanel::tr("off");
    if (facet == Facet::Condition && value.empty())
        return FacetPanel::tr("none");
    if (facet == Facet::Folder && value.empty())
        return FacetPanel::tr("in no folder");
    if (facet == Facet::Gpus)
        return ltr(withDigits(qs(value).replace(u'-', QStringLiteral("–"))));
    return value.empty() ? QStringLiteral("–") : isolate(value);
}

Glyph facetValueGlyph(Facet facet, const std::string& value)
{
    if (facet == Facet::Health)
        return glyphOf(stateOf(facet, value, eng::Health::Missing).value_or(eng::Health::Unknown));
    if (facet == Facet::Sync)
        return glyphOf(stateOf(facet, value, eng::SyncState::OutOfSync).value_or(eng::SyncState::Unknown));
    if (facet == Facet::Operation)
        return glyphOf(stateOf(facet, value, eng::OperationPhase::Terminating).value_or(eng::OperationPhase::None));
    return Glyph::None;
}

FacetPanel::FacetPanel(AppFilterProxy& proxy, QWidget* parent)
    : QTreeWidget(parent)
    , m_proxy(proxy)
    , m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("facets"));
    setColumnCount(2);
    setHeaderHidden(true);
    setFrameShape(QFrame::NoFrame);
    setIndentation(12);
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(0, QHeaderView::Stretch);
    header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    for (std::size_t i = 0; i < AppFilterProxy::kFacets.size(); ++i) {
        auto* top = new QTreeWidgetItem(this);
        top->setFont(0, uiFont(1, true));
        top->setFirstColumnSpanned(true);
        top->setChildIndicatorPolicy(QTreeWidgetItem::ShowIndicator); // closed ones are counted when they open
        top->setExpanded(i < 4);
    }
    m_timer->setSingleShot(true);
    m_timer->setInterval(200);
    connect(m_timer, &QTimer::timeout, this, &FacetPanel::refresh);
    connect(this, &QTreeWidget::itemChanged, this, &FacetPanel::onItemChanged);
    connect(this, &QTreeWidget::itemExpanded, this, &FacetPanel::refresh);
    retranslate();
}

void FacetPanel::retranslate()
{
    setAccessibleName(tr("Facets"));
    const QSignalBlocker quiet(this);
    for (int i = 0; i < topLevelItemCount(); ++i)
        topLevelItem(i)->setText(0, facetName(AppFilterProxy::kFacets[static_cast<std::size_t>(i)]));
    refreshSoon();
}

void FacetPanel::refreshSoon()
{
    if (!m_timer->isActive())
        m_timer->start();
}

void FacetPanel::refresh()
{
    if (!isVisible())
        return;
    const QSignalBlocker quiet(this);
    std::vector<int> open;
    std::vector<Facet> facets;
    for (int i = 0; i < topLevelItemCount(); ++i) {
        if (!topLevelItem(i)->isExpanded())
            continue;
        open.push_back(i);
        facets.push_back(AppFilterProxy::kFacets[static_cast<std::size_t>(i)]);
    }
    const auto counted = m_proxy.counts(facets);
    for (std::size_t i = 0; i < open.size(); ++i)
        refreshFacet(*topLevelItem(open[i]), facets[i], counted[i]);
}

void FacetPanel::refreshFacet(QTreeWidgetItem& top, Facet facet, const AppFilterProxy::Counts& counted)
{
    std::vector<std::pair<std::string, int>> values(counted.begin(), counted.end());
    if (values.size() > kMost) {
        std::ranges::stable_sort(values, [](const auto& a, const auto& b) { return a.second > b.second; });
        values.resize(kMost);
        std::ranges::sort(values);
    }
    // Items are used again, so that focus and scrolling stay where they are.
    while (top.childCount() > static_cast<int>(values.size()))
        delete top.takeChild(top.childCount() - 1);
    while (top.childCount() < static_cast<int>(values.size()))
        new QTreeWidgetItem(&top);
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto* item = top.child(static_cast<int>(i));
        const auto& [value, count] = values[i];
        item->setText(0, facetValueText(facet, value));
        item->setData(0, kValue, qs(value));
        item->setCheckState(0, m_proxy.isOn(facet, value) ? Qt::Checked : Qt::Unchecked);
        const Glyph glyph = facetValueGlyph(facet, value);
        item->setIcon(0, glyph == Glyph::None ? QIcon() : glyphIcon(glyph));
        item->setText(1, number(qint64 {count}));
        item->setForeground(1, color(Token::Muted));
    }
}

void FacetPanel::onItemChanged(QTreeWidgetItem* item)
{
    if (item->parent() == nullptr)
        return;
    const auto facet = AppFilterProxy::kFacets[static_cast<std::size_t>(indexOfTopLevelItem(item->parent()))];
    const std::string value = item->data(0, kValue).toString().toStdString();
    if ((item->checkState(0) == Qt::Checked) == m_proxy.isOn(facet, value))
        return;
    m_proxy.toggle(facet, value);
    emit chosenChanged();
    refreshSoon();
}

} // namespace ui
