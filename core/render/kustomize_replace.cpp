// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/render/kustomization.h"
#include "core/render/kustomize_build.h"

#include <boost/json.hpp>
#include <re2/re2.h>

#include <charconv>
#include <deque>

namespace core::render::kustomize {

namespace {

using manifest::array;
using manifest::find;
using manifest::text;

tl::unexpected<Error> refuse(std::string message)
{
    return fail(Error::Code::InvalidInput, std::move(message));
}

bool isIndex(std::string_view part)
{
    return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isListSelector(std::string_view part)
{
    return part.size() > 2 && part.front() == '[' && part.back() == ']' && part.find('=') != std::string_view::npos;
}

std::pair<std::string, std::string> selectorParts(std::string_view part)
{
    part = part.substr(1, part.size() - 2);
    const auto equals = part.find('=');
    return {std::string(part.substr(0, equals)), std::string(part.substr(equals + 1))};
}

std::size_t indexOf(std::string_view part)
{
    std::size_t index = 0;
    const auto parsed = std::from_chars(part.data(), part.data() + part.size(), index);
    return parsed.ec == std::errc {} ? index : std::size_t {1} << 40;
}

} // namespace

std::vector<std::string> splitFieldPath(std::string_view path)
{
    std::vector<std::string> parts;
    std::string pending;
    bool bracket = false;
    for (std::size_t i = 0; i <= path.size(); ++i) {
        if (i < path.size() && path[i] == '\\' && i + 1 < path.size() && path[i + 1] == '.') {
            pending += '.';
            ++i;
            continue;
        }
        if (i < path.size() && path[i] == '[' && pending.empty())
            bracket = true;
        if (i == path.size() || (path[i] == '.' && (!bracket || pending.ends_with(']')))) {
            if (bracket && pending.size() > 2 && pending.find('=') == std::string::npos)
                pending = pending.substr(1, pending.size() - 2);
            parts.push_back(pending);
            pending.clear();
            bracket = false;
            continue;
        }
        pending += path[i];
    }
    return parts;
}

Result<const Node*> lookup(const Node& root, const std::vector<std::string>& path)
{
    const Node* node = &root;
    for (const auto& part : path) {
        if (part.empty())
            continue;
        if (node->isNull())
            return nullptr;
        if (part == "*")
            return refuse("wildcard is not supported in PathGetter");
        const Node* next = nullptr;
        if (isIndex(part) || (part == "-" && node->isSequence())) {
            if (node->isSequence()) {
                const auto index = part == "-" ? node->children.size() - 1 : indexOf(part);
                if (index < node->children.size())
                    next = &node->children[index];
            } else if (node->isMapping()) {
                next = node->find(part);
            } else {
                return fail(wrongKind("SequenceNode", *node));
            }
        } else if (isListSelector(part)) {
            if (!node->isSequence())
                return fail(wrongKind("SequenceNode", *node));
            const auto [key, value] = selectorParts(part);
            for (const auto& element : node->children) {
                const auto* field = key.empty() ? &element : element.find(key);
                if (field != nullptr && field->isScalar() && field->text == value) {
                    next = &element;
                    break;
                }
            }
        } else {
            if (!node->isMapping())
                return fail(wrongKind("MappingNode", *node));
            next = node->find(part);
        }
        if (next == nullptr)
            return nullptr;
        node = next;
    }
    return node;
}

namespace {

/// A text that holds YAML or JSON; a scalar where there is nothing in it.
Result<Node> parseText(const std::string& text)
{
    manifest::NodeLimits limits;
    limits.firstOnly = true;
    limits.keepDuplicates = true;
    PH_TRY(auto nodes, manifest::parseNodes(text, "text", limits));
    return nodes.empty() ? Node::null() : std::move(nodes.front());
}

/// Finds (and, when asked to, makes) the fields that a target's path names.
class Matcher
{
public:
    Matcher(const std::vector<std::string>& path, const Node* created)
        : m_path(path)
        , m_created(created)
    {
    }
    Result<> match(Node& node, std::size_t at = 0)
    {
        if (at == m_path.size()) {
            found.push_back(&node);
            return {};
        }
        const auto& part = m_path[at];
        if (isIndex(part) && !node.isMapping())
            return index(node, at);
        if (isListSelector(part))
            return selected(node, at);
        if (part == "*") {
            PH_CHECK(needSequence(node));
            for (auto& element : node.children)
                PH_CHECK(match(element, at + 1));
            return {};
        }
        if (node.isNull() && m_created == nullptr)
            return {};
        if (!node.isMapping())
            return fail(wrongKind("MappingNode", node));
        auto* field = node.find(part);
        if (field == nullptr && m_created == nullptr)
            return {};
        if (m_created != nullptr && field != nullptr && field->isNull() && at + 1 < m_path.size()) {
            m_copies.push_back(made(at + 1)); // what kustomize makes below a null is lost
            return match(m_copies.back(), at + 1);
        }
        if (field == nullptr)
            field = &node.setPlain(part, made(at + 1));
        if (field->isScalar() && !field->isNull() && at + 1 < m_path.size()) {
            // A field in a text that replaceInText did not change: found in a copy, and lost with it, as kustomize
            // does.
            PH_TRY(auto parsed, parseText(field->text));
            m_copies.push_back(std::move(parsed));
            return match(m_copies.back(), at + 1);
        }
        return match(*field, at + 1);
    }

