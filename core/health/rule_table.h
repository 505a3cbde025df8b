// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/rules.h"

#include <string_view>

/// Rules that fit into one line of text each. Private to this room.
///
/// A block begins with "= group/Kind,Kind ... @.path.of.conditions" (a group may begin with "*.", a kind be "*";
/// without the path it is .status.conditions) and holds lines of the form
///
///     Status test test ... : message
///
/// The first line whose tests all hold decides. Tests:
///
///     Ready=True|Unknown       a condition of this type has one of the statuses ("*": of any type; no "=": exists)
///     Ready=False/A|B          ... and one of the reasons ("*": any, but not none); "/!A|B": none of them
///     !Ready                   there is no such condition
///     @Ready                   the condition was written for an older generation
///     .status.phase=A|B        the field, as text, is one of the values; ".status.phase!=A|B": is none of them
///     .status.phase            the field is there and not empty; "!.status.phase": it is not
///     .status.a<.status.b      numbers: <, ==, <>; missing ones are 0; the right side may be a number
///     stale                    status.observedGeneration is there and not metadata.generation
///
/// Values with blanks stand in 'quotes'. In messages {m} and {r} are message and reason of the last condition that a
/// test found, {t} its type, {Kind} and {kind} the kind, {.path} a field, {.path:7} its first characters; {a|b|text} is
/// the first that is not empty.
namespace core::health {

/// The verdict of the table's block for the object's kind; nothing where there is no block or no line holds.
[[nodiscard]] std::optional<Assessment> tableVerdict(const Value& live);
[[nodiscard]] bool tableKnows(const manifest::GroupKind& kind);

/// The blocks, by subject.
[[nodiscard]] std::string_view dataPlatformRules(); ///< databases, streams, observability
[[nodiscard]] std::string_view infrastructureRules(); ///< clusters, clouds, networks, deployment tools

} // namespace core::health
