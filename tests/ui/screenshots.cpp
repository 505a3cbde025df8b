// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// ui_screenshots FOLDER [PAGE...]: renders every view over the sample platform, light and dark, English and Arabic.
#include "support/fake_engine.h"
#include "ui/base/bidi.h"
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
    while (timer.elapsed() < milliseconds)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
}

} // namespace

int main(int argc, char** argv)
{
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    const QTemporaryDir home;
    if (qEnvironmentVariableIsEmpty("PILOTHOUSE_HOME"))
        qputenv("PILOTHOUSE_HOME", home.path().toUtf8());
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
    const auto engine = support::sampleEngine();
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
        {QStringLiteral("applications-board"), {Kind::Applications, {}, {}}, "appView", 2},
        {QStringLiteral("applications-summary"), {Kind::Applications, {}, {}}, "appView", 3},
        {QStringLiteral("tree"), {Kind::Tree, app, {}}},
        {QStringLiteral("tree-waves"), {Kind::Tree, app, {}}, "treeArrange", 1},
        {QStringLiteral("tree-traffic"), {Kind::Tree, app, {}}, "treeArrange", 2},
        {QStringLiteral("tree-nodes"), {Kind::Tree, app, {}}, "treeArrange", 3},
        {QStringLiteral("tree-list"), {Kind::Tree, app, {}}, "treeArrange", 4},
        {QStringLiteral("diff"), {Kind::Diff, app, {}}},
        {QStringLiteral("plan"), {Kind::Plan, app, {}}},
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
        {QStringLiteral("subscriptions"), {Kind::Administration, {}, {}}, "adminTabs", 4},
        {QStringLiteral("windows"), {Kind::Administration, {}, {}}, "adminTabs", 5},
        {QStringLiteral("rollback"), {Kind::Plan, app, QStringLiteral("rollback:41")}},
    };
    for (const auto* language : {"en", "ar"}) {
        for (const auto mode : {ui::Theme::Mode::Light, ui::Theme::Mode::Dark}) {
            ui::setLanguage(QString::fromLatin1(language));
            ui::Theme::instance().setMode(mode);
            ui::MainWindow window(*engine);
            window.restoreSession();
            window.resize(1440, 900);
            window.show();
            for (const auto& [name, page, tabs, tab] : views) {
                if (arguments.size() > 2 && !arguments.contains(name))
                    continue;
                window.open(page);
                if (window.currentPage() == nullptr || window.currentPage()->id() != page)
                    continue;
                if (tabs != nullptr)
                    if (auto* bar = window.currentPage()->findChild<ui::SegmentedBar*>(QLatin1String(tabs)))
                        bar->setCurrent(tab);
                window.inspect(app, rollout);
                settle(450);
                const QString file =
                    QStringLiteral("%1-%2-%3.png")
                        .arg(name, mode == ui::Theme::Mode::Dark ? QStringLiteral("dark") : QStringLiteral("light"),
                             QString::fromLatin1(language));
                if (window.grab().save(folder.filePath(file)))
                    fprintf(stdout, "%s\n", qPrintable(folder.filePath(file)));
            }
        }
    }
    return 0;
}
