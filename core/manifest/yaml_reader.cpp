// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/manifest/yaml_block.h"

#include <yaml.h>

#include <algorithm>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

namespace core::manifest {

namespace {

class Event
{
public:
    Event() = default;
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    ~Event() { clear(); }

    yaml_event_t* slot()
    {
        clear();
        m_set = true;
        return &m_event;
    }
    [[nodiscard]] const yaml_event_t& get() const { return m_event; }

private:
    void clear()
    {
        if (m_set)
            yaml_event_delete(&m_event);
        m_set = false;
    }
    yaml_event_t m_event {};
    bool m_set = false;
};

std::string_view view(const yaml_char_t* text)
{
    return text == nullptr ? std::string_view {} : std::string_view(reinterpret_cast<const char*>(text));
}

ScalarTag namedTag(std::string_view tag)
{
    constexpr std::string_view kPrefix = "tag:yaml.org,2002:";
    if (!tag.starts_with(kPrefix))
        return tag == "!" ? ScalarTag::String : ScalarTag::Other;
    tag.remove_prefix(kPrefix.size());
    constexpr std::pair<std::string_view, ScalarTag> kNames[] {
        {"str", ScalarTag::String},   {"int", ScalarTag::Int},   {"float", ScalarTag::Float},
        {"bool", ScalarTag::Bool},    {"null", ScalarTag::Null}, {"timestamp", ScalarTag::Timestamp},
        {"binary", ScalarTag::Binary}};
    for (const auto& [name, value] : kNames) {
        if (name == tag)
            return value;
    }
    return ScalarTag::Other;
}

std::size_t byteOf(std::string_view text, std::size_t character)
{
    std::size_t at = 0;
    for (; at < text.size(); ++at)
        if ((static_cast<unsigned char>(text[at]) & 0xC0U) != 0x80 && character-- == 0)
            break;
    return at;
}

/// Stands for a colon that libyaml takes for a mistake, see parseWithColons(): a character for private use.
constexpr std::string_view kColon = "\xEF\xA3\xBF";

/// Line of a member that came by `<<` while its mapping is still being read.
constexpr std::uint32_t kMerged = 0xFFFFFFFF;

class Reader
{
public:
    Reader(std::string_view text, std::string_view source, const NodeLimits& limits)
        : m_text(text)
        , m_source(source)
        , m_limits(limits)
        , m_looksAtSlashes(limits.dialect == YamlDialect::V2 && text.find("\\/") != std::string_view::npos)
    {
        m_ready = yaml_parser_initialize(&m_parser) == 1;
        if (m_ready)
            yaml_parser_set_input_string(&m_parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    /// Where a plain scalar in braces has a colon before one of their characters, counted in characters.
    [[nodiscard]] std::optional<std::size_t> unexpectedColon() const
    {
        if (m_parser.error != YAML_SCANNER_ERROR || m_parser.problem == nullptr
            || std::string_view(m_parser.problem) != "found unexpected ':'")
            return std::nullopt;
        return m_parser.problem_mark.index;
    }
    void restoreColons() { m_restoresColons = true; }
    ~Reader()
    {
        if (m_ready)
            yaml_parser_delete(&m_parser);
    }

    Result<std::vector<Node>> documents()
    {
        std::vector<Node> found;
        if (!m_ready)
            return fail(Error::Code::Internal, "no memory for a YAML parser");
        for (;;) {
            PH_CHECK(next());
            const auto type = m_event.get().type;
            if (type == YAML_STREAM_END_EVENT)
                return found;
            if (type != YAML_DOCUMENT_START_EVENT)
                continue;
            m_anchors.clear();
            PH_CHECK(version());
            PH_CHECK(next());
            Node root;
            PH_CHECK(node(root, 0));
            PH_CHECK(next()); // the document's end
            if (!root.isNull())
                found.push_back(std::move(root));
            if (m_limits.firstOnly)
                return found;
        }
    }

private:
    struct Anchor
    {
        Node node;
        std::size_t count = 0;
        bool open = false;
    };

    [[nodiscard]] std::string where(const yaml_mark_t& mark) const
    {
        return std::string(m_source) + ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
    }
    tl::unexpected<Error> refuse(const std::string& text, Error::Code code = Error::Code::InvalidInput)
    {
        const auto& mark = m_event.get().start_mark;
        return fail(code, "yaml: line " + std::to_string(mark.line + 1) + ": " + text, where(mark));
    }

    Result<> next()
    {
        if (yaml_parser_parse(&m_parser, m_event.slot()) == 1)
            return {};
        auto mark = m_parser.problem_mark;
        if (m_parser.error == YAML_MEMORY_ERROR)
            return fail(Error::Code::LimitExceeded, "no memory to read YAML", std::string(m_source));
        if (m_parser.error == YAML_READER_ERROR) {
            mark = m_parser.mark;
            const std::string problem = m_parser.problem == nullptr ? "" : m_parser.problem;
            return fail(Error::Code::InvalidInput, "yaml: " + problem, where(mark));
        }
        std::string text = m_parser.problem == nullptr ? "unknown problem" : m_parser.problem;
        if (m_parser.context != nullptr)
            text = std::string(m_parser.context) + ": " + text;
        return fail(Error::Code::InvalidInput, "yaml: line " + std::to_string(mark.line + 1) + ": " + text,
                    where(mark));
    }

    Result<> count(std::size_t nodes = 1)
    {
        m_count += nodes;
        if (m_count > m_limits.maxNodes)
            return refuse("more than " + std::to_string(m_limits.maxNodes) + " nodes after alias expansion",
                          Error::Code::LimitExceeded);
        return {};
    }

    /// Reads the node whose first event is the current one.
    Result<> node(Node& into, std::size_t depth)
    {
        if (depth > m_limits.maxDepth)
            return refuse("nested deeper than " + std::to_string(m_limits.maxDepth) + " levels",
                          Error::Code::LimitExceeded);
        const auto& event = m_event.get();
        into.line = static_cast<std::uint32_t>(event.start_mark.line + 1);
        into.column = static_cast<std::uint32_t>(event.start_mark.column + 1);
        if (event.type == YAML_ALIAS_EVENT)
            return alias(into);
        PH_CHECK(count());
        std::string anchor;
        switch (event.type) {
        case YAML_SCALAR_EVENT:
            anchor = view(event.data.scalar.anchor);
            PH_CHECK(scalar(into));
            break;
        case YAML_SEQUENCE_START_EVENT:
        case YAML_MAPPING_START_EVENT: {
            const bool isMapping = event.type == YAML_MAPPING_START_EVENT;
            anchor = view(isMapping ? event.data.mapping_start.anchor : event.data.sequence_start.anchor);
            into.kind = isMapping ? Node::Kind::Mapping : Node::Kind::Sequence;
            const auto before = m_count;
            if (!anchor.empty())
                m_anchors[anchor] = Anchor {.node = {}, .count = 0, .open = true};
            into.isFlow = isMapping ? event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                                    : event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
            const bool wasFlow = std::exchange(m_inFlow, bool(into.isFlow));
            const bool wasFlowMapping = std::exchange(m_inFlowMapping, into.isFlow && isMapping);
            PH_CHECK(isMapping ? mapping(into, depth) : sequence(into, depth));
            m_inFlow = wasFlow;
            m_inFlowMapping = wasFlowMapping;
            if (!anchor.empty())
                m_anchors[anchor] = Anchor {.node = into, .count = m_count - before + 1, .open = false};
            return {};
        }
        default:
            return refuse("a value was expected");
        }
        if (!anchor.empty())
            m_anchors[anchor] = Anchor {.node = into, .count = 1, .open = false};
        return {};
    }

    Result<> alias(Node& into)
    {
        const std::string name(view(m_event.get().data.alias.anchor));
        const auto it = m_anchors.find(name);
        if (it == m_anchors.end())
            return refuse("unknown anchor '" + name + "' referenced");
        if (it->second.open)
            return refuse("anchor '" + name + "' value contains itself");
        PH_CHECK(count(it->second.count));
        into.assign(it->second.node);
        return {};
    }

    tl::unexpected<Error> refuseAs(const std::string& text, std::size_t line)
    {
        return fail(Error::Code::InvalidInput, "yaml: line " + std::to_string(line) + ": " + text,
                    where(m_event.get().start_mark));
    }

    /// go-yaml knows YAML 1.1 only.
    Result<> version()
    {
        const auto& event = m_event.get();
        const auto* directive = event.data.document_start.version_directive;
        if (m_limits.dialect != YamlDialect::V2 || directive == nullptr
            || (directive->major == 1 && directive->minor == 1))
            return {};
        return refuseAs("found incompatible YAML document", event.start_mark.line + 1);
    }

    /// go-yaml v2 does not know the escape `\/`, which libyaml reads.
    Result<> slashes()
    {
        const auto& event = m_event.get();
        const auto from = byteOf(m_text, event.start_mark.index);
        const auto raw =
            m_text.substr(from, byteOf(m_text.substr(from), event.end_mark.index - event.start_mark.index));
        for (auto at = raw.find('\\'); at != std::string_view::npos; at = raw.find('\\', at + 2))
            if (raw.substr(at + 1).starts_with('/'))
                return refuseAs("while parsing a quoted scalar: found unknown escape character",
                                event.start_mark.line + 1
                                    + static_cast<std::size_t>(
                                        std::count(raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(at), '\n')));
        return {};
    }

    /// The mistake that braces of a template make which nothing replaced.
    tl::unexpected<Error> invalidKey(const Node& key)
    {
        if (m_limits.dialect != YamlDialect::V2)
            return refuse("invalid map key: a mapping or list cannot be a key");
        return fail(Error::Code::InvalidInput, "yaml: invalid map key: " + goSyntax(key),
                    where(m_event.get().start_mark));
    }

    /// go-yaml ends a plain scalar in braces at a question mark, and finds nothing that it would accept there.
    tl::unexpected<Error> questionInFlow()
    {
        const auto& mark = m_event.get().end_mark;
        return fail(Error::Code::InvalidInput,
                    "yaml: line " + std::to_string(mark.line + 1)
                        + (m_inFlowMapping ? ": while parsing a flow mapping: did not find expected ',' or '}'"
                                           : ": while parsing a flow sequence: did not find expected ',' or ']'"),
                    where(mark));
    }

    Result<> scalar(Node& into)
    {
        const auto& data = m_event.get().data.scalar;
        into.text.assign(reinterpret_cast<const char*>(data.value), data.length);
        if (m_restoresColons)
            for (auto at = into.text.find(kColon); at != std::string::npos; at = into.text.find(kColon, at))
                into.text.replace(at, kColon.size(), ":");
        into.quoted = data.style != YAML_PLAIN_SCALAR_STYLE;
        if (m_looksAtSlashes && data.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE)
            PH_CHECK(slashes());
        if (m_inFlow && !into.quoted && into.text.find('?', 1) != std::string::npos)
            return questionInFlow();
        const auto tag = view(data.tag);
        if (tag.empty()) {
            into.tag = into.quoted ? ScalarTag::String : resolveScalar(into.text, m_limits.dialect).tag;
            return {};
        }
        into.tag = namedTag(tag);
        if (into.tag == ScalarTag::Binary) {
            std::string packed;
            for (const char c : into.text) {
                if (c != '\n' && c != ' ')
                    packed += c;
            }
            const auto bytes = base64Decode(packed);
            if (!bytes)
                return refuse("!!binary value contains invalid base64 data");
            into.text = *bytes;
            into.tag = ScalarTag::String;
        } else if (into.tag == ScalarTag::Other) {
            into.tag = ScalarTag::String;
        }
        return {};
    }

    Result<> sequence(Node& into, std::size_t depth)
    {
        for (;;) {
            PH_CHECK(next());
            if (m_event.get().type == YAML_SEQUENCE_END_EVENT)
                return {};
            into.children.emplace_back();
            PH_CHECK(node(into.children.back(), depth + 1));
        }
    }

    Result<> mapping(Node& into, std::size_t depth)
    {
        std::vector<Node> merges;
        std::unordered_set<std::string> names;
        for (;;) {
            PH_CHECK(next());
            if (m_event.get().type == YAML_MAPPING_END_EVENT)
                break;
            Node key;
            PH_CHECK(node(key, depth + 1));
            if (!key.isScalar())
                return invalidKey(key);
            if (key.tag == ScalarTag::Merge) {
                PH_CHECK(next());
                merges.emplace_back();
                PH_CHECK(node(merges.back(), depth + 1));
                if (m_limits.dialect == YamlDialect::V2) {
                    PH_CHECK(merge(into, merges.back(), true));
                    merges.clear();
                }
                continue;
            }
            Node* slot = nullptr;
            if (into.children.size() < 12) {
                slot = into.find(key.text);
            } else {
                if (names.empty()) {
                    for (const auto& child : into.children)
                        names.insert(child.key);
                }
                if (!names.insert(key.text).second)
                    slot = into.find(key.text);
            }
            const bool merged = slot != nullptr && slot->line == kMerged;
            if (slot != nullptr && !merged && m_limits.keepDuplicates)
                slot = nullptr;
            if (slot != nullptr && !merged && !m_limits.allowDuplicateKeys)
                return refuse("mapping key \"" + key.text + "\" already defined at line " + std::to_string(slot->line));
            if (slot == nullptr)
                slot = &into.children.emplace_back();
            else
                *slot = Node {};
            slot->key = std::move(key.text);
            slot->keyTag = key.tag;
            PH_CHECK(next());
            PH_CHECK(node(*slot, depth + 1));
        }
        for (auto& child : into.children) {
            if (child.line == kMerged)
                child.line = into.line;
        }
        for (const auto& source : merges)
            PH_CHECK(merge(into, source, false));
        return {};
    }

    /// Applies `<<: source`. In a list the earlier mappings win.
    Result<> merge(Node& into, const Node& source, bool overwrite)
    {
        if (source.isSequence()) {
            if (overwrite) {
                for (auto it = source.children.rbegin(); it != source.children.rend(); ++it)
                    PH_CHECK(merge(into, it->isMapping() ? *it : Node {}, true));
            } else {
                for (const auto& element : source.children)
                    PH_CHECK(merge(into, element.isMapping() ? element : Node {}, false));
            }
            return {};
        }
        if (!source.isMapping())
            return refuse("map merge requires map or sequence of maps as the value");
        for (const auto& member : source.children) {
            auto* old = into.find(member.key);
            if (old == nullptr)
                old = &into.children.emplace_back(member);
            else if (overwrite)
                *old = member;
            else
                continue;
            if (overwrite)
                old->line = kMerged; // may be given again without being a duplicate
        }
        return {};
    }

    yaml_parser_t m_parser {};
    bool m_ready = false;
    Event m_event;
    std::string_view m_text, m_source;
    const NodeLimits& m_limits;
    bool m_looksAtSlashes;
    std::size_t m_count = 0;
    bool m_inFlow = false, m_inFlowMapping = false; ///< the collection that is read
    bool m_restoresColons = false;
    std::map<std::string, Anchor> m_anchors;
};

/// libyaml refuses `{name:, b: 1}` and `[a:]`, where go-yaml reads "name:" and "a:". Each such colon is read as a
/// character of its own kind.
Result<std::vector<Node>> parseWithColons(std::string text, std::size_t colon, std::string_view source,
                                          const NodeLimits& limits)
{
    constexpr int kMost = 100;
    for (int i = 0; i < kMost; ++i) {
        text.replace(colon, 1, kColon);
        Reader reader(text, source, limits);
        reader.restoreColons();
        auto found = reader.documents();
        const auto next = reader.unexpectedColon();
        if (found || !next)
            return found;
        colon = byteOf(text, *next);
    }
    return fail(Error::Code::LimitExceeded, "yaml: too many colons before brackets", std::string(source));
}

} // namespace

Result<std::vector<Node>> parseWithLibyaml(std::string_view text, std::string_view source, const NodeLimits& limits)
{
    constexpr std::size_t kLargest = std::size_t {1} << 20; // it is read once more for each
    Reader reader(text, source, limits);
    auto found = reader.documents();
    const auto colon = found ? std::nullopt : reader.unexpectedColon();
    if (!colon || text.size() > kLargest || text.find(kColon) != std::string_view::npos)
        return found;
    const auto at = byteOf(text, *colon);
    if (at >= text.size() || text[at] != ':')
        return found;
    return parseWithColons(std::string(text), at, source, limits);
}

Result<std::vector<Node>> parseNodes(std::string_view text, std::string_view source, const NodeLimits& limits)
{
    if (text.size() > limits.maxBytes)
        return fail(Error::Code::LimitExceeded,
                    "YAML text of " + std::to_string(text.size()) + " bytes is larger than "
                        + std::to_string(limits.maxBytes),
                    std::string(source));
    if (auto read = readBlocks(text, limits))
        return std::move(*read);
    return parseWithLibyaml(text, source, limits);
}

namespace {

/// Whether the quoted text, as it is written, holds the escape.
bool hasSlashEscape(std::string_view quoted)
{
    for (std::size_t i = 0; i + 1 < quoted.size(); ++i) {
        if (quoted[i] == '\\' && quoted[++i] == '/')
            return true;
    }
    return false;
}

} // namespace

std::size_t lineOfSlashEscape(std::string_view text)
{
    if (text.find("\\/") == std::string_view::npos)
        return 0;
    yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) != 1)
        return 0;
    yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    std::size_t line = 0;
    std::size_t character = 0; // that `byte` is the place of
    std::size_t byte = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    const auto byteOf = [&](std::size_t wanted) {
        for (; character < wanted && byte < text.size(); ++character) {
            do
                ++byte;
            while (byte < text.size() && (static_cast<unsigned char>(text[byte]) & 0xC0U) == 0x80U);
        }
        return byte;
    };
    for (bool goesOn = true; goesOn && line == 0;) {
        yaml_token_t token;
        goesOn = yaml_parser_scan(&parser, &token) == 1 && token.type != YAML_STREAM_END_TOKEN;
        if (!goesOn)
            break;
        if (token.type == YAML_SCALAR_TOKEN && token.data.scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE) {
            const auto begin = byteOf(token.start_mark.index);
            const auto end = byteOf(token.end_mark.index);
            if (hasSlashEscape(text.substr(begin, end - begin)))
                line = token.start_mark.line + 1;
        }
        yaml_token_delete(&token);
    }
    yaml_parser_delete(&parser);
    return line;
}

} // namespace core::manifest
