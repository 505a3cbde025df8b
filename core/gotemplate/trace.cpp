// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where the output of templates comes from.
#include "core/base/strings.h"
#include "core/gotemplate/exec.h"

#include <algorithm>

namespace core::gotemplate {

namespace {

constexpr std::size_t kMaxEntries = 1'000'000; // pieces, and reads

using Pieces = std::vector<Trace::Piece>;

Pieces::const_iterator pieceAt(const Pieces& pieces, std::size_t offset)
{
    const auto after = std::upper_bound(pieces.begin(), pieces.end(), offset,
                                        [](std::size_t o, const Trace::Piece& piece) { return o < piece.offset; });
    return after == pieces.begin() ? pieces.end() : after - 1;
}

/// A line without the space around it: its text, and where that begins.
struct Line
{
    std::string_view text;
    std::size_t offset = 0;
};

/// The next line that is not blank, from `at` on, which moves behind it; an empty one at the end.
Line nextLine(std::string_view text, std::size_t& at)
{
    while (at < text.size()) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = trim(text.substr(at, end - at));
        at = end + 1;
        if (!line.empty())
            return {line, static_cast<std::size_t>(line.data() - text.data())};
    }
    return {};
}

} // namespace

const Trace::Piece* Trace::at(std::size_t offset) const
{
    const auto found = pieceAt(pieces, offset);
    return found == pieces.end() ? nullptr : &*found;
}

void Execution::traceRead(const Value& map, std::string_view key)
{
    auto& trace = *m_session.trace;
    if (trace.maps == nullptr || trace.reads.size() >= kMaxEntries)
        return;
    if (const auto known = trace.maps->find(&map.entries()); known != trace.maps->end())
        trace.reads.push_back({known->second, key, m_within});
}

void Execution::trace(const Node& node, std::size_t firstRead)
{
    if (m_pieces->size() >= kMaxEntries)
        return;
    const auto reads = m_session.trace->reads.size();
    m_pieces->push_back({&m_tree->source->name, static_cast<std::uint32_t>(m_out.size()),
                         m_tree->source->lineAt(node.position), node.kind == NodeKind::Text,
                         static_cast<std::uint32_t>(firstRead), static_cast<std::uint32_t>(reads), m_within});
}

// Most of what includes return is printed as it is, but for its indentation: then the lines of the included template
// tell more than the line of the action.
void Execution::traceInclude(const Node& node, std::size_t from, std::size_t firstRead)
{
    const std::string_view whole(m_out);
    const auto& included = m_session.lastInclude.asString();
    const Pieces inner = std::move(m_session.lastPieces);
    std::size_t at = from;
    std::size_t innerAt = 0;
    while (true) {
        const auto line = nextLine(included, innerAt);
        auto printed = nextLine(whole, at);
        if (printed.text.size() == line.text.size() + 2 && printed.text.front() == '"' && line.text != printed.text)
            printed = {printed.text.substr(1, line.text.size()), printed.offset + 1}; // through `quote`
        if (line.text.empty() || printed.text.empty())
            return;
        if (line.text != printed.text || m_pieces->size() >= kMaxEntries)
            break;
        auto piece = pieceAt(inner, line.offset);
        const auto end = line.offset + line.text.size();
        for (; piece != inner.end() && piece->offset < end; ++piece) {
            auto moved = *piece;
            if (piece->offset < line.offset) {
                const auto newlines = std::count(included.begin() + piece->offset,
                                                 included.begin() + static_cast<std::ptrdiff_t>(line.offset), '\n');
                moved.line += piece->plain ? static_cast<std::uint32_t>(newlines) : 0;
                moved.offset = static_cast<std::uint32_t>(printed.offset);
            } else {
                moved.offset = static_cast<std::uint32_t>(printed.offset + piece->offset - line.offset);
            }
            m_pieces->push_back(moved);
        }
    }
    // The rest is the action's own again.
    m_pieces->push_back({&m_tree->source->name, static_cast<std::uint32_t>(std::min(at, m_out.size())),
                         m_tree->source->lineAt(node.position), false, static_cast<std::uint32_t>(firstRead),
                         static_cast<std::uint32_t>(m_session.trace->reads.size()), m_within});
}

} // namespace core::gotemplate
