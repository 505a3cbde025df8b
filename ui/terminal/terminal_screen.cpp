// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal/terminal_screen.h"

#include <QKeyEvent>

#include <vterm.h>

#include <algorithm>
#include <array>

namespace ui {

namespace {

constexpr std::size_t kMostHistory = 10'000;

VTermModifier modifiersOf(Qt::KeyboardModifiers modifiers)
{
    int out = VTERM_MOD_NONE;
    if (modifiers.testFlag(Qt::ShiftModifier))
        out |= VTERM_MOD_SHIFT;
    if (modifiers.testFlag(Qt::AltModifier))
        out |= VTERM_MOD_ALT;
    if (modifiers.testFlag(Qt::ControlModifier))
        out |= VTERM_MOD_CTRL;
    return static_cast<VTermModifier>(out);
}

VTermKey keyOf(int key)
{
    switch (key) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        return VTERM_KEY_ENTER;
    case Qt::Key_Tab:
    case Qt::Key_Backtab:
        return VTERM_KEY_TAB;
    case Qt::Key_Backspace:
        return VTERM_KEY_BACKSPACE;
    case Qt::Key_Escape:
        return VTERM_KEY_ESCAPE;
    case Qt::Key_Up:
        return VTERM_KEY_UP;
    case Qt::Key_Down:
        return VTERM_KEY_DOWN;
    case Qt::Key_Left:
        return VTERM_KEY_LEFT;
    case Qt::Key_Right:
        return VTERM_KEY_RIGHT;
    case Qt::Key_Insert:
        return VTERM_KEY_INS;
    case Qt::Key_Delete:
        return VTERM_KEY_DEL;
    case Qt::Key_Home:
        return VTERM_KEY_HOME;
    case Qt::Key_End:
        return VTERM_KEY_END;
    case Qt::Key_PageUp:
        return VTERM_KEY_PAGEUP;
    case Qt::Key_PageDown:
        return VTERM_KEY_PAGEDOWN;
    default:
        break;
    }
    if (key >= Qt::Key_F1 && key <= Qt::Key_F12)
        return static_cast<VTermKey>(VTERM_KEY_FUNCTION_0 + 1 + (key - Qt::Key_F1));
    return VTERM_KEY_NONE;
}

} // namespace

/// The callbacks that libvterm calls while it is fed; it belongs to one screen.
struct TerminalScreen::Machine
{
    TerminalScreen& screen;
    VTerm* vt;
    VTermScreen* cells;

    Machine(TerminalScreen& owner, int columns, int rows)
        : screen(owner)
        , vt(vterm_new(rows, columns))
        , cells(vterm_obtain_screen(vt))
    {
        static const VTermScreenCallbacks kCallbacks = callbacks();
        vterm_set_utf8(vt, 1);
        vterm_output_set_callback(
            vt,
            [](const char* bytes, std::size_t size, void* user) {
                emit self(user).output(QByteArray(bytes, static_cast<qsizetype>(size)));
            },
            this);
        vterm_screen_set_callbacks(cells, &kCallbacks, this);
        vterm_screen_enable_altscreen(cells, 1);
        vterm_screen_set_damage_merge(cells, VTERM_DAMAGE_SCREEN);
        vterm_screen_reset(cells, 1);
    }
    ~Machine() { vterm_free(vt); }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    static TerminalScreen& self(void* user) { return static_cast<Machine*>(user)->screen; }

