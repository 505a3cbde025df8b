// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet.h"
#include "core/manifest/yaml.h"
#include "support/real_cluster.h"

#include <QTest>

#include <boost/json.hpp>

using namespace core;
using manifest::Value;

namespace {

constexpr int kPatience = 20'000;
const char* const kHere = "{server: 'https://kubernetes.default.svc', namespace: default}";
const char* const kThere = "{name: gpu-east, namespace: default}";
const kube::ResourceType kConfigMaps {"", "v1", "ConfigMap", "configmaps", true, {}, {}, {}, {}};

std::string at(const std::string& server)
{
    return "{server: '" + server + "', namespace: default}";
}

void change(kube::Client& client, const std::string& name, const std::string& value)
{
    const Value patch = {{"data", {{"a", boost::json::string(value)}}}};
    const auto written = client.patch(kConfigMaps, "default", name, kube::PatchType::Merge, patch);
    if (!written)
        qFatal("%s", written.error().text().c_str());
}

/// A cluster with the controller and one beside it.
struct Pair
{
    Fleet home;
    RemoteCluster remote {home.clock()};

    void registerRemote(const std::string& more = "{}")
    {
        home.registerCluster("east", "gpu-east", remote.server(), remote.config(), more);
    }
};

#define BECOMES(actual, wanted) QTRY_COMPARE_WITH_TIMEOUT(std::string(actual), std::string(wanted), kPatience)

} // namespace

class TestGitopsClusters : public QObject
{
    Q_OBJECT

private slots:
    void applicationsLiveInTheClusterThatTheyName_data()
    {
        QTest::addColumn<bool>("byName");
        QTest::newRow("by name") << true;
        QTest::newRow("by server") << false;
    }

    void applicationsLiveInTheClusterThatTheyName()
    {
        QFETCH(bool, byName);
        Pair pair;
        auto& there = pair.remote.client();
        pair.registerRemote();
        pair.home.commit("app", {{"a.yaml", configMapText("kept")}, {"b.yaml", configMapText("extra")}});
        pair.home.createApplication("app", byName ? kThere : at(pair.remote.server() + "/"));
        pair.home.startController();
        BECOMES(pair.home.state("app"), "Synced Healthy");
        QCOMPARE(configMapValue(there, "kept"), std::string("1"));
        QCOMPARE(configMapValue(pair.home.client(), "kept"), std::string());
        // What drifts there is set back, what Git drops is pruned.
        change(there, "kept", "drifted");
        BECOMES(configMapValue(there, "kept"), "1");
        pair.home.commit("app", {{"a.yaml", configMapText("kept", "2")}});
        BECOMES(configMapValue(there, "kept"), "2");
        BECOMES(configMapValue(there, "extra"), "");
        BECOMES(pair.home.state("app"), "Synced Healthy");
        const auto comparison = pair.home.controller().comparison("argocd", "app");
        QCOMPARE(comparison->cluster.server, pair.remote.server());
        QCOMPARE(comparison->cluster.name, std::string("gpu-east"));
        pair.home.removeApplication("app");
        QTRY_VERIFY_WITH_TIMEOUT(pair.home.application("app").is_null(), kPatience);
        QCOMPARE(configMapValue(there, "kept"), std::string());
    }

    void aRealApiServerIsACluster()
    {
        QString whyNot;
        const auto real = support::RealCluster::start(whyNot);
        if (!real)
            QSKIP(qPrintable("SKIPPED: " + whyNot));
        Fleet home;
        RemoteCluster remote(kube::Kubeconfig::load(real->kubeconfig().toStdString())->access().value());
        home.registerCluster("east", "gpu-east", remote.server(), remote.config());
        home.commit("app", {{"a.yaml", configMapText("kept")}, {"b.yaml", configMapText("extra")}});
        home.createApplication("app", kThere);
        home.startController();
        BECOMES(home.state("app"), "Synced Healthy");
        change(remote.client(), "kept", "drifted");
        BECOMES(configMapValue(remote.client(), "kept"), "1");
        home.commit("app", {{"a.yaml", configMapText("kept", "2")}});
        BECOMES(configMapValue(remote.client(), "kept"), "2");
        BECOMES(configMapValue(remote.client(), "extra"), "");
        home.removeApplication("app");
        QTRY_VERIFY_WITH_TIMEOUT(home.application("app").is_null(), kPatience);
        QCOMPARE(configMapValue(remote.client(), "kept"), std::string());
    }

