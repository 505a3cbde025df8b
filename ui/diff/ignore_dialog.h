// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QDialog>

#include <stop_token>

class QButtonGroup;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace ui {

/// Builds an ignore rule from one difference: the field in this object or in all of its kind, or everything that the
/// field's manager owns. Shows how many differences each would hide before it is added.
class IgnoreDialog : public QDialog
{
    Q_OBJECT

public:
    IgnoreDialog(core::engine::Engine& engine, core::engine::AppId app, core::manifest::ResourceKey key,
                 const core::engine::FieldChange& change, QWidget* parent);
    ~IgnoreDialog() override;
    [[nodiscard]] core::engine::IgnoreRule rule() const;

private:
    void preview();
    void count(const core::Result<core::engine::AppDiff>& with, const core::engine::AppDiff& without);

    core::engine::Engine& m_engine;
    core::engine::AppId m_app;
    std::vector<core::engine::IgnoreRule> m_rules; ///< in the order of the choices
    QButtonGroup* m_choices;
    QPlainTextEdit* m_yaml;
    QLabel* m_effect;
    QPushButton* m_add;
    std::stop_source m_stop;
};

/// The rules that would hide a difference, narrowest first.
[[nodiscard]] std::vector<core::engine::IgnoreRule> rulesFor(const core::manifest::ResourceKey& key,
                                                             const core::engine::FieldChange& change);
/// The rule as it stands in an Application's spec.ignoreDifferences.
[[nodiscard]] QString ruleYaml(const core::engine::IgnoreRule& rule);

} // namespace ui