    static VTermScreenCallbacks callbacks()
    {
        VTermScreenCallbacks out {};
        out.damage = [](VTermRect, void* user) {
            self(user).m_dirty = true;
            return 1;
        };
        out.movecursor = [](VTermPos at, VTermPos, int visible, void* user) {
            self(user).m_cursor = {at.col, at.row};
            self(user).m_cursorVisible = visible != 0;
            self(user).m_dirty = true;
            return 1;
        };
        out.settermprop = [](VTermProp property, VTermValue* value, void* user) {
            self(user).m_dirty = true;
            switch (property) {
            case VTERM_PROP_CURSORVISIBLE:
                self(user).m_cursorVisible = value->boolean != 0;
                return 1;
            case VTERM_PROP_MOUSE:
                self(user).m_mouse = value->number;
                return 1;
            case VTERM_PROP_TITLE:
                self(user).m_title = QByteArray(value->string).left(200);
                emit self(user).titleChanged(QString::fromUtf8(self(user).m_title));
                return 1;
            case VTERM_PROP_ALTSCREEN:
            case VTERM_PROP_CURSORBLINK:
            case VTERM_PROP_CURSORSHAPE:
            case VTERM_PROP_REVERSE:
                return 1;
            default:
                return 0;
            }
        };
        out.bell = [](void* user) {
            emit self(user).bell();
            return 1;
        };
        out.sb_pushline = [](int columns, const VTermScreenCell* line, void* user) {
            auto& screen = self(user);
            TerminalLine kept;
            kept.reserve(static_cast<std::size_t>(columns));
            for (int column = 0; column < columns; ++column)
                kept.push_back(screen.m_machine->convert(line[column]));
            while (!kept.empty() && kept.back().text.isEmpty() && !kept.back().ground)
                kept.pop_back();
            screen.m_history.push_back(std::move(kept));
            if (screen.m_history.size() > kMostHistory)
                screen.m_history.pop_front();
            return 1;
        };
        return out; // lines that have scrolled away stay away when the window grows
    }

    [[nodiscard]] std::optional<QColor> colour(VTermColor colour, bool own) const
    {
        if (own)
            return std::nullopt;
        vterm_screen_convert_color_to_rgb(cells, &colour);
        return QColor(colour.rgb.red, colour.rgb.green, colour.rgb.blue);
    }

    [[nodiscard]] TerminalCell convert(const VTermScreenCell& from) const
    {
        TerminalCell out;
        for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && from.chars[i] != 0 && from.chars[i] <= 0x10FFFF; ++i)
            out.text += QString::fromUcs4(reinterpret_cast<const char32_t*>(&from.chars[i]), 1);
        out.width = std::max(1, static_cast<int>(from.width));
        out.bold = from.attrs.bold != 0;
        out.italic = from.attrs.italic != 0;
        out.underline = from.attrs.underline != 0;
        out.strike = from.attrs.strike != 0;
        out.reverse = from.attrs.reverse != 0;
        out.ink = colour(from.fg, VTERM_COLOR_IS_DEFAULT_FG(&from.fg));
        out.ground = colour(from.bg, VTERM_COLOR_IS_DEFAULT_BG(&from.bg));
        return out;
    }
};

