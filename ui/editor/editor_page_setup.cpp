// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/states.h"
#include "ui/base/style.h"
#include "ui/base/widgets.h"
#include "ui/diff/diff_view.h"
#include "ui/editor/code_editor.h"
#include "ui/editor/editor_assist.h"
#include "ui/editor/editor_page.h"
#include "ui/editor/find_bar.h"
#include "ui/editor/notice_bar.h"
#include "ui/editor/snippets.h"
#include "ui/editor/source_tree_model.h"
#include "ui/editor/values_form.h"

#include <QAction>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace ui {

void EditorPage::setupBar()
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    auto* bar = new PageBar(this);
    m_path = new QLabel(bar);
    m_path->setObjectName(QStringLiteral("editorPath"));
    m_path->setFont(monoFont());
    m_unsaved = new Badge(bar);
    m_unsaved->setObjectName(QStringLiteral("unsaved"));
    m_unsaved->setTokens(Token::Warn, Token::WarnTint);
    m_rendered = new TokenLabel(Token::Muted, bar);
    m_rendered->setObjectName(QStringLiteral("rendered"));
    m_save = new QPushButton(bar);
    m_save->setObjectName(QStringLiteral("save"));
    setButtonRole(m_save, ButtonRole::Primary);
    m_related = new QToolButton(bar);
    m_related->setObjectName(QStringLiteral("related"));
    m_related->setPopupMode(QToolButton::InstantPopup);
    m_related->setProperty("pilothouseFramed", true);
    m_related->setFocusPolicy(Qt::TabFocus);
    bar->addWidget(m_path);
    bar->addWidget(m_related);
    bar->addWidget(m_unsaved);
    bar->addStretch();
    m_saveMore = new QToolButton(bar);
    m_saveMore->setObjectName(QStringLiteral("saveMore"));
    m_saveMore->setPopupMode(QToolButton::InstantPopup);
    m_saveMore->setProperty("pilothouseFramed", true);
    m_saveMore->setFocusPolicy(Qt::TabFocus);
    m_saveMore->setMenu(new QMenu(m_saveMore));
    m_viMode = new Badge(bar);
    m_viMode->setObjectName(QStringLiteral("viMode"));
    m_viMode->hide();
    bar->addWidget(m_viMode);
    bar->addWidget(m_rendered);
    bar->addWidget(m_save);
    bar->addWidget(m_saveMore);
    layout->addWidget(bar);
    connect(m_save, &QPushButton::clicked, this, &EditorPage::askForMessage);
}

