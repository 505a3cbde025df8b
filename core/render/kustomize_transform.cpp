// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/render/kustomize_build.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

#include <atomic>

namespace core::render::kustomize {

namespace {

using manifest::text;

tl::unexpected<Error> refuse(std::string message)
{
    return fail(Error::Code::InvalidInput, std::move(message));
}

Error inField(Error error, const FieldSpec& spec, const Resource& resource)
{
    return error.within("considering field '" + spec.path + "' of object " + resource.id().text());
}

Result<> setScalarText(Node& node, const std::string& value)
{
    if (!node.isScalar())
        return fail(wrongKind("ScalarNode", node));
    node.text = value;
    node.tag = manifest::ScalarTag::String;
    return {};
}

Result<> setSubjects(Node& root, const std::string& name, const NamespaceOptions& options)
{
    auto* subjects = root.find("subjects");
    if (subjects == nullptr || subjects->isNull() || options.subjects == "none")
        return {};
    const char* const what = "setting namespace on (cluster)role binding subjects";
    if (!subjects->isSequence())
        return fail(wrongKind("SequenceNode", *subjects).within(what));
    for (auto& subject : subjects->children) {
        if (subject.isNull())
            continue;
        if (!subject.isMapping())
            return fail(wrongKind("MappingNode", subject).within(what));
        const auto* subjectName = subject.find("name");
        const auto* kind = subject.find("kind");
        const bool hit = options.subjects == "allServiceAccounts"
            ? kind != nullptr && kind->text == "ServiceAccount"
            : subjectName != nullptr && subjectName->text == "default";
        if (!hit)
            continue;
        const auto* old = subject.find("namespace");
        if (options.unsetOnly && old != nullptr && !old->isNull() && !old->text.empty())
            continue;
        subject.set("namespace", Node::string(name));
    }
    return {};
}

/// As the filter does it to one object.
Result<> changeNamespace(Resource& resource, const std::string& name, const std::vector<FieldSpec>& specs,
                         const NamespaceOptions& options)
{
    const auto identity = resource.identity(); // held while the tree is edited
    const auto& gvk = identity->id.gvk;
    auto& root = resource.edit();
    const auto set = [&](Node& node) -> Result<> {
        if (!node.isScalar())
            return fail(wrongKind("ScalarNode", node));
        if (options.unsetOnly && !node.text.empty())
            return {};
        return setScalarText(node, name);
    };
    if (!identity->isClusterScoped) {
        static const std::vector<std::string> kNamespace {"metadata", "namespace"};
        if (auto done = walkSpec(root, kNamespace, true, Creation::Scalar, set); !done)
            return fail(done.error().within("namespace of " + resource.id().text()));
    }
    if (gvk.kind == "RoleBinding" || gvk.kind == "ClusterRoleBinding")
        PH_CHECK(setSubjects(root, name, options));
    for (const auto& spec : specs) {
        if (!gvk.isSelectedBy(spec.gvk) || spec.path == "metadata/namespace")
            continue;
        // Only the core kind of that name is a namespace.
        if (spec.gvk.kind == "Namespace" && spec.path == "metadata/name" && !gvk.group.empty())
            continue;
        if ((gvk.kind == "RoleBinding" || gvk.kind == "ClusterRoleBinding") && spec.path == "subjects/namespace")
            continue;
        if (auto done = walkSpec(root, *spec.parts, spec.create, Creation::Scalar, set); !done)
            return fail(inField(std::move(done.error()), spec, resource)
                            .within("namespace field specs must target scalar nodes"));
    }
    return {};
}

} // namespace

Result<> setNamespace(ResMap& all, const std::string& name, const std::vector<FieldSpec>& specs,
                      const NamespaceOptions& options)
{
    std::string what;
    if (all.edits != nullptr)
        what = "namespace\n" + std::to_string(name.size()) + ' ' + name + options.subjects
            + (options.unsetOnly ? "\n?\n" : "\n!\n") + textOf(specs);
    const auto number = Edits::number(all.edits, what);
    const auto change = [&](Resource& resource) -> Result<> {
        if (resource.root().children.empty())
            return {};
        resource.rememberId();
        return changeNamespace(resource, name, specs, options);
    };
    PH_CHECK(all.editEach(number, change));
    all.touched();
    if (auto unique = all.checkUnique(); !unique)
        return fail(unique.error().within("namespace transformation produces ID conflict"));
    return {};
}

bool isRenamed(const Gvk& original)
{
    return original.kind != "CustomResourceDefinition" && original.kind != "Namespace"
        && (original.kind != "APIService" || original.group != "apiregistration.k8s.io");
}

namespace {

Result<> affix(ResMap& all, const std::string& text, const std::vector<FieldSpec>& specs, bool front)
{
    if (text.empty())
        return {};
    const auto change = [&](Resource& resource) -> Result<> {
        const auto original = resource.originalId().gvk;
        if (!isRenamed(original))
            return {};
        for (const auto& spec : specs) {
            if (!original.isSelectedBy(spec.gvk))
                continue;
            if (spec.path == "metadata/name") {
                auto& notes = resource.note();
                (front ? notes.prefixes : notes.suffixes).push_back(text);
                resource.rememberId();
            }
            const auto done = walkSpec(resource.edit(), *spec.parts, spec.create, Creation::Scalar, [&](Node& node) {
                return setUntagged(node, front ? text + node.text : node.text + text);
            });
            if (!done)
                return fail(inField(done.error(), spec, resource));
        }
        return {};
    };
    std::string what;
    if (all.edits != nullptr)
        what = fmt::format("{}\n{} {}{}", front ? "prefix" : "suffix", text.size(), text, textOf(specs));
    const auto number = Edits::number(all.edits, what);
    PH_CHECK(all.editEach(number, change));
    all.touched();
    return {};
}

} // namespace

Result<> addPrefix(ResMap& all, const std::string& prefix, const std::vector<FieldSpec>& specs)
{
    return affix(all, prefix, specs, true);
}

Result<> addSuffix(ResMap& all, const std::string& suffix, const std::vector<FieldSpec>& specs)
{
    return affix(all, suffix, specs, false);
}

Result<> addStrings(ResMap& all, const Value& pairs, const std::vector<FieldSpec>& specs)
{
    if (manifest::object(pairs, {}).empty())
        return {};
    std::map<std::string, std::string> sorted;
    for (const auto& member : manifest::object(pairs, {}))
        sorted.emplace(member.key(), text(member.value(), {}));
    // kustomize puts one node into all places where it adds a key to an object, so that what changes the key in one of
    // them later (a patch, another label) changes it in all. Outputs depend on it.
    static std::atomic<std::uint32_t> numbers {1};
    const auto first = numbers.fetch_add(static_cast<std::uint32_t>(sorted.size()));
    const auto change = [&](Resource& resource) -> Result<> {
        const auto identity = resource.identity(); // held while the tree is edited
        const auto& gvk = identity->id.gvk;
        bool follows = false;
        const auto set = [&](Node& node) -> Result<> {
            auto twin = first;
            for (const auto& [key, value] : sorted) {
                const auto* old = node.isMapping() && !resource.notes().twins.empty() ? node.find(key) : nullptr;
                follows = follows || (old != nullptr && old->twin != 0);
                PH_CHECK(setEntry(node, key, value, twin++));
            }
            return {};
        };
        for (const auto& spec : specs) {
            if (!gvk.isSelectedBy(spec.gvk))
                continue;
            if (auto done = walkSpec(resource.edit(), *spec.parts, spec.create, Creation::Mapping, set); !done)
                return fail(inField(std::move(done.error()), spec, resource));
        }
        if (follows)
            resource.spreadTwins();
        auto twin = first;
        for (const auto& [key, value] : sorted)
            resource.note().twins.emplace_back(twin++, value);
        return {};
    };
    std::string what;
    if (all.edits != nullptr) {
        what = "strings\n" + textOf(specs);
        for (const auto& [key, value] : sorted)
            what += fmt::format("{} {}{} {}", key.size(), key, value.size(), value);
    }
    PH_CHECK(all.editEach(Edits::number(all.edits, what), change));
    all.touched();
    return {};
}

namespace {

class ImageRule
{
public:
    explicit ImageRule(const Value& image)
        : m_name(text(image, {"name"}))
        , m_newName(text(image, {"newName"}))
        , m_newTag(text(image, {"newTag"}))
        , m_digest(text(image, {"digest"}))
        , m_suffix(text(image, {"tagSuffix"}))
    {
        const auto isPlain = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')
                || std::string_view("-_/.").find(c) != std::string_view::npos;
        };
        if (!std::all_of(m_name.begin(), m_name.end(), isPlain))
            m_pattern.emplace("^" + m_name + "(:[a-zA-Z0-9_.{}-]*)?"
                                  + "(@[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*:[a-zA-Z0-9_.{}-]*)?$",
                              RE2::Quiet);
    }
    /// What is no pattern matches nothing, since 5.8.
    [[nodiscard]] bool matches(const std::string& image) const
    {
        return m_pattern ? m_pattern->ok() && RE2::PartialMatch(image, *m_pattern) : matchesPlain(image);
    }
    [[nodiscard]] std::string changed(const std::string& image) const
    {
        const auto slash = image.find('/');
        const auto start = slash == std::string::npos || slash == 0 ? 0 : slash;
        const auto colon = image.find(':', start);
        const auto at = image.find('@', start);
        const auto nameEnd = std::min({colon, at, image.size()});
        std::string name = image.substr(0, nameEnd);
        std::string tag;
        std::string digest;
        if (at != std::string::npos)
            digest = image.substr(at + 1);
        if (colon != std::string::npos && colon < at)
            tag = image.substr(colon + 1, at == std::string::npos ? std::string::npos : at - colon - 1);
        if (!m_newName.empty())
            name = m_newName;
        if (!m_newTag.empty() && !m_digest.empty()) {
            tag = m_newTag;
            digest = m_digest;
        } else if (!m_newTag.empty()) {
            tag = m_newTag;
            digest.clear();
        } else if (!m_digest.empty()) {
            tag.clear();
            digest = m_digest;
        } else if (!m_suffix.empty()) {
            tag += m_suffix;
            digest.clear();
        }
        return name + (tag.empty() ? "" : ":" + tag) + (digest.empty() ? "" : "@" + digest);
    }

private:
    /// What the pattern does for a name in which only the dot means more than itself: building one takes longer than
    /// all the rest of a small overlay.
    [[nodiscard]] bool matchesPlain(std::string_view image) const
    {
        for (const char c : m_name) {
            if (image.empty() || (c != '.' && image.front() != c) || image.front() == '\n')
                return false;
            image.remove_prefix(c == '.' ? runeLength(image) : 1);
        }
        const auto isWord = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
        };
        const auto skip = [&](const auto& is) {
            const auto end = std::find_if_not(image.begin(), image.end(), is);
            image.remove_prefix(static_cast<std::size_t>(end - image.begin()));
        };
        const auto skipTag = [&] {
            image.remove_prefix(1); // the colon
            skip([&](char c) { return isWord(c) || std::string_view("_.{}-").find(c) != std::string_view::npos; });
        };
        if (image.starts_with(':'))
            skipTag();
        if (!image.starts_with('@'))
            return image.empty();
        // The algorithm of a digest: words, with one of these between two of them.
        do {
            image.remove_prefix(1);
            if (image.empty() || !isWord(image.front()))
                return false;
            skip(isWord);
        } while (!image.empty() && std::string_view(".+_-").find(image.front()) != std::string_view::npos);
        if (!image.starts_with(':'))
            return false;
        skipTag();
        return image.empty();
    }
    static std::size_t runeLength(std::string_view text)
    {
        std::size_t length = 1;
        while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
            ++length;
        return length;
    }

