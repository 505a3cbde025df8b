// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/preferences.h"

#include "core/base/paths.h"

#include <QSettings>

namespace ui {

std::unique_ptr<QSettings> preferences()
{
    const auto path = core::paths::config() / "pilothouse.ini";
    return std::make_unique<QSettings>(QString::fromStdString(path.string()), QSettings::IniFormat);
}

} // namespace ui
