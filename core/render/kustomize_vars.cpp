// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/manifest/yaml_scalar.h"
#include "core/render/kustomize_build.h"

#include <boost/json.hpp>

#include <array>
#include <charconv>

namespace core::render::kustomize {

namespace {

/// What a variable stands for.
struct GoValue
{
    Node whole; ///< where a field is nothing but the variable
    std::string inText; ///< where there is more
};
using Values = std::map<std::string, GoValue, std::less<>>;

tl::unexpected<Error> refuse(std::string message)
{
    return fail(Error::Code::InvalidInput, std::move(message));
}

constexpr std::size_t kMaxText = std::size_t {16} << 20U;

/// Replaces $(NAME) in a text, of which it makes no more than that; sets `whole` where the text is one reference and
/// nothing else.
std::string expand(std::string_view text, const Values& values, const Node** whole)
{
    std::string out;
    for (std::size_t i = 0; i < text.size() && out.size() <= kMaxText; ++i) {
        if (text[i] != '$' || i + 1 >= text.size()) {
            out += text[i];
            continue;
        }
        const char next = text[i + 1];
        if (next == '$') {
            out += '$';
            ++i;
            continue;
        }
        if (next != '(') {
            out += '$';
            out += next;
            ++i;
            continue;
        }
        const auto end = text.find(')', i + 2);
        if (end == std::string_view::npos) {
            out += "$(";
            ++i;
            continue;
        }
        const auto it = values.find(text.substr(i + 2, end - i - 2));
        if (it == values.end()) {
            out += text.substr(i, end + 1 - i);
        } else {
            if (i == 0 && end + 1 == text.size())
                *whole = &it->second.whole;
            out += it->second.inText;
        }
        i = end;
    }
    return out;
}

/// What kustomize takes for a text: what was written without a type counts too, whatever it looks like.
bool isText(const Node& node)
{
    return node.isScalar() && (node.tag == manifest::ScalarTag::String || node.tag == manifest::ScalarTag::None);
}

Result<> expandNode(Node& node, const Values& values)
{
    if (node.isMapping()) {
        for (auto& child : node.children) {
            if (isText(child))
                PH_CHECK(expandNode(child, values));
        }
        return {};
    }
    if (node.isSequence()) {
        for (auto& child : node.children) {
            if (!isText(child))
                return refuse("invalid value type expect a string");
            PH_CHECK(expandNode(child, values));
        }
        return {};
    }
    if (!isText(node))
        return {};
    // Whether there is a reference in it or not: the field is a text from here on.
    const Node* whole = nullptr;
    auto text = expand(node.text, values, &whole);
    if (text.size() > kMaxText)
        return fail(Error::Code::LimitExceeded, "vars make a text that is longer than 16 MiB", {},
                    "a cluster takes no more than 1 MiB in one object");
    const bool keepsType = whole != nullptr && !whole->isString() && !whole->isNull();
    Node changed = keepsType ? *whole : Node::string(std::move(text));
    node.assign(std::move(changed));
    return {};
}

/// A scalar as kustomize reads it into a Go value, and the two ways in which it prints that.
Result<GoValue> goValue(Node node)
{
    using manifest::ScalarTag;
    node.key.clear();
    if (node.tag == ScalarTag::Timestamp)
        node.tag = ScalarTag::String;
    std::string_view digits(node.text);
    if (digits.starts_with('+'))
        digits.remove_prefix(1);
    const auto* const end = digits.data() + digits.size();
    if (node.tag == ScalarTag::Int) {
        std::int64_t number = 0;
        if (const auto read = std::from_chars(digits.data(), end, number); read.ec != std::errc {} || read.ptr != end)
            return refuse("strconv.Atoi: parsing \"" + node.text + "\": invalid syntax");
        node.text = std::to_string(number);
    } else if (node.tag == ScalarTag::Float) {
        double number = 0;
        if (const auto read = std::from_chars(digits.data(), end, number); read.ec != std::errc {} || read.ptr != end)
            return refuse("strconv.ParseFloat: parsing \"" + node.text + "\": invalid syntax");
        std::array<char, 400> decimal {}; // no number has more without an exponent
        auto* const begin = decimal.data();
        node.text.assign(begin, std::to_chars(begin, begin + decimal.size(), number, std::chars_format::fixed).ptr);
        return GoValue {std::move(node), manifest::yamlNumber(number)};
    } else if (node.tag == ScalarTag::Bool) {
        node.text = lower(node.text);
    }
    auto text = node.text;
    return GoValue {std::move(node), std::move(text)};
}

bool mayChange(const Node& node)
{
    if (node.isScalar())
        return node.tag == manifest::ScalarTag::None || node.text.find('$') != std::string::npos;
    return std::any_of(node.children.begin(), node.children.end(), mayChange);
}

std::vector<std::string> varPath(std::string_view path)
{
    // "ports[0]" is another way to write "ports.0".
    std::vector<std::string> out;
    for (const auto& part : splitFieldPath(path)) {
        const auto open = part.find('[');
        if (open == std::string::npos || open == 0 || part.back() != ']') {
            out.push_back(part);
            continue;
        }
        out.push_back(part.substr(0, open));
        out.push_back(part.substr(open + 1, part.size() - open - 2));
    }
    return out;
}

} // namespace

Result<> resolveVars(ResMap& all, const std::vector<Var>& vars, const Config& config,
                     const std::function<std::string(const Var&)>& place)
{
    if (vars.empty())
        return {};
    Values values;
    for (const auto& var : vars) {
        const auto refused = [&](std::string why) {
            return fail(Error::Code::InvalidInput, std::move(why), place(var));
        };
        const Resource* source = nullptr;
        for (const auto& resource : all.items()) {
            const auto& names = resource.notes().varNames;
            if (std::find(names.begin(), names.end(), var.name) != names.end())
                source = &resource;
        }
        if (source == nullptr)
            return refused("var '" + var.name + "' cannot be mapped to a field in the set of known resources");
        auto node = lookup(source->root(), varPath(var.fieldPath));
        if (!node || *node == nullptr)
            return refused("field specified in var '" + var.name + "' (" + var.fieldPath
                           + ") not found in corresponding resource");
        if ((*node)->isScalar()) {
            auto value = goValue(**node);
            if (!value)
                return refused(value.error().message);
            values.emplace(var.name, std::move(*value));
        }
    }
    for (auto& resource : all.items()) {
        if (!mayChange(resource.root()))
            continue;
        const auto gvk = resource.id().gvk;
        for (const auto& spec : config.varReference) {
            if (!gvk.isSelectedBy(spec.gvk))
                continue;
            const auto done = walkSpec(resource.edit(), *spec.parts, false, Creation::None,
                                       [&](Node& node) { return expandNode(node, values); });
            if (!done) {
                auto error =
                    done.error().within("considering field '" + spec.path + "' of object " + resource.id().text());
                error.where = resource.place();
                return fail(std::move(error));
            }
        }
    }
    all.touched();
    return {};
}

} // namespace core::render::kustomize