    /// The same names in both: neither cluster's objects count for the other's application.
    void twoClustersAtOnce()
    {
        Pair pair;
        auto& there = pair.remote.client();
        pair.registerRemote();
        const auto labelled = "labels: {app.kubernetes.io/instance: here}, annotations: {argocd.argoproj.io/"
                              "tracking-id: 'here:/ConfigMap:default/stray'}";
        const auto stray = manifest::parseYaml(configMapText("stray", "1", labelled), "test")->front().value;
        QVERIFY(there.create([&] {
            auto object = stray;
            manifest::ensure(object, {"metadata", "namespace"}) = "default";
            return object;
        }()));
        for (const auto* name : {"here", "there"})
            pair.home.commit(name, {{"a.yaml", configMapText("same", name)}});
        pair.home.createApplication("here", kHere);
        pair.home.createApplication("there", kThere);
        pair.home.startController();
        BECOMES(pair.home.state("here"), "Synced Healthy");
        BECOMES(pair.home.state("there"), "Synced Healthy");
        QCOMPARE(configMapValue(pair.home.client(), "same"), std::string("here"));
        QCOMPARE(configMapValue(there, "same"), std::string("there"));
        QVERIFY(pair.home.condition("here", "SharedResourceWarning").empty());
        for (const auto* name : {"here", "there"})
            pair.home.commit(name, {{"a.yaml", configMapText("same", std::string(name) + "2")}});
        BECOMES(configMapValue(pair.home.client(), "same"), "here2");
        BECOMES(configMapValue(there, "same"), "there2");
        // An application that moves leaves its objects where they were and is synced where it goes.
        const auto type = pair.home.client().resolve("argoproj.io/v1alpha1", "Application").value();
        const Value move = {{"spec", {{"destination", {{"name", "gpu-east"}, {"server", nullptr}}}}}};
        pair.home.commit("here", {{"a.yaml", configMapText("moved")}});
        BECOMES(configMapValue(pair.home.client(), "moved"), "1");
        QVERIFY(pair.home.client().patch(type, "argocd", "here", kube::PatchType::Merge, move));
        BECOMES(configMapValue(there, "moved"), "1");
        QCOMPARE(configMapValue(pair.home.client(), "moved"), std::string("1"));
        QTRY_COMPARE_WITH_TIMEOUT(configMapValue(there, "stray"), std::string(), kPatience); // tracked there: pruned
        BECOMES(configMapValue(there, "same"), "there2");
    }

    void aClusterThatDoesNotAnswerBothersNoOther()
    {
        Pair pair;
        pair.registerRemote();
        for (const auto* name : {"here", "there"})
            pair.home.commit(name, {{"a.yaml", configMapText(name)}});
        pair.remote.stop();
        pair.home.createApplication("there", kThere);
        pair.home.createApplication("here", kHere);
        pair.home.startController();
        BECOMES(pair.home.state("here"), "Synced Healthy");
        BECOMES(pair.home.state("there"), "Unknown Unknown");
        const auto words =
            "failed to get cluster info for \"" + pair.remote.server() + "\": error synchronizing cache state : ";
        const auto told = pair.home.condition("there", "ComparisonError");
        QVERIFY2(told.starts_with("Failed to load live state: " + words), told.c_str());
        QVERIFY2(told.find("\nFailed to load target state: failed to get cluster version for cluster \""
                           + pair.remote.server() + "\": " + words)
                     != std::string::npos,
                 told.c_str());
        pair.remote.start();
        BECOMES(pair.home.state("there"), "Synced Healthy");
        QCOMPARE(pair.home.condition("there", "ComparisonError"), std::string());
        // It goes while applications are there, and comes back.
        pair.remote.stop();
        BECOMES(pair.home.text("there", {"status", "sync", "status"}), "Unknown");
        pair.home.commit("there", {{"a.yaml", configMapText("there", "2")}});
        pair.home.commit("here", {{"a.yaml", configMapText("here", "2")}});
        BECOMES(configMapValue(pair.home.client(), "here"), "2");
        // What is deleted meanwhile waits, with the reason.
        pair.home.commit("gone", {{"a.yaml", configMapText("gone")}});
        pair.home.createApplication("gone", kThere);
        pair.home.removeApplication("gone");
        QTRY_VERIFY_WITH_TIMEOUT(pair.home.condition("gone", "DeletionError").starts_with(words), kPatience);
        pair.remote.start();
        BECOMES(pair.home.state("there"), "Synced Healthy");
        QCOMPARE(configMapValue(pair.remote.client(), "there"), std::string("2"));
        QTRY_VERIFY_WITH_TIMEOUT(pair.home.application("gone").is_null(), kPatience);
    }

