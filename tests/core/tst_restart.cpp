// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/repository.h"
#include "core/kube/client.h"
#include "core/kube/curl_transport.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <set>

using namespace core;
using manifest::Value;

namespace {

constexpr auto kVersionFile = "environments/production/kustomization.yaml";

/// `pilotctl cluster serve` as a process of its own, and a client of it.
class Program
{
public:
    explicit Program(const QTemporaryDir& home)
        : m_home(home.path())
    {
    }

    /// Waits until its API answers.
    bool start(double clockRate)
    {
        std::filesystem::remove(kubeconfig()); // of a process that was killed: the port is another one
        m_process = std::make_unique<QProcess>();
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("PILOTHOUSE_HOME", m_home);
        m_process->setProcessEnvironment(environment);
        m_process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process->start(program(), {"--clock-rate", QString::number(clockRate), "cluster", "serve"});
        return m_process->waitForStarted() && QTest::qWaitFor([this] { return connect(); }, 30'000);
    }

    void kill()
    {
        m_client.reset();
        m_process->kill(); // SIGKILL: nothing is flushed, nothing is said
        m_process->waitForFinished();
    }

    /// Empty while it is not there.
    Value get(const manifest::GroupKind& kind, const std::string& nameSpace, const std::string& name)
    {
        const auto type = m_client->resolve(kind);
        auto found = type ? m_client->get(*type, nameSpace, name) : tl::unexpected(type.error());
        return found ? *std::move(found) : Value(boost::json::object {});
    }

    std::vector<Value> list(const manifest::GroupKind& kind, const std::string& nameSpace)
    {
        const auto type = m_client->resolve(kind);
        auto found = type ? m_client->list(*type, nameSpace) : tl::unexpected(type.error());
        return found ? std::move(found->items) : std::vector<Value> {};
    }

    Value application() { return get({"argoproj.io", "Application"}, "argocd", "ml-platform"); }
    Value rollout() { return get({"argoproj.io", "Rollout"}, "ml-serving", "inference-rollout"); }

    /// What another command says while nothing serves.
    QString command(const QStringList& arguments)
    {
        QProcess process;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("PILOTHOUSE_HOME", m_home);
        process.setProcessEnvironment(environment);
        process.start(program(), arguments);
        process.waitForFinished(60'000);
        return QString::fromUtf8(process.readAllStandardOutput() + process.readAllStandardError()).trimmed();
    }

    void commitTag(const std::string& tag)
    {
        auto repository = git::Repository::open((m_home + "/data/example/ml-platform-config").toStdString()).value();
        const auto head = repository.resolve("main").value();
        auto text = repository.tree(head).value()->read(kVersionFile).value();
        const auto at = text.find("newTag: ");
        text.replace(at, text.find('\n', at) - at, "newTag: " + tag);
        git::Overlay changes;
        changes.files[kVersionFile] = text;
        QVERIFY(
            repository.commitFiles("main", head, changes, "serve " + tag, {"Noor", "noor@example.com"}).has_value());
    }

private:
    static QString program() { return BINARY_DIR "/bin/pilotctl"; }
    std::filesystem::path kubeconfig() const { return (m_home + "/data/cluster/kubeconfig").toStdString(); }

    bool connect()
    {
        const auto config = kube::Kubeconfig::load(kubeconfig());
        const auto access = config ? config->access() : tl::unexpected(config.error());
        if (!access)
            return false;
        m_client = std::make_unique<kube::Client>(kube::curlTransport(*access));
        return m_client->serverVersion().has_value();
    }

    QString m_home;
    std::unique_ptr<QProcess> m_process;
    std::unique_ptr<kube::Client> m_client;
};

std::string phase(const Value& application)
{
    return std::string(manifest::text(application, {"status", "operationState", "phase"}));
}

/// How many objects the running (or last) operation has applied.
std::size_t applied(const Value& application)
{
    const auto& results = manifest::array(application, {"status", "operationState", "syncResult", "resources"});
    return static_cast<std::size_t>(std::count_if(results.begin(), results.end(), [](const Value& result) {
        return manifest::text(result, {"status"}) == "Synced";
    }));
}

bool settled(const Value& application)
{
    return phase(application) == "Succeeded" && manifest::text(application, {"status", "sync", "status"}) == "Synced"
        && manifest::text(application, {"status", "health", "status"}) == "Healthy";
}

std::int64_t stepOf(const Value& rollout)
{
    return manifest::integer(rollout, {"status", "currentStepIndex"}).value_or(-1);
}

std::string uidOf(const Value& object)
{
    return std::string(manifest::text(object, {"metadata", "uid"}));
}

/// How many ReplicaSets belong to the rollout.
std::size_t revisionsOf(Program& program, const Value& rollout)
{
    const auto sets = program.list({"apps", "ReplicaSet"}, "ml-serving");
    return static_cast<std::size_t>(std::count_if(sets.begin(), sets.end(), [&](const Value& set) {
        const auto& owners = manifest::array(set, {"metadata", "ownerReferences"});
        return !owners.empty() && manifest::text(owners.front(), {"uid"}) == uidOf(rollout);
    }));
}

} // namespace

/// The program is killed with SIGKILL in the middle of its work; the next start finishes it.
class TestRestart : public QObject
{
    Q_OBJECT

private slots:
    void aSyncIsFinishedAfterEveryKill()
    {
        const QTemporaryDir home;
        Program program(home);
        std::string startedAt, nameSpace;
        std::size_t before = 0;
        for (int kills = 0; kills < 3; ++kills) {
            QVERIFY(program.start(2));
            Value application;
            // Further than the process before, and not at the end.
            QTRY_VERIFY_WITH_TIMEOUT(applied(application = program.application()) > before || settled(application),
                                     60'000);
            QCOMPARE(phase(application), std::string("Running"));
            const std::string started(manifest::text(application, {"status", "operationState", "startedAt"}));
            const auto uid = uidOf(program.get({"", "Namespace"}, "", "ml-serving"));
            QVERIFY(!uid.empty());
            if (kills > 0) {
                QCOMPARE(started, startedAt); // the operation goes on, no second one is begun
                QCOMPARE(uid, nameSpace);
            }
            startedAt = started;
            nameSpace = uid;
            before = applied(application);
            program.kill();
        }
        QVERIFY(program.start(60));
        Value application;
        QTRY_VERIFY_WITH_TIMEOUT(settled(application = program.application()), 60'000);
        QCOMPARE(std::string(manifest::text(application, {"status", "operationState", "startedAt"})), startedAt);
        QCOMPARE(manifest::array(application, {"status", "history"}).size(), std::size_t {1});
        QVERIFY(applied(application) > before);
        QCOMPARE(uidOf(program.get({"", "Namespace"}, "", "ml-serving")), nameSpace);
        program.kill();
        QCOMPARE(program.command({"audit", "verify"}), QString("the audit log is whole"));
    }

    void aCanaryGoesOnAfterEveryKill()
    {
        const QTemporaryDir home;
        Program program(home);
        QVERIFY(program.start(60));
        QTRY_VERIFY_WITH_TIMEOUT(settled(program.application())
                                     && manifest::text(program.rollout(), {"status", "phase"}) == "Healthy",
                                 60'000);
        const std::string stable(manifest::text(program.rollout(), {"status", "stableRS"}));
        program.commitTag("v3");
        std::int64_t reached = 0;
        for (const auto step : {1, 2, 5, 7}) { // in a pause, in each of the analyses, in a pause
            Value rollout;
            QTRY_VERIFY_WITH_TIMEOUT(stepOf(rollout = program.rollout()) >= step
                                         && manifest::text(rollout, {"status", "currentPodHash"}) != stable,
                                     60'000);
            QCOMPARE(std::string(manifest::text(rollout, {"status", "stableRS"})), stable);
            program.kill();
            reached = stepOf(rollout);
            QVERIFY(program.start(60));
            QVERIFY2(stepOf(program.rollout()) >= reached, "a step was taken back");
        }
        Value rollout;
        QTRY_VERIFY_WITH_TIMEOUT(manifest::text(rollout = program.rollout(), {"status", "stableRS"}) != stable
                                     && manifest::text(rollout, {"status", "phase"}) == "Healthy",
                                 120'000);
        QCOMPARE(stepOf(rollout), std::int64_t {10});
        QCOMPARE(std::string(manifest::text(rollout, {"metadata", "annotations", "rollout.argoproj.io/revision"})),
                 std::string("2"));
        QCOMPARE(revisionsOf(program, rollout), std::size_t {2});
        // Each of the two analyses ran once, and passed.
        std::set<std::string> steps;
        const auto runs = program.list({"argoproj.io", "AnalysisRun"}, "ml-serving");
        for (const auto& run : runs) {
            QCOMPARE(std::string(manifest::text(run, {"status", "phase"})), std::string("Successful"));
            steps.emplace(manifest::text(run, {"metadata", "labels", "step-index"}));
        }
        QCOMPARE(steps, (std::set<std::string> {"2", "5"}));
        QCOMPARE(runs.size(), steps.size());
        QTRY_COMPARE_WITH_TIMEOUT(manifest::array(program.application(), {"status", "history"}).size(), std::size_t {2},
                                  20'000);
        program.kill();
        QCOMPARE(program.command({"audit", "verify"}), QString("the audit log is whole"));
    }
};

QTEST_GUILESS_MAIN(TestRestart)
#include "tst_restart.moc"
