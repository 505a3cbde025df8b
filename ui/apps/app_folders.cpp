// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_folders.h"

#include "ui/base/bidi.h"
#include "ui/base/preferences.h"

#include <QSettings>

#include <map>
#include <optional>
#include <set>

namespace ui {

namespace {

using Folders = std::map<core::engine::AppId, std::string>;

constexpr QLatin1String kGroup("apps/folders");

Folders read()
{
    Folders out;
    const auto stored = preferences();
    stored->beginGroup(kGroup);
    // Names may hold anything, "/" too: they are encoded, a key of the settings is a path.
    for (const QString& key : stored->childKeys()) {
        const QString app = QString::fromUtf8(QByteArray::fromHex(key.toLatin1()));
        out.insert_or_assign({app.section(u'/', 0, 0).toStdString(), app.section(u'/', 1).toStdString()},
                             stored->value(key).toString().toStdString());
    }
    return out;
}

Folders& folders()
{
    static Folders all = read();
    return all;
}

} // namespace

void loadFolders()
{
    folders() = read();
}

const std::string& folderOf(const core::engine::AppId& app)
{
    static const std::string none;
    const auto found = folders().find(app);
    return found == folders().end() ? none : found->second;
}

void moveToFolder(const std::vector<core::engine::AppId>& apps, const std::string& folder)
{
    const auto stored = preferences();
    stored->beginGroup(kGroup);
    for (const auto& app : apps) {
        const QString key = QString::fromLatin1(qs(app.nameSpace + "/" + app.name).toUtf8().toHex());
        if (folder.empty()) {
            folders().erase(app);
            stored->remove(key);
        } else {
            folders().insert_or_assign(app, folder);
            stored->setValue(key, qs(folder));
        }
    }
}

QStringList folderNames()
{
    std::set<std::string> names;
    for (const auto& [app, folder] : folders())
        names.insert(folder);
    QStringList out;
    for (const std::string& name : names)
        out.append(qs(name));
    return out;
}

} // namespace ui
