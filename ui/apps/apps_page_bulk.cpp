// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "ui/apps/app_filter_proxy.h"
#include "ui/apps/app_folders.h"
#include "ui/apps/app_group_model.h"
#include "ui/apps/app_list_model.h"
#include "ui/apps/apps_page.h"
#include "ui/apps/facet_panel.h"
#include "ui/base/bidi.h"
#include "ui/base/icons.h"
#include "ui/base/plain_text.h"
#include "ui/base/run_task.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/base/wrap_layout.h"
#include "ui/diff/diff_sides.h"

#include <QAction>
#include <QFileDialog>
#include <QHeaderView>
#include <QInputDialog>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <map>
#include <set>

// What is done with several applications at once, and what tells how the list is narrowed.

namespace ui {

namespace eng = core::engine;

namespace {

core::manifest::ResourceKey keyOf(const eng::AppId& app)
{
    return {"argoproj.io", "Application", app.nameSpace, app.name};
}

} // namespace

void AppsPage::setupBulkActions()
{
    const auto name = [this](QAction* action, const char* id, const QKeySequence& keys, auto slot) {
        action->setObjectName(QLatin1String(id));
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, slot);
        addAction(action);
    };
    m_compare->setIcon(ui::icon(QLatin1String("diff")));
    m_delete->setIcon(ui::icon(QLatin1String("delete")));
    name(m_compare, "compareSelected", Qt::CTRL | Qt::Key_E, &AppsPage::compareSelected);
    name(m_columns, "columns", Qt::CTRL | Qt::SHIFT | Qt::Key_C,
         [this] { showColumnsMenu(m_table->mapToGlobal(QPoint(0, m_table->header()->height()))); });
    name(m_exportCsv, "exportCsv", {}, &AppsPage::exportCsv);
    name(m_folder, "moveToFolder", Qt::Key_F6, &AppsPage::askForFolder);
    name(m_delete, "deleteSelected", Qt::Key_Delete, &AppsPage::deleteSelected);
}

void AppsPage::forSelected(const QString& attempt,
                           const std::function<core::Result<>(eng::Engine&, const eng::AppId&)>& command)
{
    for (const auto& app : selected())
        workbench().run(attempt.arg(isolate(app.name)),
                        [&engine = engine(), app, command] { return command(engine, app); });
}

void AppsPage::restartSelected()
{
    std::vector<eng::ObjectRef> rollouts;
    const auto apps = selected();
    for (const auto& rollout : m_snapshot->rollouts)
        if (!rollout->kserve
            && std::ranges::any_of(apps, [&](const auto& app) { return app.name == rollout->application; }))
            rollouts.emplace_back(*rollout);
    if (rollouts.empty())
        return;
    Question question;
    question.title = tr("Restart the pods of %n rollout(s)?", nullptr, static_cast<int>(rollouts.size()));
    question.text = tr("Each rollout replaces its pods step by step. Nothing in Git changes.");
    question.verb = tr("Restart");
    question.wantsReason = true;
    workbench().ask(question, [this, rollouts](const QString& reason) {
        for (const auto& rollout : rollouts)
            workbench().run(tr("Restart %1").arg(shortKey(rollout.key)),
                            [&engine = engine(), rollout, text = reason.toStdString()] {
                                return engine.act(rollout, eng::Engine::RolloutAction::Restart, text);
                            });
    });
}

void AppsPage::toggleFavourites()
{
    auto favourites = m_model->favourites();
    const auto apps = selected();
    const bool all = std::ranges::all_of(apps, [&](const auto& app) { return favourites.contains(app); });
    for (const auto& app : apps) {
        if (all)
            favourites.erase(app);
        else
            favourites.insert(app);
    }
    saveFavourites(favourites);
    m_model->setFavourites(std::move(favourites));
}

void AppsPage::setupSelectionBar()
{
    auto* bar = new PageBar(this);
    bar->setObjectName(QStringLiteral("selectionBar"));
    m_selectedCount = new TokenLabel(Token::Text, bar);
    m_selectedCount->setObjectName(QStringLiteral("selectedCount"));
    bar->addWidget(m_selectedCount);
    for (QAction* action : {m_planSelected, m_refreshSelected, m_restartSelected, m_autoOff, m_folder, m_compare,
                            m_exportCsv, m_delete}) {
        auto* button = new QToolButton(bar);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextOnly);
        button->setProperty("pilothouseFramed", true);
        setButtonRole(button,
                      action == m_planSelected ? ButtonRole::Primary
                          : action == m_delete ? ButtonRole::Danger
                                               : ButtonRole::Normal);
        bar->addWidget(button);
    }
    bar->addStretch();
    bar->hide();
    m_selectionBar = bar;
    static_cast<QVBoxLayout*>(layout())->addWidget(bar);
}

