// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/generate_paths.h"
#include "core/gitops/revision.h"
#include "core/gitops/settings.h"
#include "core/gitops/sources.h"
#include "core/manifest/yaml.h"

#include <QTest>

#include <boost/json.hpp>

using namespace core;
using namespace core::gitops;

namespace {

/// Renders an Application's sources from files in memory. Revision "other" has files of its own.
struct Sources
{
    std::map<std::string, std::string> files;
    std::map<std::string, std::string> other;
    std::vector<std::string> tags;
    std::string instance;
    std::vector<std::string> schemes {"https", "http"};

    Result<RenderedSources> render(const std::string& spec) const
    {
        auto documents = manifest::parseYaml("metadata: {name: app, namespace: argocd}\nspec:\n  destination: "
                                             "{namespace: ml}\n  "
                                                 + spec,
                                             "test");
        if (!documents)
            qFatal("%s", documents.error().text().c_str());
        const auto app = parseApplication(documents->front().value);
        render::Renderer renderer;
        const Resolve resolve = [this](const std::string&, const std::string& revision,
                                       std::stop_token) -> Result<ResolvedSource> {
            if (revision == "missing")
                return fail(Error::Code::NotFound, "no such revision");
            const bool second = revision == "other" || revision == "lib/1.4.0";
            return ResolvedSource {git::memoryTree(second ? other : files),
                                   std::string(second ? "b" : "a") + std::string(39, '0')};
        };
        const Tags known = [this](const std::string&, std::stop_token) -> Result<std::vector<std::string>> {
            return tags;
        };
        return renderSources(app, app.sources, {}, renderer, resolve, {"1.30.0", {"v1"}, schemes}, {}, known, instance);
    }

    /// The rendered objects as JSON texts, or the error.
    QStringList texts(const std::string& spec) const
    {
        const auto result = render(spec);
        if (!result)
            return {QString::fromStdString(result.error().message)};
        QStringList list;
        for (const auto& output : result->outputs) {
            for (const auto& resource : output ? output->resources : std::vector<render::Rendered> {})
                list << QString::fromStdString(manifest::toJson(*resource.object));
        }
        return list;
    }
};

std::string configMap(const std::string& name)
{
    return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: " + name + "\n";
}

} // namespace

class TestGitopsSources : public QObject
{
    Q_OBJECT

private slots:
    void whichSourceCounts_data()
    {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QString>("expected"); // repoURL@revision:path of each, and whether there are several
        const QString dry = "drySource: {repoURL: dry, targetRevision: HEAD, path: chart}, ";
        QTest::newRow("one") << "{source: {repoURL: a, targetRevision: r, path: p}}"
                             << "a@r:p";
        QTest::newRow("several before one") << "{source: {repoURL: a}, sources: [{repoURL: b}, {repoURL: c}]}"
                                            << "several b@: c@:";
        QTest::newRow("hydrated before both") << "{source: {repoURL: a}, sources: [{repoURL: b}], sourceHydrator: {"
                + dry + "syncSource: {targetBranch: environments/dev, path: out}}}"
                                              << "dry@environments/dev:out";
        QTest::newRow("hydrated to another repository")
            << "{sourceHydrator: {" + dry + "syncSource: {repoURL: wet, targetBranch: dev, path: out}}}"
            << "wet@dev:out";
        QTest::newRow("no hydrator") << "{source: {repoURL: a}, sourceHydrator: null}"
                                     << "a@:";
        QTest::newRow("nothing") << "{}"
                                 << "";
    }
    void whichSourceCounts()
    {
        QFETCH(QString, spec);
        QFETCH(QString, expected);
        const auto documents = manifest::parseYaml("metadata: {name: app}\nspec: " + spec.toStdString(), "test");
        QVERIFY(documents);
        const auto app = parseApplication(documents->front().value);
        QStringList words;
        if (app.multiSource)
            words << "several";
        for (const auto& source : app.sources)
            words << QString::fromStdString(source.repoUrl + "@" + source.targetRevision + ":" + source.path);
        QCOMPARE(words.join(' '), expected);
        const auto counted = countedSourcesOf(documents->front().value);
        bool several = false;
        QCOMPARE(parseSources(counted, &several).size(), app.sources.size());
        QCOMPARE(several, app.multiSource);
    }

