// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

/// What the documentation of Kubernetes, Argo CD, Argo Rollouts, KServe and Istio says about the fields of their kinds.
namespace core::manifest {

struct FieldTexts
{
    std::string text;
    bool required = false;
    bool wide = false; ///< an integer of 64 bits
    std::vector<std::string> values; ///< of an enumeration
};

struct TypeTexts
{
    std::string text;
    std::unordered_map<std::string_view, FieldTexts> fields; ///< inlined ones stand in the type that inlines them
};

/// The texts of a type by the name that TypeNode gives it ("core/v1.PodSpec"); nullptr where nothing is said. Lives as
/// long as the program; read on first use (some milliseconds). Thread-safe.
[[nodiscard]] const TypeTexts* typeTexts(std::string_view type);
/// Those of a field of a type; nullptr where nothing is said.
[[nodiscard]] const FieldTexts* fieldTexts(std::string_view type, std::string_view field);

} // namespace core::manifest
