// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/kustomize_generator.h"

#include "core/base/strings.h"
#include "core/manifest/yaml_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

using namespace core;
using manifest::Node;
using manifest::ScalarTag;

namespace tests {

namespace {

/// splitmix64: the standard library's distributions differ between implementations.
class Dice
{
public:
    explicit Dice(std::uint64_t seed)
        : m_state(seed)
    {
    }
    std::uint64_t below(std::uint64_t count)
    {
        m_state += 0x9e3779b97f4a7c15U;
        auto z = m_state;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return (z ^ (z >> 31U)) % count;
    }
    bool percent(std::uint64_t chance) { return below(100) < chance; }

private:
    std::uint64_t m_state;
};

std::string doubleQuoted(std::string_view text)
{
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto rest = text.substr(i);
        if (c == '"' || c == '\\')
            out += std::string("\\") + c;
        else if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else if (static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\x{:02x}", static_cast<unsigned>(c));
        else if (rest.starts_with("\xc2\x85"))
            out += "\\N", i += 1;
        else if (rest.starts_with("\xe2\x80\xa8"))
            out += "\\L", i += 2;
        else if (rest.starts_with("\xef\xbb\xbf"))
            out += "\\uFEFF", i += 2;
        else
            out += c;
    }
    return out + "\"";
}

/// Prints nodes as block YAML; with dice in changing styles.
class Stylist
{
public:
    explicit Stylist(Dice* dice)
        : m_dice(dice)
    {
    }
    std::string document(const Node& node)
    {
        m_out.clear();
        if (node.isScalar() || node.children.empty())
            return scalarOrEmpty(node, 0) + "\n";
        block(node, 0);
        return m_out;
    }

private:
    bool percent(std::uint64_t chance) { return m_dice != nullptr && m_dice->percent(chance); }

