// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Precompiled for ui: system headers only.
#include <QtWidgets>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <tl/expected.hpp>

#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>
