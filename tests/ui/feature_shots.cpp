// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the feature pages over the sample engine: feature_shots FOLDER [KIND]; light/dark x en/ar.
// feature_shots FOLDER canary live: of the example platform's own canaries, one that runs and one that was aborted.
#include "page_host.h"
#include "support/remembered.h"
#include "ui/base/run_task.h"
#include "ui/base/theme.h"
#include "ui/diff/feature_pages.h"
#include "ui/shell/ask_dialog.h"
#include "ui/shell/connect_dialog.h"

#include <QAbstractButton>
#include <QDir>
#include <QHBoxLayout>
#include <QTemporaryDir>
#include <QTranslator>

#include <algorithm>

namespace {

struct Shot
{
    const char* name;
    ui::PageId id;
    std::vector<Qt::Key> keys {};
    const char* click = nullptr; ///< name of a button
    bool fleet = false; ///< with other clusters, one of which does not answer
};

std::vector<Shot> shots()
{
    using ui::PageKind;
    const auto app = support::sampleApp();
    return {{"diff", {PageKind::Diff, app, {}}},
            {"diff-split", {PageKind::Diff, app, {}}, {Qt::Key_2}},
            {"diff-unified", {PageKind::Diff, app, {}}, {Qt::Key_3}},
            {"diff-staged", {PageKind::Diff, app, {}}, {Qt::Key_S, Qt::Key_N, Qt::Key_S}, "applyStaged"},
            {"plan", {PageKind::Plan, app, {}}},
            {"editor", {PageKind::Editor, app, QStringLiteral("environments/production/values-production.yaml")}},
            {"canary", {PageKind::Canary, app, {}}},
            {"canary-preview", {PageKind::Canary, app, {}}, {}, "previewUpdate"},
            {"rollouts", {PageKind::Rollouts, {}, {}}},
            {"fleet-rollouts", {PageKind::Rollouts, {}, {}}, {}, nullptr, true},
            {"fleet-canary",
             {PageKind::Canary,
              {},
              ui::rolloutArgument(support::key("Rollout", "inference-rollout", "argoproj.io"), "https://west")},
             {},
             nullptr,
             true},
            {"resources", {PageKind::Resources, {}, {}}},
            {"logs", {PageKind::Logs, app, QStringLiteral("ml-serving/inference-v2-x7k")}},
            {"terminal", {PageKind::Terminal, app, QStringLiteral("ml-serving/inference-v2-x7k")}},
            {"create", {PageKind::Create, {}, {}}, {}, "askServer"},
            {"forwards", {PageKind::Forwards, {}, {}}},
            {"diff-three-way", {PageKind::Diff, app, {}}, {Qt::Key_4}},
            {"journal", {PageKind::Journal, {}, {}}}};
}

void shoot(core::engine::Engine& engine, const Shot& shot, const QString& path)
{
    ui::EngineBridge bridge(engine);
    support::FakeWorkbench workbench;
    ui::PageRegistry registry;
    ui::registerFeaturePages(registry);
    if (!registry.has(shot.id.kind))
        return;
    {
        QWidget window;
        window.resize(1210, 790);
        auto* layout = new QHBoxLayout(&window);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
        ui::Page* page = registry.create({engine, bridge, workbench}, shot.id, &window);
        layout->addWidget(page, 1);
        if (QWidget* inspector = page->inspector()) {
            inspector->setFixedWidth(320);
            layout->addWidget(inspector);
        }
        window.show();
        page->setSnapshot(bridge.snapshot());
        page->setFocus();
        // A picture, not a test: give workers a moment.
        const auto settle = [] { QTest::qWait(450); };
        settle();
        for (const Qt::Key key : shot.keys) {
            QTest::keyClick(page, key);
            settle();
        }
        if (shot.click != nullptr) {
            page->findChild<QAbstractButton*>(QLatin1String(shot.click))->click();
            settle();
        }
        if (workbench.questions.empty()) {
            window.grab().save(path);
        } else { // what it asks, as the window does
            ui::AskDialog dialog(workbench.questions.back(), &window);
            dialog.show();
            settle();
            dialog.grab().save(path);
        }
    }
    ui::workers().waitForDone();
}

void shootLogin(const QString& path)
{
    core::engine::ArgoLogin login {"argocd.example.com", false, {}, "noor", "secret"};
    support::Remembered keyring;
    keyring.entries[core::engine::credentialKey(login)] = core::engine::credentialText(login);
    ui::LoginDialog dialog(login, keyring);
    dialog.show();
    dialog.showError({core::Error::Code::Unauthorized, "Invalid username or password", login.server, {}, 0, 0});
    QTest::qWait(200);
    dialog.grab().save(path);
}

std::unique_ptr<support::FakeEngine> fleet()
{
    auto engine = support::sampleEngine();
    engine->edit([](core::engine::Snapshot& snapshot) {
        using State = core::engine::Connection::State;
        snapshot.clusters = {{"gpu-east", "https://east", State::Connected, {}},
                             {"gpu-west", "https://west", State::Offline, "connection refused"}};
        for (const auto& cluster : snapshot.clusters) {
            auto failed = std::make_shared<core::engine::Rollout>(*snapshot.rollouts.front());
            failed->cluster = cluster.server;
            failed->clusterName = cluster.name;
            failed->aborted = cluster.name == "gpu-west";
            if (failed->aborted) {
                failed->abortCauses = {"RolloutAborted: metric \"success-rate\" assessed Failed",
                                       "last measured 0.97, wanted result[0] >= 0.99"};
                failed->revisions[0].pods[0] = {"inference-v2-0", false, "CrashLoopBackOff"};
            }
            auto fine = std::make_shared<core::engine::Rollout>(*failed);
            fine->key.name = "ranker";
            fine->aborted = false;
            fine->paused = false;
            fine->phase = "Healthy";
            fine->waitingFor.clear();
            snapshot.rollouts.push_back(failed);
            snapshot.rollouts.push_back(fine);
        }
    });
    return engine;
}

template<class Shoot>
void inEveryLook(Shoot shootThem)
{
    static QTranslator arabicTexts;
    const bool loaded = arabicTexts.load(QStringLiteral(":/translations/pilothouse_ar.qm"));
    for (const bool arabic : {false, true}) {
        if (arabic && loaded)
            QCoreApplication::installTranslator(&arabicTexts);
        QApplication::setLayoutDirection(arabic ? Qt::RightToLeft : Qt::LeftToRight);
        for (const auto mode : {ui::Theme::Mode::Light, ui::Theme::Mode::Dark}) {
            ui::Theme::instance().setMode(mode);
            shootThem(QStringLiteral("%1-%2").arg(QLatin1String(mode == ui::Theme::Mode::Dark ? "dark" : "light"),
                                                  QLatin1String(arabic ? "ar" : "en")));
        }
        QCoreApplication::removeTranslator(&arabicTexts);
    }
}

/// Waits for what the engine's snapshot shows of the example's one rollout; false where it does not come.
template<class Wanted>
bool comes(core::engine::Engine& engine, Wanted wanted)
{
    return QTest::qWaitFor(
        [&] {
            const auto snapshot = engine.snapshot();
            return !snapshot->rollouts.empty() && wanted(*snapshot->rollouts.front());
        },
        240'000);
}

void commitTag(core::engine::Engine& engine, const std::string& tag)
{
    const core::engine::AppId app {"argocd", "ml-platform"};
    constexpr auto kFile = "environments/production/kustomization.yaml";
    auto file = engine.readFile(app, kFile, {}).value();
    const auto at = file.text.find("newTag: ");
    file.text.replace(at, file.text.find('\n', at) - at, "newTag: " + tag);
    if (const auto made = engine.commitFile(app, kFile, file.text, file.commit, "serve " + tag); !made)
        qFatal("%s", made.error().text().c_str());
}

int shootLive(const QString& folder)
{
    using core::engine::Rollout;
    const QTemporaryDir home;
    core::engine::Engine::Options options;
    options.home = home.path().toStdString();
    options.resources = SOURCE_DIR "/resources";
    options.clockRate = 60;
    const auto engine = core::engine::Engine::open(options).value();
    const core::engine::AppId app {"argocd", "ml-platform"};
    const auto shootNow = [&](const QString& name) {
        inEveryLook([&](const QString& look) {
            shoot(*engine, {"", {ui::PageKind::Canary, app, {}}},
                  QStringLiteral("%1/%2-%3.png").arg(folder, name, look));
        });
    };
    if (!comes(*engine, [](const Rollout& rollout) { return rollout.phase == "Healthy"; }))
        return 1;
    commitTag(*engine, "v3");
    const bool measured = comes(*engine, [](const Rollout& rollout) {
        return std::ranges::any_of(rollout.metrics, [](const auto& metric) { return metric.stable.size() >= 4; });
    });
    (void)engine->setClockRate(1);
    shootNow(QStringLiteral("live-canary"));
    (void)engine->setClockRate(200);
    const bool proven = comes(*engine, [](const Rollout& rollout) { return rollout.phase == "Healthy"; });
    commitTag(*engine, "v4-bad");
    const bool aborted = comes(*engine, [](const Rollout& rollout) { return rollout.aborted; });
    shootNow(QStringLiteral("live-aborted"));
    return measured && proven && aborted ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    support::ScratchHome home;
    QApplication application(argc, argv);
    QApplication::setStyle(new ui::Style);
    const QString folder = argc > 1 ? QString::fromLocal8Bit(argv[1]) : QStringLiteral("shots");
    const QString only = argc > 2 ? QString::fromLocal8Bit(argv[2]) : QString();
    QDir().mkpath(folder);
    if (argc > 3)
        return shootLive(folder);
    inEveryLook([&](const QString& look) {
        if (only.isEmpty() || QStringLiteral("login").startsWith(only))
            shootLogin(QStringLiteral("%1/login-%2.png").arg(folder, look));
        for (const Shot& shot : shots()) {
            const QString name = QStringLiteral("%1-%2").arg(QLatin1String(shot.name), look);
            if (only.isEmpty() || name.startsWith(only))
                shoot(shot.fleet ? *fleet() : *support::sampleEngine(), shot,
                      folder + u'/' + name + QStringLiteral(".png"));
        }
    });
    return 0;
}
