// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/type_texts.h"

#include "core/base/strings.h"

#include <algorithm>

// The texts are part of the program: their first lines tell how they are written.
asm(R"(.section .rodata
.global ph_type_texts_begin
ph_type_texts_begin:
.incbin ")" BUILTIN_TEXTS_FILE R"("
.incbin ")" CUSTOM_TEXTS_FILE R"("
.global ph_type_texts_end
ph_type_texts_end:
.byte 0
.previous)");
extern "C" const char ph_type_texts_begin[];
extern "C" const char ph_type_texts_end[];

namespace core::manifest {

namespace {

using Types = std::unordered_map<std::string_view, TypeTexts>;

std::string_view takeUntil(std::string_view& text, char end)
{
    const auto size = std::min(text.find(end), text.size());
    const auto taken = text.substr(0, size);
    text.remove_prefix(std::min(size + 1, text.size()));
    return taken;
}

std::string unescaped(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '\\' && i + 1 < text.size();
        if (escape)
            ++i;
        out += !escape ? text[i] : text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
    }
    return out;
}

Types readTexts()
{
    Types types;
    std::string_view data(ph_type_texts_begin, static_cast<std::size_t>(ph_type_texts_end - ph_type_texts_begin));
    TypeTexts* type = nullptr;
    while (!data.empty()) {
        auto line = takeUntil(data, '\n');
        if (line.starts_with('#'))
            continue;
        const auto first = takeUntil(line, '\t');
        const auto second = takeUntil(line, '\t');
        if (first == "T") {
            type = &types[second];
            type->text = unescaped(line);
            continue;
        }
        const auto values = takeUntil(line, '\t');
        type->fields[first] = {unescaped(line), second.find('r') != second.npos, second.find('l') != second.npos,
                               values.empty() ? std::vector<std::string>() : split(values, ',')};
    }
    return types;
}

} // namespace

const TypeTexts* typeTexts(std::string_view type)
{
    static const Types types = readTexts();
    const auto found = types.find(type);
    return found == types.end() ? nullptr : &found->second;
}

const FieldTexts* fieldTexts(std::string_view type, std::string_view field)
{
    const auto* texts = typeTexts(type);
    if (texts == nullptr)
        return nullptr;
    const auto found = texts->fields.find(field);
    return found == texts->fields.end() ? nullptr : &found->second;
}

} // namespace core::manifest
