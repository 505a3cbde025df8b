// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/source_tree_model.h"

#include "ui/base/bidi.h"

#include <QHash>

#include <algorithm>

namespace ui {

void SourceTreeModel::setFiles(const std::vector<core::engine::SourceFile>& files)
{
    clear();
    QHash<QString, QStandardItem*> folders;
    const auto item = [](const QString& path, bool folder) {
        auto* made = new QStandardItem(path.section(u'/', -1));
        made->setEditable(false);
        made->setData(path, PathRole);
        made->setData(folder, FolderRole);
        made->setToolTip(ltr(path));
        return made;
    };
    const auto folderOf = [&](const QString& path, auto&& self) -> QStandardItem* {
        const QString parent = path.section(u'/', 0, -2);
        if (parent.isEmpty())
            return invisibleRootItem();
        if (QStandardItem* known = folders.value(parent))
            return known;
        QStandardItem* made = item(parent, true);
        folders.insert(parent, made);
        self(parent, self)->appendRow(made);
        return made;
    };
    std::vector<QString> paths;
    for (const core::engine::SourceFile& file : files)
        if (!file.folder)
            paths.push_back(qs(file.path));
    std::ranges::sort(paths, [](const QString& a, const QString& b) {
        const auto depth = [](const QString& path) { return path.count(u'/'); };
        return std::pair(-depth(a), a) < std::pair(-depth(b), b);
    });
    for (const QString& path : paths)
        folderOf(path, folderOf)->appendRow(item(path, false));
}

QModelIndex SourceTreeModel::indexOf(const QString& path) const
{
    const QModelIndexList found =
        match(index(0, 0), PathRole, path, 1, Qt::MatchExactly | Qt::MatchRecursive | Qt::MatchCaseSensitive);
    return found.isEmpty() ? QModelIndex() : found.first();
}

} // namespace ui
