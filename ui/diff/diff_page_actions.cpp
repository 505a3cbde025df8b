// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/diff/diff_page.h"
#include "ui/diff/diff_view.h"
#include "ui/diff/field_change_model.h"

#include <QAction>
#include <QFileDialog>
#include <QListView>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>

#include <algorithm>
#include <filesystem>

namespace ui {

using core::engine::FieldChange;
using core::engine::ResourceDiff;

namespace {

/// Reviews are kept per application and revision; another revision begins anew.
std::filesystem::path reviewFile(const core::engine::AppId& app)
{
    return core::paths::state() / "reviews" / (core::sha256Hex(app.nameSpace + "\n" + app.name).substr(0, 32) + ".txt");
}

} // namespace

void DiffPage::setupActions()
{
    const auto add = [this](const char* name, const QKeySequence& key, auto&& run) {
        auto* action = new QAction(this);
        action->setObjectName(QLatin1String(name));
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, run);
        addAction(action);
        m_actions.append(action);
    };
    add("nextChange", Qt::Key_N, [this] { step(1); });
    add("previousChange", Qt::Key_P, [this] { step(-1); });
    add("nextResource", Qt::Key_BracketRight, [this] { selectResource(1); });
    add("previousResource", Qt::Key_BracketLeft, [this] { selectResource(-1); });
    add("reviewed", Qt::Key_R, [this] {
        m_model->toggleReviewed(m_list->currentIndex().row());
        saveReviews();
    });
    add("semanticView", Qt::Key_1, [this] {
        m_views->setCurrent(0);
        showView(0);
    });
    add("splitView", Qt::Key_2, [this] {
        m_views->setCurrent(1);
        showView(1);
    });
    add("unifiedView", Qt::Key_3, [this] {
        m_views->setCurrent(2);
        showView(2);
    });
    add("exportDiff", {}, [this] { exportMarkdown(); });
    connect(m_list, &QListView::clicked, this, [this] { saveReviews(); });
}

void DiffPage::retranslate()
{
    m_live->setText(tr("live"));
    m_arrow->setText(layoutDirection() == Qt::RightToLeft ? QStringLiteral("←") : QStringLiteral("→"));
    m_views->setTexts({tr("Semantic"), tr("Split"), tr("Unified")});
    m_views->setAccessibleName(tr("How differences are shown"));
    qint64 noise = 0;
    if (m_model->diff())
        for (const ResourceDiff& resource : m_model->diff()->resources)
            noise += std::ranges::count_if(resource.changes, &FieldChange::ignored);
    m_noise->setText(m_noise->isChecked() ? tr("noise shown %1").arg(number(noise))
                                          : tr("noise hidden %1").arg(number(noise)));
    m_noise->setToolTip(tr("Differences that do not count: defaults of the API server, other owners, ignore rules"));
    m_list->setAccessibleName(tr("Resources"));
    m_table->setAccessibleName(tr("Changed fields"));
    m_effectTitle->setText(tr("Effect"));
    m_sync->setText(tr("Approve plan…"));
    m_plan->setText(tr("Show plan"));
    m_export->setText(tr("Export…"));
    m_area->empty().setText(tr("The application has no resources yet."));
    const QStringList texts {tr("Next change"),       tr("Previous change"),  tr("Next resource"),
                             tr("Previous resource"), tr("Mark as reviewed"), tr("Semantic view"),
                             tr("Split view"),        tr("Unified view"),     tr("Export the diff…")};
    for (int i = 0; i < m_actions.size(); ++i)
        m_actions[i]->setText(texts[i]);
    showReviewed();
    showPosition();
    if (const ResourceDiff* resource = m_model->resource(m_list->currentIndex().row()))
        showEffect(*resource);
}

void DiffPage::step(int direction)
{
    if (m_stack->currentWidget() == m_view) {
        if (direction > 0)
            m_view->nextChange();
        else
            m_view->previousChange();
        return;
    }
    const int row = std::clamp(m_table->currentIndex().row() + direction, 0, std::max(0, m_fields->rowCount() - 1));
    m_table->setCurrentIndex(m_fields->index(row, 0));
}