    std::string m_name, m_newName, m_newTag, m_digest, m_suffix;
    std::optional<RE2> m_pattern; ///< where the name is one
};

bool isContainerList(const Node& node)
{
    return node.isSequence() && (node.key == "containers" || node.key == "initContainers");
}

bool anyContainerImage(const Node& node, const ImageRule& rule)
{
    for (const auto& child : node.children) {
        if (isContainerList(child)) {
            for (const auto& element : child.children) {
                const auto* image = element.find("image");
                if (image != nullptr && image->isScalar() && rule.matches(image->text))
                    return true;
            }
        }
        if (!child.isScalar() && anyContainerImage(child, rule))
            return true;
    }
    return false;
}

Result<> changeImage(Node& image, const ImageRule& rule, std::vector<const Node*>& changed)
{
    auto made = rule.changed(image.text);
    if (made != image.text)
        changed.push_back(&image);
    return setUntagged(image, std::move(made));
}

Result<> changeContainerImages(Node& node, const ImageRule& rule, std::vector<const Node*>& changed)
{
    for (auto& child : node.children) {
        if (isContainerList(child)) {
            for (auto& element : child.children) {
                auto* image = element.find("image");
                if (image != nullptr && image->isScalar() && rule.matches(image->text))
                    PH_CHECK(changeImage(*image, rule, changed));
            }
        } else if (!child.isScalar()) {
            PH_CHECK(changeContainerImages(child, rule, changed));
        }
    }
    return {};
}

} // namespace