    void block(const Node& node, std::size_t indent)
    {
        for (const auto& child : node.children) {
            if (percent(2))
                m_out += std::string(indent, ' ') + "# note\n";
            m_out += std::string(indent, ' ');
            inlineEntry(node.isMapping(), child, indent);
        }
    }
    /// What follows the indentation of a member or element.
    void inlineEntry(bool isMember, const Node& child, std::size_t indent)
    {
        m_out += isMember ? keyText(child) + ":" : "-";
        if (child.isScalar() || child.children.empty()) {
            const auto text = scalarOrEmpty(child, indent);
            m_out += text.empty() ? "\n" : " " + text + (percent(2) ? " # note\n" : "\n");
            return;
        }
        if (percent(8)) {
            m_out += " " + flow(child) + "\n";
            return;
        }
        if (isMember) {
            m_out += "\n";
            const bool flat = child.isSequence() && !percent(30);
            block(child, flat ? indent : indent + (percent(10) ? 4 : 2));
            return;
        }
        m_out += " ";
        for (std::size_t i = 0; i < child.children.size(); ++i) {
            if (i > 0)
                m_out += std::string(indent + 2, ' ');
            inlineEntry(child.isMapping(), child.children[i], indent + 2);
        }
    }
    static std::string keyText(const Node& node)
    {
        const bool plain = !node.key.empty()
            && std::all_of(node.key.begin(), node.key.end(),
                           [](char c) {
                               return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'
                                   || c == '/' || c == '-' || c == '$';
                           })
            && manifest::resolveScalar(node.key, manifest::YamlDialect::V2).tag == ScalarTag::String
            && node.key[0] != '-';
        return plain ? node.key : doubleQuoted(node.key);
    }
    std::string flow(const Node& node)
    {
        if (node.isScalar())
            return node.quoted || node.text.find_first_of(",[]{}:#&*!|>'\"%@ ") != std::string::npos ? quotedText(node)
                                                                                                     : scalarText(node);
        std::string out = node.isMapping() ? "{" : "[";
        for (const auto& child : node.children)
            out +=
                (out.size() > 1 ? ", " : "") + (node.isMapping() ? keyText(child) + ": " : std::string()) + flow(child);
        return out + (node.isMapping() ? "}" : "]");
    }
    static std::string tagged(const Node& node, const std::string& text)
    {
        if (node.tag == ScalarTag::String && !node.quoted
            && manifest::resolveScalar(node.text, manifest::YamlDialect::V3).tag != ScalarTag::String)
            return "!!str " + text;
        return text;
    }
    static std::string quotedText(const Node& node)
    {
        return !node.quoted && node.tag != ScalarTag::String && node.tag != ScalarTag::None ? scalarText(node)
                                                                                            : doubleQuoted(node.text);
    }
    static std::string scalarText(const Node& node)
    {
        if (node.quoted)
            return doubleQuoted(node.text);
        return tagged(node, node.text);
    }
    std::string scalarOrEmpty(const Node& node, std::size_t indent)
    {
        if (!node.isScalar())
            return node.isMapping() ? "{}" : "[]";
        if (!node.quoted)
            return tagged(node, node.text);
        const auto& text = node.text;
        const bool simple = std::all_of(text.begin(), text.end(),
                                        [](char c) { return static_cast<unsigned char>(c) >= 0x20 || c == '\n'; })
            && text.find("\xc2\x85") == std::string::npos && text.find("\xe2\x80\xa8") == std::string::npos
            && text.find("\xef\xbb\xbf") == std::string::npos;
        if (!simple)
            return doubleQuoted(text);
        if (text.find('\n') == std::string::npos)
            return percent(40) ? singleQuoted(text) : doubleQuoted(text);
        if (text.front() == ' ' || text.front() == '\n' || (m_dice != nullptr && percent(40)))
            return doubleQuoted(text);
        return literal(text, indent);
    }
    static std::string singleQuoted(const std::string& text)
    {
        std::string out = "'";
        for (const char c : text)
            out += c == '\'' ? "''" : std::string(1, c);
        return out + "'";
    }
    static std::string literal(const std::string& text, std::size_t indent)
    {
        std::string out = "|";
        if (!text.ends_with('\n'))
            out += "-";
        else if (text.ends_with("\n\n") || text == "\n")
            out += "+";
        auto lines = split(text, '\n');
        if (text.ends_with('\n'))
            lines.pop_back();
        for (const auto& line : lines)
            out += "\n" + (line.empty() ? std::string() : std::string(indent + 2, ' ') + line);
        return out;
    }

    Dice* m_dice;
    std::string m_out;
};

std::string printAgain(const std::string& text, Dice* dice)
{
    const auto nodes = manifest::parseNodes(text, "generated");
    if (!nodes || nodes->empty())
        return text;
    std::string out;
    for (const auto& node : *nodes) {
        if (node.isScalar())
            return text;
        out += (out.empty() ? "" : "---\n") + Stylist(dice).document(node);
    }
    return out;
}

struct Made
{
    std::string kind, apiVersion, name, nameSpace;
};

std::string scalarAt(const Node& node, manifest::Path path)
{
    const auto* found = node.at(path);
    return found != nullptr && found->isScalar() ? found->text : std::string();
}

class Generator
{
public:
    Generator(const std::string& grammar, std::uint64_t seed)
        : m_dice(seed)
    {
        for (const auto& line : split(grammar, '\n')) {
            const auto at = line.find(" = ");
            if (line.starts_with('#') || at == std::string::npos)
                continue;
            m_rules[line.substr(0, at)].push_back(line.substr(at + 3));
        }
    }

