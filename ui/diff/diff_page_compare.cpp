// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/diff/diff_page.h"
#include "ui/diff/diff_view.h"
#include "ui/diff/field_change_model.h"
#include "ui/diff/ignore_dialog.h"
#include "ui/plan/staged.h"

#include <QFileDialog>
#include <QInputDialog>
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QRegularExpression>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>

#include <algorithm>

// Sides of the comparison, and what is done with single fields.

namespace ui {

namespace eng = core::engine;
using eng::DiffSide;
using eng::ResourceDiff;

void DiffPage::setupSides()
{
    const auto menu = [this](QToolButton* button, const char* name, DiffSide DiffSides::*side) {
        button->setObjectName(QLatin1String(name));
        button->setPopupMode(QToolButton::InstantPopup);
        button->setProperty("pilothouseFramed", true);
        button->setFocusPolicy(Qt::TabFocus);
        button->setMenu(new QMenu(button));
        connect(button->menu(), &QMenu::aboutToShow, this, [this, button, side] { showSideMenu(button, side); });
    };
    menu(m_left, "leftSide", &DiffSides::left);
    menu(m_right, "rightSide", &DiffSides::right);
}

void DiffPage::showSides()
{
    m_left->setText(sideTitle(m_sides.left, id().app, clusterName(m_sides.left)));
    const bool target = m_sides.right.kind == DiffSide::Kind::Revision && m_sides.right.revision.empty();
    m_right->setText(target && m_model->diff() && usual()
                         ? ltr(tr("git %1").arg(shortRevision(m_model->diff()->revision)))
                         : sideTitle(m_sides.right, id().app, clusterName(m_sides.right)));
    m_left->setAccessibleName(tr("Compare this"));
    m_right->setAccessibleName(tr("with this"));
}

void DiffPage::setSides(const DiffSides& sides)
{
    if (sides == m_sides)
        return;
    m_sides = sides;
    m_staged.clear();
    m_review = {};
    m_model->setReviewed({});
    m_area->setState(StatefulArea::State::Loading);
    retranslate();
    m_stop.request_stop();
    refresh();
}

void DiffPage::chooseSide(DiffSide DiffSides::*side, const DiffSide& chosen)
{
    DiffSides next = m_sides;
    next.*side = chosen;
    setSides(next);
}

void DiffPage::showSideMenu(QToolButton* button, DiffSide DiffSides::*side)
{
    QMenu* menu = button->menu();
    menu->clear();
    const auto add = [&](QMenu* to, const QString& text, const DiffSide& chosen) {
        connect(to->addAction(text), &QAction::triggered, this, [this, side, chosen] { chooseSide(side, chosen); });
    };
    using Kind = DiffSide::Kind;
    const auto sideOf = [&](Kind kind, const eng::AppId& app, const std::string& revision = {}) {
        return DiffSide {kind, app, revision, {}};
    };
    if (!id().app.name.empty()) {
        add(menu, tr("Live"), sideOf(Kind::Live, id().app));
        add(menu, tr("Last applied"), sideOf(Kind::LastApplied, id().app));
        add(menu, tr("Git, as wanted now"), sideOf(Kind::Revision, id().app));
        if (m_app) {
            auto* history = menu->addMenu(tr("Earlier deployments"));
            for (const auto& entry : m_app->history)
                add(history, ltr(shortRevision(entry.revision)) + QStringLiteral("  ") + isolate(entry.summary),
                    sideOf(Kind::Revision, id().app, entry.revision));
            history->setEnabled(!m_app->history.empty());
        }
        connect(menu->addAction(tr("Branch, tag or commit…")), &QAction::triggered, this,
                [this, side] { askRevision(side); });
        connect(menu->addAction(tr("Pull request…")), &QAction::triggered, this,
                [this, side] { askPullRequest(side); });
    }
    auto* others = menu->addMenu(tr("Another application"));
    constexpr std::size_t kMost = 200;
    std::size_t shown = 0;
    for (const auto& app : bridge().snapshot()->applications) {
        const eng::AppId other {app->nameSpace, app->name};
        if (other == id().app || ++shown > kMost)
            continue;
        auto* sub = others->addMenu(isolate(app->name));
        add(sub, tr("Live"), sideOf(Kind::Live, other));
        add(sub, tr("Git, as wanted now"), sideOf(Kind::Revision, other));
    }
    auto* clusters = menu->addMenu(tr("Another cluster"));
    for (const auto& cluster : bridge().snapshot()->clusters) {
        DiffSide there = sideOf(Kind::Live, id().app);
        there.cluster = cluster.server;
        add(clusters, isolate(cluster.name), there);
    }
    clusters->setEnabled(!bridge().snapshot()->clusters.empty());
    if (!id().app.name.empty())
        connect(menu->addAction(tr("Folder…")), &QAction::triggered, this, [this, side] { askPath(side, true); });
    connect(menu->addAction(tr("File of manifests…")), &QAction::triggered, this,
            [this, side] { askPath(side, false); });
}

void DiffPage::askRevision(DiffSide DiffSides::*side)
{
    auto* dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("revisionDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Compare with a revision"));
    dialog->setLabelText(tr("Branch, tag or commit"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, side](const QString& text) {
        if (!text.trimmed().isEmpty())
            chooseSide(side, {DiffSide::Kind::Revision, id().app, text.trimmed().toStdString(), {}});
    });
    dialog->open();
}

