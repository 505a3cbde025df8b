// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/render/helm.h"

#include <QtTest>

#include <boost/json.hpp>

#include <filesystem>
#include <iostream>

using namespace core;
namespace fs = std::filesystem;

namespace {

fs::path conformance(const char* part)
{
    return fs::path(CONFORMANCE_DIR) / part;
}

// What an error is about: "1:3|eq" where Helm names place and function, else the text after the last colon.
std::string cause(const std::string& message)
{
    const auto last = message.rfind(": ");
    return last == std::string::npos ? message : message.substr(last + 2);
}

std::string place(const std::string& message)
{
    // The first "name:line:column" or "(name:line)".
    const auto start = message.find("templates/");
    if (start == std::string::npos)
        return {};
    auto end = start;
    while (end < message.size() && message[end] != ' ' && message[end] != ')')
        ++end;
    auto text = message.substr(start, end - start);
    while (!text.empty() && text.back() == ':')
        text.pop_back();
    return text;
}

// As JSON can say it: a replacement character for each byte that is no UTF-8.
std::string sayable(const std::string& text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).toStdString();
}

struct Document
{
    std::string source;
    std::string text;
    manifest::Value value;
};

// "---\n# Source: x" sections.
std::vector<Document> sections(const std::string& yaml)
{
    std::vector<Document> result;
    for (std::size_t at = 0; at < yaml.size();) {
        const auto next = yaml.find("\n---\n# Source: ", at);
        const auto end = next == std::string::npos ? yaml.size() : next + 1;
        Document document;
        document.text = yaml.substr(at, end - at);
        const auto source = document.text.find("# Source: ");
        if (source != std::string::npos)
            document.source = document.text.substr(source + 10, document.text.find('\n', source) - source - 10);
        if (auto parsed = manifest::parseYaml(document.text, "x", [] {
                manifest::YamlLimits limits;
                limits.allowDuplicateKeys = true;
                return limits;
            }())) {
            boost::json::array all;
            for (auto& one : *parsed)
                all.push_back(one.value);
            document.value = all;
        }
        result.push_back(std::move(document));
        at = end;
    }
    return result;
}

bool isRandom(std::string_view key)
{
    static const char* names[] = {"tls.crt", "tls.key", "ca.crt", "ca.key", "caBundle", "password", "checksum"};
    return std::any_of(std::begin(names), std::end(names),
                       [&](const char* n) { return key.find(n) != std::string_view::npos; });
}

// Equal but for values that are random in each rendering.
bool same(const manifest::Value& a, const manifest::Value& b)
{
    if (const auto* x = a.if_object()) {
        const auto* y = b.if_object();
        if (y == nullptr || x->size() != y->size())
            return false;
        for (const auto& member : *x) {
            const auto* other = y->if_contains(member.key());
            if (other == nullptr)
                return false;
            if (isRandom(member.key()) && member.value().is_string() && other->is_string())
                continue;
            if (!same(member.value(), *other))
                return false;
        }
        return true;
    }
    if (const auto* x = a.if_array()) {
        const auto* y = b.if_array();
        return y != nullptr && std::equal(x->begin(), x->end(), y->begin(), y->end(), same);
    }
    return manifest::equal(a, b);
}

} // namespace

