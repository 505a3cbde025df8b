// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/value.h"

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace core::gotemplate {

/// Names and their functions. Immutable once it is shared.
class FunctionMap
{
public:
    FunctionMap();
    ~FunctionMap();
    FunctionMap(const FunctionMap&);
    FunctionMap& operator=(const FunctionMap&) = delete;

    void add(FunctionPtr function); ///< replaces one of the same name
    void add(std::string name, std::string signature, std::function<Result<Value>(Call&)> call);
    void remove(std::string_view name);
    [[nodiscard]] const FunctionPtr* find(std::string_view name) const;

    /// text/template's own: and or not len index slice print printf println html js urlquery call eq ne lt le gt ge.
    [[nodiscard]] static std::shared_ptr<const FunctionMap> builtins();
    /// Those and Sprig, without env and expandenv (as Argo CD's notifications and Helm have them).
    [[nodiscard]] static std::shared_ptr<const FunctionMap> sprig();
    /// Those and Helm's own: include tpl required fail lookup toYaml fromYaml toJson toToml ...
    [[nodiscard]] static std::shared_ptr<const FunctionMap> helm();

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

enum class MissingKey : std::uint8_t { Default, Zero, Error };

/// Bounds of one Session. What breaks one ends with Code::LimitExceeded.
struct Limits
{
    std::size_t outputBytes = std::size_t {64} << 20; ///< of text produced, includes counted each time
    /// Nodes walked, loop turns, function calls, and what these are given and make: a step for 64 bytes read, for 16
    /// bytes made. Bounds the memory, too.
    std::size_t steps = 20'000'000;
    std::size_t depth = 3000; ///< of template, include and tpl together; includes of one name end at 1000 as in Helm
    std::size_t textBytes = std::size_t {16} << 20; ///< of one string made by a function
};

struct Options
{
    MissingKey missingKey = MissingKey::Default;
    std::string leftDelimiter = "{{";
    std::string rightDelimiter = "}}";
    std::shared_ptr<const FunctionMap> functions; ///< null: FunctionMap::sprig()
};

/// The parsed form of one text with all templates it defines. Immutable and shareable between sets and threads.
struct ParsedText;
using ParsedTextPtr = std::shared_ptr<const ParsedText>;

/// Parses for sets with the same delimiters and function names. Errors read as Go prints them
/// ("template: NAME:LINE: cause"), where = "NAME:LINE".
/// The text is left as it was where there is one.
[[nodiscard]] Result<ParsedTextPtr> parseText(std::string name, std::string&& text, const Options& options);
[[nodiscard]] bool isParsedFrom(const ParsedText& parsed, std::string_view name, std::string_view text);
[[nodiscard]] const std::string& textOf(const ParsedText& parsed);
/// About what a parsed text takes, for caches.
[[nodiscard]] std::size_t memoryBytes(const ParsedText& parsed);

/// What an execution tells of its output: which line of which text printed each piece, and which fields of the watched
/// maps it read to do so. Bounded: what comes after too many entries is not recorded.
struct Trace
{
    /// A field that was read from a watched map.
    struct Read
    {
        std::uint32_t map = 0; ///< number of the map
        std::string_view key {}; ///< lives as long as the parsed text, or Session::parsed
        std::int32_t around = -1; ///< the read whose value a `with` or `range` around it walks, or -1
    };
    /// Output from `offset` to the next piece.
    struct Piece
    {
        const std::string* text = nullptr; ///< name of the parsed text; lives as long as that
        std::uint32_t offset = 0;
        std::uint32_t line = 0; ///< 1-based; of plain text the line of its first character
        bool plain = false; ///< text of the template itself, not what an action printed
        std::uint32_t firstRead = 0, endRead = 0; ///< what its action read, in `reads`
        std::int32_t within = -1; ///< as Read::around
    };
    /// Which maps are watched, by the address of their entries(), and their numbers. Null: none.
    const std::unordered_map<const void*, std::uint32_t>* maps = nullptr;
    std::vector<Piece> pieces {}; ///< sorted by offset
    std::vector<Read> reads {};

    /// The piece that printed what stands at an offset, or null.
    [[nodiscard]] const Piece* at(std::size_t offset) const;
};

/// State of one rendering job over any number of templates of a set: limits, cancellation, what functions may ask.
struct Session
{
    Limits limits {};
    std::stop_token stop {};
    TimePoint now = std::chrono::system_clock::now();
    /// Helm's `lookup`; empty = nothing is found.
    std::function<Value(const std::string& apiVersion, const std::string& kind, const std::string& nameSpace,
                        const std::string& name)>
        lookup {};

    // Kept by the executor.
    std::size_t steps = 0, outputBytes = 0, depth = 0;
    std::uintptr_t stackBase = 0;
    std::unordered_map<std::string, int> included {}; ///< includes in progress by name
    std::unordered_map<std::string, ParsedTextPtr> parsed {}; ///< texts that `tpl` has seen
    Trace* trace = nullptr; ///< of the execution in progress
    Value lastInclude {}; ///< text that include returned last, and its pieces; only while tracing
    std::vector<Trace::Piece> lastPieces {};
};

/// A set of templates that can call each other. Fill it, then execute from any number of threads.
class TemplateSet
{
public:
    explicit TemplateSet(Options options = {});
    ~TemplateSet();
    TemplateSet(TemplateSet&&) noexcept;
    TemplateSet& operator=(TemplateSet&&) noexcept;

    /// Adds a text under its name, and all that it defines; later definitions win over earlier ones unless empty.
    [[nodiscard]] Result<> parse(std::string name, std::string text);
    void add(const ParsedTextPtr& parsed);
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] const Options& options() const;

    /// Executes the named template. Errors read as Go prints them ("template: NAME:LINE:COLUMN: executing ... at
    /// <...>: cause"), where = "NAME:LINE:COLUMN"; Cancelled within 50 ms of a stop request.
    [[nodiscard]] Result<std::string> execute(std::string_view name, const Value& data, Session& session) const;
    [[nodiscard]] Result<std::string> execute(std::string_view name, const Value& data) const;

    /// As execute, and fills `trace` (its `maps` are set by the caller).
    [[nodiscard]] Result<std::string> execute(std::string_view name, const Value& data, Session& session,
                                              Trace& trace) const;

private:
    friend class Execution;
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace core::gotemplate