void EditorPage::setupBody()
{
    auto* splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);

    auto* left = new QWidget(splitter);
    auto* files = new QVBoxLayout(left);
    files->setContentsMargins(0, 0, 0, 0);
    files->setSpacing(0);
    m_search = new QLineEdit(left);
    m_search->setObjectName(QStringLiteral("fileSearch"));
    m_search->setClearButtonEnabled(true);
    auto* padding = new QHBoxLayout;
    padding->setContentsMargins(8, 8, 8, 8);
    padding->addWidget(m_search);
    files->addLayout(padding);
    m_filter->setSourceModel(m_files);
    m_filter->setRecursiveFilteringEnabled(true);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_tree = new QTreeView(left);
    m_tree->setObjectName(QStringLiteral("fileTree"));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setHeaderHidden(true);
    m_tree->setModel(m_filter);
    m_tree->setUniformRowHeights(true);
    m_tree->setIndentation(14);
    m_outline = new QTreeWidget(left);
    m_outline->setObjectName(QStringLiteral("outline"));
    m_outline->setFrameShape(QFrame::NoFrame);
    m_outline->setHeaderHidden(true);
    m_outline->setUniformRowHeights(true);
    m_outline->setIndentation(12);
    m_outline->setLayoutDirection(Qt::LeftToRight);
    files->addWidget(m_tree, 3);
    files->addWidget(m_outline, 2);

    auto* middle = new QWidget(splitter);
    auto* column = new QVBoxLayout(middle);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_error = new ErrorStrip(middle);
    m_draftBar = new NoticeBar(Token::Accent, Token::ProgressTint, middle);
    m_draftBar->setObjectName(QStringLiteral("draftBar"));
    m_keepDraft = m_draftBar->addButton(QStringLiteral("keepDraft"));
    m_dropDraft = m_draftBar->addButton(QStringLiteral("dropDraft"));
    m_conflictBar = new NoticeBar(Token::Warn, Token::WarnTint, middle);
    m_conflictBar->setObjectName(QStringLiteral("conflictBar"));
    m_merge = m_conflictBar->addButton(QStringLiteral("merge"));
    m_keepMine = m_conflictBar->addButton(QStringLiteral("keepMine"));
    m_takeTheirs = m_conflictBar->addButton(QStringLiteral("takeTheirs"));
    m_editor = new CodeEditor(middle);
    m_crumbs = new QLabel(middle);
    m_crumbs->setObjectName(QStringLiteral("crumbs"));
    m_crumbs->setFont(monoFont());
    m_crumbs->setContentsMargins(12, 3, 12, 3);
    m_crumbs->setLayoutDirection(Qt::LeftToRight);
    m_crumbs->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_crumbs->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
    m_find = new FindBar(*m_editor, middle);
    m_problem = new TokenLabel(Token::Bad, middle);
    m_problem->setObjectName(QStringLiteral("problem"));
    m_problem->setWordWrap(true);
    m_problem->setContentsMargins(12, 4, 12, 4);
    m_problem->hide();
    m_commitBar = new NoticeBar(Token::Accent, Token::ProgressTint, middle);
    m_commitBar->setObjectName(QStringLiteral("commitBar"));
    m_message = new QLineEdit(m_commitBar);
    m_message->setObjectName(QStringLiteral("commitMessage"));
    static_cast<QHBoxLayout*>(m_commitBar->layout())->addWidget(m_message, 3);
    m_commit = m_commitBar->addButton(QStringLiteral("commit"));
    setButtonRole(m_commit, ButtonRole::Primary);
    m_cancel = m_commitBar->addButton(QStringLiteral("cancelCommit"));
    for (QWidget* widget : {static_cast<QWidget*>(m_error), static_cast<QWidget*>(m_draftBar),
                            static_cast<QWidget*>(m_conflictBar), static_cast<QWidget*>(m_find)})
        column->addWidget(widget);
    column->addWidget(m_crumbs);
    column->addWidget(m_editor, 1);
    column->addWidget(m_problem);
    column->addWidget(m_commitBar);

    auto* right = new QWidget(splitter);
    auto* preview = new QVBoxLayout(right);
    preview->setContentsMargins(0, 0, 0, 0);
    preview->setSpacing(0);
    auto* head = new PageBar(right);
    m_previewTitle = new QLabel(head);
    m_previewTitle->setFont(uiFont(1.0, true));
    m_previewCount = new TokenLabel(Token::Muted, head);
    m_previewCount->setObjectName(QStringLiteral("previewCount"));
    head->addWidget(m_previewTitle);
    head->addStretch();
    head->addWidget(m_previewCount);
    m_previewError = new ErrorStrip(right);
    m_previewError->setRetryVisible(false);
    m_preview = new DiffView(right);
    m_preview->setObjectName(QStringLiteral("preview"));
    m_preview->setLayoutMode(DiffDocument::Layout::Unified);
    setupBeside(right);
    head->addWidget(m_besideViews);
    preview->addWidget(head);
    preview->addWidget(m_previewError);
    preview->addWidget(m_beside, 1);

    for (QWidget* widget : {left, middle, right})
        splitter->addWidget(widget);
    splitter->setSizes({190, 560, 560});
    splitter->setStretchFactor(1, 1);
    splitter->setStretchFactor(2, 1);
    static_cast<QVBoxLayout*>(layout())->addWidget(splitter, 1);

    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filter->setFilterFixedString(text);
        m_tree->expandAll();
    });
    const auto open = [this](const QModelIndex& index) {
        if (!index.data(SourceTreeModel::FolderRole).toBool())
            openFile(index.data(SourceTreeModel::PathRole).toString());
    };
    connect(m_tree, &QTreeView::clicked, this, open);
    connect(m_tree, &QTreeView::activated, this, open);
    connect(m_error, &ErrorStrip::retryRequested, this, &EditorPage::loadFiles);
    connect(m_keepDraft, &QPushButton::clicked, m_draftBar, &QWidget::hide);
    connect(m_dropDraft, &QPushButton::clicked, this, &EditorPage::discardDraft);
    connect(m_keepMine, &QPushButton::clicked, this, &EditorPage::keepMine);
    connect(m_merge, &QPushButton::clicked, this, &EditorPage::merge);
    connect(m_takeTheirs, &QPushButton::clicked, this, &EditorPage::takeTheirs);
    connect(m_commit, &QPushButton::clicked, this, &EditorPage::commit);
    connect(m_message, &QLineEdit::returnPressed, this, &EditorPage::commit);
    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_commitBar->hide();
        m_editor->setFocus();
    });
}

