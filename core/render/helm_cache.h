// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace core::render::helm {

/// What was made of a text, by that text: a render after a small change parses only what changed. Thread-safe;
/// forgets everything when it has grown too large.
template<class T>
class TextCache
{
public:
    explicit TextCache(std::size_t maxBytes)
        : m_maxBytes(maxBytes)
    {
    }
    [[nodiscard]] std::optional<T> find(std::string_view text)
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_values.find(text);
        return found == m_values.end() ? std::nullopt : std::optional<T>(found->second);
    }
    void add(std::string_view text, const T& value)
    {
        const std::lock_guard lock(m_mutex);
        if ((m_bytes += text.size()) > m_maxBytes) {
            m_values.clear();
            m_bytes = text.size();
        }
        m_values.insert_or_assign(std::string(text), value);
    }

private:
    struct Hash
    {
        using is_transparent = void;
        // Of large texts a part: equal ones are compared anyway, and others seldom differ in the middle alone.
        std::size_t operator()(std::string_view text) const
        {
            constexpr std::size_t kPart = 256;
            const auto start = std::hash<std::string_view> {}(text.substr(0, kPart));
            const auto end =
                text.size() <= kPart ? 0 : std::hash<std::string_view> {}(text.substr(text.size() - kPart));
            return start ^ (end << 1U) ^ text.size();
        }
    };
    std::mutex m_mutex;
    std::unordered_map<std::string, T, Hash, std::equal_to<>> m_values;
    std::size_t m_maxBytes, m_bytes = 0;
};

} // namespace core::render::helm
