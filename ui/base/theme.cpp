// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/theme.h"

#include "ui/base/custom_palette.h"

#include <QApplication>
#include <QFontDatabase>
#include <QFontMetrics>

#include <array>
#include <map>

namespace ui {

namespace {

constexpr auto kTokens = static_cast<std::size_t>(Token::Count);
constexpr auto kSchemes = static_cast<std::size_t>(Scheme::Count);
using Row = std::array<QRgb, kSchemes>;

// Columns: light, dark, high contrast light, high contrast dark, colour-blind light, colour-blind dark.
// The colour-blind columns put blue against orange and keep lightness apart.
constexpr std::array<Row, kTokens> kTable {{
    /* Bg            */ {0xFFF6F7F9, 0xFF14181D, 0xFFFFFFFF, 0xFF000000, 0xFFF6F7F9, 0xFF14181D},
    /* Surface       */ {0xFFFFFFFF, 0xFF1B2128, 0xFFFFFFFF, 0xFF000000, 0xFFFFFFFF, 0xFF1B2128},
    /* Raised        */ {0xFFFFFFFF, 0xFF232A33, 0xFFFFFFFF, 0xFF0D0D0D, 0xFFFFFFFF, 0xFF232A33},
    /* Line          */ {0xFFD9DEE5, 0xFF343E49, 0xFF000000, 0xFFFFFFFF, 0xFFD9DEE5, 0xFF343E49},
    /* Text          */ {0xFF17202B, 0xFFE6EBF1, 0xFF000000, 0xFFFFFFFF, 0xFF17202B, 0xFFE6EBF1},
    /* Muted         */ {0xFF55626F, 0xFF9AA7B4, 0xFF1F1F1F, 0xFFE6E6E6, 0xFF55626F, 0xFF9AA7B4},
    /* Accent        */ {0xFF0B63CE, 0xFF6CB2FF, 0xFF003E9C, 0xFF8CC8FF, 0xFF0B63CE, 0xFF6CB2FF},
    /* OnAccent      */ {0xFFFFFFFF, 0xFF10161D, 0xFFFFFFFF, 0xFF000000, 0xFFFFFFFF, 0xFF10161D},
    /* Selection     */ {0xFFE3EEFC, 0xFF1E3450, 0xFFCFE3FF, 0xFF00305E, 0xFFE3EEFC, 0xFF1E3450},
    /* Hover         */ {0xFFEFF2F6, 0xFF262E38, 0xFFE6E6E6, 0xFF262626, 0xFFEFF2F6, 0xFF262E38},
    /* Ok            */ {0xFF1A7F45, 0xFF57C98A, 0xFF005F2B, 0xFF7CFFB2, 0xFF0A6A8F, 0xFF7CCBEA},
    /* Warn          */ {0xFF9A5B00, 0xFFF0B04A, 0xFF6B3E00, 0xFFFFD27A, 0xFF8A6100, 0xFFF0D060},
    /* Bad           */ {0xFFC22530, 0xFFFF7B82, 0xFF9B0010, 0xFFFF9AA0, 0xFFB04A00, 0xFFFF9A4D},
    /* Progress      */ {0xFF0B63CE, 0xFF6CB2FF, 0xFF003E9C, 0xFF8CC8FF, 0xFF3B4FC4, 0xFFA3B4FF},
    /* Suspended     */ {0xFF6B4FB3, 0xFFB9A3F2, 0xFF46298F, 0xFFD6C6FF, 0xFF8A3D7C, 0xFFE2A3D8},
    /* Unknown       */ {0xFF5B6573, 0xFFA3AFBC, 0xFF333333, 0xFFD9D9D9, 0xFF5B6573, 0xFFA3AFBC},
    /* OkTint        */ {0xFFE2F4E8, 0xFF16301F, 0xFFFFFFFF, 0xFF000000, 0xFFE0F1F7, 0xFF122E3A},
    /* WarnTint      */ {0xFFFBEFDC, 0xFF3A2C14, 0xFFFFFFFF, 0xFF000000, 0xFFF8F0D8, 0xFF332C12},
    /* BadTint       */ {0xFFFBE6E7, 0xFF3A1C20, 0xFFFFFFFF, 0xFF000000, 0xFFFBE9DC, 0xFF3B2412},
    /* ProgressTint  */ {0xFFE3EEFC, 0xFF1E3450, 0xFFFFFFFF, 0xFF000000, 0xFFE6E9FB, 0xFF23294A},
    /* SuspendedTint */ {0xFFEEE9F9, 0xFF2C2544, 0xFFFFFFFF, 0xFF000000, 0xFFF6E8F3, 0xFF3B2338},
    /* UnknownTint   */ {0xFFECEFF3, 0xFF2A323C, 0xFFFFFFFF, 0xFF000000, 0xFFECEFF3, 0xFF2A323C},
    /* DiffAddLine   */ {0xFFE2F4E8, 0xFF16301F, 0xFFE0FFE9, 0xFF00290F, 0xFFE0F1F7, 0xFF122E3A},
    /* DiffAddWord   */ {0xFFA9DEBB, 0xFF23603A, 0xFF8AF0AE, 0xFF00662B, 0xFFA3D5E8, 0xFF1F5F7C},
    /* DiffDelLine   */ {0xFFFBE6E7, 0xFF3A1C20, 0xFFFFE3E5, 0xFF330005, 0xFFFBE9DC, 0xFF3B2412},
    /* DiffDelWord   */ {0xFFF2B3B7, 0xFF7A2E36, 0xFFFFA8AE, 0xFF800010, 0xFFF3C39B, 0xFF7C4517},
    /* SeriesStable  */ {0xFF1A7F45, 0xFF57C98A, 0xFF005F2B, 0xFF7CFFB2, 0xFF0072B2, 0xFF56B4E9},
    /* SeriesCanary  */ {0xFFD55E00, 0xFFD55E00, 0xFFA84300, 0xFFFF9A4D, 0xFFD55E00, 0xFFE88A3C},
    /* SeriesBaseline*/ {0xFF0072B2, 0xFF56B4E9, 0xFF004C80, 0xFF8CD2FF, 0xFF5B6573, 0xFFA3AFBC},
    /* Series4       */ {0xFFCC79A7, 0xFFCC79A7, 0xFF8C2F66, 0xFFF2A8D0, 0xFFCC79A7, 0xFFCC79A7},
    /* Series5       */ {0xFFE69F00, 0xFFE69F00, 0xFF805800, 0xFFFFC34D, 0xFFE69F00, 0xFFE69F00},
    /* Series6       */ {0xFF009E73, 0xFF009E73, 0xFF005C43, 0xFF4DE6BC, 0xFF009E73, 0xFF009E73},
    /* SyntaxKey     */ {0xFF0B63CE, 0xFF6CB2FF, 0xFF003E9C, 0xFF8CC8FF, 0xFF0B63CE, 0xFF6CB2FF},
    /* SyntaxString  */ {0xFF1A7F45, 0xFF57C98A, 0xFF005F2B, 0xFF7CFFB2, 0xFF0A6A8F, 0xFF7CCBEA},
    /* SyntaxNumber  */ {0xFF6B4FB3, 0xFFB9A3F2, 0xFF46298F, 0xFFD6C6FF, 0xFF8A3D7C, 0xFFE2A3D8},
    /* SyntaxComment */ {0xFF55626F, 0xFF9AA7B4, 0xFF1F1F1F, 0xFFE6E6E6, 0xFF55626F, 0xFF9AA7B4},
    /* Shadow        */ {0x1F17202B, 0x66000000, 0x00000000, 0x00000000, 0x1F17202B, 0x66000000},
}};

Scheme schemeFor(Theme::Mode mode, bool desktopDark)
{
    switch (mode) {
    case Theme::Mode::Auto:
        return desktopDark ? Scheme::Dark : Scheme::Light;
    case Theme::Mode::Light:
        return Scheme::Light;
    case Theme::Mode::Dark:
        return Scheme::Dark;
    case Theme::Mode::HighContrastLight:
        return Scheme::HighContrastLight;
    case Theme::Mode::HighContrastDark:
        return Scheme::HighContrastDark;
    case Theme::Mode::ColourBlindLight:
        return Scheme::ColourBlindLight;
    case Theme::Mode::ColourBlindDark:
        return Scheme::ColourBlindDark;
    }
    return Scheme::Light;
}

std::array<std::map<Token, QColor>, kSchemes>& ownColors()
{
    static std::array<std::map<Token, QColor>, kSchemes> colors;
    return colors;
}

} // namespace

void setTokenColors(Scheme scheme, std::map<Token, QColor> colors)
{
    auto& own = ownColors().at(static_cast<std::size_t>(scheme));
    if (own == colors)
        return;
    own = std::move(colors);
    auto& theme = Theme::instance();
    if (theme.scheme() == scheme)
        theme.setMode(theme.mode()); // palettes are made anew and everybody is told
}

QColor tokenColor(Scheme scheme, Token token)
{
    if (const auto& own = ownColors().at(static_cast<std::size_t>(scheme)); !own.empty())
        if (const auto found = own.find(token); found != own.end())
            return found->second;
    return QColor::fromRgba(kTable.at(static_cast<std::size_t>(token)).at(static_cast<std::size_t>(scheme)));
}

Theme& Theme::instance()
{
    static Theme theme;
    return theme;
}

bool Theme::isDark() const
{
    return m_scheme == Scheme::Dark || m_scheme == Scheme::HighContrastDark || m_scheme == Scheme::ColourBlindDark;
}

void Theme::setMode(Mode mode)
{
    m_mode = mode;
    apply();
}

void Theme::setDesktopDark(bool dark)
{
    m_desktopDark = dark;
    if (m_mode == Mode::Auto)
        apply();
}

void Theme::setReducedMotion(bool reduced)
{
    m_reducedMotion = reduced;
    emit changed();
}

void Theme::setCompact(bool compact)
{
    m_compact = compact;
    emit changed();
}

int Theme::rowHeight() const
{
    const int needed = QFontMetrics(QApplication::font()).height() + (m_compact ? 4 : 8);
    return std::max(m_compact ? 22 : 26, needed);
}

QPalette Theme::palette() const
{
    QPalette palette;
    const auto set = [&](QPalette::ColorRole role, Token token) { palette.setColor(role, color(token)); };
    set(QPalette::Window, Token::Bg);
    set(QPalette::WindowText, Token::Text);
    set(QPalette::Base, Token::Surface);
    set(QPalette::AlternateBase, Token::Bg);
    set(QPalette::Text, Token::Text);
    set(QPalette::Button, Token::Raised);
    set(QPalette::ButtonText, Token::Text);
    set(QPalette::BrightText, Token::Bad);
    set(QPalette::Highlight, Token::Selection);
    set(QPalette::HighlightedText, Token::Text);
    set(QPalette::Link, Token::Accent);
    set(QPalette::LinkVisited, Token::Accent);
    set(QPalette::ToolTipBase, Token::Raised);
    set(QPalette::ToolTipText, Token::Text);
    set(QPalette::PlaceholderText, Token::Muted);
    set(QPalette::Light, Token::Raised);
    set(QPalette::Midlight, Token::Hover);
    set(QPalette::Mid, Token::Line);
    set(QPalette::Dark, Token::Line);
    set(QPalette::Shadow, Token::Line);
    QColor off = color(Token::Muted);
    off.setAlphaF(0.6F);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
        palette.setColor(QPalette::Disabled, role, off);
    return palette;
}

void Theme::apply()
{
    m_scheme = schemeFor(m_mode, m_desktopDark);
    if (qApp != nullptr)
        QApplication::setPalette(palette());
    emit changed();
}

QColor color(Token token)
{
    return Theme::instance().color(token);
}

QFont monoFont()
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    const QFont base = QApplication::font();
    if (base.pixelSize() > 0)
        font.setPixelSize(std::max(8, base.pixelSize() - 1));
    else
        font.setPointSizeF(base.pointSizeF() * 0.93);
    font.setStyleHint(QFont::Monospace);
    return font;
}

QFont uiFont(qreal scale, bool bold)
{
    QFont font = QApplication::font();
    if (font.pixelSize() > 0)
        font.setPixelSize(std::max(8, qRound(font.pixelSize() * scale)));
    else
        font.setPointSizeF(font.pointSizeF() * scale);
    if (bold)
        font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace ui
