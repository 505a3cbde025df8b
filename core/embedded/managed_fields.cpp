// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/manifest/patch.h"
#include "core/manifest/strategic.h"

#include <boost/json.hpp>

namespace core::embedded {

using manifest::Value;

void trackUpdate(const WriteContext&, std::string_view, const Value*, Value&, std::string_view) { }

ApiResult<Value> applyConfiguration(const WriteContext& context, std::string_view, const Value* current,
                                    const Value& configuration, std::string_view)
{
    if (current == nullptr)
        return configuration;
    Value merged = *current;
    if (context.info->custom)
        manifest::mergePatch(merged, configuration);
    else if (const auto done = manifest::strategicMerge(merged, configuration, context.info->type); !done)
        return badRequest(done.error().message);
    return merged;
}

} // namespace core::embedded
