// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/helm_chart.h"
#include "core/render/helm_manifests.h"
#include "core/render/parallel.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace core::render::helm {

/// What the second thread does for a chart while the first one works out values and executes templates: it reads and
/// parses templates, then the documents that were printed. All of it can be done without: who needs something does it
/// where that has not happened yet.
class Ahead
{
public:
    Ahead() = default;
    ~Ahead() { end(); }
    Ahead(const Ahead&) = delete;
    Ahead& operator=(const Ahead&) = delete;

    /// Begins with the templates of a chart, if there is enough to do.
    void begin(const Chart& chart, const std::stop_token& stop);
    /// Which templates are needed is known now.
    void endParsing() { m_isParsed = true; }
    /// What was printed, and its size.
    void read(PrintedDocuments* printed, std::size_t bytes);
    /// Waits for what the second thread has begun.
    void end();

private:
    void begin();
    void collect(const Chart& chart);
    void serve();

    Beside m_beside;
    std::stop_token m_stop;
    std::vector<std::pair<std::string, std::shared_ptr<TemplateSource>>> m_sources;
    std::atomic<bool> m_isParsed {false};
    bool m_isAllowed = false, m_hasBegun = false;

    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::vector<PrintedDocuments*> m_printed; ///< that wait
    bool m_isOver = false;
};

} // namespace core::render::helm
