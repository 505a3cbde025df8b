// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/gotemplate/exec.h"
#include "core/gotemplate/format.h"
#include "core/gotemplate/functions.h"
#include "core/gotemplate/go_text.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <unordered_set>

namespace core::gotemplate {

namespace {

using R = Result<Value>;

constexpr std::size_t kMaxText = std::size_t {16} << 20;
constexpr std::size_t kMaxParts = 1'000'000; // of a text that is split into a list
constexpr std::size_t kMaxMembers = 50'000; // ... into a map

Value str(std::string text)
{
    return Value::string(std::move(text));
}

// Linear in the worst case, too, as std::string's is not.
std::size_t findIn(std::string_view text, std::string_view wanted, std::size_t from = 0)
{
    const auto* found =
        static_cast<const char*>(memmem(text.data() + from, text.size() - from, wanted.data(), wanted.size()));
    return found == nullptr ? std::string_view::npos : static_cast<std::size_t>(found - text.data());
}

template<class F>
std::string mapRunes(std::string_view text, F&& change)
{
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto rune = decodeRune(text, at);
        appendRune(result, change(rune.code));
        at += rune.size;
    }
    return result;
}

std::string trimSet(std::string_view text, std::string_view set)
{
    const auto letters = runes(set);
    const std::unordered_set<char32_t> cut(letters.begin(), letters.end());
    const auto all = runes(text);
    std::size_t first = 0;
    auto last = all.size();
    while (first < last && cut.contains(all[first]))
        ++first;
    while (last > first && cut.contains(all[last - 1]))
        --last;
    return first == 0 && last == all.size() ? std::string(text)
                                            : fromRunes(std::u32string_view(all).substr(first, last - first));
}

std::string trimSpace(std::string_view text)
{
    std::size_t first = 0;
    while (first < text.size()) {
        const auto rune = decodeRune(text, first);
        if (!isSpace(rune.code))
            break;
        first += rune.size;
    }
    auto last = text.size();
    while (last > first) {
        auto at = last - 1;
        while (at > first && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80)
            --at;
        if (!isSpace(decodeRune(text, at).code))
            break;
        last = at;
    }
    return std::string(text.substr(first, last - first));
}

Result<std::vector<std::string>> splitText(std::string_view text, std::string_view separator, std::size_t most,
                                           std::int64_t limit = -1)
{
    std::vector<std::string> parts;
    const auto isTooMany = [&parts, most] { return parts.size() >= most; };
    if (limit == 0)
        return parts;
    if (separator.empty()) {
        for (std::size_t at = 0; at < text.size();) {
            if (limit > 0 && static_cast<std::int64_t>(parts.size()) == limit - 1) {
                parts.emplace_back(text.substr(at));
                break;
            }
            const auto size = decodeRune(text, at).size;
            parts.emplace_back(text.substr(at, size));
            at += size;
            if (isTooMany())
                return fail(Error::Code::LimitExceeded, "the text has too many parts");
        }
        return parts;
    }
    while (limit < 0 || static_cast<std::int64_t>(parts.size()) < limit - 1) {
        const auto found = findIn(text, separator);
        if (found == std::string_view::npos)
            break;
        if (isTooMany())
            return fail(Error::Code::LimitExceeded, "the text has too many parts");
        parts.emplace_back(text.substr(0, found));
        text.remove_prefix(found + separator.size());
    }
    parts.emplace_back(text);
    return parts;
}

Result<std::string> replaceAll(std::string_view text, std::string_view old, std::string_view with)
{
    std::string result;
    if (old.empty()) {
        for (std::size_t at = 0; at < text.size();) {
            const auto size = decodeRune(text, at).size;
            result += with;
            result += text.substr(at, size);
            at += size;
            if (result.size() > kMaxText)
                return fail(Error::Code::LimitExceeded, "the text is too large");
        }
        return result += with;
    }
    std::size_t at = 0;
    while (true) {
        const auto found = findIn(text, old, at);
        result += text.substr(at, found == std::string_view::npos ? found : found - at);
        if (found == std::string_view::npos)
            return result;
        result += with;
        at = found + old.size();
        if (result.size() > kMaxText)
            return fail(Error::Code::LimitExceeded, "the text is too large");
    }
}

Result<Value> indented(std::int64_t spaces, const std::string& text, bool newline)
{
    if (spaces < 0)
        return refuse("strings: negative Repeat count");
    if (spaces > 1'000'000 || text.size() > kMaxText)
        return fail(Error::Code::LimitExceeded, "the text is too large");
    const auto pad = static_cast<std::size_t>(spaces);
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    const auto size = (newline ? 1 : 0) + pad + text.size() + lines * pad;
    if (size > kMaxText)
        return fail(Error::Code::LimitExceeded, "the text is too large");
    std::string result;
    result.reserve(size);
    result.append(newline ? 1 : 0, '\n').append(pad, ' ');
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
        result.append(text, at, end - at);
        if (result.back() == '\n')
            result.append(pad, ' ');
        at = end;
    }
    return str(std::move(result));
}

