// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/value.h"
#include "core/manifest/value.h"

#include <map>
#include <set>
#include <string>
#include <vector>

/// ApplicationSets (reference: Argo CD semantics, section 9). Functions from values to values; only the controller
/// acts.
namespace core::appset {

/// One set of parameters that a generator made. Without Go templates the keys are flat ("metadata.labels.env").
struct Params
{
    manifest::Object values;
    /// Members that Argo CD holds as map[string]string or []string ("values", "metadata.labels", "path.segments"): Go
    /// templates and selectors see them as that.
    std::set<std::string> typed;

    [[nodiscard]] bool empty() const { return values.empty(); }
};
using ParamsList = std::vector<Params>;

/// What a Go template sees: all numbers are float64, as encoding/json reads them.
[[nodiscard]] gotemplate::Value templateData(const Params& params);
/// fmt's %v of a value.
[[nodiscard]] std::string printed(const manifest::Value& value);
/// "a.b.0" -> text for every leaf, as a generator's selector sees the parameters.
[[nodiscard]] std::map<std::string, std::string> flatten(const Params& params);
/// The same for one document, as the git generator flattens files.
[[nodiscard]] std::map<std::string, std::string> flatten(const manifest::Object& object);

/// `from` over `into`: maps merge at every level, all else is replaced.
void overlay(Params& into, const Params& from);
/// Both together, all values as text. InvalidInput where they disagree on a key.
[[nodiscard]] Result<Params> combineTexts(const Params& a, const Params& b);
/// The same where b wins.
[[nodiscard]] Params overrideTexts(const Params& a, const Params& b);

} // namespace core::appset