    void aCredentialThatIsRefusedIsTold()
    {
        Pair pair;
        pair.home.registerCluster("east", "gpu-east", pair.remote.server(), pair.remote.config("not-the-token"));
        pair.home.commit("app", {{"a.yaml", configMapText("a")}});
        pair.home.createApplication("app", kThere);
        pair.home.startController();
        QTRY_VERIFY_WITH_TIMEOUT(pair.home.condition("app", "ComparisonError")
                                     .starts_with("Failed to load live state: failed to get cluster info for \""
                                                  + pair.remote.server()
                                                  + "\": error synchronizing cache state : the server has asked for "
                                                    "the client to provide credentials\n"),
                                 kPatience);
        pair.registerRemote(); // the Secret is mended while the controller runs
        BECOMES(pair.home.state("app"), "Synced Healthy");
        pair.home.registerCluster("east", "gpu-east", pair.remote.server(), "no json: not-the-token");
        QTRY_VERIFY_WITH_TIMEOUT(
            pair.home.condition("app", "ComparisonError").find("Secret argocd/east") != std::string::npos, kPatience);
        QCOMPARE(pair.home.condition("app", "ComparisonError").find("not-the-token"), std::string::npos);
        pair.registerRemote();
        BECOMES(pair.home.state("app"), "Synced Healthy");
    }

    void secretsThatChangeMoveApplications()
    {
        Pair pair;
        RemoteCluster other(pair.home.clock());
        pair.home.commit("app", {{"a.yaml", configMapText("a")}});
        pair.home.createApplication("app", kThere);
        pair.home.startController();
        BECOMES(pair.home.condition("app", "InvalidSpecError"), "there are no clusters with this name: gpu-east");
        pair.registerRemote();
        BECOMES(pair.home.state("app"), "Synced Healthy");
        pair.home.registerCluster("east", "gpu-east", other.server(), other.config());
        BECOMES(configMapValue(other.client(), "a"), "1");
        BECOMES(pair.home.state("app"), "Synced Healthy");
        QCOMPARE(configMapValue(pair.remote.client(), "a"), std::string("1")); // stays where it was
        change(other.client(), "a", "drifted");
        BECOMES(configMapValue(other.client(), "a"), "1");
        pair.home.registerCluster("west", "gpu-east", pair.remote.server(), pair.remote.config());
        QTRY_VERIFY_WITH_TIMEOUT(
            pair.home.condition("app", "InvalidSpecError").starts_with("there are 2 clusters with the same name: ["),
            kPatience);
        pair.home.forgetCluster("west");
        BECOMES(pair.home.state("app"), "Synced Healthy");
        pair.home.forgetCluster("east");
        BECOMES(pair.home.condition("app", "InvalidSpecError"), "there are no clusters with this name: gpu-east");
        BECOMES(pair.home.state("app"), "Unknown Unknown");
        // Without a cluster to delete in, the Application goes and its objects stay.
        pair.home.removeApplication("app");
        QTRY_VERIFY_WITH_TIMEOUT(pair.home.application("app").is_null(), kPatience);
        QCOMPARE(configMapValue(other.client(), "a"), std::string("1"));
    }

    void projectsPermitByCluster()
    {
        Pair pair;
        pair.registerRemote();
        pair.home.apply("{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: ml, namespace: argocd}, "
                        "spec: {sourceRepos: ['*'], destinations: [{server: 'https://kubernetes.default.svc', "
                        "namespace: '*'}]}}");
        pair.home.commit("app", {{"a.yaml", configMapText("a")}});
        pair.home.createApplication("app", kThere, "{project: ml}");
        pair.home.startController();
        BECOMES(pair.home.condition("app", "InvalidSpecError"),
                "application destination server 'gpu-east' and namespace 'default' do not match any of the allowed "
                "destinations in project 'ml'");
        pair.home.apply("{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: ml, namespace: argocd}, "
                        "spec: {sourceRepos: ['*'], destinations: [{name: 'gpu-*', namespace: default}]}}");
        BECOMES(pair.home.state("app"), "Synced Healthy");
        QCOMPARE(configMapValue(pair.remote.client(), "a"), std::string("1"));
    }

