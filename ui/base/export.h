// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>

class QWidget;

namespace ui {

class Workbench;

/// Asks where to, and writes a document that is given as Markdown as Markdown, HTML or PDF, by the file's ending. The
/// text is asked for when the file is known. `objectName`: of the dialog.
void exportDocument(QWidget& parent, Workbench& workbench, const QString& title, const QString& fileName,
                    const QString& objectName, std::function<QString()> markdown);

} // namespace ui
