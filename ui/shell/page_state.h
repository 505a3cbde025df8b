// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>

namespace ui {

class Page;

/// What the user set on a page: filters, chips, the view that is chosen. Widgets are told by their object names, so a
/// page needs no code for it; what has no name is not kept.
[[nodiscard]] QByteArray pageState(const Page& page);
/// Sets it again, as if the user did. Bytes that are no state change nothing.
void setPageState(Page& page, const QByteArray& state);

} // namespace ui
