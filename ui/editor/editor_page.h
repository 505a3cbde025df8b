// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/editor/drafts.h"

#include <QElapsedTimer>

#include <functional>
#include <stop_token>

class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QStackedWidget;
class QTimer;
class QToolButton;
class QTreeView;
class QTreeWidget;

namespace ui {

struct EditorMark;
class Badge;
class CodeEditor;
class DiffView;
class EditorAssist;
class ErrorStrip;
class FindBar;
class NoticeBar;
class SegmentedBar;
class SourceTreeModel;
class TokenLabel;
class ValuesForm;
class ViKeys;

/// Edits a file of the application's source repository. Beside the text stands what would change in the cluster if it
/// were committed, following the keystrokes; saving is a commit. Unsaved text is kept as a draft that survives a crash.
class EditorPage : public Page
{
    Q_OBJECT

public:
    EditorPage(const PageContext& context, PageId id, QWidget* parent = nullptr);
    ~EditorPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }
    [[nodiscard]] bool mayClose() override;
    [[nodiscard]] bool isModified() const override;

    /// Opens a file; unsaved text of the one before stays as its draft. line: 1-based, 0 = as it comes.
    void openFile(const QString& path, int line = 0);

protected:
    void retranslate() override;

private:
    void setupBar();
    void setupBody();
    void setupActions();
    void loadFiles();
    void showText(const QString& path, int line, core::Result<core::engine::FileText> text, std::optional<Draft> draft);
    void onTextChanged();
    void check();
    /// An error of the parser, or what the schemas say.
    void showMarks(const std::optional<core::Error>& error, std::vector<EditorMark> lint);
    void preview();
    void showPreview(const core::Result<core::engine::AppDiff>& diff);
    void saveDraft();
    void discardDraft();
    void askForMessage();
    void commit();
    void committed(const core::Result<std::string>& commit, const std::string& text);
    void showState();
    void showPath();
    /// Reads the file as it is on the branch now; then(theirs) unless another file was opened meanwhile. Failures are
    /// shown.
    void readTheirs(std::function<void(const core::engine::FileText& theirs)> then);
    void keepMine();
    void takeTheirs();
    void merge();
    void whenBranchMoved();
    void setBase(const core::engine::FileText& base);
    void replaceText(const std::string& text); ///< undoable
    [[nodiscard]] bool hasConflictMarks() const;
    void setupAssist();
    void setupBeside(QWidget* parent);
    void showBeside(int view);
    void showRendered(const core::engine::AppDiff& diff);
    void loadDefaults();
    void showValues();
    void setValue(int row, const QString& value);
    void openFirst();
    void applyToCluster();
    void saveAs();
    void insertSnippet();
    void setupVi();
    void showViMode();
    void askViCommand();
    void refreshOutline();
    void showCrumbs();
    void goToCrumb(const QString& path);
    void loadLinks();
    void showLinks(const std::vector<core::engine::SourceLink>& links);
    void followLine();

    SourceTreeModel* m_files;
    QSortFilterProxyModel* m_filter;
    QLabel* m_path;
    Badge* m_unsaved;
    TokenLabel* m_rendered;
    QPushButton* m_save;
    QLineEdit* m_search;
    QTreeView* m_tree;
    ErrorStrip* m_error;
    NoticeBar* m_draftBar;
    QPushButton* m_keepDraft;
    QPushButton* m_dropDraft;
    NoticeBar* m_conflictBar;
    QPushButton* m_merge;
    QPushButton* m_keepMine;
    QPushButton* m_takeTheirs;
    FindBar* m_find;
    CodeEditor* m_editor;
    EditorAssist* m_assist = nullptr;
    QLabel* m_crumbs;
    QTreeWidget* m_outline;
    QToolButton* m_related;
    QTimer* m_outlineTimer;
    std::vector<core::engine::SourceLink> m_links;
    TokenLabel* m_problem;
    NoticeBar* m_commitBar;
    QLineEdit* m_message;
    QPushButton* m_commit;
    QPushButton* m_cancel;
    QLabel* m_previewTitle;
    TokenLabel* m_previewCount;
    ErrorStrip* m_previewError;
    DiffView* m_preview;
    SegmentedBar* m_besideViews; ///< what changes, all that is rendered, the chart's values
    QStackedWidget* m_beside;
    CodeEditor* m_renderedText;
    ValuesForm* m_values;
    QToolButton* m_saveMore;
    ViKeys* m_vi;
    QAction* m_viAction;
    Badge* m_viMode;
    QString m_defaultsFile; ///< values.yaml of the file's chart, where that is another file
    std::string m_defaults;
    QTimer* m_previewTimer;
    QTimer* m_draftTimer;
    QElapsedTimer m_previewTook;
    QList<QAction*> m_actions;

    QString m_file;
    std::string m_baseText;
    std::string m_baseCommit;
    std::string m_seenRevision;
    std::stop_source m_loadStop;
    std::stop_source m_filesStop; ///< opening a file does not end the listing
    std::stop_source m_checkStop;
    std::stop_source m_previewStop;
    qint64 m_renderMs = -1;
    int m_resources = 0;
    int m_changing = 0;
    bool m_loading = false;
    bool m_committing = false;
};

} // namespace ui