Result<Value> substring(std::int64_t start, std::int64_t end, const std::string& text)
{
    const auto size = static_cast<std::int64_t>(text.size());
    const auto bounds = [&](std::int64_t from, std::int64_t to) -> Result<Value> {
        if (to < 0 || to > size)
            return refuse(fmt::format("runtime error: slice bounds out of range [:{}]{}", to,
                                      to > size ? fmt::format(" with length {}", size) : ""));
        if (from > to)
            return refuse(fmt::format("runtime error: slice bounds out of range [{}:{}]", from, to));
        return str(text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)));
    };
    if (start < 0)
        return bounds(0, end);
    if (end < 0 || end > size)
        return bounds(start, size);
    return bounds(start, end);
}

std::string abbreviate(const std::string& text, std::int64_t offset, std::int64_t width)
{
    const auto size = static_cast<std::int64_t>(text.size());
    if (text.empty() || width < 4 || (offset > 0 && width < 7) || size <= width)
        return text;
    if (offset > size)
        offset = size;
    if (size - offset < width - 3)
        offset = size - (width - 3);
    const auto part = [&](std::int64_t from, std::int64_t to) {
        return text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
    };
    if (offset <= 4)
        return part(0, width - 3) + "...";
    if (offset + width - 3 < size)
        return "..." + abbreviate(text.substr(static_cast<std::size_t>(offset)), 0, width - 3);
    return "..." + text.substr(static_cast<std::size_t>(size - (width - 3)));
}

R wrapText(const std::string& text, std::int64_t width, const std::string& newline, bool longWords)
{
    if (text.empty())
        return str("");
    const auto length = std::max<std::int64_t>(width, 1);
    const auto size = static_cast<std::int64_t>(text.size());
    std::int64_t offset = 0;
    std::string result;
    while (size - offset > length) {
        if (result.size() > kMaxText)
            return fail(Error::Code::LimitExceeded, "the text is too large");
        if (text[static_cast<std::size_t>(offset)] == ' ') {
            ++offset;
            continue;
        }
        const auto end = offset + length;
        const auto found = text.rfind(' ', static_cast<std::size_t>(end));
        const auto space = found == std::string::npos || static_cast<std::int64_t>(found) < offset
            ? -1
            : static_cast<std::int64_t>(found);
        if (space >= offset) {
            result.append(text, static_cast<std::size_t>(offset), static_cast<std::size_t>(space - offset));
            result += newline;
            offset = space + 1;
        } else if (longWords) {
            result += text.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length)) + newline;
            offset += length;
        } else {
            const auto next = text.find(' ', static_cast<std::size_t>(end));
            if (next == std::string::npos)
                break;
            result += text.substr(static_cast<std::size_t>(offset), next - static_cast<std::size_t>(offset)) + newline;
            offset = static_cast<std::int64_t>(next) + 1;
        }
    }
    return str(result + text.substr(static_cast<std::size_t>(offset)));
}

