// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QStandardItemModel>

namespace ui {

/// The files of a source repository as folders and files, folders first.
class SourceTreeModel : public QStandardItemModel
{
    Q_OBJECT

public:
    enum Role { PathRole = Qt::UserRole + 1, FolderRole };

    using QStandardItemModel::QStandardItemModel;
    void setFiles(const std::vector<core::engine::SourceFile>& files);
    [[nodiscard]] QModelIndex indexOf(const QString& path) const;
};

} // namespace ui
