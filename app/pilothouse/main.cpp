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
#include "ui/shell/session_host.h"

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
using Done = std::function<void(OpenedEngine)>;

void addOptions(QCommandLineParser& parser)
{
    parser.addOptions({
        {QStringLiteral("kubeconfig"), QStringLiteral("Work on this cluster instead of the embedded one."),
         QStringLiteral("file")},
        {QStringLiteral("context"), QStringLiteral("Context of the kubeconfig."), QStringLiteral("name")},
        {QStringLiteral("argocd-server"),
         QStringLiteral(
             "Go through this Argo CD API server instead (its token in ARGOCD_AUTH_TOKEN, or you are asked)."),
         QStringLiteral("address")},
        {QStringLiteral("argocd-insecure"), QStringLiteral("Do not check its certificate.")},
        {QStringLiteral("snapshot"),
         QStringLiteral("Look at a file that `pilotctl cluster snapshot` wrote, without its cluster."),
         QStringLiteral("file")},
        {QStringLiteral("no-controllers"), QStringLiteral("Only look: run no controllers of our own.")},
    });
}

/// Runs what blocks on the pool; done is called on the GUI thread.
void openInBackground(QObject* owner, std::function<OpenedEngine()> work, Done done)
{
    ui::runTask(
        owner, [work = std::move(work)] { return std::make_shared<OpenedEngine>(work()); },
        [done = std::move(done)](const std::shared_ptr<OpenedEngine>& opened) { done(std::move(*opened)); });
}

/// Through an Argo CD server: with the token of the environment, else with what the user says, until it fits.
void openArgo(core::engine::ArgoLogin login, QWidget* window, Done done)
{
    login.token = qEnvironmentVariable("ARGOCD_AUTH_TOKEN").toStdString(); // as the argocd command has it
    if (!login.token.empty())
        return openInBackground(
            window, [login] { return core::engine::openArgoServer(login); }, std::move(done));
    static ui::Keyring keyring; // its answers may come while the window is open
    auto* dialog = new ui::LoginDialog(login, keyring, window->isVisible() ? window : nullptr);
    dialog->setAttribute(Qt::WA_DeleteOnClose, false);
    const auto server = login.server;
    QObject::connect(dialog, &QDialog::rejected, dialog, [dialog, done, server] {
        dialog->deleteLater();
        done(core::fail(core::Error::Code::Cancelled, "nobody logged in", server));
    });
    QObject::connect(dialog, &QDialog::accepted, dialog, [dialog, done] {
        openInBackground(
            dialog, [tried = dialog->login()] { return core::engine::openArgoServer(tried); },
            [dialog, done](OpenedEngine opened) {
                if (!opened) {
                    dialog->showError(opened.error());
                    return dialog->open();
                }
                dialog->keep();
                dialog->deleteLater();
                done(std::move(opened));
            });
    });
    dialog->open();
}

/// Opens what the arguments of a program like this one name.
void open(const QStringList& arguments, QWidget* window, Done done)
{
    QCommandLineParser parser;
    addOptions(parser);
    parser.parse(QStringList {QStringLiteral("pilothouse")} + arguments);
    if (parser.isSet(QStringLiteral("argocd-server"))) {
        core::engine::ArgoLogin login;
        login.server = parser.value(QStringLiteral("argocd-server")).toStdString();
        login.insecure = parser.isSet(QStringLiteral("argocd-insecure"));
        return openArgo(std::move(login), window, std::move(done));
    }
    if (parser.isSet(QStringLiteral("snapshot")))
        return openInBackground(
            window,
            [file = parser.value(QStringLiteral("snapshot")).toStdString()] {
                return core::engine::openSnapshot(file);
            },
            std::move(done));
    core::engine::Engine::Options options;
    options.kubeconfig = parser.value(QStringLiteral("kubeconfig")).toStdString();
    options.context = parser.value(QStringLiteral("context")).toStdString();
    options.controllers = !parser.isSet(QStringLiteral("no-controllers"));
    options.attach = true;
    done(core::engine::Engine::open(std::move(options))); // milliseconds
}

/// The arguments that name a connection, of all that the program was given.
QStringList connectionArguments(const QCommandLineParser& parser)
{
    QStringList out;
    for (const auto* name : {"kubeconfig", "context", "argocd-server", "snapshot"})
        if (const QString option = QString::fromLatin1(name); parser.isSet(option))
            out << QStringLiteral("--") + option << parser.value(option);
    for (const auto* name : {"argocd-insecure", "no-controllers"})
        if (const QString option = QString::fromLatin1(name); parser.isSet(option))
            out << QStringLiteral("--") + option;
    return out;
}

int tellTour(const QCommandLineParser& parser)
{
    core::engine::Engine::Options options;
    options.attach = true;
    auto engine = core::engine::Engine::open(std::move(options));
    if (!engine) {
        std::fprintf(stderr, "pilothouse: %s\n", engine.error().text().c_str());
        return 1;
    }
    int code = 0;
    {
        ui::MainWindow window(**engine);
        window.resize(1440, 900);
        window.show();
        Tour tour(**engine, window, parser.value(QStringLiteral("tour")));
        tour.start();
        code = QApplication::exec();
    }
    ui::workers().waitForDone(); // those that still ask the engine end before it does
    return code;
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
    addOptions(parser);
    parser.addOptions({
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

    if (parser.isSet(QStringLiteral("tour")))
        return tellTour(parser);
    const QStringList identity {QString::fromStdString(core::paths::state().string()),
                                parser.value(QStringLiteral("kubeconfig")), parser.value(QStringLiteral("context")),
                                parser.value(QStringLiteral("argocd-server")),
                                parser.value(QStringLiteral("snapshot"))};
    Instance instance(identity.join(u'\n'));
    if (instance.handOver(link))
        return 0; // the window that is open already comes to the front

    QApplication::setQuitOnLastWindowClosed(false); // a login is asked for before there is a window
    ui::SessionHost host(open);
    FirstPaint firstPaint;
    const QStringList arguments = connectionArguments(parser);
    open(arguments, &host, [&](OpenedEngine engine) {
        if (!engine) {
            if (engine.error().code == core::Error::Code::Cancelled)
                return QCoreApplication::exit(0);
            const auto text = engine.error().text();
            std::fprintf(stderr, "pilothouse: %s\n", text.c_str());
            auto* box =
                new QMessageBox(QMessageBox::Critical, QStringLiteral("Pilothouse"), QString::fromStdString(text));
            QObject::connect(box, &QDialog::finished, box, [] { QCoreApplication::exit(1); });
            return box->open();
        }
        QApplication::setQuitOnLastWindowClosed(true);
        auto& window = host.add(std::move(*engine), arguments);
        if (parser.isSet(QStringLiteral("first-paint")))
            window.installEventFilter(&firstPaint);
        window.restoreSession();
        host.show();
        window.openLink(link);
        host.findConnections();
        instance.listen();
    });
    QObject::connect(&instance, &Instance::messageReceived, &host, [&host](const QString& message) {
        if (host.current() != nullptr && !host.current()->openLink(message)) {
            host.raise();
            host.activateWindow();
        }
    });
    return QApplication::exec();
}
