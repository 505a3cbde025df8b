// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/drafts.h"

#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/manifest/value.h"

#include <boost/json/object.hpp>

#include <system_error>

namespace ui {

DraftStore::DraftStore(std::filesystem::path folder)
    : m_folder(std::move(folder))
{
}

DraftStore DraftStore::standard()
{
    return DraftStore(core::paths::state() / "drafts");
}

std::filesystem::path DraftStore::file(const core::engine::AppId& app, const std::string& path) const
{
    return m_folder / (core::sha256Hex(app.nameSpace + "\n" + app.name + "\n" + path).substr(0, 32) + ".json");
}

core::Result<> DraftStore::save(const Draft& draft) const
{
    std::error_code ignored; // writing tells what is wrong with the folder
    std::filesystem::create_directories(m_folder, ignored);
    core::manifest::Object object;
    object["namespace"] = draft.app.nameSpace;
    object["application"] = draft.app.name;
    object["path"] = draft.path;
    object["baseCommit"] = draft.baseCommit;
    object["text"] = draft.text;
    return core::paths::writeFileAtomically(file(draft.app, draft.path),
                                            core::manifest::toJson(core::manifest::Value(std::move(object))), true);
}

std::optional<Draft> DraftStore::load(const core::engine::AppId& app, const std::string& path) const
{
    const auto content = core::paths::readFile(file(app, path));
    if (!content)
        return std::nullopt;
    const auto value = core::manifest::parseJson(*content);
    if (!value || !value->is_object() || core::manifest::text(*value, {"path"}) != path)
        return std::nullopt;
    return Draft {app, path, std::string(core::manifest::text(*value, {"baseCommit"})),
                  std::string(core::manifest::text(*value, {"text"}))};
}

void DraftStore::remove(const core::engine::AppId& app, const std::string& path) const
{
    std::error_code ignored; // a draft that is not there is as good as removed
    std::filesystem::remove(file(app, path), ignored);
}

} // namespace ui