void EditorPage::setupActions()
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
    add("saveFile", QKeySequence::Save, [this] { askForMessage(); });
    add("findInFile", QKeySequence::Find, [this] { m_find->open(); });
    add("foldAll", {}, [this] { m_editor->foldAll(); });
    add("unfoldAll", {}, [this] { m_editor->unfoldAll(); });
    add("nextProblem", Qt::Key_F8, [this] {
        const auto& marks = m_editor->marks();
        const int here = m_editor->textCursor().blockNumber();
        const auto next = std::ranges::find_if(marks, [&](const EditorMark& mark) { return mark.line > here; });
        if (!marks.empty())
            m_editor->goToLine(next != marks.end() ? next->line : marks.front().line);
        m_editor->setFocus();
    });
    add("completeField", Qt::CTRL | Qt::Key_Space, [this] { m_assist->complete(); });
    add("explainField", Qt::CTRL | Qt::Key_I, [this] { m_assist->explain(); });
    add("followLine", Qt::Key_F12, [this] { followLine(); });
    add("insertSnippet", Qt::CTRL | Qt::Key_J, [this] { insertSnippet(); });
    add("nextMark", Qt::CTRL | Qt::SHIFT | Qt::Key_J, [this] { selectNextMark(*m_editor); });
    add("toggleComment", Qt::CTRL | Qt::Key_Slash, [this] { m_editor->toggleComment(); });
    add("applyText", {}, [this] { applyToCluster(); });
    add("saveFileAs", QKeySequence::SaveAs, [this] { saveAs(); });
    setupVi();
    add("goToOutline", Qt::CTRL | Qt::SHIFT | Qt::Key_O, [this] { m_outline->setFocus(); });
}

void EditorPage::retranslate()
{
    m_unsaved->setText(tr("unsaved"));
    m_save->setText(tr("Commit…"));
    m_search->setPlaceholderText(tr("Find a file…"));
    m_search->setAccessibleName(tr("Find a file"));
    m_tree->setAccessibleName(tr("Files of the repository"));
    m_keepDraft->setText(tr("Keep"));
    m_dropDraft->setText(tr("Discard draft"));
    m_conflictBar->setText(
        tr("The file changed on the branch since you began. Merge both, keep your text on top of it, or take theirs?"));
    m_merge->setText(tr("Merge"));
    m_outline->setAccessibleName(tr("Outline"));
    m_crumbs->setAccessibleName(tr("Place in the file"));
    m_related->setText(tr("Related"));
    m_keepMine->setText(tr("Keep mine"));
    m_takeTheirs->setText(tr("Take theirs"));
    m_message->setPlaceholderText(tr("What changes, and why"));
    m_message->setAccessibleName(tr("Commit message"));
    m_commitBar->setText(tr("Commit to the branch:"));
    m_commit->setText(tr("Commit"));
    m_cancel->setText(tr("Cancel"));
    m_previewTitle->setText(tr("What would change in the cluster"));
    const QStringList texts {tr("Commit the file…"),
                             tr("Find in the file"),
                             tr("Fold everything"),
                             tr("Unfold everything"),
                             tr("Next problem in the file"),
                             tr("Complete the field"),
                             tr("What is this field?"),
                             tr("Go to the file that this line names"),
                             tr("Insert a snippet…"),
                             tr("Next mark of the snippet"),
                             tr("Comment or uncomment the lines"),
                             tr("Apply the text to the cluster…"),
                             tr("Save a copy as a file…"),
                             tr("Outline")};
    for (int i = 0; i < m_actions.size(); ++i)
        m_actions[i]->setText(texts[i]);
    m_besideViews->setTexts({tr("Changes"), tr("Rendered"), tr("Values")});
    m_besideViews->setAccessibleName(tr("What is shown beside the text"));
    m_renderedText->setAccessibleName(tr("Rendered manifests"));
    m_values->retranslate();
    m_saveMore->setText(tr("More"));
    m_saveMore->setAccessibleName(tr("More ways to save"));
    m_saveMore->menu()->clear();
    for (QAction* action : m_actions)
        if (action->objectName() == QLatin1String("applyText") || action->objectName() == QLatin1String("saveFileAs")
            || action->objectName() == QLatin1String("insertSnippet"))
            m_saveMore->menu()->addAction(action);
    m_viAction->setText(tr("Keys of vi"));
    m_saveMore->menu()->addSeparator();
    m_saveMore->menu()->addAction(m_viAction);
    showViMode();
    showPath();
    showState();
}

} // namespace ui