    std::vector<Node*> found;

private:
    static Result<> needSequence(const Node& node)
    {
        return node.isSequence() ? Result<> {} : fail(wrongKind("SequenceNode", node));
    }
    [[nodiscard]] Node made(std::size_t at) const
    {
        if (at < m_path.size())
            return isIndex(m_path[at]) || isListSelector(m_path[at]) ? Node::sequence() : Node::mapping();
        return m_created->isMapping() ? Node::mapping()
            : m_created->isSequence() ? Node::sequence()
                                      : Node::untagged("");
    }
    Result<> index(Node& node, std::size_t at)
    {
        if (!node.isNull())
            PH_CHECK(needSequence(node));
        const auto wanted = indexOf(m_path[at]);
        if (wanted == node.children.size() && m_created != nullptr) {
            if (node.isNull())
                node.assign(Node::sequence());
            node.children.push_back(made(at + 1));
        }
        if (wanted >= node.children.size())
            return refuse("index " + m_path[at] + " specified but only " + std::to_string(node.children.size())
                          + " elements found");
        return match(node.children[wanted], at + 1);
    }
    Result<> selected(Node& node, std::size_t at)
    {
        if (node.isNull() && m_created == nullptr)
            return {};
        PH_CHECK(needSequence(node));
        const auto [key, value] = selectorParts(m_path[at]);
        const RE2 pattern(value, RE2::Quiet);
        if (!pattern.ok())
            return refuse("error parsing regexp: " + pattern.error());
        bool any = false;
        for (auto& element : node.children) {
            const auto* field = key.empty() ? &element : element.find(key);
            if (field == nullptr || !field->isScalar() || !RE2::PartialMatch(field->text, pattern))
                continue;
            any = true;
            PH_CHECK(match(element, at + 1));
        }
        if (any || m_created == nullptr)
            return {};
        Node element = key.empty() ? Node::untagged(value) : Node::mapping();
        if (!key.empty())
            element.set(key, Node::untagged(value));
        node.children.push_back(std::move(element));
        return match(node.children.back(), at + 1);
    }

