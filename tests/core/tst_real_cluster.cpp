// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The fixture itself: a real control plane comes up, and pods run on the test's own kubelet.
#include "core/kube/client.h"
#include "core/manifest/yaml.h"
#include "support/real_cluster.h"
#include "support/test_kubelet.h"

#include <QTest>

class TestRealCluster : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        QString whyNot;
        m_real = support::RealCluster::start(whyNot);
        if (!m_real)
            QSKIP(qPrintable(whyNot));
        m_kubelet = std::make_unique<support::TestKubelet>(m_real->transport());
    }

    void deploymentsBecomeAvailable()
    {
        const auto kubectl = m_real->kubectl();
        QCOMPARE(kubectl.run({"create", "deployment", "web", "--image=nginx:1.25", "--replicas=3"}),
                 "deployment.apps/web created");
        QVERIFY(kubectl.run({"rollout", "status", "deploy/web", "--timeout=50s"}).contains("successfully rolled out"));
        QCOMPARE(kubectl.run({"delete", "deploy", "web", "--cascade=foreground"}).section('\n', -1),
                 "deployment.apps \"web\" deleted from default namespace");
        QTRY_COMPARE_WITH_TIMEOUT(kubectl.run({"get", "pods"}), "No resources found in default namespace.", 20'000);
    }

    void podsMisbehaveOnRequest()
    {
        const auto kubectl = m_real->kubectl();
        QCOMPARE(kubectl.run({"create", "deployment", "broken", "--image=nginx:nopull"}),
                 "deployment.apps/broken created");
        QTRY_VERIFY_WITH_TIMEOUT(kubectl.run({"get", "pods"}).contains("ImagePullBackOff"), 20'000);
        QCOMPARE(kubectl.run({"create", "job", "once", "--image=busybox"}), "job.batch/once created");
        QCOMPARE(kubectl.run({"wait", "--for=condition=complete", "job/once", "--timeout=50s"}),
                 "job.batch/once condition met");
    }

private:
    std::unique_ptr<support::RealCluster> m_real;
    std::unique_ptr<support::TestKubelet> m_kubelet;
};

QTEST_GUILESS_MAIN(TestRealCluster)
#include "tst_real_cluster.moc"
