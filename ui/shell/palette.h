// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QFrame>
#include <QIcon>
#include <QPointer>

#include <functional>
#include <optional>
#include <vector>

class QLineEdit;
class QListView;

namespace ui {

/// One thing that the palette can run or open.
struct PaletteEntry
{
    QString id; ///< for "recent first"
    QString text;
    QString detail; ///< shortcut or place, quiet
    QIcon icon;
    bool enabled = true;
    std::function<void()> run;
};

/// How well `query` fits `text`: none where its letters do not all occur in order; higher is better.
[[nodiscard]] std::optional<int> fuzzyScore(const QString& query, const QString& text);

class PaletteModel : public QAbstractListModel
{
    Q_OBJECT

public:
    static constexpr int DetailRole = Qt::UserRole + 1;
    using QAbstractListModel::QAbstractListModel;
    void setEntries(std::vector<PaletteEntry> entries, const QStringList& recent);
    void setQuery(const QString& query);
    [[nodiscard]] const PaletteEntry& entry(int row) const;
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

private:
    std::vector<PaletteEntry> m_entries;
    std::vector<int> m_recentRank;
    std::vector<std::size_t> m_order;
};

/// Search or run: every action and every object, found by a few letters.
class Palette : public QFrame
{
    Q_OBJECT

public:
    explicit Palette(QWidget* window);
    void popup(std::vector<PaletteEntry> entries);
    [[nodiscard]] QLineEdit& input() const { return *m_input; }
    [[nodiscard]] PaletteModel& model() const { return *m_model; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void runCurrent();
    void dismiss();
    void retranslate();

    QLineEdit* m_input;
    QListView* m_list;
    PaletteModel* m_model;
    QStringList m_recent;
    QPointer<QWidget> m_before; ///< had the keys
};

} // namespace ui
