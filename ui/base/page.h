// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/base/page_id.h"

#include <QIcon>
#include <QWidget>

#include <functional>
#include <memory>
#include <vector>

class QAction;

namespace ui {

class EngineBridge;
class Workbench;

/// What every page is given.
struct PageContext
{
    core::engine::Engine& engine;
    EngineBridge& bridge;
    Workbench& workbench;
};

/// A page of the central area: one tab. The shell calls setSnapshot() with each snapshot while the page is visible,
/// and once when it becomes visible again.
class Page : public QWidget
{
    Q_OBJECT

public:
    Page(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] const PageId& id() const { return m_id; }
    /// Translated, short: "Tree". The shell puts the application's name before it.
    [[nodiscard]] virtual QString title() const = 0;
    [[nodiscard]] virtual QIcon icon() const { return {}; }
    virtual void setSnapshot(const core::engine::SnapshotPtr& snapshot) = 0;
    /// Shown in the palette (and the menu of the page) while it is in front. Owned by the page.
    [[nodiscard]] virtual QList<QAction*> actions() const { return {}; }
    /// A page's own inspector (the canary's "Will it pass?"), shown instead of the usual one; null for the usual one.
    [[nodiscard]] virtual QWidget* inspector() { return nullptr; }
    /// False keeps the tab open (unsaved text): the page has asked the user itself and closes later by
    /// closeRequested().
    [[nodiscard]] virtual bool mayClose() { return true; }
    /// Marks the tab with a dot.
    [[nodiscard]] virtual bool isModified() const { return false; }

    // A page takes the room that its tab has. What it would like is asked for each tab at each layout of the window,
    // shown or not, and would be measured anew each time.
    [[nodiscard]] bool hasHeightForWidth() const override { return false; }
    [[nodiscard]] QSize sizeHint() const override { return {960, 640}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {240, 160}; }

signals:
    void titleChanged();
    void actionsChanged();
    void closeRequested();

protected:
    /// Sets every translated text again; called after a change of language. Constructors call their own.
    virtual void retranslate() { }
    /// Colours changed; the default repaints.
    virtual void rethemed() { update(); }
    bool event(QEvent* event) override;
    void changeEvent(QEvent* event) override;

    [[nodiscard]] core::engine::Engine& engine() const { return m_context.engine; }
    [[nodiscard]] EngineBridge& bridge() const { return m_context.bridge; }
    [[nodiscard]] Workbench& workbench() const { return m_context.workbench; }
    /// The page's application in a snapshot; null where it is gone.
    [[nodiscard]] core::engine::ApplicationPtr application(const core::engine::Snapshot& snapshot) const;

private:
    PageContext m_context;
    PageId m_id;
    bool m_oldWords = false; ///< the language changed while the page was hidden
    bool m_oldColors = false;
};

/// Makes pages by kind. Features add theirs in a function called by registerPages() (ui/shell/pages.cpp).
class PageRegistry
{
public:
    using Factory = std::function<Page*(const PageContext& context, const PageId& id, QWidget* parent)>;

    void add(PageKind kind, Factory factory);
    [[nodiscard]] bool has(PageKind kind) const;
    /// Null where nobody registered the kind. Owned by parent.
    [[nodiscard]] Page* create(const PageContext& context, const PageId& id, QWidget* parent) const;

    template<class T>
    void add(PageKind kind)
    {
        add(kind, [](const PageContext& context, const PageId& id, QWidget* parent) -> Page* {
            return new T(context, id, parent);
        });
    }

private:
    std::vector<std::pair<PageKind, Factory>> m_factories;
};

} // namespace ui
