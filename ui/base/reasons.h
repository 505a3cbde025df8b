// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string_view>

namespace ui {

/// A reason that the engine worded ("changed live by kubectl-edit"), in the language of the window: its sentence is
/// found in a table of the engine's own sentences, the names and values in it are isolated. What another program said
/// (an admission webhook, a controller) stays as it is. Isolated, ready to be set into a sentence.
[[nodiscard]] QString reasonText(std::string_view english);

} // namespace ui
