// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPalette>

namespace ui {

/// Every colour of the program has a name here; no view writes another one.
enum class Token {
    Bg, ///< window, canvas
    Surface, ///< panes, tables
    Raised, ///< cards, buttons
    Line, ///< borders, grid
    Text,
    Muted, ///< text of second rank
    Accent, ///< primary action, links, focus
    OnAccent, ///< text on Accent
    Selection, ///< background of what is selected
    Hover,
    Ok,
    Warn,
    Bad,
    Progress,
    Suspended,
    Unknown,
    OkTint, ///< backgrounds of chips and badges in the state's colour
    WarnTint,
    BadTint,
    ProgressTint,
    SuspendedTint,
    UnknownTint,
    DiffAddLine,
    DiffAddWord,
    DiffDelLine,
    DiffDelWord,
    SeriesStable,
    SeriesCanary,
    SeriesBaseline,
    Series4, ///< further series: Okabe and Ito's palette
    Series5,
    Series6,
    SyntaxKey,
    SyntaxString,
    SyntaxNumber,
    SyntaxComment,
    Shadow,
    Count
};

/// The columns of the table of tokens.
enum class Scheme { Light, Dark, HighContrastLight, HighContrastDark, ColourBlindLight, ColourBlindDark, Count };

[[nodiscard]] QColor tokenColor(Scheme scheme, Token token);

/// The one appearance of the program. GUI thread only.
class Theme : public QObject
{
    Q_OBJECT

public:
    /// Auto follows the desktop's light or dark setting while running.
    enum class Mode { Auto, Light, Dark, HighContrastLight, HighContrastDark, ColourBlindLight, ColourBlindDark };
    Q_ENUM(Mode)

    static Theme& instance();

    [[nodiscard]] Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    [[nodiscard]] Scheme scheme() const { return m_scheme; }
    [[nodiscard]] bool isDark() const;
    [[nodiscard]] QColor color(Token token) const { return tokenColor(m_scheme, token); }
    [[nodiscard]] QPalette palette() const;
    /// Told by the shell when the desktop changes (and by tests).
    void setDesktopDark(bool dark);
    /// No movement where the user asked for less of it.
    [[nodiscard]] bool reducedMotion() const { return m_reducedMotion; }
    void setReducedMotion(bool reduced);
    /// Height of a row in lists: 26 comfortable, 22 compact, more where the font is larger.
    [[nodiscard]] int rowHeight() const;
    void setCompact(bool compact);
    [[nodiscard]] bool compact() const { return m_compact; }

signals:
    /// Palettes are already applied to the application; painters need only update().
    void changed();

private:
    Theme() = default;
    void apply();

    Mode m_mode = Mode::Auto;
    Scheme m_scheme = Scheme::Light;
    bool m_desktopDark = false;
    bool m_reducedMotion = false;
    bool m_compact = false;
};

/// Short for Theme::instance().color(token).
[[nodiscard]] QColor color(Token token);
/// The desktop's monospaced font at the interface's size: for code, names, hashes and times.
[[nodiscard]] QFont monoFont();
/// The interface font scaled: 1.0 body, 0.9 captions, 1.15 titles.
[[nodiscard]] QFont uiFont(qreal scale = 1.0, bool bold = false);

} // namespace ui
