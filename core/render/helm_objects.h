// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/helm_chart.h"

namespace core::render::helm {

/// `.Chart`
[[nodiscard]] Value chartObject(const Chart& chart);
/// `.Files`
[[nodiscard]] Value filesObject(const std::vector<AssetPtr>& files);
/// `.Capabilities`. kubeVersion "v1.33.0"; apiVersions on top of what Helm knows by itself.
[[nodiscard]] Value capabilitiesObject(const std::string& kubeVersion, const std::vector<std::string>& apiVersions);
/// "1.33" -> "v1.33.0": what --kube-version accepts.
/// "v1.29", of two numbers or more.
[[nodiscard]] Result<std::string> parseKubeVersion(const std::string& text);
[[nodiscard]] Result<> checkReleaseName(const std::string& name);

} // namespace core::render::helm