    const std::vector<std::string>& m_path;
    const Node* m_created;
    std::deque<Node> m_copies;
};

Gvk gvkIn(const Value& selector)
{
    Gvk gvk {std::string(text(selector, {"group"})), std::string(text(selector, {"version"})),
             std::string(text(selector, {"kind"}))};
    return gvk;
}

bool isIdSelected(const Resource& resource, const Value& selector)
{
    const auto pattern = gvkIn(selector);
    const auto name = text(selector, {"name"});
    const auto nameSpace = text(selector, {"namespace"});
    const auto hit = [&](const ResId& id) {
        return id.gvk.isSelectedBy(pattern) && (name.empty() || id.name == name)
            && (nameSpace.empty() || id.effectiveNamespace() == nameSpace);
    };
    const auto ids = resource.previousIds();
    return hit(resource.id()) || std::any_of(ids.begin(), ids.end(), hit);
}

std::string selectorText(const Value& selector)
{
    const ResId id {gvkIn(selector), std::string(text(selector, {"name"})), std::string(text(selector, {"namespace"}))};
    return id.text();
}

std::vector<std::string> splitText(const std::string& value, const std::string& delimiter)
{
    std::vector<std::string> parts;
    std::size_t start = 0;
    for (;;) {
        const auto at = value.find(delimiter, start);
        if (at == std::string::npos)
            break;
        parts.push_back(value.substr(start, at - start));
        start = at + delimiter.size();
    }
    parts.push_back(value.substr(start));
    return parts;
}

/// What a replacement writes. kustomize holds the node, not its value: where a target is the source itself, all that is
/// written later is what the source became.
class SourceValue
{
public:
    explicit SourceValue(Node fixed)
        : m_value(std::move(fixed))
    {
    }
    SourceValue(Node now, const Resource& from, std::vector<std::string> path)
        : m_value(std::move(now))
        , m_from(&from)
        , m_path(std::move(path))
    {
    }
    /// As it was found.
    [[nodiscard]] const Node& first() const { return m_value; }
    /// Fails where so much was written that a source below its own target has grown without end.
    [[nodiscard]] Result<> count(const Node& written) const
    {
        constexpr std::size_t kMaxWritten = 500'000;
        m_written += written.isScalar() ? 0 : sizeOf(written);
        if (m_written > kMaxWritten)
            return fail(Error::Code::LimitExceeded,
                        "the replacement writes more than " + std::to_string(kMaxWritten) + " nodes", {},
                        "select fewer targets, or a smaller part of the source");
        return {};
    }
    [[nodiscard]] Node now() const
    {
        if (m_from == nullptr)
            return m_value;
        const auto found = lookup(m_from->root(), m_path);
        if (!found || *found == nullptr)
            return m_value;
        Node value = **found;
        value.key.clear();
        return value;
    }

private:
    static std::size_t sizeOf(const Node& node)
    {
        std::size_t size = 1;
        for (const auto& child : node.children)
            size += sizeOf(child);
        return size;
    }

