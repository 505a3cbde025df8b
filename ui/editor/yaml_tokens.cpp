// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/yaml_tokens.h"

#include <algorithm>

namespace ui {

namespace {

using Kind = YamlToken::Kind;
using Open = YamlState::Open;

bool isNumber(QStringView text)
{
    if (text.startsWith(u"0x") || text.startsWith(u"0o"))
        return text.size() > 2;
    bool ok = false;
    [[maybe_unused]] const double number = text.toDouble(&ok);
    return ok && !text.contains(u"n", Qt::CaseInsensitive); // "nan" and "inf" are text in YAML
}

bool isWord(QStringView text)
{
    static constexpr QStringView kWords[] = {u"true", u"false", u"null", u"~",    u"True", u"False", u"yes",
                                             u"no",   u"on",    u"off",  u"Null", u".inf", u".nan"};
    return std::ranges::find(kWords, text) != std::end(kWords);
}

/// Reads one line from left to right.
class LineReader
{
public:
    LineReader(QStringView line, YamlState before)
        : m_line(line)
        , m_state(before)
    {
    }

    YamlLine read()
    {
        const auto first = std::ranges::find_if(m_line, [](QChar c) { return c != u' '; });
        m_indent = static_cast<int>(first - m_line.begin());
        if (m_state.open == Open::BlockScalar) {
            const bool inside = m_indent == size() || m_indent > m_state.indent;
            if (inside) {
                add(0, size(), Kind::String);
                addTemplates();
                return finish();
            }
            m_state = {};
        } else if (m_state.open != Open::Nothing) {
            const QChar quote = m_state.open == Open::DoubleQuoted ? u'"' : u'\'';
            m_at = quotedEnd(0, quote);
            add(0, m_at, Kind::String);
        }
        if (m_at == 0 && (m_line.startsWith(u"---") || m_line.startsWith(u"..."))) {
            add(0, 3, Kind::Marker);
            m_at = 3;
        }
        while (m_at < size())
            readNext();
        addTemplates();
        return finish();
    }

private:
    [[nodiscard]] int size() const { return static_cast<int>(m_line.size()); }
    [[nodiscard]] QChar at(int index) const { return index < size() ? m_line[index] : QChar(u' '); }

    YamlLine finish() { return {std::move(m_tokens), m_state}; }

    void add(int start, int end, Kind kind)
    {
        if (end > start)
            m_tokens.push_back({start, end - start, kind});
    }

    /// Past the closing quote, or the end of the line; then the state says what stays open.
    int quotedEnd(int from, QChar quote)
    {
        for (int i = from; i < size(); ++i) {
            if (quote == u'"' && m_line[i] == u'\\') {
                ++i;
            } else if (m_line[i] == quote) {
                if (quote == u'\'' && at(i + 1) == u'\'') {
                    ++i;
                    continue;
                }
                m_state = {};
                return i + 1;
            }
        }
        m_state = {quote == u'"' ? Open::DoubleQuoted : Open::SingleQuoted, 0};
        return size();
    }

    [[nodiscard]] bool isKeyEnd(int index) const { return at(index) == u':' && at(index + 1) == u' '; }

    void readNext()
    {
        const QChar c = m_line[m_at];
        if (c == u' ' || c == u'\t') {
            ++m_at;
        } else if (c == u'#' && (m_at == 0 || at(m_at - 1).isSpace())) {
            add(m_at, size(), Kind::Comment);
            m_at = size();
        } else if ((c == u'-' || c == u'?') && at(m_at + 1) == u' ') {
            add(m_at, m_at + 1, Kind::Marker);
            ++m_at;
        } else if (QStringView(u"{}[],:").contains(c) && (c != u':' || at(m_at + 1) == u' ')) {
            m_flow += c == u'{' || c == u'[' ? 1 : c == u'}' || c == u']' ? -1 : 0;
            add(m_at, m_at + 1, Kind::Marker);
            ++m_at;
        } else if (c == u'&' || c == u'*' || c == u'!') {
            const int start = m_at;
            while (m_at < size() && !m_line[m_at].isSpace())
                ++m_at;
            add(start, m_at, Kind::Anchor);
        } else if (c == u'"' || c == u'\'') {
            const int start = m_at;
            m_at = quotedEnd(m_at + 1, c);
            add(start, m_at, isKeyEnd(m_at) ? Kind::Key : Kind::String);
        } else if ((c == u'|' || c == u'>') && m_flow == 0) {
            readBlockHeader();
        } else {
            readPlain();
        }
    }

    void readBlockHeader()
    {
        add(m_at, size(), Kind::Marker);
        const qsizetype comment = m_line.indexOf(u" #", m_at);
        if (comment >= 0) {
            m_tokens.back().length = static_cast<int>(comment) - m_at;
            add(static_cast<int>(comment) + 1, size(), Kind::Comment);
        }
        m_state = {Open::BlockScalar, m_indent};
        m_at = size();
    }

    void readPlain()
    {
        const int start = m_at;
        while (m_at < size()) {
            const QChar c = m_line[m_at];
            if (isKeyEnd(m_at) || (c == u'#' && m_at > start && at(m_at - 1) == u' ')
                || (m_flow > 0 && QStringView(u",]}").contains(c)))
                break;
            ++m_at;
        }
        if (isKeyEnd(m_at)) {
            add(start, m_at, Kind::Key);
            return;
        }
        int end = m_at;
        while (end > start && m_line[end - 1].isSpace())
            --end;
        const QStringView text = m_line.mid(start, end - start);
        add(start, end, isNumber(text) ? Kind::Number : isWord(text) ? Kind::Word : Kind::String);
        if (m_at == start)
            ++m_at; // always forward
    }

    void addTemplates()
    {
        for (qsizetype from = m_line.indexOf(u"{{"); from >= 0;) {
            const qsizetype to = m_line.indexOf(u"}}", from);
            if (to < 0)
                break;
            add(static_cast<int>(from), static_cast<int>(to) + 2, Kind::Template);
            from = m_line.indexOf(u"{{", to);
        }
    }

    QStringView m_line;
    YamlState m_state;
    std::vector<YamlToken> m_tokens;
    int m_indent = 0;
    int m_at = 0;
    int m_flow = 0;
};

} // namespace

YamlState YamlState::unpack(int packed)
{
    if (packed < 0)
        return {};
    return {static_cast<Open>(packed % 4), packed / 4};
}

YamlLine tokenizeYaml(QStringView line, YamlState before)
{
    return LineReader(line, before).read();
}

} // namespace ui
