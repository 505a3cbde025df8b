// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_origins.h"

#include "core/manifest/yaml.h"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>

namespace core::render::helm {

namespace {

constexpr int kMaxDepth = 100;

using Path = std::vector<std::string>;

const manifest::Node* child(const manifest::Node& node, const std::string& part)
{
    if (node.isMapping())
        return node.find(part);
    std::size_t index = 0;
    const auto [end, ec] = std::from_chars(part.data(), part.data() + part.size(), index);
    const bool inside = node.isSequence() && ec == std::errc {} && end == part.data() + part.size();
    return inside && index < node.children.size() ? &node.children[index] : nullptr;
}

// A scalar as a template prints it, or "" for what is none.
std::string scalarAt(const manifest::Value& object, const Path& path)
{
    const auto* value = &object;
    for (const auto& part : path) {
        value = manifest::find(*value, {part});
        if (value == nullptr)
            return {};
    }
    if (value->is_string())
        return std::string(value->get_string());
    return value->is_object() || value->is_array() || value->is_null() ? std::string() : manifest::toJson(*value);
}

class DocumentOrigins final : public FieldOrigins
{
public:
    DocumentOrigins(std::shared_ptr<const PrintedFile> file, std::size_t begin, std::size_t size)
        : m_file(std::move(file))
        , m_begin(begin)
        , m_size(size)
    {
    }

