// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/semver.h"

#include "core/base/strings.h"
#include "core/gotemplate/functions.h"
#include "core/gotemplate/go_text.h"

#include <fmt/format.h>
#include <re2/re2.h>

namespace core::gotemplate {

namespace {

constexpr const char* kVersion = R"(v?([0-9|x|X|\*]+)(\.[0-9|x|X|\*]+)?(\.[0-9|x|X|\*]+)?)"
                                 R"((-([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?(\+([0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*))?)";
constexpr const char* kOperators = R"(=||!=|>|<|>=|=>|<=|=<|~|~>|\^)";

bool isWild(std::string_view part)
{
    return part == "x" || part == "X" || part == "*";
}

int comparePrerelease(const std::string& a, const std::string& b)
{
    if (a == b)
        return 0;
    if (a.empty())
        return 1;
    if (b.empty())
        return -1;
    std::string_view x = a;
    std::string_view y = b;
    while (true) {
        const auto partOf = [](std::string_view& rest) {
            const auto dot = rest.find('.');
            const auto part = rest.substr(0, dot);
            rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
            return part;
        };
        if (x.empty() || y.empty())
            return x.empty() ? (y.empty() ? 0 : -1) : 1;
        const auto p = partOf(x);
        const auto q = partOf(y);
        if (p == q)
            continue;
        const auto n = parseUint(p, 10);
        const auto m = parseUint(q, 10);
        if (n && m)
            return *n < *m ? -1 : 1;
        if (n || m)
            return n ? -1 : 1;
        return p < q ? -1 : 1;
    }
}

int order(std::uint64_t a, std::uint64_t b)
{
    return a < b ? -1 : a > b ? 1 : 0;
}

} // namespace

Result<SemanticVersion> SemanticVersion::parse(std::string_view text)
{
    static const RE2 loose(
        R"(v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?)"
        R"((?:-([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?(?:\+([0-9A-Za-z\-]+(?:\.[0-9A-Za-z\-]+)*))?)");
    std::string major;
    std::string minor;
    std::string patch;
    SemanticVersion version;
    if (!RE2::FullMatch(re2::StringPiece(text.data(), text.size()), loose, &major, &minor, &patch, &version.prerelease,
                        &version.metadata))
        return fail(Error::Code::InvalidInput, "invalid semantic version");
    const auto a = parseUint(major, 10);
    const auto b = minor.empty() ? std::optional<std::uint64_t>(0) : parseUint(minor, 10);
    const auto c = patch.empty() ? std::optional<std::uint64_t>(0) : parseUint(patch, 10);
    if (!a || !b || !c)
        return fail(Error::Code::InvalidInput, "invalid semantic version");
    version.major = *a;
    version.minor = *b;
    version.patch = *c;
    version.original = std::string(text);
    return version;
}

std::string SemanticVersion::text() const
{
    return fmt::format("{}.{}.{}{}{}", major, minor, patch, prerelease.empty() ? "" : "-" + prerelease,
                       metadata.empty() ? "" : "+" + metadata);
}

int SemanticVersion::compare(const SemanticVersion& other) const
{
    if (const int o = order(major, other.major); o != 0)
        return o;
    if (const int o = order(minor, other.minor); o != 0)
        return o;
    if (const int o = order(patch, other.patch); o != 0)
        return o;
    return comparePrerelease(prerelease, other.prerelease);
}

Result<VersionRange> VersionRange::parse(std::string_view text)
{
    static const RE2 single(fmt::format(R"(^\s*({})\s*({})\s*$)", kOperators, kVersion));
    static const RE2 valid(fmt::format(R"(^(\s*({})\s*({})\s*)((?:\s+|,\s*)({})\s*({})\s*)*$)", kOperators, kVersion,
                                       kOperators, kVersion));
    static const RE2 each(fmt::format(R"((({})\s*({})))", kOperators, kVersion));
    static const RE2 span(fmt::format(R"(\s*({})\s+-\s+({})\s*)", kVersion, kVersion));
    const auto bad = [](std::string_view what) {
        return fail(Error::Code::InvalidInput, "improper constraint: " + quote(what));
    };
    std::string all(text);
    // "1.2 - 1.4.5" is ">= 1.2, <= 1.4.5". Group 1 is the first version, the second follows its inner groups.
    {
        std::string rewritten;
        std::vector<re2::StringPiece> groups(static_cast<std::size_t>(span.NumberOfCapturingGroups()) + 1);
        std::size_t at = 0;
        const re2::StringPiece whole(text.data(), text.size());
        while (span.Match(whole, at, whole.size(), RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size()))) {
            const auto start = static_cast<std::size_t>(groups[0].data() - whole.data());
            rewritten.append(text.substr(at, start - at));
            const auto second = static_cast<std::size_t>(1 + 10);
            rewritten += ">= " + std::string(groups[1]) + ", <= " + std::string(groups[second]) + " ";
            at = start + groups[0].size();
        }
        rewritten.append(text.substr(at));
        all = rewritten;
    }
    VersionRange range;
    for (std::size_t at = 0; at <= all.size();) {
        const auto bar = all.find("||", at);
        const auto part = all.substr(at, bar == std::string::npos ? bar : bar - at);
        at = bar == std::string::npos ? all.size() + 1 : bar + 2;
        if (!RE2::FullMatch(part, valid))
            return bad(part);
        Group group;
        re2::StringPiece rest(part);
        std::string one;
        while (RE2::FindAndConsume(&rest, each, &one)) {
            Bound bound;
            std::string version;
            std::string major;
            std::string minor;
            std::string patch;
            std::string prerelease;
            if (!RE2::FullMatch(one, single, &bound.op, &version, &major, &minor, &patch, &prerelease))
                return bad(one);
            auto number = version;
            if (isWild(major) || major.empty()) {
                number = "0.0.0" + prerelease;
                bound.dirty = true;
            } else if (minor.empty() || isWild(std::string_view(minor).substr(1))) {
                number = major + ".0.0" + prerelease;
                bound.dirty = bound.minorDirty = true;
            } else if (patch.empty() || isWild(std::string_view(patch).substr(1))) {
                number = major + minor + ".0" + prerelease;
                bound.dirty = bound.patchDirty = true;
            }
            auto parsed = SemanticVersion::parse(number);
            if (!parsed)
                return fail(Error::Code::InvalidInput, "constraint parser error");
            bound.version = std::move(*parsed);
            group.prerelease = group.prerelease || !bound.version.prerelease.empty();
            group.bounds.push_back(std::move(bound));
        }
        range.m_groups.push_back(std::move(group));
    }
    return range;
}

