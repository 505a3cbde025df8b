// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "ui/diff/diff_document.h"

namespace ui {

namespace {

/// A line of block YAML as far as its path needs it.
struct Shape
{
    std::size_t indent = 0; ///< of the key, after any "- "
    std::size_t dash = std::string_view::npos; ///< column of the first "-", npos where none
    std::string_view key;
    std::string_view value;
};

Shape shapeOf(std::string_view line)
{
    Shape shape;
    std::size_t at = line.find_first_not_of(' ');
    if (at == std::string_view::npos)
        return shape;
    while (at + 1 < line.size() && line[at] == '-' && line[at + 1] == ' ') {
        if (shape.dash == std::string_view::npos)
            shape.dash = at;
        at = line.find_first_not_of(' ', at + 1);
        if (at == std::string_view::npos)
            return shape;
    }
    shape.indent = at;
    std::string_view rest = line.substr(at);
    if (rest.empty() || rest.front() == '#')
        return shape;
    const std::size_t colon = rest.find(rest.front() == '"' ? "\":" : ":");
    if (colon == std::string_view::npos)
        return shape;
    const std::size_t end = rest.front() == '"' ? colon + 1 : colon;
    if (end + 1 < rest.size() && rest[end + 1] != ' ')
        return shape;
    shape.key = rest.substr(0, end);
    shape.value = core::trim(rest.substr(end + 1));
    return shape;
}

std::string join(const std::string& outer, std::string_view inner)
{
    if (outer.empty())
        return std::string(inner);
    if (inner.starts_with('['))
        return std::string(outer).append(inner);
    return std::string(outer).append(".").append(inner);
}

/// How a list item is named: by its "name" when the item opens with it or has it nearby, else only "[]".
std::string itemName(const std::vector<std::string_view>& lines, std::size_t first)
{
    const Shape opening = shapeOf(lines[first]);
    for (std::size_t line = first; line < lines.size() && line < first + 40; ++line) {
        const Shape shape = shapeOf(lines[line]);
        if (line > first && (shape.indent < opening.indent || shape.dash != std::string_view::npos)
            && !shape.key.empty() && (shape.indent < opening.indent || shape.dash <= opening.dash))
            break;
        if (shape.indent == opening.indent && shape.key == "name" && !shape.value.empty())
            return "[name=" + std::string(shape.value) + "]";
    }
    return "[]";
}

} // namespace

std::string yamlPathAt(const std::vector<std::string_view>& lines, std::size_t line)
{
    if (line >= lines.size())
        return {};
    std::vector<std::string> parts; // innermost first
    Shape current = shapeOf(lines[line]);
    if (!current.key.empty())
        parts.emplace_back(current.key);
    std::size_t limit = current.indent; // keys that enclose stand left of this column
    bool itemOpen = true; // the list item around `limit` is not named yet
    std::size_t at = line;
    while (true) {
        const Shape shape = shapeOf(lines[at]);
        const bool filled = core::trim(lines[at]).size() > 0;
        if (filled && itemOpen && shape.dash != std::string_view::npos && shape.indent <= limit) {
            parts.push_back(itemName(lines, at));
            limit = shape.dash + 1; // a list may stand in the column of its key
            itemOpen = false;
        } else if (filled && at != line && shape.dash == std::string_view::npos && !shape.key.empty()
                   && shape.indent < limit) {
            parts.emplace_back(shape.key);
            limit = shape.indent;
            itemOpen = true;
        } else if (filled && at != line && shape.dash != std::string_view::npos && !shape.key.empty()
                   && shape.indent < limit) {
            // "- spec:" is both the key that encloses and the start of its item.
            parts.emplace_back(shape.key);
            parts.push_back(itemName(lines, at));
            limit = shape.dash + 1;
            itemOpen = false;
        }
        if (at == 0 || limit == 0)
            break;
        --at;
    }
    std::string path;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part)
        path = join(path, *part);
    return path;
}

} // namespace ui
