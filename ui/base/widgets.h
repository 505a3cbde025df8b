// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/glyphs.h"

#include <QAbstractButton>
#include <QFrame>
#include <QLabel>

class QVBoxLayout;

namespace ui {

/// A small rounded label on a tint: "new", "prune", "step 5 of 9".
class Badge : public QWidget
{
    Q_OBJECT

public:
    explicit Badge(QWidget* parent = nullptr);
    void setText(const QString& text);
    [[nodiscard]] QString text() const { return m_text; }
    void setTokens(Token foreground, Token background);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_text;
    Token m_foreground = Token::Muted;
    Token m_background = Token::UnknownTint;
};

/// A filter or switch drawn as a pill; checkable ones take the accent.
class Chip : public QAbstractButton
{
    Q_OBJECT

public:
    explicit Chip(const QString& text = {}, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
};

/// A row of views of which one is chosen: [Tree|Waves|List].
class SegmentedBar : public QWidget
{
    Q_OBJECT

public:
    explicit SegmentedBar(QWidget* parent = nullptr);
    void setTexts(const QStringList& texts);
    [[nodiscard]] int current() const { return m_current; }
    void setCurrent(int index);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

signals:
    void currentChanged(int index);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] QRect cell(int index) const;
    void updateAccessible();

    QStringList m_texts;
    int m_current = 0;
};

/// A card with rounded border, for grouped words in an inspector.
class Card : public QFrame
{
    Q_OBJECT

public:
    explicit Card(QWidget* parent = nullptr);
    [[nodiscard]] QVBoxLayout* body() const { return m_body; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QVBoxLayout* m_body;
};

/// A state's shape as a widget, with its name for screen readers.
class GlyphLabel : public QWidget
{
    Q_OBJECT

public:
    explicit GlyphLabel(Glyph glyph = Glyph::None, QWidget* parent = nullptr);
    void setGlyph(Glyph glyph);
    [[nodiscard]] Glyph glyph() const { return m_glyph; }
    [[nodiscard]] QSize sizeHint() const override { return {16, 16}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Glyph m_glyph;
};

/// A label in a token's colour that follows the theme.
class TokenLabel : public QLabel
{
    Q_OBJECT

public:
    explicit TokenLabel(Token token, QWidget* parent = nullptr);
    void setToken(Token token);

private:
    void apply();
    Token m_token;
};

/// Names in Latin letters stand at the leading side of a mirrored window too (QLabel goes by the text instead).
void alignToLayout(QLabel& label);

/// Caption over a group, as over the lists of the left pane.
class SectionLabel : public TokenLabel
{
    Q_OBJECT

public:
    explicit SectionLabel(const QString& text = {}, QWidget* parent = nullptr);
};

/// A horizontal bar of tools above a page's content, with a line below.
class PageBar : public QFrame
{
    Q_OBJECT

public:
    explicit PageBar(QWidget* parent = nullptr);
    void addWidget(QWidget* widget, int stretch = 0);
    void addStretch();

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace ui
