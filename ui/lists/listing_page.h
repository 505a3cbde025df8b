// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/base/run_task.h"
#include "ui/lists/cells_model.h"

#include <stop_token>

class QLineEdit;
class QTimer;
class QTreeView;

namespace ui {

class PageBar;
class StatefulArea;
class TokenLabel;

/// A page that is one list: filter, columns, context menu, and the states of every page. What stands in the list comes
/// from snapshots (a page overrides setSnapshot()) or from a question (it overrides reload()).
class ListingPage : public Page
{
    Q_OBJECT

public:
    ListingPage(const PageContext& context, PageId id, QWidget* parent, const char* name);
    ~ListingPage() override;

    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] CellsModel& model() const { return *m_model; }
    [[nodiscard]] QTreeView& view() const { return *m_view; }

protected:
    struct Column
    {
        QString title;
        int width = 120;
        bool stretch = false;
    };
    /// Widths are set when the number of columns or the one that stretches changes.
    void setColumns(const std::vector<Column>& columns);
    /// The content; the empty state where there is none.
    void showRows(std::vector<CellRow> rows);
    void setEmptyText(const QString& sentence, const QString& action = {});
    void setFilterHint(const QString& text);
    /// Beside the filter: "12 problems". Called with the rows in sight.
    [[nodiscard]] virtual QString countText(int shown) const = 0;
    void updateCount();
    [[nodiscard]] PageBar& bar() const { return *m_bar; }
    [[nodiscard]] StatefulArea& area() const { return *m_area; }
    /// The application of that name; empty where there is none.
    [[nodiscard]] static core::engine::AppId appNamed(const core::engine::Snapshot& snapshot, const std::string& name);
    /// The row that is current; null where there is none.
    [[nodiscard]] const CellRow* current() const;
    /// An action of the current row, in the context menu, the palette and by its key. Owned by the page.
    QAction* addRowAction(const char* name, const QKeySequence& key, std::function<void(const CellRow&)> run);
    virtual void activate(const CellRow& row) { Q_UNUSED(row) }
    virtual void updateActions() { }
    /// Asks again; called at most once a second while snapshots come.
    virtual void reload() { }

    /// Runs a question of the engine on the pool and shows what comes; a refusal shows in the page.
    template<class T, class Show>
    void ask(const QString& attempt, std::function<core::Result<T>(core::engine::Engine&, std::stop_token)> question,
             Show show)
    {
        if (m_running)
            return;
        m_running = true;
        runTask(
            this,
            [&engine = engine(), question = std::move(question), stop = m_stop.get_token()] {
                return std::make_shared<core::Result<T>>(question(engine, stop));
            },
            [this, attempt, show = std::move(show)](const std::shared_ptr<core::Result<T>>& answer) {
                m_running = false;
                if (!*answer)
                    return showError(attempt, answer->error());
                clearError();
                show(std::move(**answer));
            });
    }

private:
    void setupView();
    void showError(const QString& attempt, const core::Error& error);
    void clearError();
    void showMenu(const QPoint& at);

    CellsModel* m_model;
    CellsFilter* m_filter;
    PageBar* m_bar;
    QLineEdit* m_search;
    TokenLabel* m_count;
    QTreeView* m_view;
    StatefulArea* m_area;
    QTimer* m_timer;
    QList<QAction*> m_actions;
    QString m_emptyText;
    QString m_emptyAction;
    std::stop_source m_stop;
    bool m_running = false;
};

} // namespace ui
