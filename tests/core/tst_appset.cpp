// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/generators.h"
#include "core/appset/rolling_sync.h"
#include "core/appset/status.h"
#include "core/appset_world.h"
#include "core/base/strings.h"
#include "core/manifest/yaml.h"

#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>

using namespace core;
using manifest::Value;

namespace {

Value yaml(const std::string& text)
{
    auto documents = manifest::parseYaml(text, "test");
    if (!documents || documents->empty())
        qFatal("%s", text.c_str());
    return documents->front().value;
}

/// A set with these generators (YAML of a list), whose template prints `name`.
Value setOf(const std::string& generators, const std::string& name, bool go = true, const std::string& more = {})
{
    Value set = yaml("metadata: {name: s, namespace: argocd, uid: u}\nspec:\n  goTemplate: "
                     + std::string(go ? "true" : "false") + "\n  goTemplateOptions: [missingkey=error]\n" + more);
    manifest::ensure(set, {"spec", "generators"}) = yaml(generators);
    manifest::ensure(set, {"spec", "template"}) =
        yaml("metadata: {}\nspec: {project: default, source: {repoURL: R, path: p}, destination: {name: in-cluster}}");
    manifest::ensure(set, {"spec", "template", "metadata", "name"}) = name;
    return set;
}

struct Asked
{
    std::vector<HttpRequest> requests;
};

appset::Inputs inputsOf(const std::map<std::string, std::string>& files = {},
                        std::map<std::string, std::string> answers = {}, Asked* asked = nullptr)
{
    appset::Inputs out;
    out.clusters = gitops::registeredClusters({}, "argocd");
    out.resolve = [tree = git::memoryTree(files)](const std::string&, const std::string&,
                                                  std::stop_token) -> Result<gitops::ResolvedSource> {
        return gitops::ResolvedSource {tree, std::string(40, '1')};
    };
    out.object = [](std::string_view kind, const std::string&, const std::string& name) -> kube::ObjectPtr {
        if (kind == "Secret" && name == "forge")
            return std::make_shared<const Value>(yaml("stringData: {token: t0ken}"));
        if (kind == "ConfigMap" && name == "plugin")
            return std::make_shared<const Value>(yaml("data: {baseUrl: 'http://plugin', token: '$forge:token'}"));
        if (kind == "ConfigMap" && name == "duck")
            return std::make_shared<const Value>(
                yaml("data: {apiVersion: x.io/v1, kind: placements, statusListKey: decisions, matchKey: clusterName}"));
        return nullptr;
    };
    out.list = [](const std::string&, const std::string&, const std::string&) -> Result<std::vector<Value>> {
        return std::vector<Value> {yaml("metadata: {name: p}\nstatus: {decisions: [{clusterName: in-cluster, zone: b}, "
                                        "{clusterName: unknown}]}")};
    };
    out.http = [answers = std::move(answers), asked](const HttpRequest& request,
                                                     std::stop_token) -> Result<HttpResponse> {
        if (asked)
            asked->requests.push_back(request);
        const auto found = answers.find(request.url);
        if (found == answers.end())
            return HttpResponse {404, {}, "{}"};
        HttpResponse answer {200, {}, found->second};
        if (const auto next = answers.find(request.url + "#next"); next != answers.end())
            answer.headers.emplace_back("link", "<" + next->second + ">; rel=\"next\"");
        return answer;
    };
    return out;
}

/// The names of what a set generates, or the error.
QString names(const Value& set, const appset::Inputs& inputs)
{
    const auto generated = appset::generate(set, inputs);
    if (!generated.error.empty())
        return QString::fromStdString("error: " + generated.error);
    QStringList out;
    for (const auto& application : generated.applications)
        out << QString::fromStdString(std::string(manifest::name(application)));
    return out.join(' ');
}

Value live(const std::string& name, const std::string& more = {})
{
    return yaml("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: " + name
                + "\n  namespace: argocd\n  ownerReferences: [{kind: ApplicationSet, name: s, controller: true}]\n  "
                  "finalizers: [resources-finalizer.argocd.argoproj.io]\n  labels: {env: "
                + name.substr(0, name.find('-'))
                + "}\nspec: {project: default, source: {repoURL: R, path: p}, destination: {name: in-cluster}}\n"
                + more);
}

} // namespace

