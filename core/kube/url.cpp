// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/url.h"

namespace core::kube {

std::string resourcePath(const ResourceType& type, std::string_view nameSpace, std::string_view name,
                         std::string_view subresource)
{
    std::string path = type.group.empty() ? "/api/" + type.version : "/apis/" + type.group + "/" + type.version;
    if (type.namespaced && !nameSpace.empty())
        path += "/namespaces/" + percentEncode(nameSpace);
    path += "/" + type.plural;
    if (!name.empty())
        path += "/" + percentEncode(name);
    if (!subresource.empty())
        path += "/" + std::string(subresource);
    return path;
}

Query& Query::add(std::string_view name, std::string_view value)
{
    m_text += m_text.empty() ? '?' : '&';
    m_text += name;
    m_text += '=';
    m_text += percentEncode(value);
    return *this;
}

Query& Query::addSet(std::string_view name, std::string_view value)
{
    return value.empty() ? *this : add(name, value);
}

} // namespace core::kube
