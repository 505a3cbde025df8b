// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/hash.h"

#include "core/rollout/json.h"

namespace core::rollout {

using manifest::Value;

std::string safeHash(std::string_view text, std::optional<std::int64_t> collisionCount)
{
    std::uint32_t hash = 2166136261U;
    const auto add = [&](unsigned char byte) {
        hash ^= byte;
        hash *= 16777619U;
    };
    for (const char c : text)
        add(static_cast<unsigned char>(c));
    if (collisionCount) {
        auto count = static_cast<std::uint32_t>(*collisionCount);
        for (int i = 0; i < 8; ++i) {
            add(static_cast<unsigned char>(i < 4 ? count & 0xFFU : 0U));
            count >>= 8U;
        }
    }
    static constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
    std::string out;
    for (const char c : std::to_string(hash))
        out += kLetters[static_cast<unsigned char>(c) % 27U];
    return out;
}

namespace {

bool isEmpty(const Value& value)
{
    return value.is_null() || (value.is_object() && value.get_object().empty())
        || (value.is_array() && value.get_array().empty()) || (value.is_string() && value.get_string().empty());
}

Value withoutEmpty(const Value& value)
{
    if (const auto* object = value.if_object()) {
        manifest::Object out;
        for (const auto& [key, item] : *object) {
            auto clean = withoutEmpty(item);
            if (!isEmpty(clean) || key == "emptyDir")
                out[key] = std::move(clean);
        }
        return out;
    }
    if (const auto* array = value.if_array()) {
        manifest::Array out;
        for (const auto& item : *array)
            out.push_back(withoutEmpty(item));
        return out;
    }
    return value;
}

Value bare(const Value& podTemplate)
{
    Value copy = podTemplate;
    manifest::erase(copy, {"metadata", "labels", "rollouts-pod-template-hash"});
    manifest::erase(copy, {"metadata", "creationTimestamp"});
    return withoutEmpty(copy);
}

} // namespace

std::string templateHash(const Value& podTemplate, std::optional<std::int64_t> collisionCount)
{
    return safeHash(manifest::toSortedJson(bare(podTemplate)), collisionCount);
}

std::string stepHash(const Value& rollout)
{
    const auto& steps = manifest::array(rollout, {"spec", "strategy", "canary", "steps"});
    return safeHash(steps.empty() ? "null" : manifest::toSortedJson(Value(steps)));
}

bool sameTemplate(const Value& a, const Value& b)
{
    return manifest::equal(bare(a), bare(b));
}

} // namespace core::rollout
