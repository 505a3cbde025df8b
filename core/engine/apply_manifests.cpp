// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/local_engine.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::engine {

namespace {

constexpr std::size_t kMostManifests = 1'000;
constexpr auto kTitle = "manifests";

/// What others need to be there comes first.
int place(const manifest::Value& object)
{
    const auto kind = manifest::kind(object);
    return kind == "Namespace" ? 0 : kind == "CustomResourceDefinition" ? 1 : 2;
}

struct Wanted
{
    manifest::Value object;
    std::string where;
};

Result<std::vector<Wanted>> wantedOf(const std::string& yaml)
{
    PH_TRY(auto documents, manifest::parseYaml(yaml, kTitle));
    std::vector<Wanted> out;
    for (auto& document : documents) {
        const auto where = fmt::format("{}:{}", kTitle, document.start.line);
        if (document.value.is_null())
            continue;
        if (!document.value.is_object() || manifest::kind(document.value).empty()
            || manifest::apiVersion(document.value).empty() || manifest::name(document.value).empty())
            return fail(Error::Code::InvalidInput, "the document is no Kubernetes object", where,
                        "give it apiVersion, kind and metadata.name");
        out.push_back(Wanted {std::move(document.value), where});
    }
    if (out.empty())
        return fail(Error::Code::InvalidInput, "there is no object in the text", kTitle);
    if (out.size() > kMostManifests)
        return fail(Error::Code::InvalidInput,
                    fmt::format("{} objects at once are too many (the most are {})", out.size(), kMostManifests),
                    kTitle, "put them into a Git repository and let an Application sync them");
    std::stable_sort(out.begin(), out.end(),
                     [](const auto& a, const auto& b) { return place(a.object) < place(b.object); });
    return out;
}

/// Whether the server changed something: it leaves resourceVersion alone where not, and a dry run has none of its own.
bool differs(const manifest::Value& before, const manifest::Value& after)
{
    const auto content = [](manifest::Value object) {
        if (auto* meta = manifest::find(object, {"metadata"}); meta != nullptr && meta->is_object()) {
            meta->get_object().erase("managedFields");
            meta->get_object().erase("resourceVersion");
        }
        return object;
    };
    return content(before) != content(after);
}

} // namespace

Result<std::vector<AppliedObject>> LocalEngine::applyManifests(const std::string& yaml, const std::string& nameSpace,
                                                               bool dryRun, std::stop_token stop)
{
    if (!dryRun)
        PH_CHECK(mayWrite());
    PH_TRY(auto wanted, wantedOf(yaml));
    std::vector<AppliedObject> out;
    const auto apply = [&](Wanted& item) -> Result<> {
        PH_TRY(const auto type,
               m_client->resolve(manifest::apiVersion(item.object), manifest::kind(item.object), stop));
        if (type.namespaced && manifest::nameSpace(item.object).empty() && !nameSpace.empty())
            manifest::ensure(item.object, {"metadata", "namespace"}) = boost::json::string(nameSpace);
        const auto key = manifest::keyOf(item.object);
        const auto before = m_client->get(type, key.nameSpace, key.name, stop);
        if (!before && before.error().code != Error::Code::NotFound)
            return tl::unexpected(before.error());
        kube::WriteOptions options;
        options.dryRun = dryRun;
        options.fieldValidation = "Strict";
        const auto written = m_client->apply(item.object, options, stop);
        if (!dryRun)
            record(before ? "change" : "create", key.text(), {}, {},
                   written ? Result<> {} : Result<>(tl::unexpected(written.error())), {},
                   written && before ? specChanges(&*before, &*written) : manifest::Array());
        if (!written)
            return tl::unexpected(written.error());
        if (!dryRun)
            m_cache->observe(*written);
        using Outcome = AppliedObject::Outcome;
        out.push_back({key,
                       !before                          ? Outcome::Created
                           : differs(*before, *written) ? Outcome::Changed
                                                        : Outcome::Unchanged});
        return {};
    };
    for (auto& item : wanted) {
        if (const auto done = apply(item); !done) {
            auto error = done.error().within(
                fmt::format("{}{}", dryRun ? "ask for " : "apply ", manifest::keyOf(item.object).text()));
            error.where = item.where;
            if (!dryRun && !out.empty())
                error.message += fmt::format(" ({} of {} objects were written before it)", out.size(), wanted.size());
            return tl::unexpected(std::move(error));
        }
    }
    return out;
}

} // namespace core::engine
