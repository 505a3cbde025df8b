// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Request bodies in Kubernetes' protobuf: what is read is JSON that reads back as the same. The first byte chooses a
// kind, so that the bytes after it reach the decoder of its fields.
#include "core/embedded/api_server_p.h"

#include <array>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace core;
    if (size < 2)
        return 0;
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kinds {{{"v1", "Pod"},
                                                                                          {"apps/v1", "Deployment"},
                                                                                          {"v1", "Secret"},
                                                                                          {"batch/v1", "CronJob"},
                                                                                          {"v1", "Event"},
                                                                                          {"v1", "Service"},
                                                                                          {"apps/v1", "StatefulSet"},
                                                                                          {"policy/v1", "Eviction"}}};
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto field = [](char tag, std::string_view bytes) {
        std::string out(1, tag);
        for (auto length = bytes.size();; length >>= 7U) {
            out += static_cast<char>((length & 0x7fU) | (length > 0x7fU ? 0x80U : 0U));
            if (length <= 0x7fU)
                break;
        }
        return out + std::string(bytes);
    };
    std::string body("k8s\0", 4);
    if (data[0] < 0x80) {
        const auto& [version, kind] = kinds[data[0] % kinds.size()];
        body += field(0x0a, field(0x0a, version) + field(0x12, kind)) + field(0x12, rest);
    } else {
        body += rest;
    }
    const auto decoded = embedded::decodeProtobuf(body);
    if (!decoded)
        return 0;
    const auto again = manifest::parseJson(manifest::toJson(*decoded));
    if (!again || !manifest::equal(*again, *decoded))
        std::abort();
    return 0;
}