    [[nodiscard]] std::vector<Step> explain(const manifest::Value& object, const Path& path) const override
    {
        const auto document = std::string_view(m_file->text).substr(m_begin, m_size);
        auto place = path;
        auto mark = manifest::locate(document, 0, place);
        while (mark.line == 0 && !place.empty()) {
            place.pop_back();
            mark = manifest::locate(document, 0, place);
        }
        if (mark.line == 0)
            return {};
        std::size_t at = m_begin;
        for (std::size_t line = 1; line < mark.line; ++line)
            at = m_file->text.find('\n', at) + 1;
        const auto end = std::min(m_file->text.find('\n', at), m_file->text.size());
        return explainAt(std::min(at + mark.column - 1, end), end, scalarAt(object, path), path);
    }

private:
    // What stands from `at` to the end of its line.
    [[nodiscard]] std::vector<Step> explainAt(std::size_t at, std::size_t end, const std::string& printed,
                                              const Path& path) const
    {
        const auto& trace = m_file->trace;
        if (at + 1 < end && (m_file->text[at] == '"' || m_file->text[at] == '\''))
            ++at;
        const auto* piece = trace.at(at);
        if (piece == nullptr)
            return {};
        const auto* last = trace.pieces.data() + trace.pieces.size();
        std::vector<Step> steps;
        if (!printed.empty())
            for (const auto* one = piece; one != last && one->offset < std::max(end, at + 1) && steps.empty(); ++one)
                if (auto step = valueStep(*one, printed, path); !step.what.empty())
                    steps.push_back(std::move(step));
        auto line = std::size_t {piece->line};
        if (piece->plain)
            line += static_cast<std::size_t>(std::count(m_file->text.begin() + piece->offset,
                                                        m_file->text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
        steps.push_back({m_file->values->templatePath(*piece->text), "template", {}, 0, line});
        return steps;
    }

    [[nodiscard]] Step valueStep(const gotemplate::Trace::Piece& piece, const std::string& printed,
                                 const Path& path) const
    {
        const auto& reads = m_file->trace.reads;
        const auto tryRead = [&](const gotemplate::Trace::Read& read) -> Step {
            auto where = m_file->values->path(read);
            const auto size = where.size();
            // The value itself, or a field of the table that was printed.
            for (std::size_t length = 0; length <= path.size(); ++length) {
                where.resize(size);
                where.insert(where.end(), path.end() - static_cast<std::ptrdiff_t>(length), path.end());
                if (auto step = m_file->values->setter(where, printed); !step.what.empty())
                    return step;
            }
            return {};
        };
        for (auto i = piece.endRead; i-- > piece.firstRead;)
            if (auto step = tryRead(reads[i]); !step.what.empty())
                return step;
        for (auto i = piece.within; i >= 0; i = reads[static_cast<std::size_t>(i)].around)
            if (auto step = tryRead(reads[static_cast<std::size_t>(i)]); !step.what.empty())
                return step;
        return {};
    }

    std::shared_ptr<const PrintedFile> m_file;
    std::size_t m_begin, m_size;
};

} // namespace

const manifest::Node* ValueOrigins::Source::find(const Path& path) const
{
    std::call_once(once, [this] {
        manifest::NodeLimits limits;
        limits.allowDuplicateKeys = true;
        if (auto parsed = manifest::parseNodes(text.text, {}, limits))
            nodes = std::move(*parsed);
    });
    if (nodes.empty() || path.size() < text.below.size()
        || !std::equal(text.below.begin(), text.below.end(), path.begin()))
        return nullptr;
    const auto* node = &nodes.front();
    for (auto i = text.below.size(); i < path.size() && node != nullptr; ++i)
        node = child(*node, path[i]);
    return node;
}

void ValueOrigins::addValues(ValueText text)
{
    m_given.push_back(std::make_unique<Source>());
    m_given.back()->text = std::move(text);
}

void ValueOrigins::addCharts(const Chart& chart)
{
    if (!chart.valuesText.empty()) {
        Path below;
        for (const auto* one = &chart; one->parent != nullptr; one = one->parent)
            below.insert(below.begin(), one->name);
        // What came out of an archive is named as its templates are.
        const auto folder = chart.folder.empty() && chart.parent != nullptr ? chart.fullPath() : chart.folder;
        m_own.push_back(std::make_unique<Source>());
        m_own.back()->text = {folder.empty() ? "values.yaml" : folder + "/values.yaml", "values", chart.valuesText,
                              std::move(below)};
    }
    for (const auto& inner : chart.charts)
        addCharts(*inner);
}

void ValueOrigins::addTemplate(gotemplate::ParsedTextPtr text, const std::string& name, const std::string& path)
{
    m_texts.push_back(std::move(text));
    m_paths.emplace(name, path);
}

void ValueOrigins::watch(const Value& values)
{
    number(values, 0, {}, 0);
}

void ValueOrigins::unwatch()
{
    m_watched.clear();
    m_maps.clear();
}

void ValueOrigins::number(const Value& value, std::uint32_t parent, const std::string& key, int depth)
{
    if (depth > kMaxDepth || (!value.isMap() && value.items().empty()))
        return;
    const auto mine = static_cast<std::uint32_t>(m_places.size());
    if (value.isMap() && !m_maps.emplace(&value.entries(), mine).second)
        return;
    m_places.push_back({m_places.empty() ? 0 : parent, key});
    m_watched.push_back(value);
    for (const auto& [name, item] : value.entries())
        number(item, mine, name.asString(), depth + 1);
    for (std::size_t i = 0; i < value.items().size(); ++i)
        number(value.items()[i], mine, std::to_string(i), depth + 1);
}

std::string ValueOrigins::templatePath(const std::string& name) const
{
    const auto found = m_paths.find(name);
    return found == m_paths.end() ? name : found->second;
}

Path ValueOrigins::path(const gotemplate::Trace::Read& read) const
{
    Path path {std::string(read.key)};
    for (auto at = read.map; m_places[at].parent != at; at = m_places[at].parent)
        path.push_back(m_places[at].key);
    std::reverse(path.begin(), path.end());
    return path;
}

Step ValueOrigins::setter(const Path& path, const std::string& printed) const
{
    const auto ask = [&](const Source& source, const Path& where, Step& step) {
        const auto* node = source.find(where);
        if (node == nullptr)
            return false;
        if (node->isScalar() && (node->text == printed || node->text.find("{{") != std::string::npos))
            step = {source.text.file, source.text.what, {}, 0, source.text.what == "values" ? node->line : 0};
        return true;
    };
    // Globals reach lower charts from the top.
    const auto global = std::find(path.begin(), path.end(), "global");
    const Path fromTop(global == path.begin() ? path.end() : global, path.end());
    Step step;
    for (const auto* where : {&path, &fromTop}) {
        if (where->empty())
            continue;
        for (auto source = m_given.rbegin(); source != m_given.rend(); ++source)
            if (ask(**source, *where, step))
                return step;
        for (const auto& source : m_own)
            if (ask(*source, *where, step))
                return step;
    }
    return step;
}

std::shared_ptr<const FieldOrigins> documentOrigins(std::shared_ptr<const PrintedFile> file, std::string_view document)
{
    const auto begin = static_cast<std::size_t>(document.data() - file->text.data());
    return std::make_shared<const DocumentOrigins>(std::move(file), begin, document.size());
}

} // namespace core::render::helm