    void versions_data()
    {
        QTest::addColumn<QString>("revision");
        QTest::addColumn<QString>("prefix");
        QTest::addColumn<QString>("expected"); // "" = an error
        QTest::newRow("a branch") << "main"
                                  << ""
                                  << "main";
        QTest::newRow("a pin") << "v1.2.3"
                               << ""
                               << "v1.2.3";
        QTest::newRow("a lenient pin") << "1.0"
                                       << ""
                                       << "1.0";
        QTest::newRow("patch range") << "1.2.x"
                                     << ""
                                     << "v1.2.9";
        QTest::newRow("caret") << "^1.0"
                               << ""
                               << "1.10.0";
        QTest::newRow("star takes no prerelease") << "*"
                                                  << ""
                                                  << "2.0.0";
        QTest::newRow("prerelease where asked") << ">=2.0.0-0"
                                                << ""
                                                << "2.1.0-rc.1";
        QTest::newRow("two bounds") << ">=1.0 <1.3"
                                    << ""
                                    << "v1.2.9";
        QTest::newRow("nothing matches") << "7.x"
                                         << ""
                                         << "7.x";
        QTest::newRow("prefix") << "~1.4"
                                << "lib/"
                                << "lib/1.4.0";
        QTest::newRow("prefix and pin") << "1.4.0"
                                        << "lib/"
                                        << "lib/1.4.0";
        QTest::newRow("prefix and branch") << "main"
                                           << "lib/"
                                           << "";
    }
    void versions()
    {
        QFETCH(QString, revision);
        QFETCH(QString, prefix);
        QFETCH(QString, expected);
        const std::vector<std::string> tags {"v1.2.3",  "v1.2.9", "1.10.0",    "2.0.0",     "2.1.0-rc.1",
                                             "nightly", "",       "lib/1.4.0", "lib/1.3.0", "lib/x"};
        const auto tag = versionTag(revision.toStdString(), tags, prefix.toStdString());
        QCOMPARE(QString::fromStdString(tag ? *tag : ""), expected);
    }

    void ranges()
    {
        for (const auto* range : {"*", "1.x", ">=1 <2", "~1.2", "^1", "1 - 2", "1.2 || 2"})
            QVERIFY2(isVersionRange(range), range);
        for (const auto* other :
             {"", "main", "HEAD", "v1", "1.0", "refs/heads/x", "1111111111111111111111111111111111111111"})
            QVERIFY2(!isVersionRange(other), other);
    }