class TestHelmConformance : public QObject
{
    Q_OBJECT

private slots:
    void templates()
    {
        const auto folder = conformance("gotemplate");
        if (!fs::exists(folder))
            QSKIP("conformance/gotemplate is not here");
        const auto cases = paths::readFile(folder / "cases.jsonl");
        const auto values = paths::readFile(folder / "values.yaml");
        QVERIFY(cases && values);
        int total = 0;
        int good = 0;
        for (const auto& line : split(*cases, '\n')) {
            if (line.empty())
                continue;
            const auto test = manifest::parseJson(line);
            QVERIFY(test);
            ++total;
            render::Request request;
            request.tree = git::memoryTree({
                {"Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.2.3\nappVersion: v9\n"},
                {"values.yaml", *values},
                {"files/a.txt", "alpha\nbeta\n"},
                {"files/b.txt", "b"},
                {"cfg/x.json", "{\"a\":1}"},
                // A text that is no manifest must not fail.
                {"templates/NOTES.txt", ""},
                {"templates/t.yaml", "x"},
            });
            request.helm.releaseName = "rel";
            request.helm.nameSpace = "ns";
            request.helm.kubeVersion = "v1.33.0";
            const std::string text(manifest::text(*test, {"template"}));
            const auto result = render::renderTemplateText(request, "templates/t.yaml", text);
            const std::string id(manifest::text(*test, {"id"}));
            if (const auto* expected = manifest::find(*test, {"expected"})) {
                if (result && sayable(*result) == std::string_view(expected->get_string())) {
                    ++good;
                    continue;
                }
                std::cerr << id << " " << text << "\n  want: " << std::string_view(expected->get_string())
                          << "\n  have: " << (result ? *result : "ERROR " + result.error().message) << "\n";
            } else {
                const std::string error(manifest::text(*test, {"error"}));
                if (!result && place(result.error().message) == place(error)
                    && (cause(result.error().message) == cause(error) || qEnvironmentVariableIsEmpty("STRICT"))) {
                    ++good;
                    continue;
                }
                std::cerr << id << " " << text << "\n  want: ERROR " << error
                          << "\n  have: " << (result ? *result : "ERROR " + result.error().message) << "\n";
            }
        }
        std::cerr << "templates: " << good << " of " << total << "\n";
        QVERIFY2(good * 100 >= total * 99, qPrintable(QString("%1 of %2").arg(good).arg(total)));
    }

    void charts()
    {
        const auto root = conformance("charts");
        if (!fs::exists(root))
            QSKIP("conformance/charts is not here");
        int total = 0;
        int good = 0;
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            if (entry.path().filename() != "args.json")
                continue;
            ++total;
            const auto folder = entry.path().parent_path();
            const auto args = manifest::parseJson(*paths::readFile(entry.path()));
            QVERIFY(args);
            const auto tree = git::openFolder((folder.parent_path() / "chart").string());
            QVERIFY(tree);
            const auto valuesTree = git::openFolder(folder.string());
            QVERIFY(valuesTree);
            render::Request request;
            request.tree = *tree;
            request.helm.refs["case"] = *valuesTree;
            for (const auto& file : manifest::array(*args, {"values"}))
                request.helm.valueFiles.push_back("$case/" + std::string(file.get_string()));
            request.helm.releaseName = manifest::text(*args, {"release"});
            request.helm.nameSpace = manifest::text(*args, {"namespace"});
            request.helm.kubeVersion = manifest::text(*args, {"kubeVersion"});
            request.helm.includeCrds = manifest::flag(*args, {"includeCRDs"});
            const auto result = render::renderHelm(request);
            const auto name = fs::relative(folder, root).string();
            if (fs::exists(folder / "error.txt")) {
                const auto error = *paths::readFile(folder / "error.txt");
                if (!result && error.find(result.error().message) != std::string::npos)
                    ++good;
                else
                    std::cerr << name << ": want error " << error << "  have "
                              << (result ? "no error" : result.error().message) << "\n";
                continue;
            }
            if (!result) {
                std::cerr << name << ": " << result.error().text() << "\n";
                continue;
            }
            good +=
                compare(name, sections(*paths::readFile(folder / "expected.yaml")), sections((*result)->yaml)) ? 1 : 0;
        }
        std::cerr << "charts: " << good << " of " << total << "\n";
        QCOMPARE(good, total);
    }

private:
    static bool compare(const std::string& name, const std::vector<Document>& want, const std::vector<Document>& have)
    {
        if (want.size() != have.size()) {
            std::cerr << name << ": " << want.size() << " documents wanted, " << have.size() << " printed\n";
            for (std::size_t i = 0; i < std::min(want.size(), have.size()); ++i)
                if (want[i].source != have[i].source) {
                    std::cerr << "  first other source " << want[i].source << " / " << have[i].source << "\n";
                    break;
                }
            return false;
        }
        for (std::size_t i = 0; i < want.size(); ++i) {
            if (want[i].text.find("# CRD body left out: ") != std::string::npos)
                continue;
            if (want[i].source != have[i].source || !same(want[i].value, have[i].value)) {
                std::cerr << name << ": document " << i << " differs, " << want[i].source << " / " << have[i].source
                          << "\n"
                          << "--- want\n"
                          << want[i].text.substr(0, 1500) << "--- have\n"
                          << have[i].text.substr(0, 1500) << "\n";
                return false;
            }
        }
        return true;
    }
};

QTEST_GUILESS_MAIN(TestHelmConformance)
#include "tst_helm_conformance.moc"