void AppsPage::updateSelection(int chosen)
{
    m_compare->setText(tr("Compare (2)"));
    m_compare->setToolTip(chosen == 2 ? tr("Compare the live objects of the two applications")
                                      : tr("Select exactly two applications to compare them."));
    m_columns->setText(tr("Columns and sorting…"));
    m_exportCsv->setText(tr("Export CSV…"));
    m_folder->setText(tr("Move to folder…"));
    m_delete->setText(tr("Delete…"));
    if (m_selectionBar == nullptr)
        return; // while the page is made
    m_selectedCount->setText(withDigits(tr("%n selected", nullptr, chosen)));
    m_selectionBar->setVisible(chosen > 1);
}

void AppsPage::compareSelected()
{
    const auto apps = selected();
    if (apps.size() != 2)
        return;
    DiffSides sides;
    sides.left.app = apps.front();
    sides.right.app = apps.back();
    workbench().open({PageKind::Diff, apps.front(), diffSidesText(sides, apps.front())});
}

core::Result<> AppsPage::writeCsv(const QString& path) const
{
    const auto apps = selected();
    const std::set<eng::AppId> chosen(apps.begin(), apps.end());
    const QHeaderView& header = *m_table->header();
    std::vector<int> columns;
    for (int visual = 0; visual < header.count(); ++visual)
        if (const int column = header.logicalIndex(visual); !header.isSectionHidden(column))
            columns.push_back(column);
    QByteArray text;
    const auto line = [&](auto&& field) {
        for (std::size_t i = 0; i < columns.size(); ++i)
            text += (i == 0 ? QByteArray() : QByteArray(","))
                + csvField(plain(field(columns[i])), CsvQuotes::WhereNeeded).toUtf8();
        text += "\r\n";
    };
    line([&](int column) {
        return column == AppListModel::Favourite
            ? tr("Favourite")
            : m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    });
    for (int row = 0; row < m_proxy->rowCount(); ++row) {
        if (chosen.size() > 1 && !chosen.contains(AppListModel::idOf(*m_proxy->application(m_proxy->index(row, 0)))))
            continue;
        line([&](int column) { return m_proxy->index(row, column).data(Qt::AccessibleTextRole).toString(); });
    }
    return core::paths::writeFileAtomically(path.toStdString(), text.toStdString());
}

void AppsPage::exportCsv()
{
    auto* dialog = new QFileDialog(this, tr("Export the applications"), QStringLiteral("applications.csv"),
                                   QStringLiteral("CSV (*.csv)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        if (const auto written = writeCsv(path); !written)
            workbench().report(tr("Export the applications"), written.error());
    });
    dialog->open();
}

void AppsPage::reloadFavourites()
{
    m_model->setFavourites(loadFavourites());
}