// Sorts in runs and merges these, so that a cancellation is seen in time.
Result<std::vector<std::string>> sorted(Execution& execution, std::vector<std::string> texts)
{
    constexpr std::size_t kRun = 4096;
    for (std::size_t at = 0; at < texts.size(); at += kRun) {
        PH_CHECK(execution.work(kRun / 8));
        std::sort(texts.begin() + static_cast<std::ptrdiff_t>(at),
                  texts.begin() + static_cast<std::ptrdiff_t>(std::min(at + kRun, texts.size())));
    }
    std::vector<std::string> merged(texts.size());
    for (auto width = kRun; width < texts.size(); width *= 2) {
        for (std::size_t at = 0; at < texts.size(); at += 2 * width) {
            auto left = at;
            const auto middle = std::min(at + width, texts.size());
            auto right = middle;
            const auto end = std::min(at + 2 * width, texts.size());
            for (auto to = at; to < end; ++to) {
                if (to % kRun == 0)
                    PH_CHECK(execution.work(kRun / 8));
                const bool takesRight = left == middle || (right < end && texts[right] < texts[left]);
                merged[to] = std::move(texts[takesRight ? right++ : left++]);
            }
        }
        texts.swap(merged);
    }
    return texts;
}

bool isConnector(char32_t c)
{
    return c == U'-' || c == U'_' || isSpace(c);
}

bool isPunctuation(char32_t c)
{
    if (c < 0x80)
        return std::u32string_view(U"!\"#%&'()*,-./:;?@[\\]_{}").find(c) != std::u32string_view::npos;
    return std::u32string_view(U"\u00A1\u00A7\u00AB\u00B6\u00B7\u00BB\u00BF").find(c) != std::u32string_view::npos
        || (c >= 0x2010 && c <= 0x2027) || (c >= 0x2030 && c <= 0x205E && c != 0x2044 && c != 0x2052)
        || (c >= 0x3001 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011);
}

/// Parts a text into words as package xstrings does.
class Words
{
public:
    enum class Kind : std::uint8_t { None, Number, Upper, Letters, Connector, Punctuation, Other };

    explicit Words(std::u32string text)
        : m_text(std::move(text))
    {
    }
    [[nodiscard]] bool atEnd() const { return m_at >= m_text.size(); }
    Kind next(std::u32string& word)
    {
        word.clear();
        if (atEnd())
            return Kind::None;
        const auto start = m_at;
        const auto c = m_text[m_at];
        Kind kind = Kind::Other;
        const auto run = [this](auto&& fits) {
            ++m_at;
            while (m_at < m_text.size() && fits(m_text[m_at]))
                ++m_at;
        };
        if (isConnector(c)) {
            kind = Kind::Connector;
            run(isConnector);
        } else if (isPunctuation(c)) {
            kind = Kind::Punctuation;
            run(isPunctuation);
        } else if (isUpper(c)) {
            kind = Kind::Upper;
            if (m_at + 1 < m_text.size() && isUpper(m_text[m_at + 1])) {
                run(isUpper);
                // "HTTPStatus" is "HTTP" and "Status".
                if (m_at < m_text.size() && isLetter(m_text[m_at]))
                    --m_at;
            } else {
                run([](char32_t r) { return isLetter(r) && !isUpper(r); });
            }
        } else if (isLetter(c)) {
            kind = Kind::Letters;
            run([](char32_t r) { return isLetter(r) && !isUpper(r); });
        } else if (isDigit(c)) {
            kind = Kind::Number;
            run([](char32_t r) { return isDigit(r); });
        } else {
            run([](char32_t r) { return !isConnector(r) && !isLetter(r) && !isDigit(r) && !isPunctuation(r); });
        }
        word = m_text.substr(start, m_at - start);
        return kind;
    }

private:
    std::u32string m_text;
    std::size_t m_at = 0;
};

