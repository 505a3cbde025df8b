// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/saved_key.h"

#include "core/manifest/value.h"

namespace ui {

using core::manifest::ResourceKey;
using core::manifest::Value;

Value savedKey(const ResourceKey& key)
{
    return {{"group", key.group}, {"kind", key.kind}, {"namespace", key.nameSpace}, {"name", key.name}};
}

ResourceKey keyFromSaved(const Value& value)
{
    using core::manifest::text;
    return {std::string(text(value, {"group"})), std::string(text(value, {"kind"})),
            std::string(text(value, {"namespace"})), std::string(text(value, {"name"}))};
}

} // namespace ui
