// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_fields.h"

#include "core/base/strings.h"

#include <re2/re2.h>

#include <charconv>

namespace core::render::kustomize {

std::vector<std::string> splitPath(std::string_view path)
{
    if (path.starts_with('/'))
        path.remove_prefix(1);
    std::vector<std::string> parts(1);
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] == '\\' && i + 1 < path.size() && path[i + 1] == '/')
            parts.back() += path[++i];
        else if (path[i] == '/')
            parts.emplace_back();
        else
            parts.back() += path[i];
    }
    return parts;
}

Error wrongKind(const char* expected, const Node& node)
{
    const char* got = node.isMapping() ? "MappingNode" : node.isSequence() ? "SequenceNode" : "ScalarNode";
    return {Error::Code::InvalidInput, std::string("wrong node kind: expected ") + expected + " but got " + got};
}

namespace {

void become(Node& node, Creation kind)
{
    if (kind == Creation::Scalar)
        node.tag = manifest::ScalarTag::None; // a null that is spelled out keeps its text
    else
        node.assign(kind == Creation::Sequence ? Node::sequence() : Node::mapping());
}

Result<> walk(Node& node, std::span<const std::string> path, bool create, Creation creation,
              const std::function<Result<>(Node&)>& set)
{
    if (path.empty())
        return set(node);
    if (node.isNull())
        return {};
    if (node.isSequence()) {
        for (auto& element : node.children)
            PH_CHECK(walk(element, path, create, creation, set));
        return {};
    }
    if (!node.isMapping())
        return fail(Error::Code::InvalidInput, "expected sequence or mapping node");
    std::string_view name = path.front();
    bool sequence = false;
    if (name.ends_with("[]")) {
        name.remove_suffix(2);
        sequence = true;
    }
    if (name.empty())
        return fail(Error::Code::InvalidInput, "cannot set or create an empty field name");
    const bool mayCreate = create && creation != Creation::None && !sequence;
    const auto kind = !mayCreate ? (sequence ? Creation::Sequence : Creation::None)
        : path.size() == 1       ? creation
                                 : Creation::Mapping;
    auto* field = node.find(name);
    if (field == nullptr) {
        if (!mayCreate)
            return {};
        field = &node.setPlain(name, Node {});
        become(*field, kind);
    } else if (field->isNull() && kind != Creation::None) {
        become(*field, kind);
    }
    return walk(*field, path.subspan(1), create, creation, set);
}

Result<bool> anyIn(const Node& node, std::span<const std::string> path,
                   const std::function<Result<bool>(const Node&)>& visit)
{
    if (path.empty())
        return visit(node);
    if (node.isNull())
        return false;
    if (node.isSequence()) {
        for (const auto& element : node.children) {
            PH_TRY(const bool found, anyIn(element, path, visit));
            if (found)
                return true;
        }
        return false;
    }
    if (!node.isMapping())
        return fail(Error::Code::InvalidInput, "expected sequence or mapping node");
    std::string_view name = path.front();
    const bool sequence = name.ends_with("[]");
    if (sequence)
        name.remove_suffix(2);
    const auto* field = node.find(name);
    if (sequence && field != nullptr && field->isNull())
        return true; // becomes an empty list
    return field == nullptr ? Result<bool>(false) : anyIn(*field, path.subspan(1), visit);
}

} // namespace

Result<> walkSpec(Node& root, const std::vector<std::string>& path, bool create, Creation creation,
                  const std::function<Result<>(Node&)>& set)
{
    return walk(root, path, create, creation, set);
}

Result<bool> anyInSpec(const Node& root, const std::vector<std::string>& path,
                       const std::function<Result<bool>(const Node&)>& visit)
{
    return anyIn(root, path, visit);
}

Result<> setUntagged(Node& node, std::string text)
{
    if (!node.isScalar())
        return fail(wrongKind("ScalarNode", node));
    if (text.empty())
        return {};
    node.text = std::move(text);
    node.tag = manifest::ScalarTag::None;
    return {};
}

Result<> setEntry(Node& node, const std::string& key, const std::string& value, std::uint32_t twin)
{
    if (!node.isMapping())
        return fail(wrongKind("MappingNode", node));
    const auto before = node.children.size();
    auto made = Node::string(value);
    // What is no text to YAML 1.1 gets quotes, which a patch of it keeps; dates are text there.
    const auto tag = manifest::resolveScalar(value, manifest::YamlDialect::V2).tag;
    made.quoted = tag != manifest::ScalarTag::String && tag != manifest::ScalarTag::Timestamp;
    auto& entry = node.setPlain(key, std::move(made));
    if (node.children.size() > before)
        entry.twin = twin;
    return {};
}