bool VersionRange::contains(const SemanticVersion& version) const
{
    for (const auto& group : m_groups) {
        bool all = true;
        for (const auto& bound : group.bounds)
            all = all && bound.holds(version, group.prerelease);
        if (all)
            return true;
    }
    return false;
}

bool VersionRange::Bound::holds(const SemanticVersion& v, bool allowPrerelease) const
{
    const auto& c = version;
    if (!v.prerelease.empty() && c.prerelease.empty() && !allowPrerelease)
        return false;
    const int order = v.compare(c);
    const auto tilde = [&] {
        if (order < 0)
            return false;
        if (c.major == 0 && c.minor == 0 && c.patch == 0 && !minorDirty && !patchDirty)
            return true;
        return v.major == c.major && (v.minor == c.minor || minorDirty);
    };
    if (op.empty() || op == "=")
        return dirty ? tilde() : order == 0;
    if (op == "!=") {
        if (!dirty)
            return order != 0;
        if (v.major != c.major)
            return true;
        if (v.minor != c.minor && !minorDirty)
            return true;
        if (minorDirty)
            return false;
        if (v.patch != c.patch && !patchDirty)
            return true;
        return !patchDirty;
    }
    if (op == ">") {
        if (!dirty)
            return order > 0;
        if (v.major != c.major)
            return v.major > c.major;
        if (minorDirty)
            return false;
        if (patchDirty)
            return v.minor > c.minor;
        return true;
    }
    if (op == "<")
        return order < 0;
    if (op == ">=" || op == "=>")
        return order >= 0;
    if (op == "<=" || op == "=<") {
        if (!dirty)
            return order <= 0;
        if (v.major > c.major)
            return false;
        return !(v.major == c.major && v.minor > c.minor && !minorDirty);
    }
    if (op == "~" || op == "~>")
        return tilde();
    // ^
    if (order < 0)
        return false;
    if (c.major > 0 || minorDirty)
        return v.major == c.major;
    if (v.major > c.major)
        return false;
    if (c.minor > 0 || patchDirty)
        return v.minor == c.minor;
    if (v.minor > c.minor)
        return false;
    return v.patch == c.patch;
}