// Snake and kebab case: lower-cased words, parted by the connector.
std::string delimited(const std::string& text, char32_t connector)
{
    using Kind = Words::Kind;
    Words words(runes(text));
    std::u32string out;
    std::u32string word;
    const auto put = [&](Kind kind, const std::u32string& part) {
        for (const auto c : part)
            out += kind != Kind::Upper && kind != Kind::Connector ? c : isConnector(c) ? connector : toLower(c);
    };
    auto kind = words.next(word);
    while (!words.atEnd()) {
        if (kind != Kind::Connector)
            put(kind, word);
        const auto before = kind;
        auto last = word;
        kind = words.next(word);
        const auto parted = [&] { return kind != Kind::None && kind != Kind::Connector && kind != Kind::Punctuation; };
        const auto rest = [&] {
            while (kind == Kind::Letters || kind == Kind::Number) {
                put(kind, word);
                kind = words.next(word);
            }
            if (parted())
                out += connector;
        };
        if (before == Kind::Number) {
            rest();
        } else if (before == Kind::Connector) {
            put(before, last);
        } else if (before != Kind::Punctuation) {
            if (kind != Kind::Number) {
                if (kind != Kind::Connector && kind != Kind::Punctuation)
                    out += connector;
            } else if (!words.atEnd()) {
                last = word;
                kind = words.next(word);
                if (kind != Kind::Letters) {
                    // "Bld4Floor" is "bld4_floor"
                    put(Kind::Number, last);
                    if (kind != Kind::Connector && kind != Kind::Punctuation)
                        out += connector;
                } else {
                    // "HTTP2xx" is "http_2xx"
                    out += connector;
                    put(Kind::Number, last);
                    rest();
                }
            }
        }
    }
    put(kind, word);
    return fromRunes(out);
}

std::string pascal(const std::string& text)
{
    const auto in = runes(text);
    std::u32string out;
    std::size_t i = 0;
    while (i < in.size() && isConnector(in[i]))
        out += in[i++];
    if (i == in.size()) {
        // xstrings writes the last connector of a text of connectors twice.
        if (!in.empty())
            out += in.back();
        return fromRunes(out);
    }
    bool firstUpper = isUpper(in[i]);
    auto now = toUpper(in[i++]);
    for (; i < in.size(); ++i) {
        const auto before = now;
        now = in[i];
        if (isConnector(now) && isConnector(before)) {
            out += before;
        } else if (isConnector(before)) {
            firstUpper = isUpper(now);
            now = toUpper(now);
        } else {
            if (firstUpper) {
                if (isUpper(now))
                    now = toLower(now);
                else
                    firstUpper = false;
            }
            out += before;
        }
    }
    out += now;
    return fromRunes(out);
}

Result<Value> randomText(std::int64_t count, std::string_view alphabet)
{
    if (count < 0)
        return str("");
    if (count > 1'000'000)
        return fail(Error::Code::LimitExceeded, "the text is too large");
    std::string text;
    const auto bound = static_cast<unsigned>(256 - 256 % alphabet.size());
    while (text.size() < static_cast<std::size_t>(count)) {
        unsigned char bytes[64];
        if (RAND_bytes(bytes, sizeof bytes) != 1)
            return fail(Error::Code::Internal, "no random numbers");
        for (const auto byte : bytes)
            if (byte < bound && text.size() < static_cast<std::size_t>(count))
                text += alphabet[byte % alphabet.size()];
    }
    return str(std::move(text));
}

std::string titled(std::string_view text, bool up)
{
    char32_t before = U' ';
    return mapRunes(text, [&](char32_t c) {
        const bool start = !up ? isSpace(before)
            : before < 0x80    ? !(isLetter(before) || isDigit(before) || before == U'_')
                               : isSpace(before);
        before = c;
        return start ? (up ? toUpper(c) : toLower(c)) : c;
    });
}

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";

} // namespace

