// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace core::manifest {

/// Where a node stands in its file, 1-based.
struct Mark
{
    std::size_t line = 0;
    std::size_t column = 0;
};

/// One document of a YAML stream, as sigs.k8s.io/yaml sees it: Go's YAML 1.1 resolution (yes/no/on/off are text for
/// typed readers but bool for this one as in go-yaml v2; 0o17, 1_000, .inf, timestamps stay text), then JSON.
struct YamlDocument
{
    Value value;
    Mark start; ///< first line of the document's content
};

struct YamlLimits
{
    std::size_t maxBytes = std::size_t {64} << 20;
    std::size_t maxDepth = 500;
    std::size_t maxNodes = 4'000'000; ///< after alias expansion: ends alias bombs
    bool allowDuplicateKeys = false; ///< the last one wins, as sigs.k8s.io/yaml's Unmarshal has it
};

/// Parses a stream (any number of documents; empty and comment-only ones are left out). Duplicate keys are an error,
/// as in go-yaml. Errors carry Code::InvalidInput (or LimitExceeded) and where = "source:line:column".
[[nodiscard]] Result<std::vector<YamlDocument>> parseYaml(std::string_view text, std::string_view source,
                                                          const YamlLimits& limits = {});

/// Prints as sigs.k8s.io/yaml Marshal does (kubectl -o yaml, Helm's toYaml): keys sorted, two spaces, sequences not
/// indented below their key, go-yaml's quoting and folding. Ends with a newline.
[[nodiscard]] std::string toYaml(const Value& value);
/// The same with members in their own order: what the diff view and the editor show.
[[nodiscard]] std::string toYamlOrdered(const Value& value);

/// Line and column of the node at a field path ("spec", "containers", "0", "image") in the document number `document`
/// of a text, found by reading the text again with marks. Empty line (0) when the path is not there.
[[nodiscard]] Mark locate(std::string_view yamlText, std::size_t document, const std::vector<std::string>& path);

} // namespace core::manifest
