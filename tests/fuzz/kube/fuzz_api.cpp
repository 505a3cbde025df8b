// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The embedded API server behind its HTTP server: a line with method and path, lines of headers, an empty line, the
// body; several requests of one client are parted by a line "===". Every answer has a status, and JSON where it says
// so.
#include "core/base/clock.h"
#include "core/embedded/cluster.h"
#include "core/manifest/value.h"

#include <cstdlib>

namespace {

using namespace core;

constexpr int kMaxRequests = 8;
constexpr int kRenew = 2000; ///< requests until the cluster is a new one

std::string_view takeLine(std::string_view& text)
{
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

kube::Request requestOf(std::string_view text)
{
    kube::Request request;
    auto first = takeLine(text);
    const auto blank = std::min(first.find(' '), first.size());
    request.method = std::string(first.substr(0, blank));
    request.path = "/" + std::string(first.substr(std::min(blank + 1, first.size())));
    while (!text.empty()) {
        const auto line = takeLine(text);
        if (line.empty())
            break;
        const auto colon = std::min(line.find(':'), line.size());
        request.headers.emplace_back(std::string(line.substr(0, colon)),
                                     std::string(line.substr(std::min(colon + 2, line.size()))));
    }
    request.body = std::string(text);
    return request;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static std::unique_ptr<embedded::Cluster>
        cluster; // its threads may outlive tables at the program's end: no finding
    static int left = 0;
    if (left <= 0) {
        embedded::Cluster::Options options;
        options.clock = std::make_shared<ManualClock>(TimePoint(std::chrono::seconds(1'780'000'000)));
        options.simulate = false;
        cluster = embedded::Cluster::open(options).value();
        left = kRenew;
    }
    std::string_view text(reinterpret_cast<const char*>(data), size);
    for (int i = 0; i < kMaxRequests && !text.empty(); ++i) {
        const auto end = std::min(text.find("\n===\n"), text.size());
        const auto request = requestOf(text.substr(0, end));
        text.remove_prefix(std::min(end + 5, text.size()));
        --left;
        const auto response = cluster->transport()->send(request, {});
        if (!response || response->status < 200 || response->status > 599)
            std::abort();
        if (response->header("content-type") == "application/json" && !manifest::parseJson(response->body))
            std::abort();
    }
    return 0;
}