namespace {

using R = Result<Value>;

bool isOnly(std::string_view text, bool letters)
{
    return std::all_of(text.begin(), text.end(), [letters](char c) {
        return (c >= '0' && c <= '9') || (letters && (c == '-' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')));
    });
}

class VersionObject final : public Object
{
public:
    /// Versions that methods make are no pointers in Go: some methods are missing there.
    enum class Is : std::uint8_t { Pointer, Value };

    VersionObject(SemanticVersion version, Is is)
        : m_version(std::move(version))
        , m_is(is)
    {
    }
    [[nodiscard]] std::string typeName() const override
    {
        return m_is == Is::Pointer ? "*semver.Version" : "semver.Version";
    }
    [[nodiscard]] std::string_view kindName() const override { return m_is == Is::Pointer ? "ptr" : "struct"; }
    [[nodiscard]] std::string print() const override { return m_version.text(); }
    [[nodiscard]] Value serialized() const override { return Value::string(m_version.text()); }
    [[nodiscard]] FunctionPtr method(std::string_view name) const override
    {
        const auto give = [&name](Value value) {
            return makeFunction(std::string(name), "", [value](Call&) -> R { return value; });
        };
        const auto number = [](std::uint64_t n) { return Value::integer(static_cast<std::int64_t>(n), Type::Int64); };
        if (name == "Major")
            return give(number(m_version.major));
        if (name == "Minor")
            return give(number(m_version.minor));
        if (name == "Patch")
            return give(number(m_version.patch));
        if (name == "Prerelease")
            return give(Value::string(m_version.prerelease));
        if (name == "Metadata")
            return give(Value::string(m_version.metadata));
        if (name == "String" || name == "Value")
            return give(Value::string(m_version.text()));
        if (name == "IncMajor" || name == "IncMinor" || name == "IncPatch")
            return give(next(name));
        if (name == "SetPrerelease" || name == "SetMetadata")
            return changed(name);
        return m_is == Is::Value ? nullptr
            : name == "Original" ? give(Value::string(m_version.original))
                                 : comparison(name);
    }

private:
    [[nodiscard]] static Value made(SemanticVersion version)
    {
        version.original = (version.original.starts_with('v') ? "v" : "") + version.text();
        return Value::object(std::make_shared<VersionObject>(std::move(version), Is::Value));
    }
    [[nodiscard]] Value next(std::string_view name) const
    {
        auto version = m_version;
        if (name == "IncMajor")
            version.major += 1;
        if (name == "IncMinor")
            version.minor += 1;
        if (name != "IncPatch")
            version.patch = 0;
        else if (version.prerelease.empty())
            version.patch += 1; // else this is the release that the pre-release led to
        if (name == "IncMajor")
            version.minor = 0;
        version.prerelease.clear();
        version.metadata.clear();
        return made(std::move(version));
    }
    [[nodiscard]] FunctionPtr changed(std::string_view name) const
    {
        const bool isPrerelease = name == "SetPrerelease";
        return makeFunction(std::string(name), "s", [isPrerelease, version = m_version](Call& c) mutable -> R {
            for (const auto& part : split(c.text(0), '.')) {
                if (isPrerelease && part.size() > 1 && part[0] == '0' && isOnly(part, false))
                    return refuse("version segment starts with 0");
                if (!isOnly(part, true))
                    return refuse(isPrerelease ? "invalid prerelease string" : "invalid metadata string");
            }
            auto copy = version;
            (isPrerelease ? copy.prerelease : copy.metadata) = c.text(0);
            return made(std::move(copy));
        });
    }
    [[nodiscard]] FunctionPtr comparison(std::string_view name) const
    {
        const auto by = [&](auto&& result) {
            return makeFunction(std::string(name), "a", [version = m_version, result](Call& c) -> R {
                const auto* other = dynamic_cast<const VersionObject*>(c[0].asObject());
                if (other == nullptr)
                    return refuse("wrong type for value; expected *semver.Version; got " + c[0].typeName());
                return result(version.compare(other->m_version));
            });
        };
        if (name == "Compare")
            return by([](int o) { return Value::integer(o); });
        if (name == "LessThan")
            return by([](int o) { return Value::boolean(o < 0); });
        if (name == "LessThanEqual")
            return by([](int o) { return Value::boolean(o <= 0); });
        if (name == "GreaterThan")
            return by([](int o) { return Value::boolean(o > 0); });
        if (name == "GreaterThanEqual")
            return by([](int o) { return Value::boolean(o >= 0); });
        if (name == "Equal")
            return by([](int o) { return Value::boolean(o == 0); });
        return nullptr;
    }

    SemanticVersion m_version;
    Is m_is;
};

} // namespace

void addSemverFunctions(FunctionMap& map)
{
    map.add("semver", "s", [](Call& c) -> R {
        PH_TRY(auto version, SemanticVersion::parse(c.text(0)));
        return Value::object(std::make_shared<VersionObject>(std::move(version), VersionObject::Is::Pointer));
    });
    map.add("semverCompare", "ss", [](Call& c) -> R {
        PH_TRY(const auto range, VersionRange::parse(c.text(0)));
        PH_TRY(const auto version, SemanticVersion::parse(c.text(1)));
        return Value::boolean(range.contains(version));
    });
}

} // namespace core::gotemplate