    void namespacesOfASecretAreEnforced()
    {
        Pair pair;
        auto& home = pair.home;
        pair.remote.apply("{apiVersion: v1, kind: Namespace, metadata: {name: other}}");
        home.registerCluster("east", "gpu-east", pair.remote.server(),
                             pair.remote.config(pair.remote.tokenForDefault()), "{namespaces: default}");
        home.commit("fits", {{"a.yaml", configMapText("fits")}});
        home.commit("wide",
                    {{"a.yaml", configMapText("wide")},
                     {"b.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: made}\n"}});
        home.commit("beside", {{"a.yaml", configMapText("beside", "1", "namespace: other")}});
        for (const auto* name : {"fits", "wide", "beside"})
            home.createApplication(name, kThere);
        home.startController();
        BECOMES(home.state("fits"), "Synced Healthy");
        change(pair.remote.client(), "fits", "drifted");
        BECOMES(configMapValue(pair.remote.client(), "fits"), "1");
        BECOMES(
            home.condition("wide", "ComparisonError"),
            "Failed to load live state: cluster level Namespace \"made\" can not be managed when in namespaced mode");
        BECOMES(home.condition("beside", "ComparisonError"),
                "Failed to load live state: namespace \"other\" for ConfigMap \"beside\" is not managed");
        QCOMPARE(home.text("wide", {"status", "sync", "status"}), std::string("Unknown"));
        QCOMPARE(configMapValue(pair.remote.client(), "wide"), std::string());
        pair.registerRemote("{namespaces: 'default, other'}");
        BECOMES(home.state("beside"), "Synced Healthy");
        QVERIFY(home.condition("wide", "ComparisonError").find("namespaced mode") != std::string::npos);
        pair.registerRemote("{namespaces: 'default, other', clusterResources: 'true'}");
        BECOMES(home.state("wide"), "Synced Healthy");
        QCOMPARE(configMapValue(pair.remote.client(), "wide"), std::string("1"));
    }

    void projectsHaveClustersAndRepositoriesOfTheirOwn()
    {
        Pair pair;
        auto& home = pair.home;
        pair.registerRemote();
        for (const auto& [project, spec] :
             {std::pair {"team", "{}"},
              std::pair {"strict",
                         "{sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}], "
                         "permitOnlyProjectScopedClusters: true}"}})
            home.apply("{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: " + std::string(project)
                       + ", namespace: argocd}, spec: " + spec + "}");
        home.commit("ours", {{"a.yaml", configMapText("ours")}});
        home.commit("theirs", {{"a.yaml", configMapText("theirs")}});
        home.createApplication("ours", kThere, "{project: team}");
        home.createApplication("theirs", kThere, "{project: strict}");
        home.startController();
        const std::string refused =
            "application destination server 'gpu-east' and namespace 'default' do not match any "
            "of the allowed destinations in project '";
        BECOMES(home.condition("ours", "InvalidSpecError"),
                "application repo ours is not permitted in project 'team'\n" + refused + "team'");
        BECOMES(home.condition("theirs", "InvalidSpecError"), refused + "strict'");
        pair.registerRemote("{project: team}");
        BECOMES(home.condition("ours", "InvalidSpecError"), "application repo ours is not permitted in project 'team'");
        home.apply("{apiVersion: v1, kind: Secret, metadata: {name: repo, namespace: argocd, labels: "
                   "{argocd.argoproj.io/secret-type: repository}}, stringData: {url: ours, project: team}}");
        BECOMES(home.state("ours"), "Synced Healthy");
        QCOMPARE(home.condition("theirs", "InvalidSpecError"), refused + "strict'");
        pair.registerRemote("{project: strict}");
        BECOMES(home.state("theirs"), "Synced Healthy");
        BECOMES(home.condition("ours", "InvalidSpecError"), refused + "team'");
    }

    /// The own cluster can be closed to applications.
    void theOwnClusterCanBeDisabled()
    {
        Pair pair;
        pair.registerRemote();
        for (const auto* name : {"here", "there"})
            pair.home.commit(name, {{"a.yaml", configMapText(name)}});
        pair.home.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: argocd-cm, namespace: argocd}, data: "
                        "{cluster.inClusterEnabled: 'false'}}");
        pair.home.createApplication("here", kHere);
        pair.home.createApplication("there", kThere);
        pair.home.startController();
        BECOMES(pair.home.state("there"), "Synced Healthy");
        QTRY_VERIFY_WITH_TIMEOUT(
            pair.home.condition("here", "InvalidSpecError").find("is disabled") != std::string::npos, kPatience);
        pair.home.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: argocd-cm, namespace: argocd}, data: "
                        "{cluster.inClusterEnabled: 'true'}}");
        BECOMES(pair.home.state("here"), "Synced Healthy");
    }
};

QTEST_GUILESS_MAIN(TestGitopsClusters)
#include "tst_gitops_clusters.moc"
