// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTreeWidget>

#include <optional>
#include <string>
#include <vector>

namespace ui {

/// One value of a chart as it counts, and who says so.
struct ValueRow
{
    std::vector<std::string> path;
    QString value; ///< as YAML writes it in a line
    QString overridden; ///< the chart's own value, where this file says another
    std::size_t line = 0; ///< 1-based, in the file that sets it
    bool own = false; ///< set by the file that is edited; else by the chart's defaults
    bool text = false; ///< a string: what is typed stays one
    bool list = false; ///< shown only: lists are edited in the text
    friend bool operator==(const ValueRow&, const ValueRow&) = default;
};

/// The values of a file over those of the chart's values.yaml (may be ""), in the order of the keys: first the
/// defaults, then what only the file has. Empty where one cannot be read.
[[nodiscard]] std::vector<ValueRow> valueRows(const std::string& text, const std::string& defaults);
/// The text with the value set: in its place where it stands there already, else below its parents. Comments and layout
/// stay. None where the place cannot be edited (a block of text, an alias).
[[nodiscard]] std::optional<std::string> withValue(const std::string& text, const ValueRow& row, const QString& value);

/// Values as a form: key, value, and the file and line that set it.
class ValuesForm : public QTreeWidget
{
    Q_OBJECT

public:
    enum Column { Key, Value, SetBy };

    explicit ValuesForm(QWidget* parent = nullptr);
    void setRows(std::vector<ValueRow> rows, const QString& file, const QString& defaultsFile);
    [[nodiscard]] const std::vector<ValueRow>& rows() const { return m_rows; }
    void retranslate();

signals:
    void edited(int row, const QString& value);
    void placeRequested(const QString& file, int line);

private:
    QTreeWidgetItem* parentOf(const ValueRow& row);

    std::vector<ValueRow> m_rows;
    QString m_file;
    QString m_defaultsFile;
    bool m_filling = false;
};

} // namespace ui