struct Pattern::Regex
{
    explicit Regex(const std::string& text)
        : re("^(?:" + text + ")$", RE2::Quiet)
    {
    }
    RE2 re;
};

Result<Pattern> Pattern::compile(std::string_view text)
{
    Pattern pattern;
    pattern.m_literal = std::string(text);
    const bool literal = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!literal) {
        pattern.m_regex = std::make_shared<const Regex>(pattern.m_literal);
        if (!pattern.m_regex->re.ok())
            return fail(Error::Code::InvalidInput,
                        "error parsing regexp: " + pattern.m_regex->re.error() + ": `" + pattern.m_literal + "`");
    }
    return pattern;
}

bool Pattern::matches(std::string_view text) const
{
    if (m_literal.empty())
        return true;
    if (m_regex == nullptr)
        return m_literal == text;
    return RE2::FullMatch({text.data(), text.size()}, m_regex->re);
}

namespace {

class LabelParser
{
public:
    LabelParser(std::string_view text, const Node* labels)
        : m_text(text)
        , m_labels(labels)
    {
    }

    Result<bool> run()
    {
        bool all = true;
        blank();
        if (m_at >= m_text.size())
            return true;
        for (;;) {
            PH_TRY(const bool one, requirement());
            all = all && one;
            blank();
            if (m_at >= m_text.size())
                return all;
            if (!take(','))
                return unreadable();
        }
    }

private:
    tl::unexpected<Error> unreadable() const
    {
        return fail(Error::Code::InvalidInput, "unable to parse requirement: selector '" + std::string(m_text) + "'");
    }
    void blank()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t'))
            ++m_at;
    }
    bool take(char c)
    {
        blank();
        if (m_at >= m_text.size() || m_text[m_at] != c)
            return false;
        ++m_at;
        return true;
    }
    std::string word()
    {
        blank();
        const auto start = m_at;
        while (m_at < m_text.size() && std::string_view(" \t,=!()<>").find(m_text[m_at]) == std::string_view::npos)
            ++m_at;
        return std::string(m_text.substr(start, m_at - start));
    }
    static std::optional<std::int64_t> numberIn(std::string_view text)
    {
        if (text.starts_with('+') && text.substr(1, 1) != "-")
            text.remove_prefix(1);
        std::int64_t number = 0;
        const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
        return ec == std::errc {} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
    }
    /// Letters, digits, and between them what `inner` has.
    static bool isName(std::string_view text, std::string_view inner)
    {
        const auto isWord = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
        };
        return !text.empty() && isWord(text.front()) && isWord(text.back())
            && std::all_of(text.begin(), text.end(),
                           [&](char c) { return isWord(c) || inner.find(c) != std::string_view::npos; });
    }
    Result<> checkKey(const std::string& key) const
    {
        if (key.empty())
            return unreadable();
        constexpr std::size_t kMaxName = 63;
        constexpr std::size_t kMaxPrefix = 253;
        const auto slash = key.find('/');
        const auto name = slash == std::string::npos ? key : key.substr(slash + 1);
        bool holds = name.size() <= kMaxName && isName(name, "-_.");
        if (slash != std::string::npos) {
            const auto parts = split(key.substr(0, slash), '.');
            holds = holds && slash <= kMaxPrefix && lower(key.substr(0, slash)) == key.substr(0, slash)
                && std::all_of(parts.begin(), parts.end(), [](const auto& part) { return isName(part, "-"); });
        }
        if (!holds)
            return fail(Error::Code::InvalidInput, "unable to parse requirement: invalid label key \"" + key + "\"");
        return {};
    }
    static Result<> checkValue(const std::string& key, const std::string& text)
    {
        constexpr std::size_t kMaxValue = 63;
        if (!text.empty() && (text.size() > kMaxValue || !isName(text, "-_.")))
            return fail(Error::Code::InvalidInput,
                        "unable to parse requirement: invalid label value: \"" + text + "\": at key: \"" + key + "\"");
        return {};
    }
    const Node* value(const std::string& key) const { return m_labels == nullptr ? nullptr : m_labels->find(key); }

    Result<bool> requirement()
    {
        if (take('!')) {
            const auto key = word();
            PH_CHECK(checkKey(key));
            return value(key) == nullptr;
        }
        const auto key = word();
        PH_CHECK(checkKey(key));
        const auto* found = value(key);
        blank();
        if (m_at >= m_text.size() || m_text[m_at] == ',')
            return found != nullptr;
        if (take('=')) {
            (void)take('=');
            const auto wanted = word();
            PH_CHECK(checkValue(key, wanted));
            return found != nullptr && found->text == wanted;
        }
        if (const bool isGreater = take('>'); isGreater || take('<')) {
            const auto bound = numberIn(word());
            if (!bound)
                return fail(Error::Code::InvalidInput,
                            "unable to parse requirement: for 'Gt', 'Lt' operators, the value must be an integer");
            const auto number = found == nullptr ? std::nullopt : numberIn(found->text);
            return number && (isGreater ? *number > *bound : *number < *bound);
        }
        if (take('!')) {
            if (!take('='))
                return unreadable();
            const auto unwanted = word();
            PH_CHECK(checkValue(key, unwanted));
            return found == nullptr || found->text != unwanted;
        }
        const auto verb = word();
        if ((verb != "in" && verb != "notin") || !take('('))
            return unreadable();
        bool listed = false;
        do {
            const auto item = word();
            PH_CHECK(checkValue(key, item));
            listed = listed || (found != nullptr && found->text == item);
        } while (take(','));
        if (!take(')'))
            return unreadable();
        return verb == "in" ? listed : !listed;
    }

    std::string_view m_text;
    const Node* m_labels;
    std::size_t m_at = 0;
};

} // namespace

