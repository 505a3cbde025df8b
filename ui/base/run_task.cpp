// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/run_task.h"

#include <algorithm>

namespace ui {

QThreadPool& workers()
{
    // Never destroyed: what still runs when the program ends must not be waited for after Qt has gone.
    static auto* pool = [] {
        constexpr int kLeast = 4; // they wait for servers more than they compute
        auto* made = new QThreadPool;
        made->setMaxThreadCount(std::max(kLeast, 2 * QThread::idealThreadCount()));
        return made;
    }();
    return *pool;
}

} // namespace ui