void DiffPage::askPullRequest(DiffSide DiffSides::*side)
{
    auto* dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("pullRequestDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setInputMode(QInputDialog::IntInput);
    dialog->setIntRange(1, 999'999'999);
    dialog->setWindowTitle(tr("Compare with a pull request"));
    dialog->setLabelText(tr("Number of the pull or merge request"));
    connect(dialog, &QInputDialog::intValueSelected, this, [this, side](int number) {
        chooseSide(side, {DiffSide::Kind::Revision, id().app, "pull/" + std::to_string(number), {}});
    });
    dialog->open();
}

QString DiffPage::clusterName(const DiffSide& side) const
{
    const auto& clusters = bridge().snapshot()->clusters;
    const auto found = std::ranges::find(clusters, side.cluster, &eng::OtherCluster::server);
    return found == clusters.end() ? QString() : qs(found->name);
}

void DiffPage::askPath(DiffSide DiffSides::*side, bool folder)
{
    auto* dialog = new QFileDialog(this, folder ? tr("Compare with a folder") : tr("Compare with a file of manifests"));
    dialog->setObjectName(QStringLiteral("pathDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(folder ? QFileDialog::Directory : QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this, side](const QString& path) {
        chooseSide(side, {DiffSide::Kind::Path, id().app, {}, path.toStdString()});
    });
    dialog->open();
}

void DiffPage::showThreeWay(const ResourceDiff& resource)
{
    // Without it (server-side apply, or somebody else's object) each side is told from the other.
    const bool known = !resource.lastAppliedYaml.empty();
    m_threeLive->setDocument(
        DiffDocument({{{}, known ? resource.lastAppliedYaml : resource.desiredYaml, resource.liveYaml}}));
    m_threeDesired->setDocument(
        DiffDocument({{{}, known ? resource.lastAppliedYaml : resource.liveYaml, resource.desiredYaml}}));
    nameThreeWay(resource);
}

void DiffPage::nameThreeWay(const ResourceDiff& resource)
{
    const bool known = !resource.lastAppliedYaml.empty();
    m_liveHead->setText(known ? tr("last applied → live") : tr("desired → live (what was applied last is not known)"));
    m_desiredHead->setText(known ? tr("last applied → desired") : tr("live → desired"));
}

namespace {

/// A path without what tells list items apart: line views name them, changes count them.
QString withoutItems(const QString& path)
{
    static const QRegularExpression kItem(QStringLiteral("\\[[^\\]\"]*\\]"));
    return QString(path).replace(kItem, QStringLiteral("[]"));
}

} // namespace

/// The change that the table's row shows, or the one that the line in the text belongs to.
const eng::FieldChange* DiffPage::currentChange() const
{
    if (m_stack->currentWidget() == m_table)
        return m_fields->change(m_table->currentIndex().row());
    const DiffView& view = m_stack->currentWidget() == m_view ? *m_view : *m_threeDesired;
    if (view.currentRow() < 0)
        return nullptr;
    const auto& row = view.document().rows()[static_cast<std::size_t>(view.currentRow())];
    const QString path = withoutItems(qs(view.document().path(row)));
    const QString line = qs(view.document().after(row)) + qs(view.document().before(row));
    const eng::FieldChange* found = nullptr;
    for (int at = 0; at < m_fields->rowCount(); ++at) {
        const eng::FieldChange* change = m_fields->change(at);
        const QString field = withoutItems(fieldPath(change->path));
        if (path != field && !path.startsWith(field + u'.') && !path.startsWith(field + u'['))
            continue;
        // Of the items of a list the one whose value stands in the line.
        const bool here = (change->desired && line.contains(valueText(change->desired)))
            || (change->live && line.contains(valueText(change->live)));
        if (found == nullptr || here)
            found = change;
        if (here)
            break;
    }
    return found;
}

void DiffPage::toggleStaged()
{
    const ResourceDiff* resource = m_model->resource(m_list->currentIndex().row());
    const eng::FieldChange* change = currentChange();
    if (resource == nullptr || change == nullptr || !usual() || resource->action != ResourceDiff::Action::Patch)
        return;
    remember();
    const eng::StagedField field {resource->key, change->path};
    if (m_staged.erase(field) == 0)
        m_staged.insert(field);
    showStaged();
}

void DiffPage::showStaged()
{
    std::set<std::vector<std::string>> here;
    if (const ResourceDiff* resource = m_model->resource(m_list->currentIndex().row()))
        for (const auto& field : m_staged)
            if (field.key == resource->key)
                here.insert(field.path);
    m_fields->setStaged(std::move(here));
    showVerbs();
    m_stagedButton->setText(withDigits(tr("Plan %n staged field(s)…", nullptr, static_cast<int>(m_staged.size()))));
    m_stagedButton->setVisible(!m_staged.empty());
}

/// Staged fields are a plan like any other: tried by the server before they are written.
void DiffPage::applyStaged()
{
    if (!m_staged.empty())
        workbench().open({PageKind::Plan, id().app, stagedArgument(m_staged)});
}

void DiffPage::ignoreCurrent()
{
    const ResourceDiff* resource = m_model->resource(m_list->currentIndex().row());
    const eng::FieldChange* change = currentChange();
    if (resource == nullptr || change == nullptr || !usual())
        return;
    auto* dialog = new IgnoreDialog(engine(), id().app, resource->key, *change, this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        workbench().run(
            tr("Add the ignore rule"),
            [&engine = engine(), app = id().app, rule = dialog->rule()] { return engine.addIgnoreRule(app, rule); },
            [this] { refresh(); });
    });
    dialog->open();
}

} // namespace ui
