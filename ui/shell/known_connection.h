// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/glyphs.h"
#include "ui/shell/environment.h"

#include <QString>
#include <QStringList>

namespace ui {

/// A connection as it stands in the list of a window: open beside it, or to be opened.
struct KnownConnection
{
    QStringList arguments; ///< of the program, that name it; none: the embedded cluster
    QString name;
    QString detail; ///< its server, or why it cannot be used
    Environment environment = Environment::Other;
    bool open = false;
    bool current = false;
    Glyph worst = Glyph::None; ///< of its applications, where it is open
    int applications = 0;
    friend bool operator==(const KnownConnection&, const KnownConnection&) = default;
};

} // namespace ui