void AppsPage::askForFolder()
{
    const auto apps = selected();
    if (apps.empty())
        return;
    auto* dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("folderName"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(
        withDigits(tr("Move %n application(s) to a folder", nullptr, static_cast<int>(apps.size()))));
    dialog->setLabelText(tr("Folder (empty: out of all folders)"));
    dialog->setComboBoxItems(QStringList {QString()} + folderNames());
    dialog->setComboBoxEditable(true);
    dialog->setTextValue(qs(folderOf(apps.front())));
    dialog->setOkButtonText(tr("Move"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, apps](const QString& name) {
        moveToFolder(apps, name.trimmed().toStdString());
        m_model->foldersChanged();
        m_facets->refreshSoon();
        updateState();
    });
    dialog->open();
}

void AppsPage::deleteSelected()
{
    const auto apps = selected();
    if (apps.empty())
        return;
    struct Removal
    {
        std::map<std::string, int> kinds;
        std::optional<core::Error> error;
    };
    // One plan for all: what goes with them, counted by kind.
    runTask(
        this,
        [&engine = engine(), apps] {
            Removal removal;
            for (const auto& app : apps) {
                const auto plan = engine.removalPlan({keyOf(app)}, {});
                if (!plan) {
                    removal.error = plan.error();
                    break;
                }
                for (std::size_t i = 1; i < plan->goes.size(); ++i)
                    ++removal.kinds[plan->goes[i].kind];
            }
            return removal;
        },
        [this, apps](const Removal& removal) {
            const int count = static_cast<int>(apps.size());
            if (removal.error)
                return workbench().report(withDigits(tr("Plan to delete %n application(s)", nullptr, count)),
                                          *removal.error);
            QStringList more;
            for (const auto& [kind, kinds] : removal.kinds)
                more << ltr(number(qint64 {kinds}) + QStringLiteral(" × ") + qs(kind));
            QStringList names;
            for (const auto& app : apps)
                names << isolate(app.name);
            Question question;
            question.title = withDigits(tr("Delete %n application(s)?", nullptr, count));
            question.text = names.mid(0, 12).join(tr(", ")) + (names.size() > 12 ? QStringLiteral(" …") : QString())
                + u'\n'
                + (more.isEmpty() ? tr("Nothing else goes with them.")
                                  : tr("Goes with them: %1.").arg(more.join(tr(", "))));
            question.verb = withDigits(tr("Delete %n application(s)", nullptr, count));
            question.dangerous = true;
            if (count > 1)
                question.typed = tr("delete %1").arg(count);
            else
                question.typed = qs(apps.front().name);
            workbench().ask(question, [this, apps](const QString&) {
                for (const auto& app : apps)
                    workbench().run(tr("Delete %1").arg(isolate(app.name)),
                                    [&engine = engine(), app] { return engine.removeLive({keyOf(app)}); });
            });
        });
}

void AppsPage::showChosenFacets()
{
    auto* layout = static_cast<WrapLayout*>(m_chosenFacets->layout());
    std::vector<std::pair<AppFilterProxy::Facet, std::string>> chosen;
    for (const auto& [facet, values] : m_proxy->chosen())
        for (const std::string& value : values)
            chosen.emplace_back(facet, value);
    while (layout->count() > static_cast<int>(chosen.size())) {
        const std::unique_ptr<QLayoutItem> item(layout->takeAt(layout->count() - 1));
        item->widget()->hide();
        item->widget()->deleteLater(); // its click may have led here
    }
    while (layout->count() < static_cast<int>(chosen.size())) {
        auto* chip = new Chip({}, m_chosenFacets);
        connect(chip, &Chip::clicked, this, [this, chip] {
            toggleFacet(static_cast<AppFilterProxy::Facet>(chip->property("facet").toInt()),
                        chip->property("value").toString().toStdString());
            updateFacets();
        });
        layout->add(chip);
        chip->show();
    }
    for (int i = 0; i < layout->count(); ++i) {
        const auto& [facet, value] = chosen[static_cast<std::size_t>(i)];
        auto* chip = static_cast<Chip*>(layout->itemAt(i)->widget());
        chip->setProperty("facet", static_cast<int>(facet));
        chip->setProperty("value", qs(value));
        const QString text = tr("%1: %2").arg(facetName(facet), facetValueText(facet, value));
        chip->setText(text + QStringLiteral("  ✕"));
        chip->setToolTip(tr("Do not narrow by this any more"));
        chip->setAccessibleName(tr("Filter %1").arg(text));
        chip->updateGeometry();
    }
    m_chosenFacets->setVisible(!chosen.empty());
}

void AppsPage::showQueryProblem()
{
    const QString problem = AppQuery::parse(m_proxy->query()).problem(); // in the language of the window now
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    m_filter->setAccessibleDescription(problem);
}

QStringList AppsPage::valuesOf(const QString& field) const
{
    using Facet = AppFilterProxy::Facet;
    static const std::map<QString, Facet> facets {
        {QStringLiteral("project"), Facet::Project},     {QStringLiteral("cluster"), Facet::Cluster},
        {QStringLiteral("namespace"), Facet::Namespace}, {QStringLiteral("repo"), Facet::Repository},
        {QStringLiteral("target"), Facet::Branch},       {QStringLiteral("folder"), Facet::Folder},
        {QStringLiteral("condition"), Facet::Condition}, {QStringLiteral("model"), Facet::Model}};
    QStringList out;
    std::set<std::string> seen;
    const auto facet = facets.find(field);
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const auto& app = m_model->at(row);
        std::string value = facet != facets.end() ? AppFilterProxy::valueOf(app, facet->second)
            : field == QLatin1String("name")      ? app.name
            : field == QLatin1String("path")      ? app.path
                                                  : std::string();
        if (!value.empty())
            seen.insert(std::move(value));
    }
    for (const std::string& value : seen)
        out.append(qs(value));
    return out;
}

} // namespace ui
