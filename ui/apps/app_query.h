// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QCoreApplication>
#include <QStringList>

#include <functional>
#include <set>

namespace ui {

/// What a query may ask besides the application itself.
struct QueryContext
{
    core::TimePoint now;
    const std::set<core::engine::AppId>* favourites = nullptr; ///< null: there are none
};

/// A compiled query over applications.
///
///   words          must all occur in name, project, path, image or revision
///   field:value    name, project, cluster, namespace, repo, path, image, revision, target, model, folder, condition
///                  contain the value;
///                  health, sync, op are it; auto:on, auto:off; is:favourite, is:running, is:compared
///   gpu>0 age<2d outofsync>=3 resources>100   numbers; ages in s, m, h, d, w
///   "two words"    one word; /expression/ a regular expression over the name, field:/expression/ over a field
///   -x  not x      without; a or b; ( ... )
class AppQuery
{
    Q_DECLARE_TR_FUNCTIONS(ui::AppQuery)

public:
    AppQuery() = default; ///< fits everything
    /// Never fails: what cannot be understood is a word, an expression that is none fits nothing (see problem()).
    [[nodiscard]] static AppQuery parse(const QString& text);
    [[nodiscard]] bool matches(const core::engine::Application& app, const QueryContext& context) const;
    [[nodiscard]] bool isEmpty() const { return !m_test; }
    /// What is wrong with the query and what was probably meant, in one sentence; "" where all is well.
    [[nodiscard]] const QString& problem() const { return m_problem; }

    /// What may be written before the ":" ("health"), or before a comparison ("gpu").
    [[nodiscard]] static QStringList fields();
    [[nodiscard]] static QStringList numberFields();
    /// What a field can be, where that is a fixed set; empty for others.
    [[nodiscard]] static QStringList values(const QString& field);

    using Test = std::function<bool(const core::engine::Application&, const QueryContext&)>;

private:
    Test m_test;
    QString m_problem;
};

} // namespace ui