TerminalScreen::TerminalScreen(int columns, int rows, QObject* parent)
    : QObject(parent)
    , m_columns(std::clamp(columns, 2, 1'000))
    , m_rows(std::clamp(rows, 2, 1'000))
{
    m_machine = std::make_unique<Machine>(*this, m_columns, m_rows);
}

TerminalScreen::~TerminalScreen() = default;

void TerminalScreen::feed(const QByteArray& bytes)
{
    vterm_input_write(m_machine->vt, bytes.constData(), static_cast<std::size_t>(bytes.size()));
    vterm_screen_flush_damage(m_machine->cells);
    if (std::exchange(m_dirty, false))
        emit changed();
}

void TerminalScreen::resize(int columns, int rows)
{
    columns = std::clamp(columns, 2, 1'000);
    rows = std::clamp(rows, 2, 1'000);
    if (columns == m_columns && rows == m_rows)
        return;
    m_columns = columns;
    m_rows = rows;
    vterm_set_size(m_machine->vt, rows, columns);
    m_cursor = {std::min(m_cursor.x(), columns - 1), std::min(m_cursor.y(), rows - 1)};
    emit changed();
}

TerminalCell TerminalScreen::cellAt(int column, int row) const
{
    VTermScreenCell cell {};
    if (vterm_screen_get_cell(m_machine->cells, {row, column}, &cell) == 0)
        return {};
    return m_machine->convert(cell);
}

TerminalLine TerminalScreen::line(int row) const
{
    if (row < 0) {
        const auto at = static_cast<std::ptrdiff_t>(m_history.size()) + row;
        return at >= 0 ? m_history[static_cast<std::size_t>(at)] : TerminalLine {};
    }
    TerminalLine out;
    if (row >= m_rows)
        return out;
    for (int column = 0; column < m_columns;) {
        out.push_back(cellAt(column, row));
        const int width = out.back().width;
        for (int covered = 1; covered < width; ++covered)
            out.push_back({QString(), 0, {}, {}, false, false, false, false, false});
        column += width;
    }
    return out;
}

QString TerminalScreen::text(int row) const
{
    QString out;
    for (const TerminalCell& cell : line(row))
        if (cell.width > 0)
            out += cell.text.isEmpty() ? QStringLiteral(" ") : cell.text;
    while (out.endsWith(u' '))
        out.chop(1);
    return out;
}

bool TerminalScreen::key(const QKeyEvent& event)
{
    auto modifiers = modifiersOf(event.modifiers());
    if (const VTermKey key = keyOf(event.key()); key != VTERM_KEY_NONE) {
        vterm_keyboard_key(m_machine->vt, key, modifiers);
        return true;
    }
    // Ctrl with a letter comes as a control character, or as no text at all: the key tells the letter.
    if (event.modifiers().testFlag(Qt::ControlModifier) && event.key() >= Qt::Key_At
        && event.key() <= Qt::Key_Underscore) {
        modifiers = static_cast<VTermModifier>(modifiers & ~VTERM_MOD_SHIFT);
        vterm_keyboard_unichar(m_machine->vt, static_cast<std::uint32_t>(QChar(event.key()).toLower().unicode()),
                               modifiers);
        return true;
    }
    if (event.modifiers().testFlag(Qt::ControlModifier) && event.key() == Qt::Key_Space) {
        vterm_keyboard_unichar(m_machine->vt, ' ', modifiers);
        return true;
    }
    if (event.text().isEmpty())
        return false;
    // The character has its Shift in it.
    modifiers = static_cast<VTermModifier>(modifiers & VTERM_MOD_ALT);
    for (const char32_t c : event.text().toUcs4())
        vterm_keyboard_unichar(m_machine->vt, c, modifiers);
    return true;
}

void TerminalScreen::paste(const QString& text)
{
    vterm_keyboard_start_paste(m_machine->vt);
    // What would end the paste early is left out; a line ends as Return does.
    QString safe = text;
    safe.remove(QChar(0x1B));
    safe.replace(QStringLiteral("\r\n"), QStringLiteral("\r")).replace(u'\n', u'\r');
    emit output(safe.toUtf8());
    vterm_keyboard_end_paste(m_machine->vt);
}

void TerminalScreen::mouse(const QPoint& place, Qt::MouseButton button, bool pressed, Qt::KeyboardModifiers modifiers)
{
    const int number = button == Qt::LeftButton ? 1
        : button == Qt::MiddleButton            ? 2
        : button == Qt::RightButton             ? 3
                                                : 0;
    if (number == 0 || m_mouse == 0)
        return;
    vterm_mouse_move(m_machine->vt, place.y(), place.x(), modifiersOf(modifiers));
    vterm_mouse_button(m_machine->vt, number, pressed, modifiersOf(modifiers));
}

void TerminalScreen::mouseMoved(const QPoint& place, Qt::KeyboardModifiers modifiers)
{
    if (m_mouse != 0)
        vterm_mouse_move(m_machine->vt, place.y(), place.x(), modifiersOf(modifiers));
}

} // namespace ui