    Files run()
    {
        folder("top", "");
        return m_files;
    }

private:
    void folder(const std::string& symbol, const std::string& path)
    {
        const auto above = m_folder;
        m_folder = path;
        auto inherited = symbol == "component" ? m_made : std::vector<Made> {};
        std::swap(inherited, m_made);
        auto text = expand(symbol);
        if (m_dice.percent(70))
            text = printAgain(text, &m_dice);
        m_files[inFolder("kustomization.yaml")] = text;
        if (symbol != "component")
            m_made.insert(m_made.end(), inherited.begin(), inherited.end());
        m_folder = above;
    }
    std::string inFolder(const std::string& name) const { return m_folder.empty() ? name : m_folder + "/" + name; }

    std::string expand(const std::string& symbol)
    {
        const auto rule = m_rules.find(symbol);
        if (rule == m_rules.end())
            return "UNKNOWN-" + symbol;
        return fill(rule->second[m_dice.below(rule->second.size())]);
    }
    /// Replaces the symbols of an alternative, from left to right.
    std::string fill(const std::string& text)
    {
        std::string out;
        bool quoted = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (c == '"' && (i == 0 || text[i - 1] != '\\'))
                quoted = !quoted;
            if (c == '\\' && !quoted && i + 1 < text.size()
                && std::string("nrt").find(text[i + 1]) != std::string::npos) {
                out += text[++i] == 'n' ? '\n' : text[i] == 't' ? '\t' : '\r';
            } else if (c == '<' && text.find('>', i) != std::string::npos && text.compare(i, 3, "<<\"") != 0) {
                const auto end = text.find('>', i);
                out += symbol(text.substr(i + 1, end - i - 1));
                i = end;
            } else {
                out += c;
            }
        }
        return out;
    }
    std::string symbol(std::string word)
    {
        if (word == "!")
            return pick();
        if (word == "K")
            return m_picked.kind;
        if (word == "V")
            return m_picked.apiVersion;
        if (word == "N")
            return m_picked.name;
        if (word == "S")
            return m_picked.nameSpace.empty() ? std::string() : ", namespace: " + m_picked.nameSpace;
        const char last = word.back();
        if (last == '?' || last == '*' || last == '+') {
            word.pop_back();
            std::uint64_t count = last == '?' ? m_dice.below(2) : last == '*' ? m_dice.below(4) : 1 + m_dice.below(3);
            std::string out;
            for (std::vector<std::string> keys; count > 0; --count) {
                const auto one = symbol(word);
                if (word == "pair") {
                    keys.push_back(one.substr(0, one.find(": ")));
                    if (std::count(keys.begin(), keys.end(), keys.back()) > 1)
                        continue;
                }
                out += (out.empty() || last == '?' ? "" : ", ") + one;
            }
            return out;
        }
        const char first = word.front();
        const auto name = word.substr(1);
        if (first == '"')
            return doubleQuoted(patchText(name));
        if (first == '#') {
            const auto file = fmt::format("f{}.txt", ++m_count);
            m_files[inFolder(file)] = expand(name);
            return file;
        }
        if (first == '@')
            return file(name);
        if (first == '%') {
            const auto sub = fmt::format("d{}", ++m_count);
            const auto path = m_dice.percent(50) ? sub : inFolder(sub);
            const auto up = m_folder.empty() ? 0 : std::count(m_folder.begin(), m_folder.end(), '/') + 1;
            std::string relative = sub;
            if (path == sub) {
                for (auto i = up; i > 0; --i)
                    relative = "../" + relative;
            }
            folder(name, path);
            return relative;
        }
        return word == "smp" ? strategicPatch() : expand(word);
    }
    std::string patchText(const std::string& name)
    {
        auto text = name == "smp" ? strategicPatch() : expand(name);
        return m_dice.percent(50) && name != "jsonops" && name != "literal" ? printAgain(text, &m_dice) : text;
    }
    std::string file(const std::string& name)
    {
        auto text = patchText(name);
        // Two objects with one id end nearly every build: mostly try again.
        for (int tries = 0; tries < 8 && clashes(text) && !m_dice.percent(2); ++tries)
            text = patchText(name);
        if (isObjects(name))
            remember(text);
        const auto file = fmt::format("{}{}.yaml", name.substr(0, 3), ++m_count);
        m_files[inFolder(file)] = text;
        return file;
    }
    static bool isObjects(const std::string& name)
    {
        for (const char* kind :
             {"object", "objects", "workload", "service", "configmap", "rbac", "storage", "misc", "custom"}) {
            if (name == kind)
                return true;
        }
        return false;
    }
    static std::vector<Made> objectsOf(const std::string& text)
    {
        std::vector<Made> out;
        const auto nodes = manifest::parseNodes(text, "generated");
        if (!nodes)
            return out;
        std::vector<const Node*> queue;
        for (const auto& node : *nodes)
            queue.push_back(&node);
        for (std::size_t i = 0; i < queue.size(); ++i) {
            if (const auto* items = queue[i]->find("items");
                items != nullptr && scalarAt(*queue[i], {"kind"}).ends_with("List")) {
                for (const auto& item : items->children)
                    queue.push_back(&item);
                continue;
            }
            out.push_back({scalarAt(*queue[i], {"kind"}), scalarAt(*queue[i], {"apiVersion"}),
                           scalarAt(*queue[i], {"metadata", "name"}), scalarAt(*queue[i], {"metadata", "namespace"})});
        }
        return out;
    }
    bool clashes(const std::string& text) const
    {
        auto fresh = objectsOf(text);
        for (std::size_t i = 0; i < fresh.size(); ++i) {
            const auto same = [&](const Made& made) {
                return made.kind == fresh[i].kind && made.name == fresh[i].name
                    && (fresh[i].nameSpace.empty() || made.nameSpace.empty() || fresh[i].nameSpace == made.nameSpace);
            };
            if (std::any_of(m_made.begin(), m_made.end(), same)
                || std::any_of(fresh.begin() + static_cast<std::ptrdiff_t>(i) + 1, fresh.end(), same))
                return true;
        }
        return false;
    }
    void remember(const std::string& text)
    {
        for (auto& made : objectsOf(text))
            m_made.push_back(std::move(made));
    }
    std::string pick()
    {
        m_picked = m_made.empty() ? Made {"Deployment", "apps/v1", "app", ""} : m_made[m_dice.below(m_made.size())];
        return {};
    }
    std::string strategicPatch()
    {
        pick();
        std::string rule = "smp_any";
        if (m_dice.percent(75)) {
            for (const char* kind : {"Deployment", "StatefulSet", "DaemonSet", "Job", "ReplicaSet"}) {
                if (m_picked.kind == kind)
                    rule = "smp_Workload";
            }
            if (m_rules.contains("smp_" + m_picked.kind))
                rule = "smp_" + m_picked.kind;
        }
        return expand(rule);
    }

    Dice m_dice;
    std::map<std::string, std::vector<std::string>> m_rules;
    Files m_files;
    std::string m_folder;
    std::vector<Made> m_made;
    Made m_picked;
    int m_count = 0;
};

} // namespace

Files randomKustomization(const std::string& grammar, std::uint64_t seed)
{
    return Generator(grammar, seed).run();
}

std::string restyled(const std::string& text, std::uint64_t seed)
{
    Dice dice(seed);
    return printAgain(text, seed == 0 ? nullptr : &dice);
}

std::string toBundle(const Files& files)
{
    std::string out;
    for (const auto& [path, text] : files)
        out += "=== " + path + "\n" + text + (text.ends_with('\n') ? "" : "\n");
    return out;
}

Files fromBundle(const std::string& text)
{
    Files files;
    std::string* current = nullptr;
    auto lines = split(text, '\n');
    if (!lines.empty() && lines.back().empty())
        lines.pop_back();
    for (const auto& line : lines) {
        if (line.starts_with("=== ")) {
            current = &files[line.substr(4)];
            current->clear();
        } else if (current != nullptr) {
            *current += line + "\n";
        }
    }
    return files;
}

} // namespace tests