void DiffPage::selectResource(int by)
{
    const int row = std::clamp(m_list->currentIndex().row() + by, 0, std::max(0, m_model->rowCount() - 1));
    m_list->setCurrentIndex(m_model->index(row));
}

void DiffPage::openFile(const QString& file, int line)
{
    if (!file.isEmpty())
        workbench().open({PageKind::Editor, id().app, line > 0 ? QStringLiteral("%1#%2").arg(file).arg(line) : file});
}

QString DiffPage::markdown() const
{
    if (!m_model->diff())
        return {};
    const auto& diff = *m_model->diff();
    QString text = QStringLiteral("# %1 @ %2\n\n").arg(qs(id().app.name), shortRevision(diff.revision));
    for (const ResourceDiff& resource : diff.resources) {
        if (!resource.outOfSync)
            continue;
        text += QStringLiteral("## %1 (%2)\n\n").arg(qs(resource.key.text()), actionText(resource.action));
        for (const FieldChange& change : resource.changes)
            if (!change.ignored)
                text += QStringLiteral("- `%1`: %2\n").arg(fieldPath(change.path), qs(change.reason));
        DiffDocument document({{{}, resource.liveYaml, resource.desiredYaml}});
        document.setLayout(DiffDocument::Layout::Unified);
        text += QStringLiteral("\n````diff\n");
        for (const DiffDocument::Row& row : document.rows()) {
            using Kind = DiffDocument::Row::Kind;
            if (row.kind == Kind::Fold)
                text += QStringLiteral("@@ %1 @@\n").arg(document.hiddenLines(row));
            else
                text += (row.kind == Kind::Removed     ? u'-'
                             : row.kind == Kind::Added ? u'+'
                                                       : u' ')
                    + qs(row.kind == Kind::Removed ? document.before(row) : document.after(row)) + u'\n';
        }
        text += QStringLiteral("````\n\n");
    }
    return text;
}

void DiffPage::exportMarkdown()
{
    auto* dialog = new QFileDialog(this, tr("Export the diff"), qs(id().app.name) + QStringLiteral("-diff.md"),
                                   QStringLiteral("Markdown (*.md)"));
    dialog->setObjectName(QStringLiteral("exportDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        workbench().run(tr("Export the diff"), [path = path.toStdString(), text = markdown().toStdString()] {
            return core::paths::writeFileAtomically(path, text);
        });
    });
    dialog->open();
}

void DiffPage::loadReviews()
{
    const std::string revision = m_model->diff()->revision;
    if (revision == m_reviewRevision)
        return;
    m_reviewRevision = revision;
    runTask(
        this, [app = id().app] { return core::paths::readFile(reviewFile(app), std::size_t {1} << 20).value_or(""); },
        [this, revision](const std::string& text) {
            std::set<core::manifest::ResourceKey> reviewed;
            const std::vector<std::string> lines = core::split(text, '\n');
            if (lines.empty() || lines.front() != revision || m_reviewRevision != revision || !m_model->diff())
                return m_model->setReviewed({});
            for (const ResourceDiff& resource : m_model->diff()->resources)
                if (std::ranges::find(lines, resource.key.group + "/" + resource.key.text()) != lines.end())
                    reviewed.insert(resource.key);
            m_model->setReviewed(std::move(reviewed));
        });
}

void DiffPage::saveReviews()
{
    std::string text = m_reviewRevision + "\n";
    for (const auto& key : m_model->reviewed())
        text += key.group + "/" + key.text() + "\n";
    runTask(
        this,
        [file = reviewFile(id().app), text = std::move(text)] {
            std::error_code ignored; // writing tells what is wrong
            std::filesystem::create_directories(file.parent_path(), ignored);
            return std::make_shared<core::Result<>>(core::paths::writeFileAtomically(file, text));
        },
        [this](const std::shared_ptr<core::Result<>>& result) {
            if (!*result)
                m_area->error().showError(tr("Keeping the review"), result->error());
        });
}

} // namespace ui
