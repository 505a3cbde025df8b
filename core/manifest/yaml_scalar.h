// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace core::manifest {

/// The two readings of plain scalars that Go's tools use.
enum class YamlDialect : std::uint8_t {
    V2, ///< go-yaml v2 (sigs.k8s.io/yaml): y, yes, on and their kin are booleans; timestamps are text
    V3, ///< go-yaml v3 (kyaml): only true and false are booleans; timestamps are values
};

enum class ScalarTag : std::uint8_t { None, Null, Bool, Int, Float, String, Timestamp, Merge, Binary, Other };

/// What a plain scalar means. Integers that only fit unsigned have isUnsigned set and their bits in `integer`.
struct ScalarValue
{
    ScalarTag tag = ScalarTag::String;
    bool boolean = false;
    bool isUnsigned = false;
    std::int64_t integer = 0;
    double number = 0;
};

[[nodiscard]] ScalarValue resolveScalar(std::string_view text, YamlDialect dialect);
/// "12:30": would be a base 60 number to a YAML 1.1 reader.
[[nodiscard]] bool looksBase60(std::string_view text);
/// RFC 3339 of a text that resolved to a timestamp, "" where it is none.
[[nodiscard]] std::string normalTimestamp(std::string_view text);
/// A float as Go's encoding/json writes it.
[[nodiscard]] std::string jsonNumber(double number);
/// A float as it looks after Go's way through JSON into YAML: 1, 1.5, 1.2345675e+06.
[[nodiscard]] std::string yamlNumber(double number);

} // namespace core::manifest
