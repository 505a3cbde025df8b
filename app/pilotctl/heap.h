// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace pilotctl {

/// Asks the system for memory in large pages, before there is much on the heap: a render of a large chart writes to
/// thousands of small pages, and the first write to each costs more than the work that is done there.
void prepareHeap();

} // namespace pilotctl
