// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/reasons.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/diff/diff_page.h"
#include "ui/diff/diff_view.h"
#include "ui/diff/field_change_model.h"

#include <QAction>
#include <QListView>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>

#include <algorithm>
#include <array>
#include <map>

namespace ui {

using core::engine::FieldChange;
using core::engine::ResourceDiff;

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
        remember();
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
    add("threeWayView", Qt::Key_4, [this] {
        m_views->setCurrent(3);
        showView(3);
    });
    add("stageField", Qt::Key_S, [this] { toggleStaged(); });
    add("ignoreField", Qt::Key_I, [this] { ignoreCurrent(); });
    add("noteResource", Qt::Key_C, [this] { noteCurrent(); });
    add("undoReview", Qt::Key_U, [this] { undo(); });
    add("signOff", Qt::CTRL | Qt::SHIFT | Qt::Key_A, [this] { signOff(); });
    add("compareRevision", Qt::Key_D, [this] { askRevision(&DiffSides::right); });
    add("applyStagedFields", {}, [this] { applyStaged(); });
    add("exportDiff", {}, [this] { exportDiff(); });
    add("copyComment", {}, [this] { copyComment(); });
    add("showNoise", Qt::Key_H, [this] { m_noise->toggle(); });
    add("expandAll", Qt::Key_Plus, [this] { m_view->expandAll(); });
    add("collapseAll", Qt::Key_Minus, [this] { m_view->collapseAll(); });
    connect(m_list, &QListView::clicked, this, [this] { saveReviews(); });
}

void DiffPage::retranslate()
{
    showSides();
    m_arrow->setText(layoutDirection() == Qt::RightToLeft ? QStringLiteral("←") : QStringLiteral("→"));
    m_views->setTexts({tr("Semantic"), tr("Split"), tr("Unified"), tr("Three-way")});
    m_views->setAccessibleName(tr("How differences are shown"));
    showNoise();
    m_comment->setText(tr("Open PR comment"));
    m_comment->setToolTip(tr("Copies the review as a comment for a pull request, and opens the pull request that is "
                             "compared"));
    m_list->setAccessibleName(tr("Resources"));
    m_table->setAccessibleName(tr("Changed fields"));
    m_effectTitle->setText(tr("Effect"));
    m_sync->setVisible(usual());
    m_plan->setVisible(usual());
    m_sync->setText(tr("Approve plan…"));
    m_plan->setText(tr("Show plan"));
    m_export->setText(tr("Export…"));
    m_area->empty().setText(tr("The application has no resources yet."));
    const QStringList texts {tr("Next change"),
                             tr("Previous change"),
                             tr("Next resource"),
                             tr("Previous resource"),
                             tr("Mark as reviewed"),
                             tr("Semantic view"),
                             tr("Split view"),
                             tr("Unified view"),
                             tr("Three-way view"),
                             tr("Stage this field"),
                             tr("Ignore this field…"),
                             tr("Note on this resource…"),
                             tr("Undo"),
                             tr("Sign off"),
                             tr("Compare with a revision…"),
                             tr("Apply the staged fields…"),
                             tr("Export the diff…"),
                             tr("Copy as a pull-request comment"),
                             tr("Show or hide the noise"),
                             tr("Unfold all unchanged lines"),
                             tr("Fold unchanged lines")};
    for (int i = 0; i < m_actions.size(); ++i)
        m_actions[i]->setText(texts[i]);
    showReviewed();
    showPosition();
    showStaged();
    if (const ResourceDiff* resource = m_model->resource(m_list->currentIndex().row())) {
        nameThreeWay(*resource);
        showEffect(*resource);
    }
}

void DiffPage::setupVerbs(QWidget* bar)
{
    const std::array<std::pair<const char*, void (DiffPage::*)()>, 3> own {
        std::pair {"stage", &DiffPage::toggleStaged}, std::pair {"ignore", &DiffPage::ignoreCurrent},
        std::pair {"addNote", &DiffPage::noteCurrent}};
    for (std::size_t i = 0; i < m_verbs.size(); ++i) {
        auto* verb = m_verbs.at(i) = new QToolButton(bar);
        verb->setProperty("pilothouseFramed", true);
        verb->setFocusPolicy(Qt::TabFocus);
        if (i < 2) {
            verb->setObjectName(i == 0 ? QStringLiteral("previous") : QStringLiteral("next"));
            verb->setText(i == 0 ? QStringLiteral("↑") : QStringLiteral("↓"));
            connect(verb, &QToolButton::clicked, this, [this, by = i == 0 ? -1 : 1] { step(by); });
        } else {
            verb->setObjectName(QLatin1String(own.at(i - 2).first));
            connect(verb, &QToolButton::clicked, this, own.at(i - 2).second);
        }
    }
}

/// Single fields are staged and ignored where a sync is looked at; notes and walking are for every comparison.
void DiffPage::showVerbs()
{
    const ResourceDiff* resource = m_model->resource(m_list->currentIndex().row());
    const FieldChange* change = resource != nullptr ? currentChange() : nullptr;
    const bool stageable = change != nullptr && usual() && resource->action == ResourceDiff::Action::Patch;
    const bool staged = stageable && m_staged.contains({resource->key, change->path});
    m_verbs[2]->setVisible(usual());
    m_verbs[3]->setVisible(usual());
    m_verbs[2]->setEnabled(stageable);
    m_verbs[2]->setText(staged ? tr("Unstage") : tr("Stage"));
    m_verbs[3]->setEnabled(change != nullptr && usual());
    m_verbs[3]->setText(tr("Ignore…"));
    m_verbs[4]->setEnabled(resource != nullptr);
    m_verbs[4]->setText(tr("Note…"));
    const std::array keys {"p", "n", "s", "i", "c"};
    const std::array tips {tr("Previous change"), tr("Next change"), tr("Stage this field"), tr("Ignore this field…"),
                           tr("Note on this resource…")};
    for (std::size_t i = 0; i < m_verbs.size(); ++i) {
        m_verbs.at(i)->setToolTip(tips.at(i) + QStringLiteral(" (") + ltr(QLatin1String(keys.at(i))) + u')');
        m_verbs.at(i)->setAccessibleName(tips.at(i));
    }
}

/// How many differences do not count, and why, reason by reason.
void DiffPage::showNoise()
{
    qint64 noise = 0;
    std::map<QString, qint64> reasons;
    if (m_model->diff())
        for (const ResourceDiff& resource : m_model->diff()->resources)
            for (const FieldChange& change : resource.changes)
                if (change.ignored) {
                    ++noise;
                    ++reasons[reasonText(change.reason)];
                }
    m_noise->setText(m_noise->isChecked() ? tr("noise shown %1").arg(number(noise))
                                          : tr("noise hidden %1").arg(number(noise)));
    QStringList lines {tr("Differences that do not count: defaults of the API server, other owners, ignore rules")};
    for (const auto& [reason, count] : reasons)
        lines.append(number(count) + QStringLiteral(" · ") + reason);
    m_noise->setToolTip(lines.join(u'\n'));
    m_noise->setAccessibleDescription(plain(lines.join(QStringLiteral(", "))));
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

} // namespace ui
