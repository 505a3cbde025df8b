// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"

#include <QMenu>

#include <stop_token>

namespace ui {

class AccessGate;

/// The resource actions of live objects of one kind, as their cluster tells them: filled when the answer comes, for the
/// first of the objects, and run for all of them.
class ObjectMenu : public QMenu
{
    Q_OBJECT

public:
    /// `gate` greys what the user may not do; null: the server decides.
    ObjectMenu(const PageContext& context, AccessGate* gate, QWidget* parent);
    ~ObjectMenu() override;

    void setObjects(std::vector<core::engine::ObjectRef> objects);
    /// Whether the kind has any action.
    [[nodiscard]] bool hasActions() const { return !m_known.empty(); }
    void retranslate();

signals:
    void filled();

private:
    void fill();
    void choose(const core::health::ResourceAction& action);
    void askFor(const core::health::ResourceAction& action);
    [[nodiscard]] std::function<void(const core::health::ActionArguments&)>
    runner(const core::health::ResourceAction& action);
    [[nodiscard]] QString subject() const;

    PageContext m_context;
    AccessGate* m_gate;
    std::vector<core::engine::ObjectRef> m_objects;
    std::vector<core::health::ResourceAction> m_known;
    std::stop_source m_stop;
    int m_asked = 0; ///< number of the last question
};

/// "Restart", "Create a job now"; a script's own display name as it is.
[[nodiscard]] QString objectActionText(const core::health::ResourceAction& action);

} // namespace ui
