// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/chart_generator.h"

#include "support/dice.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <string_view>

namespace tests {

namespace {

constexpr std::array<std::string_view, 4> kNames {"alpha", "beta", "gamma", "delta"};
constexpr std::array<std::string_view, 3> kAliases {"one", "two", "alpha"};
constexpr std::array<std::string_view, 4> kKeys {"a", "b", "c", "d"};
constexpr std::array<std::string_view, 4> kVersions {"1.2.3", "0.1.0", "2.0.0-rc.1", "1.10.0+build"};
constexpr std::array<std::string_view, 7> kRanges {"*", "1.x.x", ">=0.1.0", "^1.2.0", "~1.2", ">0.0.0-0", "1.2.3"};
constexpr std::array<std::string_view, 22> kScalars {"null",
                                                     "true",
                                                     "false",
                                                     "1",
                                                     "2.5",
                                                     "0",
                                                     "\"\"",
                                                     "text",
                                                     "~",
                                                     "1e6",
                                                     "\"12\"",
                                                     "12345678",
                                                     "[]",
                                                     "{}",
                                                     "[1, two]",
                                                     "[{a: 1}, {b: 2}]",
                                                     "0x1F",
                                                     "1_000",
                                                     "yes",
                                                     "-7",
                                                     "\"{{ .Chart.Name }}-x\"",
                                                     "\"{{ .Values.a }}\""};

class ChartMaker
{
public:
    explicit ChartMaker(std::uint64_t seed)
        : m_dice(seed)
    {
    }

    GeneratedChart make()
    {
        chart("", "root", 0, false);
        m_out.values = m_dice.percent(15) ? "" : table(0, 0, true);
        for (auto count = m_dice.below(4); count-- > 0;)
            m_out.set.push_back(fmt::format("{}={}", path(), m_dice.of(kScalars).find('{') == 0 ? "1" : value()));
        return std::move(m_out);
    }

private:
    std::string value()
    {
        static constexpr std::array<std::string_view, 7> kGiven {"true", "false", "null", "5", "text", "", "{x,y}"};
        return std::string(m_dice.of(kGiven));
    }

    std::string path()
    {
        std::string text;
        for (auto count = m_dice.below(3); count-- > 0;)
            text += std::string(m_dice.percent(20) ? m_dice.of(kAliases) : m_dice.of(kNames)) + ".";
        if (m_dice.percent(25))
            text += "global.";
        if (m_dice.percent(15))
            return text + "enabled";
        return text + std::string(m_dice.of(kKeys));
    }

    // A mapping of some keys, at least one; `top` may hold what the top of values has.
    std::string table(int depth, int indent, bool top)
    {
        std::string text;
        const std::string pad(static_cast<std::size_t>(indent), ' ');
        std::set<std::string_view> used;
        const auto add = [&](std::string_view key, bool mayNest) {
            if (!used.insert(key).second)
                return;
            if (mayNest && depth < 4)
                text += fmt::format("{}{}:\n{}", pad, key, table(depth + 1, indent + 2, false));
            else
                text += fmt::format("{}{}: {}\n", pad, key, m_dice.of(kScalars));
        };
        for (auto count = 1 + m_dice.below(3); count-- > 0;)
            add(m_dice.of(kKeys), m_dice.percent(35));
        if (top || depth <= 1) {
            for (const auto name : kNames)
                if (m_dice.percent(depth == 0 ? 35 : 12))
                    add(name, !m_dice.percent(5));
            for (const auto name : kAliases)
                if (m_dice.percent(10))
                    add(name, !m_dice.percent(5));
            if (m_dice.percent(40))
                add("global", !m_dice.percent(6));
            if (m_dice.percent(30) && used.insert("exports").second)
                text += fmt::format("{}exports:\n{}  data:\n{}", pad, pad, table(2, indent + 4, false));
            if (m_dice.percent(30) && used.insert("tags").second)
                text += fmt::format("{}tags: {{front: {}, back: {}}}\n", pad, m_dice.percent(50), m_dice.percent(50));
        }
        if (m_dice.percent(30) && used.insert("enabled").second)
            text += fmt::format("{}enabled: {}\n", pad,
                                m_dice.percent(60)       ? "true"
                                    : m_dice.percent(70) ? "false"
                                                         : "\"no\"");
        return text;
    }

    std::string imports()
    {
        static constexpr std::array<std::string_view, 7> kImports {"data",
                                                                   "{child: exports.data, parent: imported}",
                                                                   "{child: a, parent: .}",
                                                                   "{child: b, parent: a}",
                                                                   "{child: exports.data, parent: a.b}",
                                                                   "nothing",
                                                                   "{child: global, parent: global}"};
        std::string text = "\n    import-values:\n";
        for (auto count = 1 + m_dice.below(2); count-- > 0;)
            text += fmt::format("      - {}\n", m_dice.of(kImports));
        text.pop_back();
        return text;
    }

