// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/yaml_node.h"
#include "core/render/render.h"

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace core::render::kustomize {

using manifest::Node;
using manifest::Value;

inline constexpr std::size_t kMaxNodes = 2'000'000; ///< in one file, aliases written out: some 300 MB

struct Gvk
{
    std::string group, version, kind;
    friend bool operator==(const Gvk&, const Gvk&) = default;
    /// Every non-empty part of the pattern is equal to the same part of this.
    [[nodiscard]] bool isSelectedBy(const Gvk& pattern) const;
    [[nodiscard]] bool isClusterScoped() const;
    [[nodiscard]] std::string text() const; ///< "Kind.version.group" with [noVer] and the like
};
[[nodiscard]] Gvk gvkOf(std::string_view apiVersion, std::string_view kind);
/// kustomize's "legacy" order of kinds.
class LegacyKind
{
public:
    LegacyKind(const Gvk& gvk, const std::vector<std::string>& first, const std::vector<std::string>& last);
    [[nodiscard]] bool operator<(const LegacyKind& other) const;

private:
    std::string m_kind, m_line;
    long m_rank = 0;
    bool m_core = false; ///< without a group
};
[[nodiscard]] const std::vector<std::string>& legacyFirst();
[[nodiscard]] const std::vector<std::string>& legacyLast();

struct ResId
{
    Gvk gvk;
    std::string name, nameSpace;
    [[nodiscard]] std::string effectiveNamespace() const;
    [[nodiscard]] bool isSameAs(const ResId& other) const; ///< by effective namespace
    [[nodiscard]] std::string text() const; ///< "Deployment.v1.apps/name.[noNs]"
};

enum class Behavior : std::uint8_t { Unspecified, Create, Replace, Merge };

/// Where an object came from, as buildMetadata prints it.
struct Origin
{
    std::string path, repo, ref;
    std::string configuredIn, apiVersion, kind, name, nameSpace; ///< for what generators made
};

class Edits;

/// What a build notes of an object beside its tree; what readers want to know of it afterwards is the provenance.
struct Notes : Provenance
{
    struct Previous
    {
        std::string name, nameSpace, kind;
    };
    std::vector<Previous> previous; ///< ids, the first one first
    std::vector<std::string> prefixes, suffixes;
    std::vector<std::string> varNames; ///< that take their value from this
    Behavior behavior = Behavior::Unspecified;
    std::string_view generatorBehavior; ///< as kustomize notes it; "" of what no generator made
    bool needsHash = false;
    std::shared_ptr<const Origin> origin;
    std::vector<std::shared_ptr<const Origin>> transformations;
    /// Numbers of the object's twins (see Node::twin) and the value that they have in common.
    std::vector<std::pair<std::uint32_t, std::string>> twins;
};

/// Equal for equal touches.
[[nodiscard]] std::string textOf(const Touch& touch);

/// One object on its way through a build. Copies share the tree and the notes until one of them is edited.
class Resource
{
public:
    explicit Resource(Node root)
        : m_root(std::make_shared<Node>(std::move(root)))
    {
    }
    /// Shares a parsed tree with others: it is copied before the first edit.
    explicit Resource(std::shared_ptr<const Node> root)
        : m_root(std::const_pointer_cast<Node>(std::move(root)))
    {
    }
    [[nodiscard]] const Node& root() const { return *m_root; }
    [[nodiscard]] std::shared_ptr<const Node> shared() const { return m_root; }
    /// The tree for writing; the cached id is looked at again.
    Node& edit();
    [[nodiscard]] const Notes& notes() const { return *m_notes; }
    [[nodiscard]] std::shared_ptr<const Notes> sharedNotes() const { return m_notes; }
    /// The notes for writing.
    Notes& note();
    struct Identity
    {
        ResId id;
        std::string apiVersion;
        std::size_t hash = 0; ///< equal for ids that are the same
        bool isClusterScoped = false;
        [[nodiscard]] bool isSameAs(const Identity& other) const;
        [[nodiscard]] std::string_view effectiveNamespace() const;
    };
    [[nodiscard]] const ResId& id() const { return identity()->id; }
    [[nodiscard]] std::string key() const; ///< equal for ids that are the same
    [[nodiscard]] const std::shared_ptr<const Identity>& identity() const;
    [[nodiscard]] ResId originalId() const;
    [[nodiscard]] std::vector<ResId> previousIds() const;
    /// Pushes the current id on the list of remembered ones.
    void rememberId();
    /// Makes texts of the annotations' values, as kustomize does where it writes all of them.
    void textAnnotations();
    /// Whether kustomize, which keeps what it notes of an object in its annotations, has notes of this one.
    [[nodiscard]] bool hasNotes() const;
    /// What a patch does that takes all annotations away.
    void loseNotes();
    /// Some remembered id or the current one is the same as this.
    [[nodiscard]] bool hasId(const ResId& other) const;
    /// Lets the twins of one that was changed follow it.
    void spreadTwins();
    /// "file:line" that gave it, for errors.
    [[nodiscard]] std::string place() const;

private:
    [[nodiscard]] static const std::shared_ptr<Notes>& noNotes();

    std::shared_ptr<Node> m_root;
    std::shared_ptr<Notes> m_notes = noNotes();
    mutable std::shared_ptr<const Identity> m_identity;
    mutable bool m_identityHolds = false; ///< nothing was edited since
};

/// An ordered list of resources with distinct ids.
class ResMap
{
public:
    [[nodiscard]] std::vector<Resource>& items() { return m_items; } ///< ids must not change through this: see touched
    [[nodiscard]] const std::vector<Resource>& items() const { return m_items; }
    /// To be called where ids may have changed.
    void touched() { m_indexed = false; }
    [[nodiscard]] Result<> append(Resource resource);
    [[nodiscard]] Result<> appendAll(const ResMap& other);
    [[nodiscard]] Result<> appendAll(ResMap&& other);
    [[nodiscard]] std::vector<Resource*> matchingAnyId(const ResId& id);
    /// Takes in what a generator made, by its behavior.
    [[nodiscard]] Result<> absorb(Resource made);
    void dropEmpty();
    [[nodiscard]] Result<> checkUnique() const;

    /// The objects in the parts in which they came: the few of a base together, all others alone.
    [[nodiscard]] std::vector<std::span<Resource>> groups();
    /// Changes each object as `work` does, which its tree, its notes and `what` (see Edits::number) alone must decide:
    /// of those of which `edits` knows what came of it before nothing runs.
    [[nodiscard]] Result<> editEach(std::uint32_t what, const std::function<Result<>(Resource&)>& work);

    bool notesTouches = true; ///< of each object, for provenance
    Edits* edits = nullptr; ///< that former builds made of the objects, where they are kept

private:
    std::vector<Resource> m_items;
    /// Distinct ids.
    class Index
    {
    public:
        explicit Index(std::size_t expected = 0);
        /// Whether it is new.
        [[nodiscard]] bool insert(const std::shared_ptr<const Resource::Identity>& id);

    private:
        void grow(std::size_t slots);
        std::vector<std::shared_ptr<const Resource::Identity>> m_slots; ///< a power of two of them, half of them empty
        std::size_t m_count = 0;
    };
    std::vector<std::pair<std::size_t, std::size_t>> m_groups; ///< first and number of what came together
    Index m_index;
    bool m_indexed = false;
};

/// Objects of a text, by kustomize's rules for resource files: split at "---", lists expanded, each checked. No more
/// than kMaxNodes of them in all; large texts are read on two threads.
[[nodiscard]] Result<std::vector<Node>> readObjects(std::string_view text, const std::string& file,
                                                    const std::stop_token& stop = {});
[[nodiscard]] Result<> checkObject(const Node& object);

} // namespace core::render::kustomize
