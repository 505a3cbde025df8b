// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/real_cluster.h"

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/embedded/cluster.h"
#include "core/embedded/credentials.h"
#include "core/kube/client.h"
#include "core/kube/curl_transport.h"
#include "core/kube/kubeconfig.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QThread>

#include <boost/json.hpp>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

namespace support {

unsigned short freePort()
{
    const int handle = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool bound = ::bind(handle, generic, size) == 0 && ::getsockname(handle, generic, &size) == 0;
    ::close(handle);
    return bound ? ntohs(address.sin_port) : static_cast<unsigned short>(0);
}

namespace {

QString loopback(unsigned short port, const QString& scheme)
{
    return QString("%1://127.0.0.1:%2").arg(scheme).arg(port);
}

bool answersOk(core::kube::Transport& transport, const std::string& path)
{
    core::kube::Request request;
    request.path = path;
    request.timeout = std::chrono::seconds(2);
    const auto response = transport.send(request, {});
    return response && response->status == 200;
}

} // namespace

struct RealCluster::Private
{
    QTemporaryDir dir;
    QString url;
    std::vector<std::unique_ptr<QProcess>> processes; ///< in the order of their start

    QProcess& launch(const QString& program, const QStringList& arguments)
    {
        auto process = std::make_unique<QProcess>();
        const auto log = dir.filePath(QFileInfo(program).fileName() + ".log");
        process->setStandardOutputFile(log);
        process->setStandardErrorFile(log, QIODevice::Append);
        process->setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
        process->start(program, arguments);
        processes.push_back(std::move(process));
        return *processes.back();
    }
    /// Waits until the check holds; false where the program ends first or a minute is over.
    template<class Check>
    bool waitFor(QProcess& process, const Check& check)
    {
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 60'000) {
            if (process.waitForFinished(100) || process.state() == QProcess::NotRunning)
                return false;
            if (check())
                return true;
        }
        return false;
    }
    QString lastWords(const QProcess& process) const
    {
        const auto name = QFileInfo(process.program()).fileName();
        const auto log = core::paths::readFile(dir.filePath(name + ".log").toStdString(), 64 << 20);
        return QString("%1 does not get ready: %2")
            .arg(name, log ? QString::fromStdString(*log).right(2000) : QString("it wrote no log"));
    }
    ~Private()
    {
        for (auto it = processes.rbegin(); it != processes.rend(); ++it) {
            (*it)->kill();
            (*it)->waitForFinished(10'000);
        }
    }
};

RealCluster::RealCluster(std::unique_ptr<Private> d)
    : m_d(std::move(d))
{
}
RealCluster::~RealCluster() = default;

std::unique_ptr<RealCluster> RealCluster::start(QString& whyNot)
{
    return start(whyNot, {});
}

std::unique_ptr<RealCluster> RealCluster::start(QString& whyNot, const Options& options)
{
    const auto etcd = QStandardPaths::findExecutable("etcd");
    const auto apiServer = peerProgram("kube-apiserver");
    const auto manager = peerProgram("kube-controller-manager");
    if (etcd.isEmpty())
        whyNot = "etcd is not installed: apt install etcd-server";
    else if (apiServer.isEmpty() || manager.isEmpty())
        whyNot = "the real API server is not installed: tests/peers/install kubernetes";
    if (!whyNot.isEmpty())
        return nullptr;

    auto d = std::make_unique<Private>();
    const auto file = [dir = &d->dir](const char* name) { return dir->filePath(name); };
    const auto etcdUrl = loopback(freePort(), "http");
    const auto peerUrl = loopback(freePort(), "http");
    const auto port = freePort();
    d->url = loopback(port, "https");
    const auto credentials = core::embedded::loadCredentials(d->dir.path().toStdString()); // writes ca.crt, tls.crt ...
    if (!credentials
        || !core::paths::writeFileAtomically(file("tokens.csv").toStdString(),
                                             credentials->token + ",admin,admin,\"system:masters\"\n", true)
        || !core::paths::writeFileAtomically(file("kubeconfig").toStdString(),
                                             core::embedded::kubeconfigText(*credentials, d->url.toStdString(), "real"),
                                             true)) {
        whyNot = "cannot write to " + d->dir.path();
        return nullptr;
    }
    std::unique_ptr<RealCluster> cluster(new RealCluster(std::move(d)));
    auto& self = *cluster->m_d;
    const auto transport = cluster->transport();

    self.launch(etcd,
                {"--data-dir", file("etcd"), "--listen-client-urls", etcdUrl, "--advertise-client-urls", etcdUrl,
                 "--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl, "--initial-cluster",
                 "default=" + peerUrl, "--unsafe-no-fsync"});
    auto& server = self.launch(
        apiServer,
        QStringList {
            "--etcd-servers=" + etcdUrl, "--tls-cert-file=" + file("tls.crt"),
            "--tls-private-key-file=" + file("tls.key"), QString("--secure-port=%1").arg(port),
            "--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--service-cluster-ip-range=10.96.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc", "--service-account-key-file=" + file("tls.crt"),
            "--service-account-signing-key-file=" + file("tls.key"), "--token-auth-file=" + file("tokens.csv"),
            "--authorization-mode=RBAC", "--allow-privileged=true", "--disable-admission-plugins=ServiceAccount"}
            + options.apiServerArguments);
    if (!self.waitFor(server, [&] { return answersOk(*transport, "/readyz"); })) {
        whyNot = self.lastWords(server);
        return nullptr;
    }
    if (options.controllers.isEmpty())
        return cluster;
    auto& controllers = self.launch(manager,
                                    {"--kubeconfig=" + cluster->kubeconfig(), "--leader-elect=false",
                                     "--bind-address=127.0.0.1", QString("--secure-port=%1").arg(freePort()),
                                     "--service-account-private-key-file=" + file("tls.key"),
                                     "--root-ca-file=" + file("ca.crt"), "--controllers=" + options.controllers});
    // The default service account is what the controllers make once they work.
    if (!self.waitFor(controllers,
                      [&] { return answersOk(*transport, "/api/v1/namespaces/default/serviceaccounts/default"); })) {
        whyNot = self.lastWords(controllers);
        return nullptr;
    }
    return cluster;
}

QString RealCluster::url() const
{
    return m_d->url;
}

QString RealCluster::kubeconfig() const
{
    return m_d->dir.filePath("kubeconfig");
}

QString RealCluster::folder() const
{
    return m_d->dir.path();
}

Kubectl RealCluster::kubectl() const
{
    return {peerProgram("kubectl"), kubeconfig(), folder()};
}

core::kube::TransportPtr RealCluster::transport() const
{
    const auto config = core::kube::Kubeconfig::load(kubeconfig().toStdString());
    const auto access = config ? config->access() : core::Result<core::kube::Access>(core::fail(config.error()));
    if (!access)
        qFatal("%s", access.error().text().c_str()); // we have written the file ourselves
    return core::kube::curlTransport(*access);
}

core::Result<> RealCluster::installDefinitions() const
{
    using core::manifest::Object;
    core::embedded::Cluster::Options options;
    options.clock = std::make_shared<core::ScaledClock>();
    options.simulate = false;
    PH_TRY(const auto embedded, core::embedded::Cluster::open(options));
    core::kube::Client from(embedded->transport());
    core::kube::Client to(transport());
    PH_TRY(const auto type, from.resolve("apiextensions.k8s.io/v1", "CustomResourceDefinition"));
    PH_TRY(const auto definitions, from.list(type, {}));
    for (const auto& definition : definitions.items) {
        const auto name = core::manifest::name(definition);
        core::manifest::Value copy = Object {{"apiVersion", "apiextensions.k8s.io/v1"},
                                             {"kind", "CustomResourceDefinition"},
                                             {"metadata", Object {{"name", name}}},
                                             {"spec", core::manifest::object(definition, {"spec"})}};
        core::manifest::erase(copy, {"spec", "conversion"});
        PH_TRY(const auto made, to.create(copy));
        const auto established = [&] {
            const auto now = to.get(type, {}, name);
            return now && std::ranges::any_of(core::manifest::array(*now, {"status", "conditions"}), [](const auto& c) {
                       return core::manifest::text(c, {"type"}) == "Established"
                           && core::manifest::text(c, {"status"}) == "True";
                   });
        };
        for (int wait = 0; wait < 300 && !established(); ++wait)
            QThread::msleep(100);
    }
    return {};
}

} // namespace support
