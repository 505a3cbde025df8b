// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

#include <vector>

namespace ui {

/// What a stretch of a YAML line is, for colouring.
struct YamlToken
{
    enum class Kind { Key, String, Number, Word, Comment, Marker, Anchor, Template };
    int start = 0;
    int length = 0;
    Kind kind = Kind::String;
    friend bool operator==(const YamlToken&, const YamlToken&) = default;
};

/// What a line leaves open for the next one.
struct YamlState
{
    enum class Open { Nothing, BlockScalar, DoubleQuoted, SingleQuoted };
    Open open = Open::Nothing;
    int indent = 0; ///< of the line that opened a block scalar
    [[nodiscard]] int packed() const { return indent * 4 + static_cast<int>(open); }
    [[nodiscard]] static YamlState unpack(int packed);
};

struct YamlLine
{
    std::vector<YamlToken> tokens; ///< ascending; templates may overlap what stands before them
    YamlState after;
};

/// Reads one line, given what the lines above left open. Never fails: wrong text is coloured as well as it goes.
[[nodiscard]] YamlLine tokenizeYaml(QStringView line, YamlState before);

} // namespace ui
