// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/base/theme.h"
#include "ui/diff/cell_delegate.h"

#include <QAbstractTableModel>

#include <set>
#include <vector>

namespace ui {

/// The differences inside one resource, field by field, with the reason of each.
class FieldChangeModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Field, Live, Desired, Why, SetBy, ColumnCount };
    enum Role { FileRole = Qt::UserRole, LineRole, IgnoredRole, StagedRole, BadgeRole };
    enum class Noise { Hide, Show };

    using QAbstractTableModel::QAbstractTableModel;

    void setChanges(std::vector<core::engine::FieldChange> changes);
    void setNoise(Noise noise);
    /// Paths of the fields that are staged: their rows carry a mark.
    void setStaged(std::set<std::vector<std::string>> staged);
    [[nodiscard]] const core::engine::FieldChange* change(int row) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void filter();

    std::vector<core::engine::FieldChange> m_changes;
    std::vector<std::size_t> m_shown;
    std::set<std::vector<std::string>> m_staged;
    Noise m_noise = Noise::Hide;
};

/// Why a field differs, in one word: "immutable", "defaulted", "injected by kubectl", "owned by hpa"; "" where there is
/// none.
struct FieldBadge
{
    QString text;
    Token ink = Token::Muted;
    Token tint = Token::UnknownTint;
};
[[nodiscard]] FieldBadge fieldBadge(const core::engine::FieldChange& change);
/// A value in one line; what is long or binary is summed up by its size and hash.
[[nodiscard]] QString valueText(const std::optional<core::manifest::Value>& value);

/// Paints the badge of a reason before it.
class FieldChangeDelegate : public CellDelegate
{
    Q_OBJECT

public:
    using CellDelegate::CellDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

/// "spec.template.spec.containers[0].image".
[[nodiscard]] QString fieldPath(const std::vector<std::string>& path);

} // namespace ui
