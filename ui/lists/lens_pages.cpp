// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/lens_pages.h"

#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/lists/model_lineage.h"

#include <QAction>

#include <algorithm>

namespace ui {

namespace eng = core::engine;

namespace {

Cell countCell(std::int64_t value, Token ink = Token::Text)
{
    return {ltr(number(qint64 {value})), Glyph::None, ink, false, static_cast<qlonglong>(value)};
}

/// "30 % of 40 %" where what is seen is not what was asked for.
QString shareText(const eng::ModelLane& lane)
{
    if (!lane.observed && !lane.requested)
        return {};
    const int seen = lane.observed.value_or(*lane.requested);
    if (!lane.observed || !lane.requested || *lane.observed == *lane.requested)
        return percent(seen);
    return ModelsPage::tr("%1, asked for %2").arg(percent(seen), percent(*lane.requested));
}

Cell shareCell(const eng::ModelLane& lane)
{
    Cell cell {shareText(lane)};
    const auto shown = lane.observed ? lane.observed : lane.requested;
    if (shown) {
        cell.share = *shown / 100.0;
        cell.sort = *shown;
    }
    if (lane.observed && lane.requested && *lane.observed != *lane.requested)
        cell.ink = Token::Warn;
    return cell;
}

QString inCluster(const QString& name, const std::string& cluster)
{
    return cluster.empty() ? name : name + QStringLiteral(" · ") + isolate(cluster);
}

CellRow laneRow(const eng::ModelRow& model, const eng::ModelLane& lane, const eng::AppId& app)
{
    CellRow row;
    row.id = qs(lane.revision) + QLatin1Char('|') + qs(lane.uri);
    row.app = app;
    row.key = model.key;
    row.cluster = model.cluster;
    row.cells = {{lane.canary ? ModelsPage::tr("canary") : ModelsPage::tr("stable"), Glyph::None, Token::Muted},
                 {ltr(lane.revision), Glyph::None, Token::Muted},
                 {ltr(lane.version)},
                 shareCell(lane),
                 {},
                 {ltr(lane.uri), Glyph::None, Token::Muted, true},
                 {}};
    return row;
}

/// "Rollout/llm", and the cluster where it is another than the session's own.
QString servedBy(const eng::ModelRow& model)
{
    return inCluster(shortKey(model.key), model.cluster.empty() ? std::string() : model.clusterName);
}

CellRow serviceRow(const eng::ModelRow& model, const eng::AppId& app)
{
    CellRow row;
    row.id = rolloutArgument(model.key, model.cluster);
    row.app = app;
    row.key = model.key;
    row.cluster = model.cluster;
    QString mode = qs(model.mode);
    if (!model.framework.empty())
        mode = mode.isEmpty() ? qs(model.framework) : qs(model.framework) + QStringLiteral(" · ") + mode;
    const bool one = model.lanes.size() == 1;
    const std::string& words = model.warning.empty() ? model.reason : model.warning;
    row.cells = {{ltr(model.model), glyphOf(model.health)},
                 {servedBy(model), Glyph::None, Token::Text, false, {}, ltr(model.key.text())},
                 {ltr(model.version)},
                 one ? shareCell(model.lanes.front()) : Cell {},
                 {ltr(mode), Glyph::None, Token::Muted},
                 {ltr(model.uri), Glyph::None, Token::Muted, true},
                 {isolate(words), Glyph::None, model.warning.empty() ? Token::Muted : Token::Warn}};
    if (!one)
        for (const auto& lane : model.lanes)
            row.children.push_back(laneRow(model, lane, app));
    return row;
}

} // namespace

ModelsPage::ModelsPage(const PageContext& context, PageId id, QWidget* parent)
    : ListingPage(context, std::move(id), parent, "modelsPage")
    , m_tabs(new SegmentedBar(&bar()))
    , m_openCanary(
          addRowAction("openCanary", {},
                       [this](const CellRow& row) {
                           workbench().open({PageKind::Canary, row.app, rolloutArgument(*row.key, row.cluster)});
                       }))
    , m_openTree(addRowAction("openTree", {},
                              [this](const CellRow& row) {
                                  workbench().open({PageKind::Tree, row.app, {}});
                                  workbench().inspect(row.app, row.key);
                              }))
    , m_openManifest(addRowAction("openManifest", {}, [this](const CellRow& row) {
        workbench().open({PageKind::Resources, {}, qs(row.key->text())});
    }))
{
    m_tabs->setObjectName(QStringLiteral("modelTabs"));
    bar().addWidget(m_tabs);
    bar().addStretch();
    connect(m_tabs, &SegmentedBar::currentChanged, this, &ModelsPage::showTab);
    retranslate();
    reload();
}

QString ModelsPage::title() const
{
    return tr("Models");
}

QIcon ModelsPage::icon() const
{
    return ui::icon(QLatin1String("model"));
}

void ModelsPage::reload()
{
    ask<std::vector<eng::ModelRow>>(
        tr("Reading the models"),
        [](eng::Engine& engine, std::stop_token stop) { return engine.models(std::move(stop)); },
        [this](std::vector<eng::ModelRow> models) {
            m_models = std::move(models);
            fill();
        });
}

void ModelsPage::fill()
{
    area().stale().showText(silentClusters(*bridge().snapshot()));
    if (m_tabs->current() == 1) {
        auto lineage = lineageOf(m_models);
        std::vector<Column> columns {{tr("Model, version"), 190}};
        for (const QString& environment : lineage.environments)
            columns.push_back({environment, 190});
        columns.push_back({tr("Where it is stored"), 220, true});
        setColumns(columns);
        showRows(std::move(lineage.rows));
        return;
    }
    std::vector<CellRow> rows;
    for (const auto& model : m_models)
        rows.push_back(serviceRow(model, appNamed(*bridge().snapshot(), model.application)));
    showRows(std::move(rows));
}

void ModelsPage::activate(const CellRow& row)
{
    if (!row.key)
        return; // a version of many services
    if (row.key->kind == "Rollout" || row.key->kind == "InferenceService")
        workbench().open({PageKind::Canary, row.app, rolloutArgument(*row.key, row.cluster)});
    else
        workbench().inspect(row.app, row.key);
}

void ModelsPage::updateActions()
{
    const CellRow* row = current();
    const bool service = row != nullptr && row->key;
    m_openCanary->setEnabled(service && (row->key->kind == "Rollout" || row->key->kind == "InferenceService"));
    m_openTree->setEnabled(service && !row->app.name.empty());
    m_openManifest->setEnabled(service && row->cluster.empty()); // the tables are the own cluster's
}

QString ModelsPage::countText(int shown) const
{
    return tr("%n model(s)", nullptr, shown);
}

void ModelsPage::retranslate()
{
    m_tabs->setTexts({tr("Services"), tr("Versions by environment")});
    m_tabs->setAccessibleName(tr("Models"));
    view().setAccessibleName(tr("Models"));
    setFilterHint(tr("Filter by model, version, URI…"));
    setEmptyText(tr("No InferenceService and no Rollout serves a model here yet."));
    m_openCanary->setText(tr("Open the canary"));
    m_openTree->setText(tr("Show in the tree"));
    m_openManifest->setText(tr("Show the manifest"));
    showTab();
}

void ModelsPage::showTab()
{
    if (m_tabs->current() == 0)
        setColumns({{tr("Model"), 150},
                    {tr("Served by"), 210},
                    {tr("Version"), 80},
                    {tr("Traffic"), 150},
                    {tr("Kind"), 130},
                    {tr("Where it is stored"), 170},
                    {tr("Note"), 160, true}});
    if (!m_models.empty())
        fill();
}

GpusPage::GpusPage(const PageContext& context, PageId id, QWidget* parent)
    : ListingPage(context, std::move(id), parent, "gpusPage")
    , m_freeOnly(new Chip({}, &bar()))
    , m_openLogs(
          addRowAction("openLogs", {},
                       [this](const CellRow& row) {
                           workbench().open({PageKind::Logs, row.app, qs(row.key->nameSpace + "/" + row.key->name)});
                       }))
    , m_openTree(addRowAction("openTree", {}, [this](const CellRow& row) {
        workbench().open({PageKind::Tree, row.app, {}});
        workbench().inspect(row.app, row.key);
    }))
{
    m_freeOnly->setObjectName(QStringLiteral("freeOnly"));
    m_freeOnly->setCheckable(true);
    bar().addWidget(m_freeOnly);
    bar().addStretch();
    connect(m_freeOnly, &Chip::toggled, this, &GpusPage::fill);
    retranslate();
    reload();
}

QString GpusPage::title() const
{
    return tr("GPUs");
}

QIcon GpusPage::icon() const
{
    return ui::icon(QLatin1String("gpu"));
}

void GpusPage::reload()
{
    ask<eng::GpuInventory>(
        tr("Counting the GPUs"), [](eng::Engine& engine, std::stop_token stop) { return engine.gpus(std::move(stop)); },
        [this](eng::GpuInventory gpus) {
            m_gpus = std::move(gpus);
            fill();
        });
}

void GpusPage::fill()
{
    const auto& snapshot = *bridge().snapshot();
    area().stale().showText(silentClusters(snapshot));
    std::vector<CellRow> rows;
    const auto podRow = [&](const eng::GpuHolder& holder, const QString& note) {
        CellRow row;
        row.id = qs(holder.pod.text());
        row.app = appNamed(snapshot, holder.application);
        row.key = holder.pod;
        row.cells = {{ltr(holder.pod.name), holder.phase == "Running" ? Glyph::Healthy : Glyph::Progressing},
                     {isolate(holder.application), Glyph::None, Token::Muted},
                     {},
                     countCell(holder.count),
                     {},
                     {isolate(note), Glyph::None, Token::Muted}};
        return row;
    };
    for (const auto& gpu : m_gpus.rows) {
        if (m_freeOnly->isChecked() && gpu.free() == 0)
            continue;
        CellRow row;
        row.id = qs(gpu.cluster + '|' + gpu.node + '|' + gpu.resource);
        row.target = qs(gpu.node);
        Cell use = countCell(gpu.requested, gpu.requested >= gpu.allocatable ? Token::Warn : Token::Text);
        use.share =
            gpu.allocatable == 0 ? 0.0 : static_cast<double>(gpu.requested) / static_cast<double>(gpu.allocatable);
        QString note = gpu.unusable.empty() ? QString() : tr("takes no new pods: %1").arg(isolate(gpu.unusable));
        if (gpu.capacity > gpu.allocatable)
            note += (note.isEmpty() ? QString() : QStringLiteral(" · "))
                + tr("%1 of %2 are out of use")
                      .arg(number(qint64 {gpu.capacity - gpu.allocatable}), number(qint64 {gpu.capacity}));
        row.cells = {{inCluster(ltr(gpu.node), gpu.cluster), gpu.unusable.empty() ? Glyph::Healthy : Glyph::Suspended},
                     {ltr(gpu.product.empty() ? gpu.resource : gpu.product),
                      Glyph::None,
                      Token::Muted,
                      false,
                      {},
                      ltr(gpu.resource)},
                     countCell(gpu.allocatable),
                     use,
                     countCell(gpu.free(), gpu.free() > 0 ? Token::Ok : Token::Muted),
                     {note, Glyph::None, Token::Warn}};
        for (const auto& holder : gpu.holders) {
            row.children.push_back(podRow(holder, {}));
            row.children.back().cluster = gpu.cluster;
        }
        rows.push_back(std::move(row));
    }
    if (!m_gpus.waiting.empty()) {
        CellRow waiting;
        waiting.id = QStringLiteral("waiting");
        std::int64_t wanted = 0;
        for (const auto& entry : m_gpus.waiting) {
            wanted += entry.pod.count;
            auto row = podRow(entry.pod, qs(entry.pod.reason));
            row.id = qs(entry.cluster) + QLatin1Char('|') + row.id;
            row.cluster = entry.cluster;
            row.cells.front().text = inCluster(row.cells.front().text, entry.cluster);
            waiting.children.push_back(std::move(row));
        }
        waiting.cells = {{tr("Waiting for a GPU"), Glyph::Progressing}, {}, {}, countCell(wanted), {}, {}};
        rows.push_back(std::move(waiting));
    }
    showRows(std::move(rows));
}

void GpusPage::activate(const CellRow& row)
{
    if (row.key && !row.app.name.empty())
        workbench().inspect(row.app, row.key);
}

void GpusPage::updateActions()
{
    const CellRow* row = current();
    // A pod of another cluster is found through its application.
    m_openLogs->setEnabled(row != nullptr && row->key && (row->cluster.empty() || !row->app.name.empty()));
    m_openTree->setEnabled(row != nullptr && row->key && !row->app.name.empty());
}

QString GpusPage::countText(int) const
{
    std::int64_t all = 0;
    std::int64_t requested = 0;
    std::int64_t free = 0;
    for (const auto& gpu : m_gpus.rows) {
        all += gpu.allocatable;
        requested += gpu.requested;
        free += gpu.free();
    }
    return tr("%1 allocatable · %2 requested · %3 free")
        .arg(number(qint64 {all}), number(qint64 {requested}), number(qint64 {free}));
}

void GpusPage::retranslate()
{
    setColumns({{tr("Node, pod"), 300},
                {tr("GPU, application"), 180},
                {tr("Allocatable"), 100},
                {tr("Requested"), 150},
                {tr("Free"), 80},
                {tr("Note"), 300, true}});
    view().setAccessibleName(tr("GPUs by node"));
    setFilterHint(tr("Filter by node, pod, application…"));
    setEmptyText(tr("No node of the clusters offers GPUs."));
    m_freeOnly->setText(tr("Free ones only"));
    m_openLogs->setText(tr("Logs"));
    m_openTree->setText(tr("Show in the tree"));
    if (!m_gpus.rows.empty() || !m_gpus.waiting.empty())
        fill();
}

} // namespace ui
