// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/engine/engine.h"
#include "pilothouse/instance.h"
#include "pilothouse/tour.h"
#include "ui/base/run_task.h"
#include "ui/shell/application.h"
#include "ui/shell/connect_dialog.h"
#include "ui/shell/keyring.h"
#include "ui/shell/main_window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QMessageBox>
#include <QTimer>

#include <cstdio>

namespace {

/// Ends the program once the window has been painted, for who measures the start.
class FirstPaint : public QObject
{
public:
    using QObject::QObject;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() == QEvent::Paint)
            QTimer::singleShot(0, this, [] {
                std::puts("painted");
                std::fflush(stdout);
                QCoreApplication::quit();
            });
        return QObject::eventFilter(watched, event);
    }
};

using OpenedEngine = core::Result<std::unique_ptr<core::engine::Engine>>;

/// Through an Argo CD server: with the token of the environment, else with what the user says, until it fits.
OpenedEngine openArgo(core::engine::ArgoLogin login)
{
    login.token = qEnvironmentVariable("ARGOCD_AUTH_TOKEN").toStdString(); // as the argocd command has it
    if (!login.token.empty())
        return core::engine::openArgoServer(login);
    static ui::Keyring keyring; // its answers may come while the window is open
    ui::LoginDialog dialog(login, keyring);
    while (dialog.exec() == QDialog::Accepted) {
        auto opened = core::engine::openArgoServer(dialog.login());
        if (opened) {
            dialog.keep();
            return opened;
        }
        dialog.showError(opened.error());
    }
    return core::fail(core::Error::Code::Cancelled, "nobody logged in", login.server);
}

OpenedEngine open(const QCommandLineParser& parser)
{
    if (parser.isSet(QStringLiteral("argocd-server"))) {
        core::engine::ArgoLogin login;
        login.server = parser.value(QStringLiteral("argocd-server")).toStdString();
        login.insecure = parser.isSet(QStringLiteral("argocd-insecure"));
        return openArgo(std::move(login));
    }
    core::engine::Engine::Options options;
    options.kubeconfig = parser.value(QStringLiteral("kubeconfig")).toStdString();
    options.context = parser.value(QStringLiteral("context")).toStdString();
    options.controllers = !parser.isSet(QStringLiteral("no-controllers"));
    options.attach = true;
    return core::engine::Engine::open(std::move(options));
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("Pilothouse"));
    QCoreApplication::setApplicationVersion(QStringLiteral("0.1.0"));
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("GitOps console for ML platforms"));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({
        {QStringLiteral("kubeconfig"), QStringLiteral("Work on this cluster instead of the embedded one."),
         QStringLiteral("file")},
        {QStringLiteral("context"), QStringLiteral("Context of the kubeconfig."), QStringLiteral("name")},
        {QStringLiteral("argocd-server"),
         QStringLiteral(
             "Go through this Argo CD API server instead (its token in ARGOCD_AUTH_TOKEN, or you are asked)."),
         QStringLiteral("address")},
        {QStringLiteral("argocd-insecure"), QStringLiteral("Do not check its certificate.")},
        {QStringLiteral("no-controllers"), QStringLiteral("Only look: run no controllers of our own.")},
        {QStringLiteral("tour"),
         QStringLiteral("Tell the story of the example, leave pictures in the folder, and end."),
         QStringLiteral("folder")},
        {QStringLiteral("first-paint"), QStringLiteral("Say \"painted\" once the window shows, and end.")},
    });
    parser.addPositionalArgument(QStringLiteral("link"), QStringLiteral("A place to open: pilothouse://…"),
                                 QStringLiteral("[link]"));
    parser.process(application);
    const QString link = parser.positionalArguments().value(0);
    (void)core::log::openFile(core::paths::state() / "pilothouse.log", core::log::Level::Info);
    ui::setupApplication(application);

    const bool tells = parser.isSet(QStringLiteral("tour"));
    const QStringList identity {QString::fromStdString(core::paths::state().string()),
                                parser.value(QStringLiteral("kubeconfig")), parser.value(QStringLiteral("context")),
                                parser.value(QStringLiteral("argocd-server"))};
    Instance instance(identity.join(u'\n'));
    if (!tells && instance.handOver(link))
        return 0; // the window that is open already comes to the front

    auto engine = open(parser);
    if (!engine && engine.error().code == core::Error::Code::Cancelled)
        return 0;
    if (!engine) {
        const auto text = engine.error().text();
        std::fprintf(stderr, "pilothouse: %s\n", text.c_str());
        QMessageBox::critical(nullptr, QStringLiteral("Pilothouse"), QString::fromStdString(text));
        return 1;
    }
    int code = 0;
    {
        ui::MainWindow window(**engine);
        if (tells) {
            window.resize(1440, 900);
            window.show();
            Tour tour(**engine, window, parser.value(QStringLiteral("tour")));
            tour.start();
            code = QApplication::exec();
        } else {
            FirstPaint firstPaint;
            if (parser.isSet(QStringLiteral("first-paint")))
                window.installEventFilter(&firstPaint);
            window.restoreSession();
            window.show();
            window.openLink(link);
            QObject::connect(&instance, &Instance::messageReceived, &window, [&window](const QString& message) {
                if (!window.openLink(message)) {
                    window.raise();
                    window.activateWindow();
                }
            });
            instance.listen();
            code = QApplication::exec();
        }
    }
    // Workers that still ask the engine end before it does.
    ui::workers().waitForDone();
    return code;
}
