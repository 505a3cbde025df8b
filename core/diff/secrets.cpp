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
    explicit Masker(const std::vector<std::string>& annotations)
        : m_annotations(annotations)
    {
    }

    void mask(Value& secret)
    {
        for (const auto& name : m_annotations) {
            if (auto* value = manifest::find(secret, {"metadata", "annotations", name}))
                hide("annotation " + name, *value);
        }
        auto* data = manifest::find(secret, {"data"});
        if (!data || !data->is_object())
            return;
        for (auto& member : data->get_object())
            hide(std::string(member.key()), member.value());
    }

private:
    void hide(const std::string& place, Value& value)
    {
        auto& known = m_masks[place];
        const auto [found, isNew] = known.try_emplace(manifest::toJson(value), known.size());
        value = boost::json::string(std::string(8 + 4 * found->second, '+'));
    }

    const std::vector<std::string>& m_annotations;
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

Masked maskSecrets(const Value* desired, const Value* live, const std::vector<std::string>& annotations)
{
    Masked result;
    const bool secret = isSecret(desired) || isSecret(live);
    if (desired)
        result.desired = secret ? normalize(*desired) : *desired;
    if (live)
        result.live = secret ? normalize(*live) : *live;
    if (!secret)
        return result;
    Masker masker(annotations);
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
