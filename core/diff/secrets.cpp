// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/rules.h"

#include <boost/json.hpp>

#include <map>

namespace core::diff {

namespace {

constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

bool isSecret(const Value* object)
{
    return object && manifest::apiVersion(*object) == "v1" && manifest::kind(*object) == "Secret";
}

/// Gives equal values of one key equal masks: the first value 8 plus signs, each further one 4 more.
class Masker
{
public:
    void mask(Value& secret)
    {
        auto* data = manifest::find(secret, {"data"});
        if (!data || !data->is_object())
            return;
        for (auto& member : data->get_object()) {
            auto& known = m_masks[std::string(member.key())];
            const auto [found, isNew] = known.try_emplace(manifest::toJson(member.value()), known.size());
            member.value() = boost::json::string(std::string(8 + 4 * found->second, '+'));
        }
    }

private:
    std::map<std::string, std::map<std::string, std::size_t>> m_masks;
};

void maskLastApplied(Value& secret, Masker& masker)
{
    if (manifest::annotation(secret, kLastApplied).empty())
        return;
    auto applied = lastApplied(secret);
    if (applied.is_null()) {
        manifest::setAnnotation(secret, kLastApplied, "++++++++");
        return;
    }
    applied = normalize(applied);
    masker.mask(applied);
    manifest::setAnnotation(secret, kLastApplied, manifest::toSortedJson(applied));
}

} // namespace

Masked maskSecrets(const Value* desired, const Value* live)
{
    Masked result;
    const bool secret = isSecret(desired) || isSecret(live);
    if (desired)
        result.desired = secret ? normalize(*desired) : *desired;
    if (live)
        result.live = secret ? normalize(*live) : *live;
    if (!secret)
        return result;
    Masker masker;
    for (auto* object : {&result.desired, &result.live}) {
        if (!object->is_object())
            continue;
        masker.mask(*object);
    }
    for (auto* object : {&result.desired, &result.live}) {
        if (object->is_object())
            maskLastApplied(*object, masker);
    }
    return result;
}

} // namespace core::diff
