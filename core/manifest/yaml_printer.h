// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace core::manifest {

/// Lays out block YAML as go-yaml v2's emitter does. Trees are walked by printTree below.
class YamlPrinter
{
public:
    explicit YamlPrinter(std::string& out)
        : m_out(out)
    {
    }
    /// Where a node begins: on a line of its own, after "key:", after "-" (or "?", ":" of a long key).
    enum class Place : unsigned char { Root, Member, Item };

    /// A scalar text. `indent` is the column of the collection that holds it.
    void string(std::string_view text, int indent, Place place);
    /// A word that needs no quoting: numbers, true, null, {}, [].
    void word(std::string_view text, Place place);
    /// "key:" on a line of its own (on the current one where `inlineFirst`). Returns the place of what follows.
    Place key(std::string_view key, int indent, bool inlineFirst);
    /// "-"
    void dash(int indent, bool inlineFirst);
    void endDocument();

private:
    enum class Style : unsigned char { Plain, Single, Double, Literal };
    struct Analysis;

    void scalar(std::string_view text, int indent, bool simpleKey);
    void newLine(int indent);
    void lineOf(int indent, bool inlineFirst);
    void writePlain(std::string_view text, int indent, bool fold);
    void writeSingle(std::string_view text, int indent, bool fold);
    void writeDouble(std::string_view text, int indent, bool fold);
    void writeLiteral(std::string_view text, int indent);
    void put(std::string_view text);
    void putWord(std::string_view text) ///< of ASCII
    {
        m_out += text;
        m_column += static_cast<int>(text.size());
    }
    void put(char c)
    {
        m_out += c;
        ++m_column;
    }

    std::string& m_out;
    int m_column = 0;
};

/// go-yaml's order of keys: numbers inside texts by value, letters after all else.
[[nodiscard]] bool naturalLess(std::string_view a, std::string_view b);

/// Sorts by that, with key(item) for the texts. It is no order of some keys ("a10c" before "a1b" before "a2c" before
/// "a10c"), which go-yaml prints now so, now so: std::sort must not be given many of them, std::stable_sort stays
/// sound.
template<class Items, class Key>
void sortNaturally(Items& items, const Key& key)
{
    constexpr std::size_t kFew = 16; // std::sort inserts them one by one
    const auto less = [&](const auto& a, const auto& b) { return naturalLess(key(a), key(b)); };
    if (items.size() <= kFew)
        std::sort(items.begin(), items.end(), less);
    else
        std::stable_sort(items.begin(), items.end(), less);
}

/// Prints any tree. Access has kind(node) -> 'm', 's', 't' (text) or 'w' (word), text(node) of scalars, count(node),
/// members(node, f(key, value)) in the order of printing, and elements(node, f(element)). With kIndentsSequences a
/// sequence stands two columns deeper than its key.
template<class Access, class Node>
void printTree(YamlPrinter& printer, const Node& node, int indent, YamlPrinter::Place place)
{
    using Place = YamlPrinter::Place;
    const char kind = Access::kind(node);
    if (kind == 't') {
        printer.string(Access::text(node), indent, place);
    } else if (kind == 'w') {
        printer.word(Access::text(node), place);
    } else if (Access::count(node) == 0) {
        printer.word(kind == 'm' ? "{}" : "[]", place);
    } else if (kind == 'm') {
        const int own = place == Place::Root ? 0 : indent + 2;
        bool inlineFirst = place == Place::Item;
        Access::members(node, [&](std::string_view key, const Node& value) {
            const auto next = printer.key(key, own, inlineFirst);
            inlineFirst = false;
            printTree<Access>(printer, value, own, next);
        });
    } else {
        constexpr bool kDeeper = requires
        {
            Access::kIndentsSequences;
        };
        const int own = place == Place::Item ? indent + 2 : place == Place::Member ? indent + (kDeeper ? 2 : 0) : 0;
        bool inlineFirst = place == Place::Item;
        Access::elements(node, [&](const Node& element) {
            printer.dash(own, inlineFirst);
            inlineFirst = false;
            printTree<Access>(printer, element, own, Place::Item);
        });
    }
}

} // namespace core::manifest
