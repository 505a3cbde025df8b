// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/lease.h"

#include <boost/json.hpp>

namespace core::service {

using manifest::text;
using manifest::Value;

namespace {

kube::ResourceType leaseType()
{
    kube::ResourceType type;
    type.group = "coordination.k8s.io";
    type.version = "v1";
    type.kind = "Lease";
    type.plural = "leases";
    return type;
}

} // namespace

Lease::Lease(std::shared_ptr<kube::Client> client, std::shared_ptr<Clock> clock, Options options)
    : m_client(std::move(client))
    , m_clock(std::move(clock))
    , m_options(std::move(options))
{
}

Value Lease::claim(const Value* before, TimePoint now) const
{
    const bool taken = before && text(*before, {"spec", "holderIdentity"}) != m_options.identity;
    Value out = before
        ? *before
        : Value(manifest::Object {
            {"apiVersion", "coordination.k8s.io/v1"},
            {"kind", "Lease"},
            {"metadata", manifest::Object {{"name", m_options.name}, {"namespace", m_options.nameSpace}}}});
    for (const auto& [key, value] : m_options.labels)
        manifest::setLabel(out, key, value);
    auto& spec = manifest::ensure(out, {"spec"});
    if (!spec.is_object())
        spec = manifest::Object();
    auto& object = spec.get_object();
    object["holderIdentity"] = m_options.identity;
    object["leaseDurationSeconds"] = std::chrono::duration_cast<std::chrono::seconds>(m_options.duration).count();
    object["renewTime"] = formatRfc3339Micro(now);
    if (!before || taken) {
        object["acquireTime"] = formatRfc3339Micro(now);
        object["leaseTransitions"] =
            before ? manifest::integer(*before, {"spec", "leaseTransitions"}).value_or(0) + 1 : 0;
    }
    return out;
}

Result<bool> Lease::tryHold(std::stop_token stop)
{
    const std::lock_guard lock(m_mutex);
    const auto now = m_clock->now();
    const auto taken = [&](const Result<Value>& written) -> Result<bool> {
        if (written) {
            m_holder = m_options.identity;
            m_seen = m_holder + std::string(text(*written, {"spec", "renewTime"}));
            m_seenAt = m_renewedAt = now;
            return true;
        }
        const auto code = written.error().code;
        if (code == Error::Code::Conflict || code == Error::Code::AlreadyExists)
            return false; // another was faster
        return fail(written.error().within("lease " + m_options.name));
    };
    const auto found = m_client->get(leaseType(), m_options.nameSpace, m_options.name, stop);
    if (!found) {
        if (found.error().code == Error::Code::NotFound)
            return taken(m_client->create(claim(nullptr, now), {}, stop));
        return fail(found.error().within("lease " + m_options.name));
    }
    m_holder = text(*found, {"spec", "holderIdentity"});
    if (const std::string seen = m_holder + std::string(text(*found, {"spec", "renewTime"})); seen != m_seen) {
        m_seen = seen;
        m_seenAt = now;
    }
    const std::chrono::seconds duration(manifest::integer(*found, {"spec", "leaseDurationSeconds"}).value_or(15));
    const bool free = m_holder.empty() || m_holder == m_options.identity || now - m_seenAt > duration;
    if (!free) {
        m_renewedAt = TimePoint::min();
        return false;
    }
    return taken(m_client->replace(claim(&*found, now), {}, stop));
}

bool Lease::held() const
{
    const std::lock_guard lock(m_mutex);
    return m_renewedAt != TimePoint::min() && m_clock->now() - m_renewedAt < m_options.renewDeadline;
}

std::string Lease::holder() const
{
    const std::lock_guard lock(m_mutex);
    return m_holder;
}

void Lease::release()
{
    const std::lock_guard lock(m_mutex);
    if (m_renewedAt == TimePoint::min())
        return;
    m_renewedAt = TimePoint::min();
    const auto found = m_client->get(leaseType(), m_options.nameSpace, m_options.name);
    if (!found || text(*found, {"spec", "holderIdentity"}) != m_options.identity)
        return;
    Value freed = *found;
    manifest::ensure(freed, {"spec", "holderIdentity"}) = "";
    manifest::ensure(freed, {"spec", "leaseDurationSeconds"}) = 1;
    (void)m_client->replace(freed); // it runs out by itself otherwise
}

} // namespace core::service