class TestAppset : public QObject
{
    Q_OBJECT

private slots:
    void pathsMatchAsGoAndGitHaveIt_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("plain"); // 1 yes, 0 no, -1 malformed
        QTest::addColumn<int>("crossing");
        QTest::newRow("star stops at a slash") << "apps/*"
                                               << "apps/a/b" << 0 << 1;
        QTest::newRow("star") << "apps/*"
                              << "apps/a" << 1 << 1;
        QTest::newRow("star in the middle") << "a*/c"
                                            << "abb/c" << 1 << 1;
        QTest::newRow("many stars") << "*a*a*a*b"
                                    << "aaaaaaaaaaaaaaaaaaaaaa" << 0 << 0;
        QTest::newRow("question mark") << "a?c"
                                       << "a/c" << 0 << 1;
        QTest::newRow("class") << "a[b-d]e"
                               << "ace" << 1 << 1;
        QTest::newRow("negated class") << "a[^b-d]e"
                                       << "ace" << 0 << 0;
        QTest::newRow("escape") << "a\\*"
                                << "a*" << 1 << 1;
        QTest::newRow("open class") << "a[b"
                                    << "ab" << -1 << -1;
        QTest::newRow("empty") << ""
                               << "" << 1 << 1;
    }

    void pathsMatchAsGoAndGitHaveIt()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, path);
        const auto as = [](std::optional<bool> result) { return result ? static_cast<int>(*result) : -1; };
        QTEST(as(appset::pathMatches(pattern.toStdString(), path.toStdString(), false)), "plain");
        QTEST(as(appset::pathMatches(pattern.toStdString(), path.toStdString(), true)), "crossing");
    }

    void generatorsFollowTheRules_data()
    {
        QTest::addColumn<QString>("generators");
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("go");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* what, const char* generators, const char* name, bool go, const char* expected) {
            QTest::newRow(what) << generators << name << go << expected;
        };
        row("numbers are floats", "[{list: {elements: [{w: 1000000}]}}]", "a-{{.w}}", true, "a-1e+06");
        row("flat lists hold text", "[{list: {elements: [{w: 1}]}}]", "a-{{w}}", false,
            "error: error parsing value as string");
        row("flat values", "[{list: {elements: [{values: {a: b}}]}}]", "{{values.a}}", false, "b");
        row("elementsYaml is appended", "[{list: {elements: [{w: a}], elementsYaml: '[{w: b}, {w: c}]'}}]", "{{.w}}",
            true, "a b c");
        row("unknown names stay", "[{list: {elements: [{w: a}]}}]", "{{w}}-{{ m }}", false, "a-{{ m }}");
        row("no parameters, no rendering", "[{list: {elements: [{}]}}]", "x-{{w}}", false, "x-{{w}}");
        row("selector on parameters",
            "[{list: {elements: [{u: 'https://a'}, {u: 'https://b'}]}, selector: {matchExpressions: [{key: u, "
            "operator: "
            "NotIn, values: ['https://a']}]}}]",
            "{{.u | trimPrefix \"https://\"}}", true, "b");
        row("unknown operator",
            "[{list: {elements: [{u: a}]}, selector: {matchExpressions: [{key: u, operator: Like}]}}]", "x", true,
            "error: error parsing label selector: \"Like\" is not a valid label selector operator");
        row("the local cluster has no labels", "[{clusters: {selector: {matchLabels: {a: b}}}}]", "{{.name}}", true,
            "");
        row("values use parameters", "[{clusters: {values: {x: '{{.name}}-v'}}}]", "{{.values.x}}", true,
            "in-cluster-v");
        row("values do not use each other", "[{clusters: {values: {x: '1', q: '{{values.x}}'}}}]", "a{{values.q}}",
            false, "a{{values.x}}");
        row("flatList", "[{clusters: {flatList: true}}]", "{{range .clusters}}{{.name}}{{end}}", true, "in-cluster");
        row("directories", "[{git: {repoURL: R, directories: [{path: '*/*'}, {path: 'apps/b', exclude: true}]}}]",
            "{{.path.basenameNormalized}}", true, "a cfg");
        row("hidden folders are passed over", "[{git: {repoURL: R, directories: [{path: '*'}]}}]", "{{.path.path}}",
            true, "apps conf");
        row("pathParamPrefix", "[{git: {repoURL: R, pathParamPrefix: g, directories: [{path: 'apps/a'}]}}]",
            "{{g.path.basename}}-{{g.path[0]}}", false, "a-apps");
        row("pathspecs cross folders", "[{git: {repoURL: R, files: [{path: '*.yaml'}]}}]", "{{.path.filename}}", true,
            "x.yaml c.yaml");
        row("excluded files", "[{git: {repoURL: R, files: [{path: '*.yaml'}, {path: apps, exclude: true}]}}]",
            "{{.path.filename}}", true, "c.yaml");
        row("a folder is a pathspec", "[{git: {repoURL: R, files: [{path: conf}]}}]", "{{k.l}}", false, "v");
        row("neither folders nor files", "[{git: {repoURL: R}}]", "x", true, "error: ApplicationSet is empty");
        row("matrix",
            "[{matrix: {generators: [{list: {elements: [{a: x}, {a: q}]}}, {list: {elements: [{b: '{{.a}}1'}]}}]}}]",
            "{{.a}}{{.b}}", true, "xx1 qq1");
        row("matrix: the first wins",
            "[{matrix: {generators: [{list: {elements: [{a: x}]}}, {list: {elements: [{a: q}]}}]}}]", "{{.a}}", true,
            "x");
        row("matrix: flat sets must agree",
            "[{matrix: {generators: [{list: {elements: [{a: x}]}}, {list: {elements: [{a: q}]}}]}}]", "{{a}}", false,
            "error: failed to combine string maps with merging params for the matrix generator: found duplicate key a "
            "with "
            "different value, a: x ,b: q");
        row("matrix of three", "[{matrix: {generators: [{clusters: {}}, {clusters: {}}, {clusters: {}}]}}]", "x", true,
            "error: found more than two generators, Matrix support only two");
        row("matrix in matrix",
            "[{matrix: {generators: [{matrix: {generators: [{list: {elements: [{a: x}]}}, {list: {elements: [{b: "
            "q}]}}]}}, "
            "{list: {elements: [{c: z}]}}]}}]",
            "{{.a}}{{.b}}{{.c}}", true, "xqz");
        row("no deeper",
            "[{matrix: {generators: [{matrix: {generators: [{matrix: {generators: []}}, {list: {elements: [{b: "
            "q}]}}]}}, "
            "{list: {elements: [{c: z}]}}]}}]",
            "x", true,
            "error: error failed to get params for first generator in matrix generator: child generator returned an "
            "error on "
            "parameter generation: error failed to get params for first generator in matrix generator: child generator "
            "generated no parameters");
        row("merge",
            "[{merge: {mergeKeys: [k], generators: [{list: {elements: [{k: a, v: {x: '1', q: '1'}}, {k: b, v: {x: "
            "'1', q: '1'}}]}}, {list: {elements: [{k: b, v: {x: '2'}}, {k: c}]}}]}}]",
            "{{.k}}{{.v.x}}{{.v.q}}", true, "a11 b21");
        row("merge keys are unique",
            "[{merge: {mergeKeys: [k], generators: [{list: {elements: [{k: a}, {k: a}]}}, {list: {elements: []}}]}}]",
            "x", true,
            "error: error getting param sets by merge key: the parameters from a generator were not unique by the "
            "given "
            "mergeKeys, Merge requires all param sets to be unique. Duplicate key was {\"k\":\"a\"}");
        row("merge without keys", "[{merge: {generators: [{clusters: {}}, {clusters: {}}]}}]", "x", true,
            "error: error getting param sets by merge key: no merge keys were specified, Merge requires at least one");
        row("cluster decisions", "[{clusterDecisionResource: {configMapRef: duck, name: p}}]", "{{.name}}-{{.zone}}",
            true, "in-cluster-b");
        row("unknown generators give nothing", "[{other: {}}]", "x", true, "");
        row("functions", "[{list: {elements: [{q: 'a: [1]'}]}}]",
            "{{ slugify 8 true \"Hello wide World\" }}{{ index (fromYaml .q).a 0 }}{{ normalize \"-Ä_b.\" }}", true,
            "hello1b");
        row("nothing about the machine", "[{list: {elements: [{q: a}]}}]", "{{ env \"HOME\" }}", true,
            "error: failed to parse template {{ env \"HOME\" }}: template: base:1: function \"env\" not defined");
    }

    void generatorsFollowTheRules()
    {
        QFETCH(QString, generators);
        QFETCH(QString, name);
        QFETCH(bool, go);
        QFETCH(QString, expected);
        const auto inputs = inputsOf({{"apps/a/x.yaml", "k: 1\n"},
                                      {"apps/b/t.txt", ""},
                                      {"conf/cfg/c.yaml", "k: {l: v}\n"},
                                      {".hidden/h.txt", ""}});
        QCOMPARE(names(setOf(generators.toStdString(), name.toStdString(), go), inputs), expected);
    }

    void oneBadGeneratorFreezesTheSet()
    {
        const auto set = setOf("[{list: {elements: [{w: a}]}}, {git: {repoURL: R}}]", "{{.w}}");
        const auto generated = appset::generate(set, inputsOf());
        QCOMPARE(generated.applications.size(), std::size_t(0));
        QCOMPARE(generated.reason, std::string("ApplicationGenerationFromParamsError"));
    }

    void aPatchCannotChangeTheProject()
    {
        auto set = setOf("[{list: {elements: [{w: a}]}}]", "{{.w}}");
        manifest::ensure(set, {"spec", "templatePatch"}) =
            "spec:\n  project: admin\n  syncPolicy: {automated: {prune: true}}\nother: 1\n";
        const auto generated = appset::generate(set, inputsOf());
        QCOMPARE(generated.applications.size(), std::size_t(1));
        QCOMPARE(manifest::text(generated.applications[0], {"spec", "project"}), std::string_view("default"));
        QVERIFY(manifest::flag(generated.applications[0], {"spec", "syncPolicy", "automated", "prune"}));
        QVERIFY(!manifest::find(generated.applications[0], {"other"}));
    }

    void pullRequestsOfEveryForge_data()
    {
        QTest::addColumn<QString>("generator");
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("answer");
        QTest::addColumn<QString>("header");
        QTest::newRow("github")
            << "github: {owner: o, repo: r, tokenRef: {secretName: forge, key: token}}"
            << "https://api.github.com/repos/o/r/pulls?state=open&per_page=100"
            << "[{number: 7, title: T, head: {ref: My_Feature, sha: abcdef0123}, base: {ref: main}, user: {login: me}}]"
            << "Authorization: Bearer t0ken";
        QTest::newRow("gitlab")
            << "gitlab: {project: g/r, api: 'https://git.x', tokenRef: {secretName: forge, key: token}}"
            << "https://git.x/api/v4/projects/g%2Fr/merge_requests?per_page=100"
            << "[{iid: 7, title: T, source_branch: My_Feature, target_branch: main, sha: abcdef0123, "
               "author: {username: me}}]"
            << "PRIVATE-TOKEN: t0ken";
        QTest::newRow("gitea")
            << "gitea: {owner: o, repo: r, api: 'https://git.x/', tokenRef: {secretName: forge, key: token}}"
            << "https://git.x/api/v1/repos/o/r/pulls?state=open&limit=50"
            << "[{number: 7, title: T, head: {ref: My_Feature, sha: abcdef0123}, base: {ref: main}, user: {login: me}}]"
            << "Authorization: token t0ken";
        QTest::newRow("bitbucket server") << "bitbucketServer: {project: P, repo: r, api: 'https://git.x/rest', "
                                             "basicAuth: {username: u, passwordRef: "
                                             "{secretName: forge, key: token}}}"
                                          << "https://git.x/rest/api/1.0/projects/P/repos/r/pull-requests?limit=100"
                                          << "{isLastPage: true, values: [{id: 7, title: T, fromRef: {displayId: "
                                             "My_Feature, latestCommit: abcdef0123}, "
                                             "toRef: {displayId: main}, author: {user: {name: me}}}]}"
                                          << "Authorization: Basic dTp0MGtlbg==";
        QTest::newRow("bitbucket")
            << "bitbucket: {owner: o, repo: r, bearerToken: {tokenRef: {secretName: forge, key: token}}}"
            << "https://api.bitbucket.org/2.0/repositories/o/r/pullrequests?pagelen=50"
            << "{values: [{id: 7, title: T, source: {branch: {name: My_Feature}, commit: {hash: "
               "abcdef0123}}, destination: {branch: {name: main}}, author: {nickname: me}}]}"
            << "Authorization: Bearer t0ken";
    }

    void pullRequestsOfEveryForge()
    {
        QFETCH(QString, generator);
        QFETCH(QString, url);
        QFETCH(QString, answer);
        QFETCH(QString, header);
        Asked asked;
        const auto inputs = inputsOf({}, {{url.toStdString(), manifest::toJson(yaml(answer.toStdString()))}}, &asked);
        const auto generators = "[{pullRequest: {" + generator.toStdString() + "}}]";
        QCOMPARE(names(setOf(generators,
                             "{{.number}}-{{.branch_slug}}-{{.target_branch}}-{{.head_short_sha_7}}-{{.author}}"),
                       inputs),
                 QString("7-my-feature-main-abcdef0-me"));
        const auto filtered = "[{pullRequest: {filters: [{branchMatch: '^other', titleMatch: T}, {titleMatch: '^X'}], "
            + generator.toStdString() + "}}]";
        QCOMPARE(names(setOf(filtered, "{{.number}}"), inputs), QString());
        const auto expected = header.toStdString();
        const auto& sent = asked.requests.front().headers;
        QVERIFY(std::any_of(sent.begin(), sent.end(),
                            [&](const auto& item) { return item.first + ": " + item.second == expected; }));
    }

    void aGithubAppIsAskedForItsToken()
    {
        Asked asked;
        auto inputs = inputsOf({}, {{"https://api.github.com/repos/o/r/pulls?state=open&per_page=100", "[]"}}, &asked);
        inputs.object = [](std::string_view kind, const std::string& nameSpace, const std::string& name) {
            return kind == "Secret" && nameSpace == "argocd" && name == "app"
                ? std::make_shared<const Value>(yaml("{metadata: {name: app}}"))
                : nullptr;
        };
        const auto set = [](const std::string& secret) {
            return setOf("[{pullRequest: {github: {owner: o, repo: r, appSecretName: " + secret + "}}}]",
                         "{{.number}}");
        };
        QVERIFY(appset::generate(set("app"), inputs).error.find("GitHub Apps cannot be asked") != std::string::npos);
        inputs.githubToken = [](const Value& secret, std::stop_token) {
            return Result<std::string>("of " + std::string(manifest::name(secret)));
        };
        QCOMPARE(names(set("app"), inputs), QString());
        const auto& sent = asked.requests.front().headers;
        QVERIFY(
            std::find(sent.begin(), sent.end(), std::pair<std::string, std::string>("Authorization", "Bearer of app"))
            != sent.end());
        QVERIFY(appset::generate(set("none"), inputs).error.find("no such Secret in argocd") != std::string::npos);
    }

    void repositoriesAreFilteredOverAllPages()
    {
        const std::string list = "https://api.github.com/orgs/o/repos?per_page=100";
        const auto inputs = inputsOf(
            {},
            {{list,
              "[{\"id\":1,\"name\":\"llm\",\"owner\":{\"login\":\"o\"},\"default_branch\":\"main\",\"ssh_url\":\"S\","
              "\"clone_url\":\"C\",\"topics\":[\"ml\"]}]"},
             {list + "#next", "https://api.github.com/page2"},
             {"https://api.github.com/page2",
              "[{\"id\":2,\"name\":\"web\",\"owner\":{\"login\":\"o\"},\"default_branch\":\"main\",\"topics\":[\"ml\"]}"
              "]"},
             {"https://api.github.com/repos/o/llm/branches/main",
              "{\"name\":\"main\",\"commit\":{\"sha\":\"0123456789\"}}"},
             {"https://api.github.com/repos/o/web/branches/main", "{\"name\":\"main\",\"commit\":{\"sha\":\"9\"}}"},
             {"https://api.github.com/repos/o/llm/contents/k8s/base?ref=main", "[]"}});
        const auto run = [&](const std::string& more) {
            return names(setOf("[{scmProvider: {github: {organization: o}" + more + "}}]",
                               "{{.repository}}-{{.url}}-{{.short_sha}}-{{.labels}}"),
                         inputs);
        };
        QCOMPARE(run(""), QString("llm-S-01234567-ml web--9-ml"));
        QCOMPARE(run(", cloneProtocol: https, filters: [{repositoryMatch: '^ll', labelMatch: ml}]"),
                 QString("llm-C-01234567-ml"));
        QCOMPARE(run(", filters: [{pathsExist: [k8s/base]}]"), QString("llm-S-01234567-ml"));
        QCOMPARE(run(", filters: [{pathsDoNotExist: [k8s/base]}]"), QString("web--9-ml"));
    }

    void theCredentialsStayWithTheServer()
    {
        const std::string list = "https://api.github.com/orgs/o/repos?per_page=100";
        const auto inputs = inputsOf({}, {{list, "[]"}, {list + "#next", "https://evil.example.com/page2"}});
        QVERIFY(names(setOf("[{scmProvider: {github: {organization: o}}}]", "x"), inputs).contains("another server"));
    }

    void pluginsAreAsked()
    {
        Asked asked;
        const auto inputs = inputsOf(
            {},
            {{"http://plugin/api/v1/getparams.execute", "{\"output\":{\"parameters\":[{\"k\":\"a\"},{\"k\":\"b\"}]}}"}},
            &asked);
        QCOMPARE(
            names(
                setOf("[{plugin: {configMapRef: {name: plugin}, input: {parameters: {p: q}}, values: {v: '{{.k}}1'}}}]",
                      "{{.k}}-{{.values.v}}-{{.generator.input.parameters.p}}"),
                inputs),
            QString("a-a1-q b-b1-q"));
        QCOMPARE(asked.requests.front().body,
                 std::string("{\"applicationSetName\":\"s\",\"input\":{\"parameters\":{\"p\":\"q\"}}}"));
    }

    void lookedAtAgainAsSoonAsTheFirstGeneratorWants()
    {
        QCOMPARE(appset::requeueAfter(setOf("[{list: {elements: []}}, {clusters: {}}]", "x")), Duration::zero());
        const auto nested =
            setOf("[{matrix: {generators: [{git: {repoURL: R, requeueAfterSeconds: 30}}, {pullRequest: {}}]}}]", "x");
        QCOMPARE(appset::requeueAfter(nested), Duration(std::chrono::seconds(30)));
        QCOMPARE(appset::gitSources(nested).size(), std::size_t(1));
    }

    void invalidApplicationsAreLeftOutAndNotDeleted()
    {
        auto set = setOf("[{list: {elements: [{w: a, p: default}, {w: b, p: none}, {w: c, p: default}]}}]", "{{.w}}");
        manifest::ensure(set, {"spec", "template", "spec", "project"}) = "{{.p}}";
        const auto inputs = inputsOf();
        const auto generated = appset::generate(set, inputs);
        const auto problems = appset::validate(set, generated.applications, inputs.clusters, {"default"});
        QCOMPARE(problems.size(), std::size_t(1));
        QCOMPARE(problems.at("b"), std::string("application references project none which does not exist"));
        const appset::Live there {{"b", live("b")}, {"gone", live("gone")}};
        const auto changes = appset::planApplications(set, {generated.applications[0], generated.applications[2]},
                                                      {"a", "b", "c"}, there, inputs.clusters, {});
        QStringList what;
        for (const auto& change : changes)
            what << QString::fromStdString(change.name) + QString::number(static_cast<int>(change.verb));
        QCOMPARE(what.join(' '), QString("a0 c0 gone2"));
    }

    void policiesSayWhatMayBeDone_data()
    {
        QTest::addColumn<QString>("own");
        QTest::addColumn<QString>("controllers");
        QTest::addColumn<QString>("expected");
        QTest::newRow("all") << ""
                             << ""
                             << "create update delete";
        QTest::newRow("create-only") << "create-only"
                                     << ""
                                     << "create";
        QTest::newRow("create-update") << "create-update"
                                       << ""
                                       << "create update";
        QTest::newRow("create-delete") << "create-delete"
                                       << ""
                                       << "create delete";
        QTest::newRow("the controller's holds") << "sync"
                                                << "create-only"
                                                << "create";
    }

    void policiesSayWhatMayBeDone()
    {
        QFETCH(QString, own);
        QFETCH(QString, controllers);
        auto set = setOf("[{list: {elements: [{w: new}, {w: old}]}}]", "{{.w}}");
        manifest::ensure(set, {"spec", "syncPolicy", "applicationsSync"}) = boost::json::string(own.toStdString());
        Value config = yaml("data: {}");
        manifest::ensure(config, {"data", "applicationsetcontroller.policy"}) =
            boost::json::string(controllers.toStdString());
        const auto generated = appset::generate(set, inputsOf());
        auto old = live("old");
        manifest::ensure(old, {"spec", "source", "path"}) = "elsewhere";
        const auto changes = appset::planApplications(set, generated.applications, {"new", "old"},
                                                      {{"old", old}, {"gone", live("gone")}}, inputsOf().clusters,
                                                      appset::parseSettings(&config));
        QStringList what;
        for (const auto& change : changes)
            what << QStringList {"create", "update", "delete"}[static_cast<int>(change.verb)];
        QTEST(what.join(' '), "expected");
    }

    void whatOthersWriteIsKept()
    {
        auto set = setOf("[{list: {elements: [{w: a}]}}]", "{{.w}}", true,
                         "  preservedFields: {annotations: [mine], labels: [owner]}\n  ignoreApplicationDifferences: "
                         "[{jsonPointers: [/spec/source/targetRevision]}, {name: other, jsonPointers: [/spec]}]\n");
        const auto generated = appset::generate(set, inputsOf());
        auto there = live("a");
        manifest::erase(there, {"metadata", "labels"});
        manifest::ensure(there, {"metadata", "labels", "owner"}) = "me";
        manifest::ensure(there, {"metadata", "annotations", "mine"}) = "1";
        manifest::ensure(there, {"metadata", "annotations", "notified.notifications.argoproj.io"}) = "{}";
        manifest::ensure(there, {"metadata", "finalizers"})
            .as_array()
            .push_back("post-delete-finalizer.argocd.argoproj.io");
        manifest::ensure(there, {"spec", "source", "targetRevision"}) = "hand-made";
        const auto plan = [&] {
            return appset::planApplications(set, generated.applications, {"a"}, {{"a", there}}, inputsOf().clusters,
                                            {});
        };
        QVERIFY(plan().empty());
        manifest::ensure(there, {"metadata", "annotations", "other"}) = "1";
        const auto changes = plan();
        QCOMPARE(changes.size(), std::size_t(1));
        QCOMPARE(manifest::toJson(changes[0].patch), std::string("{\"metadata\":{\"annotations\":{\"other\":null}}}"));
        manifest::ensure(there, {"metadata", "ownerReferences"}) =
            yaml("[{kind: ApplicationSet, name: another, controller: true}]");
        QVERIFY(QString::fromStdString(plan()[0].error).contains("Object argocd/a is already owned by another"));
    }

    void anUnreachableDestinationDoesNotHoldADeletion()
    {
        auto there = live("a");
        manifest::ensure(there, {"spec", "destination"}) = yaml("{name: gone}");
        const auto set = setOf("[{list: {elements: []}}]", "x");
        const auto changes = appset::planApplications(set, {}, {}, {{"a", there}}, inputsOf().clusters, {});
        QCOMPARE(manifest::toJson(changes.at(0).patch), std::string("{\"metadata\":{\"finalizers\":[]}}"));
    }

    void conditionsKeepTheirTime()
    {
        Value status = manifest::Object();
        const TimePoint first {std::chrono::seconds(1000)};
        appset::setConditions(status, appset::successConditions(), first);
        const auto before = status;
        appset::setConditions(status, appset::successConditions(), first + std::chrono::seconds(5));
        QVERIFY(manifest::equal(status, before));
        appset::setConditions(status, appset::failureConditions("R", "m", false), first + std::chrono::seconds(5));
        QVERIFY(!manifest::equal(status, before));
    }

    /// Two steps, one application of the second at a time: each look moves the statuses on as the applications go.
    void aRolloutGoesStepByStep()
    {
        auto set = setOf(
            "[{list: {elements: [{w: dev-1}, {w: prod-1}, {w: prod-2}]}}]", "{{.w}}", true,
            "  strategy: {type: RollingSync, rollingSync: {steps: [{matchExpressions: [{key: env, operator: In, "
            "values: [dev]}]}, {matchExpressions: [{key: env, operator: In, values: [prod]}], maxUpdate: 1}]}}\n");
        manifest::ensure(set, {"spec", "template", "metadata", "labels", "env"}) =
            "{{ regexReplaceAll \"-.*\" .w \"\" }}";
        manifest::ensure(set, {"spec", "template", "spec", "syncPolicy"}) =
            yaml("{automated: {prune: true}, syncOptions: [A=true]}");
        appset::Live current;
        for (const auto* name : {"dev-1", "prod-1", "prod-2"}) {
            auto application =
                live(name, "status: {sync: {status: OutOfSync, revision: r1}, health: {status: Missing}}\n");
            manifest::ensure(application, {"spec", "syncPolicy"}) =
                yaml("{automated: {prune: true, enabled: false}, syncOptions: [A=true]}");
            current.emplace(name, application);
        }
        TimePoint now {std::chrono::seconds(1'800'000'000)};
        QStringList synced;
        const auto look = [&] {
            now += std::chrono::seconds(10);
            auto plan = appset::planRollingSync(set, appset::generate(set, inputsOf()).applications, current, now);
            synced.clear();
            for (const auto& application : plan.applications) {
                QVERIFY2(!manifest::flag(application, {"spec", "syncPolicy", "automated", "enabled"}, true),
                         "automated");
                if (manifest::find(application, {"operation"})) {
                    synced << QString::fromStdString(std::string(manifest::name(application)));
                    QVERIFY2(manifest::flag(application, {"operation", "sync", "prune"}), "prune");
                }
            }
            Value status = manifest::Object();
            status.get_object()["applicationStatus"] = plan.applicationStatus;
            appset::setConditions(status, plan.conditions, now);
            manifest::ensure(set, {"status"}) = status;
        };
        const auto states = [&] {
            QStringList out;
            for (const auto& item : manifest::array(set, {"status", "applicationStatus"}))
                out << QString::fromStdString(std::string(manifest::text(item, {"step"})) + ":"
                                              + std::string(manifest::text(item, {"status"})));
            return out.join(' ');
        };
        const auto change = [&](const std::string& name, const std::string& patch) {
            auto& status = *manifest::find(current.at(name), {"status"});
            const auto changes = yaml(patch);
            for (const auto& member : changes.as_object())
                status.get_object()[member.key()] = member.value();
        };
        look();
        QCOMPARE(states(), QString("1:Pending 2:Waiting 2:Waiting"));
        QCOMPARE(synced.join(' '), QString("dev-1"));
        change("dev-1",
               "operationState: {phase: Running, startedAt: '" + formatRfc3339(now + std::chrono::seconds(1)) + "'}");
        look();
        QCOMPARE(states(), QString("1:Progressing 2:Waiting 2:Waiting"));
        QVERIFY(synced.isEmpty());
        change("dev-1", "{sync: {status: Synced, revision: r1}, health: {status: Healthy}}");
        look();
        QCOMPARE(states(), QString("1:Healthy 2:Pending 2:Waiting"));
        QCOMPARE(synced.join(' '), QString("prod-1"));
        look();
        QCOMPARE(states(), QString("1:Healthy 2:Pending 2:Waiting"));
        change("prod-1", "operationState: {phase: Succeeded, startedAt: '" + formatRfc3339(now) + "'}");
        change("prod-1", "{sync: {status: Synced, revision: r1}, health: {status: Healthy}}");
        look();
        look();
        QCOMPARE(states(), QString("1:Healthy 2:Healthy 2:Pending"));
        change("prod-2", "{sync: {status: Synced, revision: r1}, health: {status: Healthy}}");
        change("prod-2",
               "operationState: {phase: Succeeded, startedAt: '" + formatRfc3339(now + std::chrono::seconds(1)) + "'}");
        look();
        look();
        QCOMPARE(states(), QString("1:Healthy 2:Healthy 2:Healthy"));
        QCOMPARE(manifest::text(manifest::array(set, {"status", "conditions"}).at(0), {"message"}),
                 std::string_view("ApplicationSet Rollout has completed"));
        for (auto& [name, application] : current)
            manifest::ensure(application, {"status", "sync"}) = yaml("{status: OutOfSync, revision: r2}");
        look();
        QCOMPARE(states(), QString("1:Pending 2:Waiting 2:Waiting"));
    }

    void deletionInReverseBeginsWithTheLastStep()
    {
        const auto set =
            setOf("[]", "x", true,
                  "  strategy: {type: RollingSync, deletionOrder: reverse, rollingSync: {steps: "
                  "[{matchExpressions: [{key: env, operator: In, values: [dev]}]}, {matchExpressions: [{key: "
                  "env, operator: In, values: [prod]}]}]}}\n");
        QVERIFY(appset::deletesInReverse(set));
        appset::Live current {{"dev-1", live("dev-1")}, {"prod-1", live("prod-1")}};
        QCOMPARE(appset::planReverseDeletion(set, current).next, std::string("prod-1"));
        current.erase("prod-1");
        QCOMPARE(appset::planReverseDeletion(set, current).next, std::string("dev-1"));
        QCOMPARE(appset::planReverseDeletion(set, {}).next, std::string());
    }

    /// The generator sees the clusters that applications may go to, as they come and go.
    void clustersComeAndGo()
    {
        AppsetWorld world;
        world.create(yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: argocd-cm, namespace: argocd}, data: "
                          "{cluster.inClusterEnabled: 'false'}}"));
        world.start();
        auto set = setOf("[{clusters: {}}]", "{{.nameNormalized}}");
        manifest::ensure(set, {"spec", "template", "spec", "destination", "name"}) = "{{.name}}";
        set.get_object()["apiVersion"] = "argoproj.io/v1alpha1";
        set.get_object()["kind"] = "ApplicationSet";
        manifest::erase(set, {"metadata", "uid"});
        world.create(set);
        const auto there = [&] {
            QStringList out;
            for (const auto& [name, application] : world.applications())
                out << QString::fromStdString(name);
            return out.join(' ');
        };
        QTRY_COMPARE(there(), QString("eu lab us"));
        world.patch("ConfigMap", "argocd-cm", yaml("{data: {cluster.inClusterEnabled: 'true'}}"));
        QTRY_COMPARE(there(), QString("eu in-cluster lab us"));
        world.patch("Secret", "cluster-lab", yaml("{metadata: {labels: {argocd.argoproj.io/secret-type: null}}}"));
        QTRY_COMPARE(there(), QString("eu in-cluster us"));
    }

    void theControllerFollowsTheRepositoryAndItsOwnEnd()
    {
        AppsetWorld world({{"apps/a/x.yaml", "a: 1\n"}, {"apps/b/x.yaml", "a: 1\n"}});
        world.start();
        auto set =
            setOf("[{git: {repoURL: REPO, revision: main, directories: [{path: 'apps/*'}]}}]", "{{.path.basename}}");
        set.get_object()["apiVersion"] = "argoproj.io/v1alpha1";
        set.get_object()["kind"] = "ApplicationSet";
        manifest::erase(set, {"metadata", "uid"});
        manifest::ensure(set, {"spec", "syncPolicy", "preserveResourcesOnDeletion"}) = true;
        world.create(set);
        const auto there = [&] {
            QStringList out;
            for (const auto& [name, application] : world.applications())
                out << QString::fromStdString(name);
            return out.join(' ');
        };
        QTRY_COMPARE(there(), QString("a b"));
        QTRY_COMPARE(manifest::array(world.get("ApplicationSet", "s"), {"status", "resources"}).size(), std::size_t(2));
        world.patch("Application", "a", yaml("{spec: {source: {path: by-hand}}}"));
        QTRY_COMPARE(manifest::text(world.get("Application", "a"), {"spec", "source", "path"}), std::string_view("p"));
        world.setRepository({{"apps/b/x.yaml", "a: 1\n"}, {"apps/c/x.yaml", "a: 1\n"}});
        world.controller().sourcesChanged();
        QTRY_COMPARE(there(), QString("b c"));
        world.setRepository({{"apps/d/x.yaml", "a: 1\n"}});
        world.patch("ApplicationSet", "s",
                    yaml("{metadata: {annotations: {argocd.argoproj.io/application-set-refresh: 'true'}}}"));
        QTRY_COMPARE(there(), QString("d"));
        QTRY_COMPARE(
            manifest::annotation(world.get("ApplicationSet", "s"), "argocd.argoproj.io/application-set-refresh"),
            std::string_view());
        world.remove("ApplicationSet", "s");
        QTRY_COMPARE(there(), QString()); // by their owner references
    }
};

QTEST_GUILESS_MAIN(TestAppset)
#include "tst_appset.moc"