Result<> setImage(ResMap& all, const Value& image, const std::vector<FieldSpec>& specs, const Step* step)
{
    const ImageRule rule(image);
    const bool notes = step != nullptr && all.notesTouches;
    const auto change = [&](Resource& resource) -> Result<> {
        if (resource.id().gvk.kind == "CustomResourceDefinition")
            return {};
        std::vector<const Node*> changed;
        if (anyContainerImage(resource.root(), rule))
            PH_CHECK(changeContainerImages(resource.edit(), rule, changed));
        const auto identity = resource.identity(); // held while the tree is edited
        for (const auto& spec : specs) {
            if (!identity->id.gvk.isSelectedBy(spec.gvk))
                continue;
            auto hit = anyInSpec(resource.root(), *spec.parts, [&](const Node& node) -> Result<bool> {
                if (!node.isScalar())
                    return fail(wrongKind("ScalarNode", node));
                return rule.matches(node.text);
            });
            if (!hit)
                return fail(inField(std::move(hit.error()), spec, resource));
            if (!*hit)
                continue;
            PH_CHECK(walkSpec(resource.edit(), *spec.parts, false, Creation::None, [&](Node& node) -> Result<> {
                return rule.matches(node.text) ? changeImage(node, rule, changed) : Result<> {};
            }));
        }
        if (notes)
            noteChanges(resource, *step, changed);
        return {};
    };
    std::string what;
    if (all.edits != nullptr)
        what = "image\n" + (notes ? textOf({*step, {}}) : std::string()) + manifest::toJson(image) + textOf(specs);
    const auto number = Edits::number(all.edits, what);
    return all.editEach(number, change);
}

