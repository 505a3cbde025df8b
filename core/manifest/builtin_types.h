// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

/// What is known about the fields of Kubernetes' built-in kinds: names, types, merge strategies.
namespace core::manifest {

struct TypeNode;

/// A field of a built-in type and how its value merges.
struct TypeField
{
    std::string name; ///< JSON name; "" where the members of the type are inlined into the parent
    int number = 0; ///< in protobuf; 0: not known
    const TypeNode* type = nullptr;
    bool required = false; ///< known for custom kinds only
    bool always = false; ///< a struct, map or list that the JSON of Go's type is never without; built-in kinds only
};

/// The type of one position. Nodes live as long as the program (or as their owner says); graphs may have cycles.
struct TypeNode
{
    enum class Kind : std::uint8_t {
        Any, ///< no schema: maps are granular, lists atomic
        String,
        Bool,
        Int,
        Double,
        Bytes, ///< base64 text
        Time,
        MicroTime,
        Duration,
        Quantity,
        IntOrString,
        Json, ///< RawExtension, JSON, fieldsV1
        Struct, ///< declared fields
        Map, ///< free keys, values of `element`
        List,
    };
    enum class ListType : std::uint8_t { Atomic, Set, Map };

    Kind kind = Kind::Any;
    std::string name; ///< of a Struct, for messages and explain: "core/v1.PodSpec"; of some that are Any
    std::vector<TypeField> fields; ///< of a Struct, in declaration order
    const TypeNode* element = nullptr; ///< of a Map or List

    // Strategic merge: for a List, merge by mergeKey ("" = list of scalars); without `merge` it is replaced.
    bool merge = false;
    bool replace = false; ///< for objects and maps: the patch replaces instead of merging
    bool retainKeys = false; ///< for objects, and for lists: their elements
    std::string mergeKey;
    // Server-side apply.
    ListType listType = ListType::Atomic;
    std::vector<std::string> listKeys;
    std::vector<std::pair<std::string, std::string>> keyDefaults; ///< a JSON text per key that may be left out
    bool atomic = false; ///< objects and maps: owned and replaced as a whole
    bool wrapped = false; ///< protobuf: a message that holds the list in its field 1
    std::vector<std::string> values; ///< of an enumeration, known for custom kinds only
    std::string defaultText; ///< as JSON, "" = none; known for custom kinds only
    bool preserveUnknown = false; ///< undeclared members of a Struct are kept as Any

    [[nodiscard]] const TypeField* field(std::string_view jsonName) const;
    std::unordered_map<std::string_view, const TypeField*> index; ///< of `fields`, inlined members included
};

/// The type of a built-in kind ("apps/v1", "Deployment"), or nullptr for custom kinds. Read on first use (a few
/// milliseconds), then free. Thread-safe.
[[nodiscard]] const TypeNode* builtinType(std::string_view apiVersion, std::string_view kind);

/// The type of a custom kind that the console's users write every day (Argo CD, Argo Rollouts, KServe and
/// Istio), for completion where the cluster's own definition says nothing; nullptr for others. Not for merging:
/// to an API server custom kinds have no strategies. Thread-safe.
[[nodiscard]] const TypeNode* customType(std::string_view apiVersion, std::string_view kind);

} // namespace core::manifest