    std::string dependency(const std::string& name)
    {
        std::string text =
            fmt::format("  - name: {}\n    version: \"{}\"\n    repository: \"\"", name, m_dice.of(kRanges));
        std::string shown = name;
        if (m_dice.percent(25)) {
            shown = m_dice.of(kAliases);
            text += fmt::format("\n    alias: {}", shown);
        }
        if (m_dice.percent(40)) {
            static constexpr std::array<std::string_view, 5> kConditions {
                "{}.enabled", "global.{}.enabled,{}.enabled", "nothing.at.all", "tags.front", "{}.enabled, a"};
            auto condition = std::string(m_dice.of(kConditions));
            for (std::size_t at = 0; (at = condition.find("{}")) != std::string::npos;)
                condition.replace(at, 2, shown);
            text += fmt::format("\n    condition: {}", condition);
        }
        if (m_dice.percent(30))
            text += m_dice.percent(50) ? "\n    tags: [front]" : "\n    tags: [front, back]";
        if (m_dice.percent(35))
            text += imports();
        return text + "\n";
    }

    void chart(const std::string& folder, const std::string& name, int depth, bool library)
    {
        auto& files = m_out.files;
        std::string dependencies;
        static constexpr std::array<std::uint64_t, 4> kMost {4, 3, 2, 1};
        std::set<std::string> below;
        for (auto count = m_dice.below(kMost[static_cast<std::size_t>(depth)]); count-- > 0;)
            below.insert(std::string(m_dice.of(kNames)));
        for (const auto& child : below) {
            chart(folder + "charts/" + child + "/", child, depth + 1, m_dice.percent(8));
            if (m_dice.percent(80))
                dependencies += dependency(child);
            if (m_dice.percent(15))
                dependencies += dependency(child);
        }
        const bool old = m_dice.percent(15);
        auto head = fmt::format("apiVersion: {}\nname: {}\nversion: {}\n", old ? "v1" : "v2", name,
                                depth == 0 ? "1.0.0" : m_dice.of(kVersions));
        if (m_dice.percent(50))
            head += "appVersion: \"1.16\"\ndescription: one of many\nkeywords: [x, y]\n";
        if (library)
            head += "type: library\n";
        if (!dependencies.empty() && !old)
            head += "dependencies:\n" + dependencies;
        if (!dependencies.empty() && old)
            files[folder + "requirements.yaml"] = "dependencies:\n" + dependencies;
        files[folder + "Chart.yaml"] = head;
        if (!m_dice.percent(10))
            files[folder + "values.yaml"] = table(0, 0, true);
        files[folder + "templates/_helpers.tpl"] = fmt::format(
            "{{{{- define \"who\" }}}}{}{{{{ end }}}}\n{{{{ define \"{}.name\" -}}}}\n{{{{ .Chart.Name }}}} of "
            "{{{{ .Template.Name }}}}{{{{ end }}}}\n",
            name, name);
        auto dump = std::string("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Chart.Name }}\n"
                                "values:\n{{ toYaml .Values | indent 2 }}\nchart: {{ .Chart | toJson }}\n"
                                "who: {{ include \"who\" . }}\nroot: {{ include \"root.name\" . | quote }}\n"
                                "where: {{ .Template.Name }} {{ .Template.BasePath }}\n"
                                "below: {{ keys .Subcharts | sortAlpha | toJson }}\n");
        for (const auto& child : below)
            if (m_dice.percent(30))
                dump += fmt::format(
                    "{}: {{{{ with .Subcharts.{} }}}}{{{{ .Values | toJson }}}}{{{{ include \"{}.name\" . | "
                    "quote }}}}{{{{ end }}}}\n",
                    child, child, child);
        if (m_dice.percent(25))
            dump += "tpl: {{ tpl (toString .Values.a) . | quote }}\n";
        if (m_dice.percent(10))
            dump += "set: {{ $_ := set .Values \"c\" \"changed\" }}\n";
        if (m_dice.percent(15))
            dump += "{{- if .Values.enabled }}\non: true\n{{- end }}\n";
        files[folder + "templates/dump.yaml"] = dump;
    }

    Dice m_dice;
    GeneratedChart m_out;
};

} // namespace

GeneratedChart randomChart(std::uint64_t seed)
{
    return ChartMaker(seed).make();
}

std::string randomSet(std::uint64_t seed, bool json)
{
    static constexpr std::array<std::string_view, 34> kPieces {"a",
                                                               "b",
                                                               "c",
                                                               ".",
                                                               "=",
                                                               ",",
                                                               "[0]",
                                                               "[1]",
                                                               "[2]",
                                                               "{x,y}",
                                                               "{",
                                                               "}",
                                                               "[",
                                                               "]",
                                                               "1",
                                                               "0",
                                                               "01",
                                                               "true",
                                                               "null",
                                                               "False",
                                                               " ",
                                                               "\\,",
                                                               "\\.",
                                                               "\\",
                                                               "\"q\"",
                                                               "1.5",
                                                               "-3",
                                                               "é",
                                                               "a.b",
                                                               "a=1,",
                                                               "x=",
                                                               "a[0].b=",
                                                               "9223372036854775808",
                                                               "text with space"};
    static constexpr std::array<std::string_view, 16> kJson {
        "{\"x\": 1}", "[1, 2]", "null", "true",  "\"s\"", "1.50",  "{", "]",
        ",",          "a=",     "b.c=", "d[0]=", " ",     "1e400", "x", "{\"y\": [null]}"};
    Dice dice(seed);
    std::string text(dice.percent(70) ? json ? "a=" : "a" : "");
    for (auto count = 1 + dice.below(json ? 5 : 9); count-- > 0;)
        text += json ? dice.of(kJson) : dice.of(kPieces);
    return text;
}

} // namespace tests
