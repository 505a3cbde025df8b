// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Patches of the API: the object, a line "===", the patch. Diffs lead from one document to the other, and what a
// refused patch was meant for is unchanged.
#include "core/manifest/patch.h"
#include "core/manifest/strategic.h"

#include <cstdlib>

namespace {

using namespace core::manifest;

void require(bool holds)
{
    if (!holds)
        std::abort();
}

bool hasNull(const Value& value)
{
    if (const auto* object = value.if_object())
        return std::any_of(object->begin(), object->end(), [](const auto& member) { return hasNull(member.value()); });
    if (const auto* array = value.if_array())
        return std::any_of(array->begin(), array->end(), [](const auto& entry) { return hasNull(entry); });
    return value.is_null();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto cut = text.find("\n===\n");
    if (cut == std::string_view::npos)
        return 0;
    const auto object = parseJson(text.substr(0, cut));
    const auto patch = parseJson(text.substr(cut + 5));
    if (!object || !patch)
        return 0;
    for (const auto* type :
         {builtinType("apps/v1", "Deployment"), builtinType("v1", "Service"), static_cast<const TypeNode*>(nullptr)}) {
        auto target = *object;
        if (!strategicMerge(target, *patch, type))
            require(equal(target, *object));
        if (object->is_object() && patch->is_object()) {
            (void)createThreeWayStrategicPatch(*patch, *object, *patch, type);
            if (const auto made = createStrategicPatch(*object, *patch, type)) {
                auto led = *object;
                (void)strategicMerge(led, *made, type);
            }
        }
    }
    auto target = *object;
    if (!jsonPatch(target, *patch))
        require(equal(target, *object));
    target = *object;
    mergePatch(target, *patch);
    if (object->is_object() && patch->is_object() && !hasNull(*patch)) {
        target = *object;
        mergePatch(target, createMergePatch(*object, *patch));
        require(equal(target, *patch));
        (void)createThreeWayMergePatch(*object, *patch, target);
    }
    return 0;
}
