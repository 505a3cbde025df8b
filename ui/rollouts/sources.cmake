# SPDX-FileCopyrightText: 2026 The Pilothouse authors
# SPDX-License-Identifier: GPL-3.0-or-later
list(APPEND ui_sources rollouts/chart_accessible.cpp rollouts/chart_data.cpp rollouts/chart_stack.cpp rollouts/chart_stack_paint.cpp rollouts/step_track.cpp
    rollouts/rollout_charts.cpp rollouts/rollout_commands.cpp rollouts/canary_panel.cpp rollouts/canary_page.cpp
    rollouts/measurements_view.cpp rollouts/pod_strip.cpp rollouts/preview_view.cpp
    rollouts/rollouts_model.cpp rollouts/rollouts_page.cpp)
