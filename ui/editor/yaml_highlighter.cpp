// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/yaml_highlighter.h"

#include "ui/base/theme.h"
#include "ui/editor/yaml_tokens.h"

namespace ui {

namespace {

Token tokenOf(YamlToken::Kind kind)
{
    switch (kind) {
    case YamlToken::Kind::Key:
        return Token::SyntaxKey;
    case YamlToken::Kind::String:
        return Token::SyntaxString;
    case YamlToken::Kind::Number:
    case YamlToken::Kind::Word:
        return Token::SyntaxNumber;
    case YamlToken::Kind::Comment:
        return Token::SyntaxComment;
    case YamlToken::Kind::Marker:
        return Token::Muted;
    case YamlToken::Kind::Anchor:
    case YamlToken::Kind::Template:
        return Token::Suspended;
    }
    return Token::Text;
}

} // namespace

YamlHighlighter::YamlHighlighter(QTextDocument* document)
    : QSyntaxHighlighter(document)
{
    connect(&Theme::instance(), &Theme::changed, this, &QSyntaxHighlighter::rehighlight);
}

void YamlHighlighter::highlightBlock(const QString& text)
{
    const YamlLine line = tokenizeYaml(text, YamlState::unpack(previousBlockState()));
    for (const YamlToken& token : line.tokens)
        setFormat(token.start, token.length, color(tokenOf(token.kind)));
    setCurrentBlockState(line.after.packed());
}

} // namespace ui
