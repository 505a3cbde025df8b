// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/base/glyphs.h"

#include <QAbstractItemModel>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>

#include <optional>
#include <vector>

namespace ui {

/// What one cell shows.
struct Cell
{
    QString text;
    Glyph glyph = Glyph::None;
    Token ink = Token::Text;
    bool code = false; ///< monospaced: hashes, times
    QVariant sort {}; ///< instead of the text
    QString tip {}; ///< instead of the text
    std::optional<double> share {}; ///< 0..1: drawn as a bar behind the text
    friend bool operator==(const Cell&, const Cell&) = default;
};

/// A row with at most one level below it.
struct CellRow
{
    QString id; ///< unique among its siblings; what keeps its id keeps its place in selection
    std::vector<Cell> cells;
    std::vector<CellRow> children {};
    core::engine::AppId app {};
    std::optional<core::manifest::ResourceKey> key {};
    std::string cluster {}; ///< that `key` is in; "" = the session's own
    QString target {}; ///< a page's own: "path#line", an annotation ...
    friend bool operator==(const CellRow&, const CellRow&) = default;
};

/// Rows of ready cells, for lists whose content is made as a whole. Changes are as small as they are.
class CellsModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Role { SortRole = Qt::UserRole, GlyphRole, ShareRole, IdRole };

    using QAbstractItemModel::QAbstractItemModel;
    void setTitles(const QStringList& titles);
    void setRows(std::vector<CellRow> rows);
    [[nodiscard]] const std::vector<CellRow>& rows() const { return m_rows; }
    /// Null for an invalid index.
    [[nodiscard]] const CellRow* row(const QModelIndex& index) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex& index) const override;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

private:
    QStringList m_titles;
    std::vector<CellRow> m_rows;
};

/// Rows (or parents of rows) in which every word of a text occurs.
class CellsFilter : public QSortFilterProxyModel
{
public:
    explicit CellsFilter(QObject* parent = nullptr);
    void setText(const QString& text);

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    QStringList m_words;
};

/// Paints a cell: bar, shape, words; the frame mirrors, the words keep their own direction.
class CellsDelegate : public QStyledItemDelegate
{
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace ui
