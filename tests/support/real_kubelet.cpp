// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/real_kubelet.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QThread>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <vector>

namespace support {

namespace {

/// An address of this machine that is not loopback, which a node may not have.
QString ownAddress()
{
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0)
        return {};
    QString found;
    for (const auto* each = list; each != nullptr && found.isEmpty(); each = each->ifa_next) {
        if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_INET || (each->ifa_flags & IFF_LOOPBACK) != 0)
            continue;
        std::array<char, INET_ADDRSTRLEN> text {};
        const auto* address = reinterpret_cast<const sockaddr_in*>(each->ifa_addr); // NOLINT: as the family says
        if (inet_ntop(AF_INET, &address->sin_addr, text.data(), text.size()) != nullptr)
            found = QString::fromLatin1(text.data());
    }
    freeifaddrs(list);
    return found;
}

void write(const QString& path, const QString& text)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8()) < 0)
        qFatal("cannot write %s", qPrintable(path));
}

} // namespace

struct RealKubelet::Private
{
    QTemporaryDir dir;
    std::vector<std::unique_ptr<QProcess>> processes; ///< in the order of their start

    [[nodiscard]] QString path(const QString& name) const { return dir.filePath(name); }

    QProcess& launch(const QString& program, const QStringList& arguments)
    {
        auto process = std::make_unique<QProcess>();
        const auto log = path(QFileInfo(program).fileName() + ".log");
        process->setStandardOutputFile(log);
        process->setStandardErrorFile(log, QIODevice::Append);
        process->setChildProcessModifier([] {
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            // A shell starts what runs in the background with these ignored, and the containers would inherit that.
            (void)std::signal(SIGINT, SIG_DFL);
            (void)std::signal(SIGQUIT, SIG_DFL);
        });
        process->start(program, arguments);
        processes.push_back(std::move(process));
        return *processes.back();
    }
    /// What ctr prints; nothing where it fails, with its words in `problem`.
    std::optional<QString> ctr(const QStringList& arguments, QString* problem = nullptr) const
    {
        QProcess process;
        process.start("ctr", QStringList {"-a", path("containerd.sock"), "-n", "k8s.io"} + arguments);
        if (!process.waitForFinished(60'000) || process.exitCode() != 0) {
            if (problem != nullptr)
                *problem = QString::fromUtf8(process.readAllStandardError()).trimmed();
            return std::nullopt;
        }
        return QString::fromUtf8(process.readAllStandardOutput());
    }

    void writeSettings() const
    {
        write(
            path("containerd.toml"),
            QString(
                "version = 2\nroot = \"%1/root\"\nstate = \"%1/state\"\n[grpc]\n  address = \"%1/containerd.sock\"\n"
                "[plugins.\"io.containerd.grpc.v1.cri\"]\n  sandbox_image = \"localhost/pod:1\"\n"
                "  restrict_oom_score_adj = true\n"
                "  [plugins.\"io.containerd.grpc.v1.cri\".containerd]\n    snapshotter = \"native\"\n"
                "  [plugins.\"io.containerd.grpc.v1.cri\".containerd.runtimes.runc]\n"
                "    runtime_type = \"io.containerd.runc.v2\"\n"
                "  [plugins.\"io.containerd.grpc.v1.cri\".cni]\n    bin_dir = \"%1/cni\"\n    conf_dir = \"%1/cni\"\n")
                .arg(dir.path()));
        // The machine's own limits and disks are not the test's business.
        write(path("kubelet.yaml"),
              QString("apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nfailCgroupV1: false\n"
                      "cgroupDriver: cgroupfs\ncgroupsPerQOS: false\nenforceNodeAllocatable: []\nfailSwapOn: false\n"
                      "containerRuntimeEndpoint: unix://%1/containerd.sock\nport: %2\nreadOnlyPort: 0\nhealthzPort: 0\n"
                      "authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}\n"
                      "authorization: {mode: AlwaysAllow}\nlocalStorageCapacityIsolation: false\n"
                      "imageGCHighThresholdPercent: 100\nimageGCLowThresholdPercent: 99\n"
                      "evictionHard: {memory.available: 10Mi}\n")
                  .arg(dir.path())
                  .arg(freePort()));
    }

    ~Private()
    {
        if (processes.size() > 1) { // first who would start them again
            processes.back()->kill();
            processes.back()->waitForFinished(10'000);
        }
        const auto tasks = ctr({"tasks", "ls", "-q"}).value_or(QString());
        for (const auto& task : tasks.split('\n', Qt::SkipEmptyParts)) {
            ctr({"tasks", "rm", "--force", task});
        }
        for (auto it = processes.rbegin(); it != processes.rend(); ++it) {
            (*it)->kill();
            (*it)->waitForFinished(10'000);
        }
        // A folder that is mounted somewhere must not be removed with what it shows.
        QFile mounts("/proc/self/mounts");
        QStringList below;
        if (mounts.open(QIODevice::ReadOnly))
            for (const auto& line : mounts.readAll().split('\n'))
                if (const auto place = QString::fromUtf8(line.split(' ').value(1)); place.startsWith(dir.path() + '/'))
                    below.prepend(place);
        for (const auto& place : below)
            if (umount2(place.toUtf8().constData(), MNT_DETACH) != 0)
                dir.setAutoRemove(false);
    }
};

RealKubelet::RealKubelet(std::unique_ptr<Private> d)
    : m_d(std::move(d))
{
}
RealKubelet::~RealKubelet() = default;

std::unique_ptr<RealKubelet> RealKubelet::start(const RealCluster& cluster, QString& whyNot)
{
    const auto kubelet = peerProgram("kubelet");
    const auto address = ownAddress();
    if (geteuid() != 0)
        whyNot = "a kubelet needs root";
    for (const char* program : {"containerd", "ctr", "runc"})
        if (QStandardPaths::findExecutable(program).isEmpty())
            whyNot = QString("%1 is not installed: apt install containerd runc").arg(program);
    if (kubelet.isEmpty() || !QFile::exists(peerFolder() + "/kubelet-pod.tar"))
        whyNot = "the kubelet is not installed: tests/peers/install kubelet";
    else if (address.isEmpty())
        whyNot = "this machine has no address beside loopback for a node";
    if (!whyNot.isEmpty())
        return nullptr;
    std::unique_ptr<RealKubelet> self(new RealKubelet(std::make_unique<Private>()));
    auto& d = *self->m_d;
    d.writeSettings();
    d.launch("containerd", {"--config", d.path("containerd.toml")});
    for (int wait = 0; wait < 100 && !d.ctr({"version"}); ++wait)
        QThread::msleep(100);
    QString problem;
    for (const char* image : {"/kubelet-pod.tar", "/kubelet-shell.tar"})
        if (!d.ctr({"image", "import", peerFolder() + image}, &problem)) {
            whyNot = "containerd does not take an image: " + problem;
            return nullptr;
        }
    if (!d.ctr({"run", "--rm", "--net-host", "--snapshotter", "native", "localhost/shell:1", "trial", "/bin/sh", "-c",
                "exit 0"},
               &problem)) {
        whyNot = "containers cannot run on this machine: " + problem;
        return nullptr;
    }
    d.launch(kubelet,
             {"--config=" + d.path("kubelet.yaml"), "--kubeconfig=" + cluster.kubeconfig(),
              "--root-dir=" + d.path("kubelet"), "--cert-dir=" + d.path("pki"), QString("--hostname-override=") + kNode,
              "--node-ip=" + address});
    const auto kubectl = cluster.kubectl();
    for (int wait = 0; wait < 300; ++wait) {
        int code = -1;
        kubectl.run({"get", "node", kNode}, {}, &code);
        if (code == 0)
            return self;
        QThread::msleep(100);
    }
    QFile log(d.path("kubelet.log"));
    whyNot = "the kubelet does not get ready: "
        + (log.open(QIODevice::ReadOnly) ? QString::fromUtf8(log.readAll()).right(1'500) : QString("it wrote no log"));
    return nullptr;
}

} // namespace support
