// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What edits made of objects, and how those were printed, by their places in memory.
#include "core/render/kustomize_cache.h"

#include <algorithm>
#include <utility>

namespace core::render::kustomize {

namespace {

std::size_t hashOf(Edits::Group group, std::uint32_t what)
{
    constexpr std::size_t kPrime = 0x9E3779B97F4A7C15U;
    std::size_t hash = what * kPrime;
    const auto add = [&](const void* place) {
        hash = (hash ^ (hash >> 32U) ^ reinterpret_cast<std::uintptr_t>(place)) * kPrime;
    };
    for (const auto& resource : group) {
        add(&resource.root());
        add(&resource.notes());
    }
    return hash ^ (hash >> 32U);
}

bool isSameObject(const Resource& a, const Resource& b)
{
    return &a.root() == &b.root() && &a.notes() == &b.notes();
}

} // namespace

std::shared_ptr<const Edits::Made> Edits::find(Group group, std::uint32_t what)
{
    auto known = m_made.newest(hashOf(group, what));
    const bool holds = known != nullptr && known->what == what
        && std::equal(group.begin(), group.end(), known->before.begin(), known->before.end(), isSameObject);
    return holds ? std::move(known) : nullptr;
}

void Edits::keep(Made made)
{
    std::size_t weight = 512;
    for (std::size_t i = 0; i < made.after.size(); ++i) {
        (void)made.after[i].id(); // made now: many threads read it later
        weight += 2 * sizeof(Resource)
            + (&made.before[i].root() == &made.after[i].root() ? 0 : weightOf(made.after[i].root()))
            + (&made.before[i].notes() == &made.after[i].notes() ? 0 : sizeof(Notes) + 256);
    }
    for (const auto& lookup : made.lookups)
        weight += sizeof lookup + lookup.found.size() * 64;
    const auto key = hashOf(made.before, made.what);
    m_made.put(key, std::make_shared<const Made>(std::move(made)), weight);
}

bool Edits::repeat(Group group, std::uint32_t what)
{
    const auto known = find(group, what);
    if (known != nullptr)
        std::copy(known->after.begin(), known->after.end(), group.begin());
    return known != nullptr;
}

void Edits::keep(std::vector<Resource> before, Group after, std::uint32_t what)
{
    for (auto& resource : after)
        (void)resource.id();
    keep(Made {std::move(before), {after.begin(), after.end()}, {}, what});
}

std::shared_ptr<const Printed> Edits::printed(const Resource& resource)
{
    const auto known = m_shown.newest(hashOf({const_cast<Resource*>(&resource), 1}, 0));
    return known != nullptr && isSameObject(known->object, resource) ? known->printed : nullptr;
}

void Edits::keepPrinted(const Resource& resource, std::shared_ptr<const Printed> printed, std::size_t weight)
{
    m_shown.put(hashOf({const_cast<Resource*>(&resource), 1}, 0),
                std::make_shared<const Shown>(Shown {resource, std::move(printed)}), weight);
}

std::uint32_t Edits::number(Edits* edits, const std::string& what)
{
    constexpr std::size_t kMany = 100'000;
    if (edits == nullptr)
        return 0;
    const std::scoped_lock lock(edits->m_mutex);
    if (edits->m_numbers.size() > kMany)
        edits->m_numbers.clear(); // numbers go on from where they are
    const auto [it, isNew] = edits->m_numbers.try_emplace(what, edits->m_lastNumber + 1);
    edits->m_lastNumber += isNew ? 1 : 0;
    return it->second;
}

std::string textOf(const Touch& touch)
{
    const auto& step = touch.step;
    std::string text = step.file;
    for (const auto* part : {&step.what, &step.place})
        text.append(1, '\n').append(*part);
    text.append(1, '\n').append(std::to_string(step.document)).append(1, ' ').append(std::to_string(step.line));
    for (const auto& path : touch.paths)
        text.append(1, '\n').append(path);
    return text;
}

std::uint32_t Edits::number(Edits* edits, const Touch& touch)
{
    if (edits == nullptr)
        return 0;
    return number(edits, "mark\n" + textOf(touch));
}

} // namespace core::render::kustomize
