// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/discovery_cache.h"

#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/base/strings.h"

#include <boost/json.hpp>

namespace core::kube {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

constexpr int kFormat = 1;
constexpr std::size_t kMaxFile = std::size_t {16} << 20;

/// Letters, digits, dots and dashes of the address; the hash tells addresses apart that look the same then.
std::string safeName(std::string_view server)
{
    auto name = std::string(server.substr(server.find("://") == std::string_view::npos ? 0 : server.find("://") + 3));
    for (char& c : name) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
        if (!plain)
            c = '_';
    }
    return name.substr(0, 80) + "_" + sha256Hex(server).substr(0, 12) + ".json";
}

Array listOf(const std::vector<std::string>& texts)
{
    return Array(texts.begin(), texts.end());
}

} // namespace

DiscoveryCache::DiscoveryCache(const std::filesystem::path& folder, std::string_view server)
    : m_server(server)
    , m_file(folder / safeName(server))
{
}

std::optional<std::vector<ResourceType>> DiscoveryCache::read() const
{
    std::error_code ec;
    const auto age = std::filesystem::file_time_type::clock::now() - std::filesystem::last_write_time(m_file, ec);
    if (ec || age > kLifetime || age < -std::chrono::minutes(1))
        return std::nullopt;
    const auto text = paths::readFile(m_file, kMaxFile);
    const auto document = text ? manifest::parseJson(*text) : Result<Value>(Value(nullptr));
    if (!document || manifest::integer(*document, {"format"}) != kFormat
        || manifest::text(*document, {"server"}) != m_server)
        return std::nullopt;
    std::vector<ResourceType> types;
    for (const auto& entry : manifest::array(*document, {"types"})) {
        ResourceType type;
        type.group = manifest::text(entry, {"group"});
        type.version = manifest::text(entry, {"version"});
        type.kind = manifest::text(entry, {"kind"});
        type.plural = manifest::text(entry, {"plural"});
        type.namespaced = manifest::flag(entry, {"namespaced"});
        type.verbs = manifest::texts(entry, {"verbs"});
        type.shortNames = manifest::texts(entry, {"shortNames"});
        type.categories = manifest::texts(entry, {"categories"});
        type.subresources = manifest::texts(entry, {"subresources"});
        if (type.version.empty() || type.kind.empty() || type.plural.empty())
            return std::nullopt;
        types.push_back(std::move(type));
    }
    return types.empty() ? std::nullopt : std::optional(std::move(types));
}

void DiscoveryCache::write(const std::vector<ResourceType>& types) const
{
    Array list;
    for (const auto& type : types)
        list.push_back(Object {{"group", type.group},
                               {"version", type.version},
                               {"kind", type.kind},
                               {"plural", type.plural},
                               {"namespaced", type.namespaced},
                               {"verbs", listOf(type.verbs)},
                               {"shortNames", listOf(type.shortNames)},
                               {"categories", listOf(type.categories)},
                               {"subresources", listOf(type.subresources)}});
    std::error_code ec;
    std::filesystem::create_directories(m_file.parent_path(), ec);
    std::filesystem::permissions(m_file.parent_path(), std::filesystem::perms::owner_all, ec);
    const auto written = paths::writeFileAtomically(
        m_file, manifest::toJson(Object {{"format", kFormat}, {"server", m_server}, {"types", std::move(list)}}), true);
    if (!written)
        log::warning("kube", written.error().text());
}

} // namespace core::kube