void addStringFunctions(FunctionMap& map)
{
    const auto s1 = [&map](const char* name, std::string (*change)(std::string_view)) {
        map.add(name, "s", [change](Call& c) -> R { return str(change(c.text(0))); });
    };
    // Those that print whatever they are given.
    const auto printing = [&map](const char* name, const char* signature, R (*print)(Call&)) {
        map.add(name, signature, [print](Call& c) -> R {
            PH_CHECK(c.execution.weigh(c.arguments));
            return print(c);
        });
    };
    map.add("hello", "", [](Call&) -> R { return str("Hello!"); });
    s1("trim", trimSpace);
    s1("upper", [](std::string_view t) { return mapRunes(t, toUpper); });
    s1("lower", [](std::string_view t) { return mapRunes(t, toLower); });
    s1("title", [](std::string_view t) { return titled(t, true); });
    s1("untitle", [](std::string_view t) { return titled(t, false); });
    s1("swapcase",
       [](std::string_view t) { return mapRunes(t, [](char32_t c) { return isUpper(c) ? toLower(c) : toUpper(c); }); });
    s1("nospace", [](std::string_view t) {
        std::string result;
        for (const auto c : runes(t))
            if (!isSpace(c))
                appendRune(result, c);
        return result;
    });
    s1("initials", [](std::string_view t) {
        std::string result;
        bool start = true;
        for (const auto c : runes(t)) {
            if (start && !isSpace(c))
                appendRune(result, c);
            start = isSpace(c);
        }
        return result;
    });
    map.add("snakecase", "s", [](Call& c) -> R { return str(delimited(c.text(0), U'_')); });
    map.add("kebabcase", "s", [](Call& c) -> R { return str(delimited(c.text(0), U'-')); });
    map.add("camelcase", "s", [](Call& c) -> R { return str(pascal(c.text(0))); });
    map.add("shuffle", "s", [](Call& c) -> R {
        auto all = runes(c.text(0));
        for (auto i = all.size(); i > 1; --i) {
            std::uint32_t r = 0;
            (void)RAND_bytes(reinterpret_cast<unsigned char*>(&r), sizeof r);
            std::swap(all[i - 1], all[r % i]);
        }
        return str(fromRunes(all));
    });
    const auto trimAll = [](Call& c) -> R { return str(trimSet(c.text(1), c.text(0))); };
    map.add("trimAll", "ss", trimAll);
    map.add("trimall", "ss", trimAll);
    map.add("trimSuffix", "ss", [](Call& c) -> R {
        const auto& t = c.text(1);
        return t.ends_with(c.text(0)) ? str(t.substr(0, t.size() - c.text(0).size())) : c[1];
    });
    map.add("trimPrefix", "ss", [](Call& c) -> R {
        return c.text(1).starts_with(c.text(0)) ? str(c.text(1).substr(c.text(0).size())) : c[1];
    });
    map.add("substr", "iis", [](Call& c) -> R { return substring(c[0].asInt(), c[1].asInt(), c.text(2)); });
    map.add("repeat", "is", [](Call& c) -> R {
        const auto count = c[0].asInt();
        if (count < 0)
            return refuse("strings: negative Repeat count");
        if (!c.text(1).empty() && static_cast<std::size_t>(count) > kMaxText / c.text(1).size())
            return fail(Error::Code::LimitExceeded, "the text is too large");
        std::string result;
        for (std::int64_t i = 0; i < count && !c.text(1).empty(); ++i)
            result += c.text(1);
        return str(std::move(result));
    });
    map.add("trunc", "is", [](Call& c) -> R {
        const auto count = c[0].asInt();
        const auto& t = c.text(1);
        const auto size = static_cast<std::int64_t>(t.size());
        if (count < 0 && size + count > 0)
            return str(t.substr(static_cast<std::size_t>(size + count)));
        if (count >= 0 && size > count)
            return str(t.substr(0, static_cast<std::size_t>(count)));
        return c[1];
    });
    map.add("abbrev", "is", [](Call& c) -> R { return str(abbreviate(c.text(1), 0, c[0].asInt())); });
    map.add("abbrevboth", "iis", [](Call& c) -> R { return str(abbreviate(c.text(2), c[0].asInt(), c[1].asInt())); });
    map.add("wrap", "is", [](Call& c) { return wrapText(c.text(1), c[0].asInt(), "\n", false); });
    map.add("wrapWith", "iss", [](Call& c) { return wrapText(c.text(2), c[0].asInt(), c.text(1), true); });
    map.add("contains", "ss",
            [](Call& c) -> R { return Value::boolean(findIn(c.text(1), c.text(0)) != std::string::npos); });
    map.add("hasPrefix", "ss", [](Call& c) -> R { return Value::boolean(c.text(1).starts_with(c.text(0))); });
    map.add("hasSuffix", "ss", [](Call& c) -> R { return Value::boolean(c.text(1).ends_with(c.text(0))); });
    printing("quote", "a*", [](Call& c) -> R {
        std::string result;
        for (const auto& value : c.arguments)
            if (!value.isNil())
                result += (result.empty() ? "" : " ") + quote(textOf(value));
        return str(std::move(result));
    });
    printing("squote", "a*", [](Call& c) -> R {
        std::string result;
        for (const auto& value : c.arguments)
            if (!value.isNil())
                result += (result.empty() ? "'" : " '") + printed(value) + "'";
        return str(std::move(result));
    });
    printing("cat", "a*", [](Call& c) -> R {
        std::vector<std::string> parts;
        for (const auto& value : c.arguments)
            if (!value.isNil())
                parts.push_back(printed(value));
        return str(join(parts, " "));
    });
    map.add("indent", "is", [](Call& c) { return indented(c[0].asInt(), c.text(1), false); });
    map.add("nindent", "is", [](Call& c) { return indented(c[0].asInt(), c.text(1), true); });
    map.add("replace", "sss", [](Call& c) -> R {
        PH_TRY(auto text, replaceAll(c.text(2), c.text(0), c.text(1)));
        return str(std::move(text));
    });
    map.add("plural", "ssi", [](Call& c) -> R { return c[2].asInt() == 1 ? c[0] : c[1]; });
    printing("toString", "a", [](Call& c) -> R { return c[0].isString() ? c[0] : str(textOf(c[0])); });
    printing("toStrings", "a", [](Call& c) -> R { return Value::strings(textsOf(c[0])); });
    printing("join", "sa", [](Call& c) -> R {
        if (c[1].size() > 0 && c.text(0).size() > kMaxText / c[1].size())
            return fail(Error::Code::LimitExceeded, "the text is too large");
        return str(core::join(textsOf(c[1]), c.text(0)));
    });
    printing("sortAlpha", "a", [](Call& c) -> R {
        if (!c[0].isList())
            return Value::strings({textOf(c[0])});
        PH_TRY(const auto texts, sorted(c.execution, textsOf(c[0])));
        return Value::strings(texts);
    });
    map.add("splitList", "ss", [](Call& c) -> R {
        PH_TRY(const auto parts, splitText(c.text(1), c.text(0), kMaxParts));
        PH_CHECK(c.execution.work(parts.size()));
        return Value::strings(parts);
    });
    const auto splitMap = [](const std::vector<std::string>& parts) {
        auto result = Value::map(Type::StringMap);
        for (std::size_t i = 0; i < parts.size(); ++i)
            result.set("_" + std::to_string(i), str(parts[i]));
        return result;
    };
    map.add("split", "ss", [splitMap](Call& c) -> R {
        PH_TRY(const auto parts, splitText(c.text(1), c.text(0), kMaxMembers));
        return splitMap(parts);
    });
    map.add("splitn", "sis", [splitMap](Call& c) -> R {
        PH_TRY(const auto parts, splitText(c.text(2), c.text(0), kMaxMembers, c[1].asInt()));
        return splitMap(parts);
    });
    const auto random = [&map](const char* name, std::string alphabet) {
        map.add(name, "i", [alphabet](Call& c) { return randomText(c[0].asInt(), alphabet); });
    };
    random("randAlphaNum", std::string(kLower) + std::string(kUpper) + std::string(kDigits));
    random("randAlpha", std::string(kLower) + std::string(kUpper));
    random("randNumeric", std::string(kDigits));
    std::string ascii;
    for (char c = ' '; c < 127; ++c)
        ascii += c;
    random("randAscii", ascii);
}

} // namespace core::gotemplate
