// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_templates.h"

#include <list>
#include <mutex>
#include <unordered_map>

namespace core::render::helm {

namespace {

constexpr std::size_t kCacheBytes = std::size_t {64} << 20;
constexpr std::size_t kMaxBytes = std::size_t {256} << 20; // of a chart's files

/// Parsed templates by name and text, least recently used ones leave first.
class TemplateCache
{
public:
    /// `text` is moved from where it is parsed without an error.
    Result<gotemplate::ParsedTextPtr> get(const std::string& name, std::string& text)
    {
        const auto key = std::hash<std::string>()(name) ^ text.size();
        {
            const std::lock_guard lock(m_mutex);
            const auto [begin, end] = m_index.equal_range(key);
            for (auto found = begin; found != end; ++found) {
                if (!gotemplate::isParsedFrom(*found->second->second, name, text))
                    continue;
                m_order.splice(m_order.begin(), m_order, found->second);
                return found->second->second;
            }
        }
        PH_TRY(auto parsed, gotemplate::parseText(name, std::move(text), templateOptions()));
        const std::lock_guard lock(m_mutex);
        m_order.emplace_front(key, parsed);
        m_index.emplace(key, m_order.begin());
        m_bytes += gotemplate::memoryBytes(*parsed);
        while (m_bytes > kCacheBytes && m_order.size() > 1)
            drop();
        return parsed;
    }

private:
    using Entries = std::list<std::pair<std::size_t, gotemplate::ParsedTextPtr>>;

    void drop()
    {
        const auto last = std::prev(m_order.end());
        m_bytes -= gotemplate::memoryBytes(*last->second);
        auto [entry, end] = m_index.equal_range(last->first);
        while (entry != end && entry->second != last)
            ++entry;
        m_index.erase(entry);
        m_order.erase(last);
    }

    std::mutex m_mutex;
    Entries m_order;
    std::unordered_multimap<std::size_t, Entries::iterator> m_index; ///< by hash of the name and size of the text
    std::size_t m_bytes = 0;
};

TemplateCache& templateCache()
{
    static TemplateCache cache;
    return cache;
}

void dropMark(std::string& text)
{
    if (text.starts_with("\xEF\xBB\xBF"))
        text.erase(0, 3);
}

} // namespace

const gotemplate::Options& templateOptions()
{
    static const auto options = [] {
        gotemplate::Options made;
        made.functions = gotemplate::FunctionMap::helm();
        made.missingKey = gotemplate::MissingKey::Zero;
        return made;
    }();
    return options;
}

TemplateReader::TemplateReader(git::TreePtr tree)
    : m_tree(std::move(tree))
{
}

Result<std::string> TemplateReader::read(const std::string& path)
{
    PH_TRY(auto text, m_tree->readFollowing(path));
    if (m_bytes.fetch_add(text.size()) + text.size() > kMaxBytes)
        return fail(Error::Code::LimitExceeded, "the chart's files are too large", path);
    return text;
}

TemplateSource::TemplateSource(std::string text)
    : m_text(std::move(text))
{
}

TemplateSource::TemplateSource(std::string path, std::shared_ptr<TemplateReader> reader)
    : m_path(std::move(path))
    , m_reader(std::move(reader))
{
}

void TemplateSource::work(const std::string& name)
{
    m_name = name;
    if (m_reader != nullptr) {
        auto text = m_reader->read(m_path);
        m_isUnread = !text;
        if (!text) {
            m_error = std::move(text).error();
            return;
        }
        m_text = std::move(*text);
    }
    dropMark(m_text);
    auto parsed = templateCache().get(name, m_text);
    if (parsed)
        m_parsed = std::move(*parsed);
    else
        m_error = std::move(parsed).error();
}

bool TemplateSource::prepare(const std::string& name)
{
    auto state = State::Fresh;
    if (!m_state.compare_exchange_strong(state, State::Busy))
        return state == State::Done;
    work(name);
    m_state = State::Done;
    m_state.notify_all();
    return true;
}

Result<gotemplate::ParsedTextPtr> TemplateSource::parsed(const std::string& name)
{
    if (!prepare(name))
        m_state.wait(State::Busy);
    if (m_isUnread || name == m_name)
        return m_error ? Result<gotemplate::ParsedTextPtr>(tl::unexpected<Error>(*m_error)) : m_parsed;
    auto text = m_parsed ? gotemplate::textOf(*m_parsed) : m_text; // a chart under two names
    return templateCache().get(name, text);
}

} // namespace core::render::helm
