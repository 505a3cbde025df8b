// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/editor/yaml_place.h"

#include <QObject>
#include <QPoint>

#include <stop_token>

class QCompleter;
class QStandardItemModel;

namespace ui {

class CodeEditor;

/// Helps to write manifests: completes keys and values from the engine's schemas (Ctrl+Space), and says what a field is
/// for (hovering, Ctrl+I). Asks in the background; a late answer for another place is dropped.
class EditorAssist : public QObject
{
    Q_OBJECT

public:
    EditorAssist(CodeEditor& editor, core::engine::Engine& engine);
    ~EditorAssist() override;
    void complete();
    /// Shows what is known about the key in the cursor's line.
    void explain();
    [[nodiscard]] QStringList proposals() const; ///< in the list that is open

signals:
    void explained(const QString& text);
    void completed(int proposals);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showProposals(const YamlPlace& place, const core::engine::SchemaNode& node);
    void insert(const QString& proposal, bool holdsMore);
    void explainLine(int line, const QPoint& globalPosition);
    [[nodiscard]] QStringList lines() const;

    CodeEditor& m_editor;
    core::engine::Engine& m_engine;
    QStandardItemModel* m_model;
    QCompleter* m_completer;
    YamlPlace m_place;
    std::stop_source m_stop;
};

/// "image (string, required)\n…": ready for a tooltip.
[[nodiscard]] QString schemaText(const QString& name, const core::engine::SchemaNode& node);

} // namespace ui
