// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/field_set.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Object;
using manifest::Value;

namespace {

constexpr int kMaxDepth = 200;

int rank(std::string_view step)
{
    return step.empty() ? 0 : step[0] == 'f' ? 1 : step[0] == 'k' ? 2 : step[0] == 'v' ? 3 : 4;
}

} // namespace

bool FieldSet::StepLess::operator()(std::string_view a, std::string_view b) const
{
    const int left = rank(a);
    const int right = rank(b);
    return left != right ? left < right : a < b;
}

void FieldSet::insert(const Path& path)
{
    auto* node = this;
    for (const auto& step : path)
        node = &node->children[step];
    node->member = true;
}

void FieldSet::add(const FieldSet& other)
{
    member = member || other.member;
    for (const auto& [step, child] : other.children)
        children[step].add(child);
}

void FieldSet::remove(const FieldSet& other)
{
    member = member && !other.member;
    for (const auto& [step, child] : other.children) {
        const auto it = children.find(step);
        if (it == children.end())
            continue;
        it->second.remove(child);
        if (it->second.empty())
            children.erase(it);
    }
}

FieldSet FieldSet::intersection(const FieldSet& other) const
{
    FieldSet out;
    out.member = member && other.member;
    for (const auto& [step, child] : children) {
        const auto it = other.children.find(step);
        if (it == other.children.end())
            continue;
        auto shared = child.intersection(it->second);
        if (!shared.empty())
            out.children.emplace(step, std::move(shared));
    }
    return out;
}

void FieldSet::visitAll(Path& path, const std::function<void(const Path&)>& visit) const
{
    for (const auto& [step, child] : children) {
        if (!child.member)
            continue;
        path.push_back(step);
        visit(path);
        path.pop_back();
    }
    for (const auto& [step, child] : children) {
        path.push_back(step);
        child.visitAll(path, visit);
        path.pop_back();
    }
}

void FieldSet::forEach(const std::function<void(const Path&)>& visit) const
{
    Path path;
    if (member)
        visit(path);
    visitAll(path, visit);
}

void FieldSet::prune()
{
    for (auto it = children.begin(); it != children.end();) {
        it->second.prune();
        it = it->second.empty() ? children.erase(it) : std::next(it);
    }
}

Value FieldSet::toFieldsV1() const
{
    Object out;
    if (member && !children.empty())
        out["."] = Object();
    for (const auto& [step, child] : children)
        out[step] = child.toFieldsV1();
    return out;
}

FieldSet FieldSet::fromFieldsV1(const Value& fields, int depth)
{
    FieldSet set;
    const auto* object = fields.if_object();
    if (object == nullptr || depth > kMaxDepth)
        return set;
    for (const auto& member : *object) {
        const std::string_view key = member.key();
        if (key == ".") {
            set.member = true;
            continue;
        }
        std::string step(key);
        if (key.starts_with("k:"))
            if (const auto keys = manifest::parseJson(key.substr(2)))
                step = "k:" + manifest::toSortedJson(*keys);
        auto child = fromFieldsV1(member.value(), depth + 1);
        if (child.children.empty())
            child.member = true;
        set.children[std::move(step)].add(child);
    }
    return set;
}

std::string fieldPathText(const FieldSet::Path& path)
{
    std::string out;
    for (const auto& step : path) {
        if (step.starts_with("f:")) {
            out += "." + step.substr(2);
        } else if (step.starts_with("v:")) {
            out += "[=" + step.substr(2) + "]";
        } else if (step.starts_with("k:")) {
            std::string keys;
            if (const auto parsed = manifest::parseJson(step.substr(2)); parsed && parsed->is_object())
                for (const auto& member : parsed->get_object())
                    keys += fmt::format("{}{}={}", keys.empty() ? "" : ",", std::string_view(member.key()),
                                        manifest::toJson(member.value()));
            out += "[" + keys + "]";
        }
    }
    return out;
}

} // namespace core::embedded