    Node m_value;
    const Resource* m_from = nullptr;
    std::vector<std::string> m_path;
    mutable std::size_t m_written = 0;
};

Result<SourceValue> sourceValue(const ResMap& all, const Value& source)
{
    const Resource* found = nullptr;
    for (const auto& resource : all.items()) {
        if (!isIdSelected(resource, source))
            continue;
        if (found != nullptr)
            return refuse("multiple matches for selector " + selectorText(source));
        found = &resource;
    }
    if (found == nullptr)
        return refuse("nothing selected by " + selectorText(source));
    const std::string path(text(source, {"fieldPath"}).empty() ? "metadata.name" : text(source, {"fieldPath"}));
    auto parts = splitFieldPath(path);
    std::optional<Node> noted;
    if (parts.front() == "metadata" && (parts.size() == 1 || parts[1] == "annotations") && found->hasNotes())
        noted = withNotes(*found);
    PH_TRY(const auto* node, lookup(noted ? *noted : found->root(), parts));
    if (node == nullptr || node->isNull() || (!node->isScalar() && node->children.empty()))
        return refuse("fieldPath `" + path + "` is missing for replacement source " + selectorText(source));
    Node value = *node;
    value.key.clear();
    const std::string delimiter(text(source, {"options", "delimiter"}));
    if (delimiter.empty())
        return noted ? SourceValue(std::move(value)) : SourceValue(std::move(value), *found, std::move(parts));
    if (!value.isScalar())
        return refuse("delimiter option can only be used with scalar nodes");
    const auto pieces = splitText(value.text, delimiter);
    const auto index = manifest::integer(source, {"options", "index"}).value_or(0);
    if (index < 0 || index >= static_cast<std::int64_t>(pieces.size()))
        return refuse("options.index " + std::to_string(index) + " is out of bounds for value " + value.text);
    value.text = pieces[static_cast<std::size_t>(index)];
    return SourceValue(std::move(value));
}

Result<> write(Node& field, const SourceValue& source, const Value& target)
{
    const auto value = source.now();
    PH_CHECK(source.count(value));
    const std::string delimiter(text(target, {"options", "delimiter"}));
    if (delimiter.empty()) {
        if (field.isScalar()) {
            field.text = value.isScalar() ? value.text : std::string {};
        } else {
            field.assign(value);
        }
        return {};
    }
    if (!field.isScalar())
        return refuse("delimiter option can only be used with scalar nodes");
    auto parts = splitText(field.text, delimiter);
    const auto index = manifest::integer(target, {"options", "index"}).value_or(0);
    const std::string text = value.isScalar() ? value.text : std::string {};
    if (index < 0)
        parts.insert(parts.begin(), text);
    else if (index >= static_cast<std::int64_t>(parts.size()))
        parts.push_back(text);
    else
        parts[static_cast<std::size_t>(index)] = text;
    constexpr std::size_t kMaxText = std::size_t {4} << 20U;
    if (field.text.size() + text.size() > kMaxText)
        return fail(Error::Code::LimitExceeded, "the replacement makes a text that is longer than 4 MiB", {},
                    "a cluster takes no more than 1 MiB in one object");
    field.text = join(parts, delimiter);
    return {};
}

Result<bool> isRejected(const Resource& resource, const std::vector<Selector>& rejects)
{
    for (const auto& selector : rejects) {
        if (!selector.labels.empty() || !selector.annotations.empty()) {
            PH_TRY(const bool labels, selector.matchesLabels(resource));
            PH_TRY(const bool annotations, selector.matchesAnnotations(resource));
            if (labels && annotations)
                return true;
        }
        if (!selector.namesNothing() && selector.matchesAnyId(resource))
            return true;
    }
    return false;
}

/// The structure as a text in the way of the one before: JSON, spread out if that was, or YAML.
Result<std::string> printText(const Node& node, std::string_view before)
{
    PH_TRY(const auto value, manifest::toValue(node, manifest::YamlDialect::V3));
    before = trim(before);
    if (before.starts_with('{') || before.starts_with('['))
        return goJson(value,
                      before.find('\n') != std::string_view::npos && before.find("  ") != std::string_view::npos);
    return std::string(trim(manifest::toYamlOrdered(value)));
}

/// Since 5.8 a path may lead on into a text that holds YAML or JSON. False: it does not, or nothing is found there.
bool replaceInText(Node& root, const std::vector<std::string>& path, const SourceValue& value, const Value& target,
                   bool create)
{
    for (std::size_t length = 1; length < path.size(); ++length) {
        const auto found = lookup(root, {path.begin(), path.begin() + static_cast<std::ptrdiff_t>(length)});
        if (!found || *found == nullptr || !(*found)->isScalar() || (*found)->isNull())
            continue;
        auto parsed = parseText((*found)->text);
        if (!parsed)
            continue;
        const std::vector<std::string> rest(path.begin() + static_cast<std::ptrdiff_t>(length), path.end());
        Matcher matcher(rest, create ? &value.first() : nullptr);
        if (!matcher.match(*parsed) || matcher.found.empty())
            return false;
        for (auto* field : matcher.found) {
            if (!write(*field, value, target))
                return false;
        }
        auto text = printText(*parsed, (*found)->text);
        if (!text)
            return false;
        const_cast<Node*>(*found)->text = std::move(*text); // a node of `root`
        return true;
    }
    return false;
}

Result<> replaceIn(Resource& resource, const Value& target, const SourceValue& value)
{
    std::vector<std::string> paths;
    for (const auto& path : array(target, {"fieldPaths"}))
        paths.emplace_back(text(path, {}));
    if (paths.empty())
        paths.emplace_back("metadata.name");
    const bool create = manifest::flag(target, {"options", "create"});
    for (const auto& path : paths) {
        const auto parts = splitFieldPath(path);
        // Notes lie in annotations, so that these are there.
        if (parts.size() > 1 && parts[0] == "metadata" && parts[1] == "annotations" && resource.hasNotes())
            (void)resource.edit().ensureMapping("metadata").ensureMapping("annotations");
        if (replaceInText(resource.edit(), parts, value, target, create))
            continue;
        Matcher matcher(parts, create ? &value.first() : nullptr);
        if (auto done = matcher.match(resource.edit()); !done)
            return fail(done.error().within("unable to find or create field \"" + path + "\" in replacement target"));
        if (matcher.found.empty())
            return refuse("unable to find field \"" + path + "\" in replacement target");
        for (auto* field : matcher.found)
            PH_CHECK(write(*field, value, target));
        (void)resource.edit();
        resource.spreadTwins();
    }
    return {};
}

Result<> replaceOne(ResMap& all, const Value& replacement, const Step& step)
{
    const auto* source = find(replacement, {"source"});
    const auto* given = find(replacement, {"sourceValue"});
    const auto& targets = array(replacement, {"targets"});
    if ((source == nullptr && given == nullptr) || find(replacement, {"targets"}) == nullptr)
        return refuse("replacements must specify a source and at least one target");
    if (source != nullptr && given != nullptr)
        return refuse("value and resource selectors are mutually exclusive");
    PH_TRY(const auto value,
           given == nullptr ? sourceValue(all, *source)
                            : Result<SourceValue>(SourceValue(Node::untagged(std::string(text(*given, {}))))));
    for (const auto& target : targets) {
        const auto* select = find(target, {"select"});
        if (select == nullptr)
            return refuse("target must specify resources to select");
        PH_TRY(const auto selector, Selector::from(*select, Selector::Kind::Patterns));
        std::vector<Selector> rejects;
        for (const auto& reject : array(target, {"reject"})) {
            PH_TRY(auto one, Selector::from(reject, Selector::Kind::Patterns));
            rejects.push_back(std::move(one));
        }
        for (auto& resource : all.items()) {
            if (!selector.matchesAnyId(resource))
                continue;
            PH_TRY(const bool labels, selector.matchesLabels(resource));
            PH_TRY(const bool annotations, selector.matchesAnnotations(resource));
            PH_TRY(const bool rejected, isRejected(resource, rejects));
            if (!labels || !annotations || rejected)
                continue;
            const auto before = all.notesTouches ? resource.shared() : nullptr;
            PH_CHECK(replaceIn(resource, target, value));
            if (before == nullptr)
                continue;
            auto touch = std::make_shared<Touch>(Touch {step, {}});
            changedPaths(*before, resource.root(), touch->paths);
            if (!touch->paths.empty())
                resource.note().touches.push_back(std::move(touch));
        }
    }
    all.touched();
    return {};
}

} // namespace

Result<> runReplacements(Ctx context, ResMap& all, const Value& list)
{
    for (std::size_t i = 0; const auto& entry : array(list, {})) {
        auto step = context.build.mark(context.root, "replacements", {}, "replacements/" + std::to_string(i++))->step;
        const std::string path(text(entry, {"path"}));
        if (path.empty()) {
            PH_CHECK(replaceOne(all, entry, step));
            continue;
        }
        if (find(entry, {"source"}) != nullptr || find(entry, {"targets"}) != nullptr)
            return refuse("cannot specify both path and inline replacement");
        PH_TRY(const auto content, context.build.load(context.root, path));
        manifest::YamlLimits limits;
        limits.allowDuplicateKeys = true;
        PH_TRY(const auto documents, manifest::parseYaml(content, path, limits));
        const auto value = documents.empty() ? Value {} : documents.front().value;
        if (!value.is_array() && !value.is_object())
            return refuse(std::string("unsupported replacement type encountered within replacement path: ")
                          + (value.is_null()         ? "invalid"
                                 : value.is_string() ? "string"
                                 : value.is_bool()   ? "bool"
                                                     : "number"));
        Value wrapped = value.is_array() ? value : Value(manifest::Array {value});
        PH_TRY(const auto decoded, decodeShape(wrapped, "replacements", Unknown::Ignore));
        PH_TRY(step.file, context.build.pathOf(context.root, path));
        step.place.clear();
        for (const auto& one : array(decoded, {}))
            PH_CHECK(replaceOne(all, one, step));
    }
    return {};
}

} // namespace core::render::kustomize
