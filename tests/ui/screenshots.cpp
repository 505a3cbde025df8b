// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// ui_screenshots FOLDER [PAGE...]: renders every view over the sample platform, light and dark, English and Arabic, and
// every view in each of its states (light in English, dark in Arabic). QT_SCALE_FACTOR=2 for twice the size.
#include "support/fake_engine.h"
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/theme.h"
#include "ui/base/widgets.h"
#include "ui/shell/application.h"
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QTemporaryDir>

namespace {

void settle(int milliseconds)
{
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < milliseconds) {
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); // no loop is running that would
    }
}

namespace eng = core::engine;
using Engine = std::unique_ptr<support::FakeEngine>;

Engine connectedAs(eng::Connection::State state, const std::string& problem, std::vector<std::string> missing = {})
{
    auto engine = support::sampleEngine();
    engine->edit([&](eng::Snapshot& snapshot) {
        auto& connection = snapshot.connection;
        connection.state = state;
        connection.problem = problem;
        connection.missingKinds = std::move(missing);
        connection.since = snapshot.at - std::chrono::minutes(7);
    });
    return engine;
}

Engine failing(core::Error error)
{
    auto engine = support::sampleEngine();
    engine->failWith(std::move(error));
    return engine;
}

/// The states of page 10 of the console's design, each as an engine brings it about.
const std::vector<std::pair<const char*, Engine (*)()>> kStates {
    {"empty",
     [] {
         return std::make_unique<support::FakeEngine>(std::make_shared<const eng::Snapshot>(support::emptySnapshot()));
     }},
    {"connecting",
     [] {
         auto snapshot = support::emptySnapshot();
         snapshot.connection.state = eng::Connection::State::Connecting;
         return std::make_unique<support::FakeEngine>(std::make_shared<const eng::Snapshot>(std::move(snapshot)));
     }},
    {"loading",
     [] {
         auto engine = support::sampleEngine();
         engine->questionsTakeLong = true;
         return engine;
     }},
    {"error",
     [] {
         return failing({core::Error::Code::Unavailable, "the server does not answer: connection refused",
                         "https://10.0.0.1:6443/api/v1/pods", "check the network and the server, then try again", 0,
                         0});
     }},
    {"forbidden",
     [] {
         return failing({core::Error::Code::Forbidden,
                         "pods is forbidden: User \"dana\" cannot list resource \"pods\" in API group \"\"",
                         "https://10.0.0.1:6443/api/v1/pods",
                         {},
                         403,
                         0});
     }},
    {"offline", [] { return connectedAs(eng::Connection::State::Offline, "connection refused"); }},
    {"partial",
     [] {
         return connectedAs(eng::Connection::State::Degraded,
                            "secrets is forbidden: User \"dana\" cannot list resource \"secrets\"",
                            {"Secret", "Node", "AnalysisRun.argoproj.io"});
     }},
};

} // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QTemporaryDir first;
    qputenv("PILOTHOUSE_HOME", first.path().toUtf8());
    QApplication application(argc, argv);
    QFont font(QStringLiteral("Noto Sans"));
    font.setFamilies({QStringLiteral("Noto Sans"), QStringLiteral("Noto Sans Arabic")});
    font.setPixelSize(13);
    QApplication::setFont(font);
    ui::setupApplication(application);
    ui::Theme::instance().setReducedMotion(true);
    const QStringList arguments = QApplication::arguments();
    const QDir folder(arguments.value(1, QStringLiteral("screenshots")));
    folder.mkpath(QStringLiteral("."));
    const auto rollout = support::key("Rollout", "inference-rollout", "argoproj.io");
    const auto app = support::sampleApp();
    using Kind = ui::PageKind;
    struct View
    {
        QString name;
        ui::PageId page;
        const char* tabs = nullptr; ///< name of a row of tabs, and the one to choose
        int tab = 0;
    };
    const std::vector<View> views {
        {QStringLiteral("applications"), {Kind::Applications, {}, {}}},
        {QStringLiteral("applications-tiles"), {Kind::Applications, {}, {}}, "appView", 1},
        {QStringLiteral("applications-board"), {Kind::Applications, {}, {}}, "appView", 2},
        {QStringLiteral("applications-summary"), {Kind::Applications, {}, {}}, "appView", 3},
        {QStringLiteral("tree"), {Kind::Tree, app, {}}},
        {QStringLiteral("tree-waves"), {Kind::Tree, app, {}}, "treeArrange", 1},
        {QStringLiteral("tree-traffic"), {Kind::Tree, app, {}}, "treeArrange", 2},
        {QStringLiteral("tree-nodes"), {Kind::Tree, app, {}}, "treeArrange", 3},
        {QStringLiteral("tree-list"), {Kind::Tree, app, {}}, "treeArrange", 4},
        {QStringLiteral("diff"), {Kind::Diff, app, {}}},
        {QStringLiteral("plan"), {Kind::Plan, app, {}}},
        {QStringLiteral("plan-many"), {Kind::Plan, {}, QStringLiteral("argocd/llm-service\nargocd/ranker")}},
        {QStringLiteral("canary"), {Kind::Canary, app, ui::qs(rollout.text())}},
        {QStringLiteral("editor"),
         {Kind::Editor, app, QStringLiteral("environments/production/values-production.yaml")}},
        {QStringLiteral("history"), {Kind::History, app, {}}},
        {QStringLiteral("rollouts"), {Kind::Rollouts, {}, {}}},
        {QStringLiteral("resources"), {Kind::Resources, {}, {}}},
        {QStringLiteral("logs"), {Kind::Logs, app, QStringLiteral("ml-serving/inference-v2-x7k")}},
        {QStringLiteral("journal"), {Kind::Journal, {}, {}}},
        {QStringLiteral("models"), {Kind::Models, {}, {}}},
        {QStringLiteral("gpus"), {Kind::Gpus, {}, {}}},
        {QStringLiteral("problems"), {Kind::Problems, {}, {}}},
        {QStringLiteral("decisions"), {Kind::Problems, {}, QStringLiteral("decisions")}},
        {QStringLiteral("events"), {Kind::Events, {}, {}}},
        {QStringLiteral("administration"), {Kind::Administration, {}, {}}},
        {QStringLiteral("clusters"), {Kind::Administration, {}, {}}, "adminTabs", 2},
        {QStringLiteral("accounts"), {Kind::Administration, {}, {}}, "adminTabs", 4},
        {QStringLiteral("subscriptions"), {Kind::Administration, {}, {}}, "adminTabs", 5},
        {QStringLiteral("windows"), {Kind::Administration, {}, {}}, "adminTabs", 6},
        {QStringLiteral("rollback"), {Kind::Plan, app, QStringLiteral("rollback:41")}},
        {QStringLiteral("sets"), {Kind::ApplicationSets, {}, {}}},
        {QStringLiteral("create"), {Kind::Create, {}, {}}},
        {QStringLiteral("forwards"), {Kind::Forwards, {}, {}}},
        {QStringLiteral("terminal"), {Kind::Terminal, app, QStringLiteral("ml-serving/inference-v2-x7k")}},
    };
    const auto wanted = [&](const QString& name) { return arguments.size() < 3 || arguments.contains(name); };
    const auto take = [&](support::FakeEngine& engine, const QString& prefix, const char* language,
                          ui::Theme::Mode mode) {
        const QTemporaryDir home; // the session of a window on a small screen is not for the next one
        qputenv("PILOTHOUSE_HOME", home.path().toUtf8());
        ui::setLanguage(QString::fromLatin1(language));
        ui::Theme::instance().setMode(mode);
        auto made = std::make_unique<ui::MainWindow>(engine);
        auto& window = *made;
        window.restoreSession();
        window.resize(1440, 900);
        window.show();
        for (const auto& [name, page, tabs, tab] : views) {
            if (!wanted(name) && !wanted(prefix + name))
                continue;
            window.open(page);
            if (window.currentPage() == nullptr || window.currentPage()->id() != page)
                continue;
            if (tabs != nullptr)
                if (auto* bar = window.currentPage()->findChild<ui::SegmentedBar*>(QLatin1String(tabs)))
                    bar->setCurrent(tab);
            window.inspect(app, rollout);
            settle(450);
            QString file =
                QStringLiteral("%1%2-%3-%4")
                    .arg(prefix, name, mode == ui::Theme::Mode::Dark ? QStringLiteral("dark") : QStringLiteral("light"),
                         QString::fromLatin1(language));
            if (window.devicePixelRatioF() > 1)
                file += QStringLiteral("@%1x").arg(window.devicePixelRatioF());
            file = folder.filePath(file + QStringLiteral(".png"));
            if (window.grab().save(file))
                fprintf(stdout, "%s\n", qPrintable(file));
        }
        engine.questionsTakeLong = false;
        made.reset();
        ui::workers().waitForDone();
    };
    for (const auto* language : {"en", "ar"})
        for (const auto mode : {ui::Theme::Mode::Light, ui::Theme::Mode::Dark})
            take(*support::sampleEngine(), {}, language, mode);
    for (const auto& [language, mode] :
         {std::pair("en", ui::Theme::Mode::Light), std::pair("ar", ui::Theme::Mode::Dark)})
        for (const auto& [name, enter] : kStates)
            take(*enter(), QString::fromLatin1(name) + u'-', language, mode);
    return 0;
}
