// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/custom_palette.h"

#include <QDialog>

class QComboBox;
class QLabel;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace ui {

/// Palettes of the user's own: colours in place of a scheme's, seen at once, with the contrast that each of them needs.
class ColoursDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ColoursDialog(QWidget* parent);
    ~ColoursDialog() override;
    /// Makes a palette from what is shown now and edits it.
    void create(const QString& name);
    /// The palette of that name, or the scheme's own colours where there is none.
    void choose(const QString& name);
    [[nodiscard]] core::Result<> importFrom(const QString& path);
    [[nodiscard]] core::Result<> exportTo(const QString& path) const;
    [[nodiscard]] const std::optional<CustomPalette>& edited() const { return m_palette; }

private:
    void setupButtons();
    void fillNames(const QString& current);
    void fillColours();
    void onItemChanged(QTreeWidgetItem* item);
    void setColour(Token token, const QColor& color);
    void pickColour();
    void askForName();
    void remove();
    void told(const core::Result<>& result);
    [[nodiscard]] QColor colourOf(Token token) const;
    [[nodiscard]] Scheme base() const;

    std::optional<CustomPalette> m_palette;
    QComboBox* m_names;
    QTreeWidget* m_colours;
    QLabel* m_problem;
    QPushButton* m_pick;
    QPushButton* m_remove;
    QPushButton* m_export;
    bool m_filling = false;
};

} // namespace ui