    void variables_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("plain") << "a b"
                               << "a b";
        QTest::newRow("name") << "x-$NAME-y"
                              << "x-app-y";
        QTest::newRow("braces") << "x${NAME}y"
                                << "xappy";
        QTest::newRow("unknown") << "x$NOPE."
                                 << "x.";
        QTest::newRow("dollar") << "$$NAME"
                                << "$NAME";
        QTest::newRow("at the end") << "a$"
                                    << "a$";
        QTest::newRow("open brace") << "${NAME"
                                    << "${NAME";
    }
    void variables()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(substitute(text.toStdString(), {{"NAME", "app"}})), expected);
    }

    void overridesChangeTheSourceButNotItsPlace()
    {
        Sources sources;
        sources.files = {{"k/kustomization.yaml", "resources: [a.yaml]\n"},
                         {"k/a.yaml", configMap("a")},
                         {"k/.argocd-source.yaml", "kustomize: {namePrefix: all-, nameSuffix: -s}\npath: elsewhere\n"},
                         {"k/.argocd-source-app.yaml", "kustomize: {namePrefix: mine-}\n"},
                         {"k/.argocd-source-ns_app.yaml", "kustomize: {namePrefix: other-}\n"}};
        const std::string spec = "source: {repoURL: R, path: k, targetRevision: main}\n";
        QVERIFY(sources.texts(spec).join("").contains("\"mine-a-s\""));
        sources.instance = "ns_app";
        QVERIFY(sources.texts(spec).join("").contains("\"other-a-s\""));
    }

    void helmParametersKnowTheApplication()
    {
        Sources sources;
        sources.files = {{"c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"},
                         {"c/values.yaml", "who: nobody\n"},
                         {"c/ml.yaml", "from: file\n"},
                         {"c/templates/a.yaml",
                          "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {who: {{ .Values.who }}, from: "
                          "{{ .Values.from }}}\n"}};
        const auto text =
            sources
                .texts("source: {repoURL: R, path: c, helm: {valueFiles: [\"$ARGOCD_APP_NAMESPACE.yaml\"], "
                       "parameters: [{name: who, value: \"$ARGOCD_APP_NAME-${ARGOCD_APP_REVISION_SHORT}\"}]}}\n")
                .join("");
        QVERIFY2(text.contains("\"app-a000000\"") && text.contains("\"file\""), qPrintable(text));
    }

    void schemesOfValuesFiles()
    {
        Sources sources;
        sources.files = {{"c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"}, {"c/templates/a.yaml", ""}};
        const auto told = [&sources](const std::string& helm) {
            return sources.texts("source: {repoURL: R, path: c, helm: {" + helm + "}}\n").join("");
        };
        QVERIFY(told("valueFiles: ['ftp://x.test/v.yaml']").contains("the URL scheme 'ftp' is not allowed"));
        QVERIFY(told("valueFiles: ['FILE:///etc/passwd']").contains("the URL scheme 'file' is not allowed"));
        QVERIFY(told("fileParameters: [{name: a, path: 's3://b/v'}]").contains("the URL scheme 's3' is not allowed"));
        // Allowed, but fetched from nowhere here.
        sources.schemes = {"s3"};
        QVERIFY(!told("valueFiles: ['s3://x.test/v.yaml']").contains("is not allowed"));
        QVERIFY(told("valueFiles: ['https://x.test/v.yaml']").contains("the URL scheme 'https' is not allowed"));

        const auto schemes = [](const char* written) {
            const manifest::Value map {{"data", {{"helm.valuesFileSchemes", written}}}};
            return parseSettings(&map).valuesFileSchemes;
        };
        QCOMPARE(schemes(" HTTPS, s3 ,"), (std::vector<std::string> {"https", "s3"}));
        QCOMPARE(schemes(""), std::vector<std::string> {});
        QCOMPARE(parseSettings(nullptr).valuesFileSchemes, (std::vector<std::string> {"https", "http"}));
    }

    // The files that a chart's globs give, each telling its name in a list that the next one replaces only in part.
    void valueFileGlobs_data()
    {
        QTest::addColumn<QString>("valueFiles");
        QTest::addColumn<QString>("expected"); // winner, then all that took part; or the error
        const auto row = [](const char* files, const char* expected) { QTest::newRow(files) << files << expected; };
        row("[envs/*.yaml]", "envs/z: envs/a envs/z");
        row("['envs/**/*.yaml']", "nested/c: envs/a envs/z nested/c");
        row("['envs/**']", "nested/c: envs/a envs/z nested/c");
        row("['envs/*/?.yaml']", "nested/c: nested/c");
        row("['envs/[a-c].yaml', '/top*.yaml']", "top: envs/a top");
        row("['envs/*.yaml', envs/a.yaml]", "envs/a: envs/a envs/z");
        row("['envs/z*.yaml', 'envs/*.yaml']", "envs/a: envs/a envs/z");
        row("['$v/more/$ARGOCD_APP_NAME*.yaml', 'envs/a.yaml']", "envs/a: app-1 app-2 envs/a");
        row("['none/*.yaml']",
            "failed to generate manifest for source 1 of 2: values file glob \"none/*.yaml\" matched no files");
        row("['none/*.yaml'], ignoreMissingValueFiles: true", "nobody:");
    }
    void valueFileGlobs()
    {
        QFETCH(QString, valueFiles);
        QFETCH(QString, expected);
        const auto file = [](const std::string& name) { return "who: " + name + "\nall: {" + name + ": 1}\n"; };
        Sources sources;
        sources.files = {
            {"c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"},
            {"c/values.yaml", "who: nobody\nall: {}\n"},
            {"c/envs/z.yaml", file("envs/z")},
            {"c/envs/a.yaml", file("envs/a")},
            {"c/envs/nested/c.yaml", file("nested/c")},
            {"top.yaml", file("top")},
            {"c/templates/a.yaml",
             "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {text: \"{{ .Values.who }}:{{ range "
             "$k, $v := .Values.all }} {{ $k }}{{ end }}\"}\n"}};
        sources.other = {{"more/app-1.yaml", file("app-1")}, {"more/app-2.yaml", file("app-2")}};
        const auto texts =
            sources.texts("sources: [{repoURL: R, path: c, helm: {valueFiles: " + valueFiles.toStdString()
                          + "}}, {repoURL: S, targetRevision: other, ref: v}]\n");
        QCOMPARE(texts.size(), 1);
        const auto value = manifest::parseJson(texts.front().toStdString());
        QCOMPARE(value ? QString::fromStdString(std::string(manifest::text(*value, {"data", "text"}))) : texts.front(),
                 expected);
    }

    void helmParameters_data()
    {
        QTest::addColumn<QString>("helm");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* helm, const char* expected) { QTest::newRow(helm) << helm << expected; };
        row("parameters: [{name: v, value: 'a,b'}]", R"("a,b")");
        row("parameters: [{name: v, value: 'a\\,b'}]", R"("a,b")");
        row("parameters: [{name: v, value: '{a,b}'}]", R"(["a","b"])");
        row("parameters: [{name: v, value: '12'}]", "12");
        row("parameters: [{name: v, value: '12', forceString: true}]", R"("12")");
        row("fileParameters: [{name: v, path: text.txt}]", R"("words\n")");
        row("valuesObject: {v: {a: 1}}, values: 'v: 2'", R"({"a":1})");
        row("values: 'v: 2'", "2");
        row("valueFiles: [text.yaml], values: 'v: 2', parameters: [{name: v, value: '3'}]", "3");
        row("kubeVersion: 1.29.3-gke.100", R"("1.29.3 rel")");
        row("releaseName: other, kubeVersion: v1.29.3", R"("1.29.3 other")");
    }
    void helmParameters()
    {
        QFETCH(QString, helm);
        QFETCH(QString, expected);
        Sources sources;
        sources.files = {
            {"c/Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.0.0\n"},
            {"c/text.txt", "words\n"},
            {"c/text.yaml", "v: 1\n"},
            {"c/templates/a.yaml",
             "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {text: {{ default (print (trimPrefix "
             "\"v\" .Capabilities.KubeVersion.Version) \" \" (.Release.Name | replace \"app\" \"rel\")) "
             ".Values.v | toJson | quote }}}\n"}};
        const auto texts = sources.texts("source: {repoURL: R, path: c, helm: {" + helm.toStdString() + "}}\n");
        QCOMPARE(texts.size(), 1);
        const auto value = manifest::parseJson(texts.front().toStdString());
        QVERIFY2(value, qPrintable(texts.front()));
        QCOMPARE(QString::fromStdString(std::string(manifest::text(*value, {"data", "text"}))), expected);
    }

    void directoryFiles_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("content");
        QTest::addColumn<int>("count"); // -1 = an error
        const QString good = QString::fromStdString(configMap("x"));
        QTest::newRow("a manifest") << "x.yaml" << good << 1;
        QTest::newRow("marked") << "x.yaml"
                                << "# +argocd:skip-file-rendering\n" + good << 0;
        QTest::newRow("not YAML and no manifest") << "x.yaml"
                                                  << "{{ template }}\n a: [" << 0;
        QTest::newRow("a broken manifest") << "x.yaml" << good + "  bad: [\n" << -1;
        QTest::newRow("broken JSON") << "x.json"
                                     << "{" << -1;
        QTest::newRow("JSON") << "x.json"
                              << R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}})" << 1;
        QTest::newRow("Jsonnet") << "x.jsonnet"
                                 << "{}" << -1;
        QTest::newRow("another file") << "x.txt"
                                      << "kind: x" << 0;
        QTest::newRow("a list") << "x.yaml"
                                << "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: "
                                   "{name: a}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n"
                                << 2;
        QTest::newRow("empty documents") << "x.yaml"
                                         << "---\n---\n" + good + "---\n"
                                         << 1;
    }
    void directoryFiles()
    {
        QFETCH(QString, name);
        QFETCH(QString, content);
        QFETCH(int, count);
        Sources sources;
        sources.files = {{"d/" + name.toStdString(), content.toStdString()}};
        const auto result = sources.render("source: {repoURL: R, path: d}\n");
        if (count < 0) {
            QVERIFY(!result);
            QVERIFY(result.error().message.starts_with("failed to generate manifest for source 1 of 1: "));
            return;
        }
        QVERIFY2(result, result ? "" : result.error().text().c_str());
        QCOMPARE(static_cast<int>(result->outputs[0]->resources.size()), count);
    }

    void refused_data()
    {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QString>("words");
        QTest::newRow("no revision") << "source: {repoURL: R, path: d, targetRevision: missing}"
                                     << "unable to resolve 'missing' to a commit SHA";
        QTest::newRow("no path") << "source: {repoURL: R, path: nowhere}"
                                 << "nowhere: app path does not exist";
        QTest::newRow("jsonnet") << "source: {repoURL: R, path: d, directory: {jsonnet: {libs: [x]}}}"
                                 << "directory.jsonnet is set, and Jsonnet is not supported";
        QTest::newRow("plugin") << "source: {repoURL: R, path: d, plugin: {name: p}}"
                                << "config management plugins are not supported";
        QTest::newRow("helm version") << "source: {repoURL: R, path: d, helm: {version: v2}}"
                                      << "helm version 'v2' is not supported";
        QTest::newRow("kustomize version") << "source: {repoURL: R, path: d, kustomize: {version: v3}}"
                                           << "kustomize version v3 is not registered";
        QTest::newRow("chart") << "source: {repoURL: R, chart: c, targetRevision: missing}"
                               << "no such revision";
        QTest::newRow("one repository at two revisions")
            << "sources: [{repoURL: R, path: d, helm: {valueFiles: [$v/x.yaml]}}, {repoURL: R.git, targetRevision: "
               "other, ref: v}]"
            << "cannot reference a different revision of the same repository";
        QTest::newRow("tag prefix without version")
            << "source: {repoURL: R, path: d, tagPrefix: lib/, targetRevision: main}"
            << "must be a version or a version constraint";
    }
    void refused()
    {
        QFETCH(QString, spec);
        QFETCH(QString, words);
        Sources sources;
        sources.files = {{"d/a.yaml", configMap("a")}};
        sources.other = sources.files;
        const auto result = sources.render(spec.toStdString() + "\n");
        QVERIFY(!result);
        QVERIFY2(QString::fromStdString(result.error().message).contains(words), result.error().message.c_str());
    }

    void aChartIsAskedForByItsLocation()
    {
        const auto documents = manifest::parseYaml("metadata: {name: app, namespace: argocd}\nspec: {destination: "
                                                   "{namespace: ml}, source: {repoURL: 'https://c.example', chart: c, "
                                                   "targetRevision: 1.x}}\n",
                                                   "test");
        QVERIFY(documents);
        const auto app = parseApplication(documents->front().value);
        std::string asked;
        const Resolve resolve = [&asked](const std::string& url, const std::string& revision,
                                         std::stop_token) -> Result<ResolvedSource> {
            asked = url + " " + revision;
            return ResolvedSource {git::memoryTree({{"Chart.yaml", "apiVersion: v2\nname: c\nversion: 1.2.0\n"},
                                                    {"templates/a.yaml", configMap("{{ .Release.Name }}")}}),
                                   "1.2.0"};
        };
        render::Renderer renderer;
        const auto result = renderSources(app, app.sources, {}, renderer, resolve, {"1.30.0", {"v1"}}, {});
        QVERIFY2(result, result ? "" : result.error().text().c_str());
        QCOMPARE(asked, std::string("helm+https://c.example#c 1.x"));
        QCOMPARE(result->revisions.front(), std::string("1.2.0"));
        QCOMPARE(std::string(manifest::text(*result->outputs[0]->resources.at(0).object, {"metadata", "name"})),
                 std::string("app"));
    }

    void generatePaths_data()
    {
        QTest::addColumn<QString>("annotation");
        QTest::addColumn<QString>("file");
        QTest::addColumn<bool>("touched");
        QTest::newRow("none") << ""
                              << "x" << true;
        QTest::newRow("own folder") << "."
                                    << "apps/llm/a.yaml" << true;
        QTest::newRow("beside") << "."
                                << "apps/llm2/a.yaml" << false;
        QTest::newRow("relative") << "../shared"
                                  << "apps/shared/x/y.yaml" << true;
        QTest::newRow("from the root") << "/shared"
                                       << "shared/x.yaml" << true;
        QTest::newRow("from the root only") << "/shared"
                                            << "apps/llm/shared/x.yaml" << false;
        QTest::newRow("second") << ". ; ../shared"
                                << "apps/shared/x.yaml" << true;
        QTest::newRow("glob") << "/shared/*-values.yaml"
                              << "shared/my-values.yaml" << true;
        QTest::newRow("glob elsewhere") << "/shared/*-values.yaml"
                                        << "shared/a/my-values.yaml" << false;
        QTest::newRow("everything") << "/"
                                    << "x" << true;
        QTest::newRow("out of the repository") << "../../../x"
                                               << "x" << false;
    }

    void generatePaths()
    {
        QFETCH(QString, annotation);
        QFETCH(QString, file);
        QTEST(touchesGeneratePaths(annotation.toStdString(), "apps/llm", {file.toStdString()}), "touched");
    }

    void filesThatChangedBetweenTrees()
    {
        const auto before = git::memoryTree({{"a/same", "1"}, {"a/b/changed", "1"}, {"gone/x/y", "1"}, {"turns", "1"}});
        const auto after =
            git::memoryTree({{"a/same", "1"}, {"a/b/changed", "2"}, {"new/x/y", "1"}, {"turns/in", "1"}});
        auto files = changedFiles(*before, *after).value();
        std::sort(files.begin(), files.end());
        QCOMPARE(files, (std::vector<std::string> {"a/b/changed", "gone/x/y", "new/x/y", "turns", "turns/in"}));
        QVERIFY(changedFiles(*before, *before)->empty());
        QVERIFY(!changedFiles(*before, *after, 4));
    }

    /// A commit beside the paths serves what was rendered before; one that touches them is rendered.
    void commitsBesideTheGeneratePathsAreNotRendered()
    {
        const auto documents = manifest::parseYaml("metadata: {name: app, namespace: argocd}\nspec: {destination: "
                                                   "{namespace: ml}, source: {repoURL: R, path: d}}\n",
                                                   "test");
        const auto app = parseApplication(documents->front().value);
        std::vector<std::map<std::string, std::string>> commits {{{"d/a.yaml", configMap("a")}}};
        const auto idOf = [](std::size_t number) { return std::to_string(number) + std::string(39, '0'); };
        const Resolve resolve = [&](const std::string&, const std::string& revision,
                                    std::stop_token) -> Result<ResolvedSource> {
            const auto number = revision == "HEAD" ? commits.size() : std::stoul(revision.substr(0, 1));
            return ResolvedSource {git::memoryTree(commits.at(number - 1)), idOf(number)};
        };
        render::Renderer renderer;
        const auto render = [&](const KeptSources& kept) {
            return renderSources(app, app.sources, {}, renderer, resolve, {"1.30.0", {"v1"}}, {}, {}, {}, kept).value();
        };
        const auto first = render({});
        QVERIFY(first.mayHaveChanges);
        commits.push_back(commits.back());
        commits.back()["beside.md"] = "text";
        const auto second = render({".", first.revisions, &first});
        QVERIFY(!second.mayHaveChanges);
        QCOMPARE(second.revisions.front(), idOf(2));
        QCOMPARE(second.outputs.front().get(), first.outputs.front().get());
        QVERIFY(render({"", first.revisions, &first}).mayHaveChanges);
        QVERIFY(render({".", {}, &first}).mayHaveChanges); // never synced
        commits.push_back(commits.back());
        commits.back()["d/a.yaml"] = configMap("b");
        const auto third = render({".", first.revisions, &second});
        QVERIFY(third.mayHaveChanges);
        QCOMPARE(std::string(manifest::name(*third.outputs[0]->resources.at(0).object)), std::string("b"));
        const auto again = render({".", first.revisions, &third}); // compared already, and still not synced
        QVERIFY(again.mayHaveChanges);
    }

    void remoteBasesComeFromTheirRepositories()
    {
        Sources sources;
        sources.files = {{"d/kustomization.yaml", "resources: ['https://h.example/o/r//base?ref=other']\n"},
                         {"local/kustomization.yaml", "resources: ['file:///o/r//base?ref=other']\n"}};
        sources.other = {{"base/kustomization.yaml", "resources: [a.yaml]\n"}, {"base/a.yaml", configMap("remote")}};
        const auto texts = sources.texts("source: {repoURL: R, path: d}\n").join("");
        QVERIFY2(texts.contains("\"remote\""), qPrintable(texts));
        const auto local = sources.render("source: {repoURL: R, path: local}\n");
        QVERIFY(!local);
        QCOMPARE(local.error().code, Error::Code::Forbidden);
    }

    void aTagPrefixNarrowsTheVersions()
    {
        Sources sources;
        sources.files = {{"d/a.yaml", configMap("a")}};
        sources.other = {{"d/a.yaml", configMap("b")}};
        sources.tags = {"9.0.0", "lib/1.3.0", "lib/1.4.0"};
        const auto text =
            sources.texts("source: {repoURL: R, path: d, tagPrefix: lib/, targetRevision: '1.x'}\n").join("");
        QVERIFY2(text.contains("\"b\""), qPrintable(text));
    }

    void kustomizeOptions()
    {
        Sources sources;
        sources.files = {{"k/kustomization.yaml", "resources: [a.yaml]\n"},
                         {"k/a.yaml",
                          "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  "
                          "selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    "
                          "spec: {containers: [{name: c, image: nginx}]}\n"},
                         {"k/extra/kustomization.yaml",
                          "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {extra: "
                          "\"yes\"}\n"}};
        const auto text =
            sources
                .texts(
                    "source: {repoURL: R, path: k, kustomize: {namePrefix: p-, images: [nginx=web:$ARGOCD_APP_NAME], "
                    "replicas: [{name: web, count: '3'}], commonLabels: {team: $ARGOCD_APP_NAME}, "
                    "labelWithoutSelector: "
                    "true, commonAnnotations: {a: $ARGOCD_APP_NAME}, namespace: elsewhere, components: [extra, nope], "
                    "ignoreMissingComponents: true, patches: [{target: {kind: Deployment}, patch: '[{\"op\": \"add\", "
                    "\"path\": \"/spec/paused\", \"value\": true}]'}]}}\n")
                .join("");
        for (const auto* part : {"\"p-web\"", "\"web:app\"", "\"replicas\":3", "\"team\":\"app\"",
                                 "\"a\":\"$ARGOCD_APP_NAME\"", "\"namespace\":\"elsewhere\"", "\"extra\":\"yes\"",
                                 "\"paused\":true", "\"matchLabels\":{\"app\":\"web\"}"})
            QVERIFY2(text.contains(part), qPrintable(QString(part) + " is not in " + text));
    }
};

QTEST_GUILESS_MAIN(TestGitopsSources)
#include "tst_gitops_sources.moc"