Result<> setReplicas(ResMap& all, const Value& replica, const std::vector<FieldSpec>& specs, const Step* step)
{
    const std::string name(text(replica, {"name"}));
    const auto count = std::to_string(manifest::integer(replica, {"count"}).value_or(0));
    bool found = false;
    std::string kinds;
    for (const auto& spec : specs) {
        kinds += (kinds.empty() ? "" : " ") + spec.gvk.text();
        for (auto& resource : all.items()) {
            auto ids = resource.previousIds();
            ids.push_back(resource.id());
            const bool hit = std::any_of(ids.begin(), ids.end(), [&](const ResId& id) {
                return id.name == name && id.gvk.isSelectedBy(spec.gvk);
            });
            if (!hit)
                continue;
            found = true;
            std::vector<const Node*> changed;
            PH_CHECK(walkSpec(resource.edit(), *spec.parts, spec.create, Creation::Scalar, [&](Node& node) -> Result<> {
                if (!node.isScalar())
                    return fail(wrongKind("ScalarNode", node));
                if (node.text != count)
                    changed.push_back(&node);
                node.text = count; // quotes stay, and what stands in them is a text
                node.tag = node.quoted ? manifest::ScalarTag::String : manifest::ScalarTag::Int;
                return {};
            }));
            if (step != nullptr && all.notesTouches)
                noteChanges(resource, *step, changed);
        }
    }
    if (!found)
        return refuse("resource with name " + name + " does not match a config with the following GVK [" + kinds + "]");
    return {};
}

namespace {

/// A part put into a path at a position, after the slash that it may begin with.
std::string withPart(const std::string& path, std::size_t position, const std::string& part)
{
    if (part.empty() || path.empty())
        return part.empty() ? path : part;
    const bool isAbsolute = path.front() == '/';
    auto parts = split(path, '/');
    std::erase(parts, "");
    parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(std::min(position, parts.size())), part);
    return (isAbsolute ? "/" : "") + join(parts, "/");
}

/// The scalar at a path of names, made where it is missing. Lists are not entered.
Result<Node*> scalarAt(Node& root, const std::vector<std::string>& path)
{
    Node* node = &root;
    for (const auto& part : path) {
        if (node->isNull())
            node->assign(Node::mapping());
        if (!node->isMapping())
            return fail(wrongKind("MappingNode", *node));
        auto* next = node->find(part);
        node = next != nullptr ? next : &node->setPlain(part, Node::null());
    }
    if (!node->isScalar())
        return fail(wrongKind("ScalarNode", *node));
    return node;
}

} // namespace

Result<> addValue(ResMap& all, const Value& plugin)
{
    const std::string value(text(plugin, {"value"}));
    for (const auto& target : manifest::array(plugin, {"targets"})) {
        PH_TRY(const auto selector,
               Selector::from(manifest::find(target, {"selector"}) == nullptr ? Value(manifest::Object {})
                                                                              : *manifest::find(target, {"selector"}),
                              Selector::Kind::Patterns));
        const auto path = splitPath(text(target, {"fieldPath"}));
        const auto position = manifest::integer(target, {"filePathPosition"}).value_or(0);
        for (auto& resource : all.items()) {
            PH_TRY(const bool hit, selector.matches(resource));
            if (!hit)
                continue;
            if (path == std::vector<std::string> {"metadata", "namespace"}) {
                PH_CHECK(changeNamespace(resource, value, {}, {}));
                continue;
            }
            PH_TRY(auto* node, scalarAt(resource.edit(), path));
            const auto old = node->isNull() ? std::string() : node->text;
            PH_CHECK(setScalarText(
                *node, position <= 0 ? value : withPart(old, static_cast<std::size_t>(position) - 1, value)));
        }
    }
    all.touched();
    return {};
}

} // namespace core::render::kustomize
