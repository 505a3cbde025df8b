// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pilotctl/output.h"

#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <cstdio>

namespace pilotctl {

namespace {

std::size_t width(const std::string& cell)
{
    std::size_t out = 0;
    for (const char c : cell)
        out += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    return out;
}

void indented(const core::manifest::Value& value, std::string& out, int depth)
{
    const std::string pad(static_cast<std::size_t>(depth) * 2 + 2, ' ');
    const std::string end(static_cast<std::size_t>(depth) * 2, ' ');
    if (const auto* object = value.if_object(); object != nullptr && !object->empty()) {
        out += "{\n";
        bool first = true;
        for (const auto& member : *object) {
            out += first ? "" : ",\n";
            first = false;
            out += pad + boost::json::serialize(boost::json::string(member.key())) + ": ";
            indented(member.value(), out, depth + 1);
        }
        out += "\n" + end + "}";
    } else if (const auto* array = value.if_array(); array != nullptr && !array->empty()) {
        out += "[\n";
        bool first = true;
        for (const auto& item : *array) {
            out += first ? "" : ",\n";
            first = false;
            out += pad;
            indented(item, out, depth + 1);
        }
        out += "\n" + end + "]";
    } else {
        out += core::manifest::toJson(value);
    }
}

} // namespace

std::string table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const auto& cell : header)
        widths.push_back(width(cell));
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    std::string out;
    const auto line = [&](const std::vector<std::string>& cells) {
        std::string text;
        for (std::size_t i = 0; i < cells.size(); ++i)
            text += cells[i] + std::string(i + 1 < cells.size() ? widths[i] - width(cells[i]) + 3 : 0, ' ');
        text.erase(text.find_last_not_of(' ') + 1);
        out += text + "\n";
    };
    line(header);
    for (const auto& row : rows)
        line(row);
    return out;
}

void print(const core::manifest::Value& value, Format format)
{
    std::string out;
    if (format == Format::Yaml)
        out = core::manifest::toYamlOrdered(value);
    else
        indented(value, out, 0);
    if (!out.ends_with('\n'))
        out += '\n';
    std::fputs(out.c_str(), stdout);
}

std::string age(std::optional<core::TimePoint> since, core::TimePoint now)
{
    if (!since)
        return "-";
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - *since).count();
    if (seconds < 0)
        return "0s";
    if (seconds < 120)
        return fmt::format("{}s", seconds);
    if (seconds < 7'200)
        return fmt::format("{}m", seconds / 60);
    if (seconds < 172'800)
        return fmt::format("{}h", seconds / 3'600);
    return fmt::format("{}d", seconds / 86'400);
}

std::string shortRevision(const std::string& revision)
{
    return revision.empty() ? "-" : revision.substr(0, 7);
}

const char* text(core::engine::SyncState state)
{
    switch (state) {
    case core::engine::SyncState::Synced:
        return "Synced";
    case core::engine::SyncState::OutOfSync:
        return "OutOfSync";
    case core::engine::SyncState::Unknown:
        break;
    }
    return "Unknown";
}

const char* text(core::engine::Health health)
{
    using core::engine::Health;
    switch (health) {
    case Health::Healthy:
        return "Healthy";
    case Health::Progressing:
        return "Progressing";
    case Health::Degraded:
        return "Degraded";
    case Health::Suspended:
        return "Suspended";
    case Health::Missing:
        return "Missing";
    case Health::Unknown:
        break;
    }
    return "Unknown";
}

const char* text(core::engine::OperationPhase phase)
{
    using core::engine::OperationPhase;
    switch (phase) {
    case OperationPhase::None:
        return "-";
    case OperationPhase::Running:
        return "Running";
    case OperationPhase::Succeeded:
        return "Succeeded";
    case OperationPhase::Failed:
        return "Failed";
    case OperationPhase::Error:
        return "Error";
    case OperationPhase::Terminating:
        return "Terminating";
    }
    return "-";
}

} // namespace pilotctl
