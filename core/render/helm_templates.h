// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/git/tree.h"
#include "core/gotemplate/template.h"

#include <atomic>
#include <memory>
#include <optional>
#include <string>

namespace core::render::helm {

/// What all templates of charts are parsed with.
[[nodiscard]] const gotemplate::Options& templateOptions();

/// Reads templates of one chart, and of the charts in it, within bounds. Thread-safe.
class TemplateReader
{
public:
    explicit TemplateReader(git::TreePtr tree);
    [[nodiscard]] Result<std::string> read(const std::string& path);

private:
    git::TreePtr m_tree;
    std::atomic<std::size_t> m_bytes {0};
};

/// The text of a template, which is read and parsed once, by whichever thread is first to do so.
class TemplateSource
{
public:
    explicit TemplateSource(std::string text);
    TemplateSource(std::string path, std::shared_ptr<TemplateReader> reader);

    /// Does the work under a name that the template will probably have, unless somebody has begun it. True where it is
    /// done.
    bool prepare(const std::string& name);
    /// The parsed text of that name; waits for a thread that works on it. A text that is not readable fails with
    /// isUnread.
    [[nodiscard]] Result<gotemplate::ParsedTextPtr> parsed(const std::string& name);
    /// Whether the file could not be read; after one of the above.
    [[nodiscard]] bool isUnread() const { return m_isUnread; }

private:
    enum class State : std::uint8_t { Fresh, Busy, Done };
    void work(const std::string& name);

    std::atomic<State> m_state {State::Fresh};
    std::string m_path;
    std::shared_ptr<TemplateReader> m_reader; ///< null where the text is here
    std::string m_text; ///< empty once it is parsed without an error
    std::string m_name; ///< it was parsed under
    gotemplate::ParsedTextPtr m_parsed;
    std::optional<Error> m_error;
    bool m_isUnread = false;
};

struct TemplateFile
{
    std::string name; ///< relative to the chart
    std::shared_ptr<TemplateSource> source;
};

} // namespace core::render::helm