Result<bool> matchesLabelSelector(std::string_view selector, const Node* labels)
{
    return LabelParser(selector, labels).run();
}

Result<Selector> Selector::from(const Value& value, Kind kind)
{
    const auto part = [&](const char* name) { return std::string(manifest::text(value, {name})); };
    Selector selector;
    selector.m_kind = kind;
    selector.gvk = {part("group"), part("version"), part("kind")};
    selector.name = part("name");
    selector.nameSpace = part("namespace");
    selector.labels = part("labelSelector");
    selector.annotations = part("annotationSelector");
    if (kind == Kind::Patterns) {
        PH_TRY(selector.m_group, Pattern::compile(selector.gvk.group));
        PH_TRY(selector.m_version, Pattern::compile(selector.gvk.version));
        PH_TRY(selector.m_kindPattern, Pattern::compile(selector.gvk.kind));
        PH_TRY(selector.m_name, Pattern::compile(selector.name));
        PH_TRY(selector.m_nameSpace, Pattern::compile(selector.nameSpace));
    }
    return selector;
}

bool Selector::matchesGvk(const Gvk& other) const
{
    if (m_kind == Kind::Exact)
        return other.isSelectedBy(gvk);
    return m_group.matches(other.group) && m_version.matches(other.version) && m_kindPattern.matches(other.kind);
}

bool Selector::matchesId(const Resource& resource) const
{
    const auto& now = resource.id();
    const auto old = resource.originalId();
    const auto holds = [&](const std::string& wanted, const Pattern& pattern, const std::string& text) {
        return m_kind == Kind::Exact ? wanted.empty() || wanted == text : pattern.matches(text);
    };
    if (!nameSpace.empty() && !holds(nameSpace, m_nameSpace, old.effectiveNamespace())
        && !holds(nameSpace, m_nameSpace, now.effectiveNamespace()))
        return false;
    if (!holds(name, m_name, old.name) && !holds(name, m_name, now.name))
        return false;
    return matchesGvk(now.gvk);
}

bool Selector::matchesAnyId(const Resource& resource) const
{
    const auto hit = [&](const ResId& id) {
        return matchesGvk(id.gvk) && m_name.matches(id.name)
            && (nameSpace.empty() || m_nameSpace.matches(id.nameSpace));
    };
    const auto ids = resource.previousIds();
    return hit(resource.id()) || std::any_of(ids.begin(), ids.end(), hit);
}

bool Selector::namesNothing() const
{
    return gvk == Gvk {} && name.empty() && nameSpace.empty();
}

Result<bool> Selector::matchesLabels(const Resource& resource) const
{
    return labels.empty() ? Result<bool>(true)
                          : matchesLabelSelector(labels, resource.root().at({"metadata", "labels"}));
}

Result<bool> Selector::matchesAnnotations(const Resource& resource) const
{
    return annotations.empty() ? Result<bool>(true)
                               : matchesLabelSelector(annotations, resource.root().at({"metadata", "annotations"}));
}

Result<bool> Selector::matches(const Resource& resource) const
{
    if (!matchesId(resource))
        return false;
    PH_TRY(const bool byLabels, matchesLabels(resource));
    if (!byLabels)
        return false;
    return matchesAnnotations(resource);
}

} // namespace core::render::kustomize
