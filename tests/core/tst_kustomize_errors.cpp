// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Errors of kustomizations: where they are, how the build got there; and inputs that are made to take all memory.
#include "core/base/strings.h"
#include "core/render/render.h"
#include "support/kustomize_generator.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <functional>

using namespace core;

namespace {

Error errorOf(const tests::Files& files, const std::string& path = {})
{
    render::Renderer renderer;
    render::Request request;
    request.tree = git::memoryTree(files);
    request.path = path;
    request.kind = render::SourceKind::Kustomize;
    const auto output = renderer.render(request);
    return output ? Error {Error::Code::Internal, "it renders"} : output.error();
}

const std::string kPod = "kind: Pod\nmetadata: {name: p}\n";

std::string repeated(const std::string& text, std::size_t count)
{
    std::string out;
    out.reserve(text.size() * count);
    for (std::size_t i = 0; i < count; ++i)
        out += text;
    return out;
}

std::string laughs()
{
    std::string out = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        const auto before = "*a" + std::to_string(i - 1);
        out += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
        out += repeated(", " + before, 9) + "]\n";
    }
    return out;
}

/// Peak memory of the process in MiB.
long peak()
{
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

} // namespace

class TestKustomizeErrors : public QObject
{
    Q_OBJECT

private slots:
    void placesAndWays_data()
    {
        QTest::addColumn<QString>("bundle");
        QTest::addColumn<QString>("where");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("hint");
        const auto row = [](const char* name, const char* bundle, const char* where, const char* message,
                            const char* hint = "") {
            QTest::newRow(name) << QString(bundle) << QString(where) << QString(message) << QString(hint);
        };
        row("missing resource",
            "=== kustomization.yaml\nnamespace: x\nresources:\n- p.yaml\n- q.yaml\n=== p.yaml\nkind: "
            "Pod\nmetadata: {name: p}\n",
            "kustomization.yaml:4:3", "no such file");
        row("in a base",
            "=== kustomization.yaml\nresources:\n- mid\n=== mid/kustomization.yaml\nresources: [../base]\n"
            "=== base/kustomization.yaml\nnamePrefix: a-\nresources:\n- gone.yaml\n",
            "base/kustomization.yaml:3:3", "no such file",
            "reached through kustomization.yaml:2:3, then mid/kustomization.yaml:1:13, then "
            "base/kustomization.yaml:3:3");
        row("patch without target",
            "=== kustomization.yaml\nresources: [p.yaml]\npatches:\n- patch: '{kind: Pod, metadata: {name: p}}'\n- "
            "patch: "
            "'{kind: Pod, metadata: {name: q}}'\n=== p.yaml\nkind: Pod\nmetadata: {name: p}\n",
            "kustomization.yaml:4:3", "no matches for Id");
        row("generator", "=== kustomization.yaml\nconfigMapGenerator:\n- name: a\n- name: b\n  literals: [x]\n",
            "kustomization.yaml:3:3", "expected key=value");
        row("replica",
            "=== kustomization.yaml\nresources: [p.yaml]\nreplicas: [{name: x, count: 1}]\n=== p.yaml\nkind: "
            "Pod\nmetadata: {name: p}\n",
            "kustomization.yaml:2:12", "does not match a config");
        row("component", "=== kustomization.yaml\ncomponents:\n- c\n=== c/kustomization.yaml\nresources: [a.yaml]\n",
            "kustomization.yaml:2:3", "expected kind 'Component'", "list it under resources");
        row("component of a base",
            "=== kustomization.yaml\nresources: [b]\n=== b/kustomization.yaml\ncomponents:\n- ../c\n=== "
            "c/kustomization.yaml\nresources: [a.yaml]\n",
            "b/kustomization.yaml:2:3", "expected kind 'Component'",
            "reached through kustomization.yaml:1:13, then b/kustomization.yaml:2:3");
        row("plugin in a file",
            "=== kustomization.yaml\nnamePrefix: x-\ntransformers:\n- a.yaml\n- t.yaml\n=== a.yaml\napiVersion: "
            "builtin\nkind: HashTransformer\nmetadata: {name: h}\n=== t.yaml\n# first\n---\napiVersion: "
            "builtin\nkind: PrefixTransformer\nmetadata: {name: p}\n",
            "t.yaml:3", "fieldSpecs is not expected to be nil",
            "add fieldSpecs; reached through kustomization.yaml:4:3");
        row("plugin in the kustomization",
            "=== kustomization.yaml\ntransformers:\n- |\n  apiVersion: builtin\n  kind: PrefixTransformer\n  metadata: "
            "{name: p}\n",
            "kustomization.yaml:2:3", "fieldSpecs is not expected to be nil", "add fieldSpecs");
        row("var", "=== kustomization.yaml\nvars:\n- name: A\n  objref: {kind: Pod, name: x, apiVersion: v1}\n",
            "kustomization.yaml:2:3", "cannot be mapped", "check objref");
        row("second document",
            "=== kustomization.yaml\nresources: [p.yaml]\n=== p.yaml\nkind: Pod\nmetadata: {name: p}\n---\na: b\n  c: "
            "d\n",
            "p.yaml:5", "MalformedYAMLError", "mend the YAML there; reached through kustomization.yaml:1:13");
        row("patch in a file",
            "=== kustomization.yaml\nresources: [o]\n=== o/kustomization.yaml\nresources: [p.yaml]\npatches: [{path: "
            "x.yaml}]\n=== o/p.yaml\nkind: Pod\nmetadata: {name: p}\n=== o/x.yaml\nkind: Pod\na: [\n",
            "o/x.yaml:", "unable to parse SM or JSON patch");
        row("broken YAML", "=== kustomization.yaml\nresources: [p.yaml]\n=== p.yaml\na: b\n  c: d\n", "p.yaml:2",
            "MalformedYAMLError");
        row("cycle",
            "=== kustomization.yaml\nresources: [a]\n=== a/kustomization.yaml\nresources: [../b]\n=== "
            "b/kustomization.yaml\nresources: [../a]\n",
            "b/kustomization.yaml:1:13", "cycle detected");
    }
    void placesAndWays()
    {
        QFETCH(QString, bundle);
        QFETCH(QString, where);
        QFETCH(QString, message);
        QFETCH(QString, hint);
        const auto error = errorOf(tests::fromBundle(bundle.toStdString()));
        const auto text = error.text();
        QVERIFY2(QString::fromStdString(error.where).startsWith(where), text.c_str());
        QVERIFY2(QString::fromStdString(error.message).contains(message), text.c_str());
        QVERIFY2(QString::fromStdString(error.hint).contains(hint), text.c_str());
    }
    void aBrokenBaseSaysWhatIsBrokenOnly()
    {
        const auto error = errorOf({{"top/kustomization.yaml", "resources: [../base]\n"},
                                    {"base/kustomization.yaml", "resources: [gone.yaml]\n"}},
                                   "top");
        QCOMPARE(error.where, std::string("base/kustomization.yaml:1:13"));
        QVERIFY2(error.message.find("gone.yaml") != std::string::npos, error.message.c_str());
        QVERIFY2(error.message.find("security;") == std::string::npos, error.message.c_str());
    }
    void aLinkOutOfTheSourceIsRefused()
    {
        const QTemporaryDir folder;
        const std::filesystem::path root(folder.path().toStdString());
        std::filesystem::create_symlink("/etc/hostname", root / "host.yaml");
        std::ofstream(root / "kustomization.yaml") << "resources:\n- host.yaml\n";
        render::Request request;
        request.tree = git::openFolder(root).value();
        const auto output = render::Renderer().render(request);
        QVERIFY(!output);
        QCOMPARE(output.error().code, Error::Code::Forbidden);
        QVERIFY2(output.error().message.find("security;") != std::string::npos, output.error().message.c_str());
        QVERIFY2(output.error().hint.find("move the file below") != std::string::npos, output.error().hint.c_str());
    }
    void aKustomizationThatIsALinkOutOfItsRootIsNone()
    {
        const QTemporaryDir folder;
        const std::filesystem::path top = std::filesystem::path(folder.path().toStdString()) / "top";
        std::filesystem::create_directory(top);
        std::ofstream(top / ".." / "elsewhere.yaml") << "configMapGenerator:\n- name: a\n";
        std::filesystem::create_symlink("../elsewhere.yaml", top / "kustomization.yaml");
        render::Request request;
        request.tree = git::openFolder(folder.path().toStdString()).value();
        request.path = "top";
        request.kind = render::SourceKind::Kustomize;
        const auto output = render::Renderer().render(request);
        QVERIFY(!output);
        QVERIFY2(output.error().message.starts_with("unable to find one of"), output.error().message.c_str());
        request.kustomize.loadRestrictionsNone = true;
        QVERIFY(render::Renderer().render(request).has_value());
    }
    void bombsEnd_data()
    {
        QTest::addColumn<QByteArray>("kustomization");
        QTest::addColumn<QByteArray>("file");
        const auto row = [](const char* name, const std::string& kustomization, const std::string& file) {
            QTest::newRow(name) << QByteArray::fromStdString(kustomization) << QByteArray::fromStdString(file);
        };
        row("aliases in a resource", "resources: [f]\n", kPod + laughs());
        row("aliases in the kustomization", "resources: [f]\n" + laughs(), kPod);
        row("aliases in a patch", "resources: [f]\npatches: [{path: p}]\n", kPod);
        row("depth of a resource", "resources: [f]\n", kPod + "a: " + std::string(100'000, '['));
        row("depth of the kustomization", "resources: " + std::string(100'000, '[') + "\n", kPod);
        row("depth in blocks", "resources: [f]\n", kPod + "a:\n " + repeated("- ", 5'000) + "x\n");
        row("a million keys", "resources: [f]\n", [] {
            std::string text = kPod + "data:\n";
            for (int i = 0; i < 1'100'000; ++i)
                text += " k" + std::to_string(i) + ": v\n";
            return text;
        }());
        row("a million pairs", "configMapGenerator: [{name: c, envs: [f]}]\n", [] {
            std::string text;
            for (int i = 0; i < 1'000'000; ++i)
                text += "k" + std::to_string(i) + "=v\n";
            return text;
        }());
        // Each of these doubles what is there.
        const auto times = [](int count, const std::function<std::string(const std::string&)>& entry) {
            std::string text;
            for (int i = 0; i < count; ++i)
                text += entry(std::to_string(i));
            return text;
        };
        const auto kData = kPod + "d: {a: aaaaaaaa}\n";
        row("copies of a JSON patch",
            "resources: [f]\npatches:\n- target: {kind: Pod}\n  patch: |\n"
                + times(60, [](const std::string& i) { return "    - {op: copy, from: /d, path: /d/x" + i + "}\n"; }),
            kData);
        row("copies of many JSON patches",
            "resources: [f]\npatches:\n"
                + times(60,
                        [](const std::string& i) {
                            return "- {target: {kind: Pod}, patch: '- {op: copy, from: /d, path: /d/x" + i + "}'}\n";
                        }),
            kData);
        row("replacements below their source",
            "resources: [f]\nreplacements:\n"
                + times(
                    60,
                    [](const std::string& i) {
                        return "- source: {kind: Pod, fieldPath: d}\n  targets: [{select: {kind: Pod}, fieldPaths: [d.x"
                            + i + "], options: {create: true}}]\n";
                    }),
            kData);
        row("replacements in their source's text",
            "resources: [f]\nreplacements:\n"
                + times(60,
                        [](const std::string&) {
                            return std::string(
                                "- source: {kind: Pod, fieldPath: d.a}\n  targets: [{select: {kind: Pod}, fieldPaths: "
                                "[d.a], options: {delimiter: a, index: 0}}]\n");
                        }),
            kData);
        row("a path without end", "resources: [" + repeated("a/", 200'000) + "]\n", kPod);
    }
    void bombsEnd()
    {
        QFETCH(QByteArray, kustomization);
        QFETCH(QByteArray, file);
        const auto error =
            errorOf({{"kustomization.yaml", kustomization.toStdString()}, {"f", file.toStdString()}, {"p", laughs()}});
        QVERIFY2(error.code != Error::Code::Internal, error.message.substr(0, 200).c_str());
        QVERIFY2(error.message.size() < 100'000, "the error carries the bomb");
        QVERIFY2(!error.hint.empty() && !error.hint.starts_with("reached"), error.text().substr(0, 300).c_str());
        QVERIFY2(peak() < 1500, std::to_string(peak()).c_str());
    }
    void remoteBasesAreFetchedWhereAllowed()
    {
        const tests::Files files {
            {"kustomization.yaml", "resources: ['https://host/org/repo//deep/base?ref=v1']\nnamePrefix: a-\n"}};
        const tests::Files remote {{"deep/base/kustomization.yaml", "resources: [../more, p.yaml]\nnameSuffix: -z\n"},
                                   {"deep/base/p.yaml", kPod},
                                   {"deep/more/kustomization.yaml", "resources: [q.yaml]\n"},
                                   {"deep/more/q.yaml", "kind: Pod\nmetadata: {name: q}\n"}};
        render::Renderer renderer;
        render::Request request;
        request.tree = git::memoryTree(files);
        request.kustomize.fetch = [&](const std::string& url, const std::string& revision, std::stop_token) {
            return url == "https://host/org/repo" && revision == "v1"
                ? Result<git::TreePtr>(git::memoryTree(remote))
                : fail(Error::Code::Unavailable, "could not resolve host " + url);
        };
        auto output = renderer.render(request);
        QVERIFY(!output);
        QCOMPARE(output.error().code, Error::Code::Unsupported);
        QCOMPARE(output.error().where, std::string("kustomization.yaml:1:13"));
        request.kustomize.allowRemoteBases = true;
        output = renderer.render(request);
        QVERIFY2(output.has_value(), output ? "" : output.error().text().c_str());
        QCOMPARE(QString::fromStdString((*output)->yaml),
                 QStringLiteral("kind: Pod\nmetadata:\n  name: a-p-z\n---\nkind: Pod\nmetadata:\n  name: a-q-z\n"));
        QCOMPARE((*output)->resources.front().provenance->file, std::string("https://host/org/repo//deep/base/p.yaml"));
        request.tree = git::memoryTree({{"kustomization.yaml", "resources: ['github.com/org/other?ref=x']\n"}});
        output = renderer.render(request);
        QVERIFY(!output);
        QCOMPARE(output.error().code, Error::Code::Unavailable);
        QVERIFY(output.error().message.find("git fetch --depth=1 https://github.com/org/other x") != std::string::npos);
        request.tree = git::memoryTree({{"kustomization.yaml", "resources: ['https://host/org/repo//../x?ref=v1']\n"}});
        QCOMPARE(renderer.render(request).error().code, Error::Code::Forbidden);
    }
    void chartsArePulledWhereAllowed()
    {
        const tests::Files chart {
            {"Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.2.0\n"},
            {"values.yaml", "a: chart\nb: chart\nc: chart\n"},
            {"templates/p.yaml",
             "kind: Pod\nmetadata: {name: '{{ .Release.Name }}-{{ .Values.a }}-{{ .Values.b }}-{{ .Values.c }}'}\n"}};
        render::Request request;
        request.tree = git::memoryTree(
            {{"kustomization.yaml",
              "helmCharts:\n- {name: web, repo: 'https://c.example', version: 1.2.0, releaseName: r, valuesInline: {b: "
              "inline}, additionalValuesFiles: [more.yaml]}\n"},
             {"more.yaml", "c: more\n"}});
        std::string asked;
        request.kustomize.fetch = [&](const std::string& url, const std::string& version, std::stop_token) {
            asked = url + " " + version;
            return version == "1.2.0" ? Result<git::TreePtr>(git::memoryTree(chart))
                                      : fail(Error::Code::Unavailable, "could not resolve host c.example");
        };
        render::Renderer renderer;
        auto output = renderer.render(request);
        QVERIFY(!output);
        QCOMPARE(output.error().code, Error::Code::Unsupported);
        QCOMPARE(output.error().where, std::string("kustomization.yaml:2:3"));
        QVERIFY(asked.empty());
        request.kustomize.allowRemoteBases = true;
        output = renderer.render(request);
        QVERIFY2(output.has_value(), output ? "" : output.error().text().c_str());
        QCOMPARE(asked, std::string("helm+https://c.example#web 1.2.0"));
        QCOMPARE((*output)->yaml, std::string("kind: Pod\nmetadata:\n  name: r-chart-inline-more\n"));
        request.tree = git::memoryTree(
            {{"kustomization.yaml", "helmCharts: [{name: web, repo: 'https://c.example', version: 2.0.0}]\n"}});
        output = renderer.render(request);
        QVERIFY(!output);
        QCOMPARE(output.error().code, Error::Code::Unavailable);
        QCOMPARE(output.error().where, std::string("kustomization.yaml:1:14"));
        QVERIFY(output.error().message.find("pulling it from https://c.example") != std::string::npos);
        QVERIFY(output.error().hint.find("commit the chart") != std::string::npos);
    }
    void towersOfBasesEnd()
    {
        tests::Files files;
        for (int i = 0; i < 400; ++i)
            files["d" + std::to_string(i) + "/kustomization.yaml"] = "resources: [../d" + std::to_string(i + 1) + "]\n";
        files["d400/kustomization.yaml"] = "resources: [p.yaml]\n";
        files["d400/p.yaml"] = kPod;
        const auto error = errorOf(files, "d0");
        QCOMPARE(error.code, Error::Code::LimitExceeded);
        QVERIFY2(error.message.find("deeper than") != std::string::npos, error.message.substr(0, 300).c_str());
    }
};

QTEST_APPLESS_MAIN(TestKustomizeErrors)
#include "tst_kustomize_errors.moc"
