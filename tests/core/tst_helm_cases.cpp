// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The charts in tests/data/charts with the values in tests/data/chart-cases and what Helm's own packages made of them.
// UPDATE_GOLDEN=1 asks them again (tests/peers/install gotemplate).
#include "core/base/paths.h"
#include "core/render/helm.h"
#include "support/helm_peer.h"

#include <QtTest>

#include <algorithm>
#include <filesystem>

using namespace core;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kRefused = "# refused: ";

// Helm's lists of mistakes have no order, so the first line stands for all.
std::string refusal(const std::string& message)
{
    const auto place = tests::errorPlace(message);
    return std::string(kRefused) + (place.empty() ? message.substr(0, message.find('\n')) : place);
}

std::string withoutEnd(std::string text)
{
    while (text.ends_with('\n'))
        text.pop_back();
    return text;
}

} // namespace

class TestHelmCases : public QObject
{
    Q_OBJECT

private slots:
    void rendersAsHelmDid_data()
    {
        QTest::addColumn<QString>("values");
        QTest::addColumn<QString>("chart");
        const fs::path root(TEST_DATA);
        std::vector<fs::path> cases;
        for (const auto& entry : fs::recursive_directory_iterator(root / "chart-cases"))
            if (entry.path().extension() == ".yaml")
                cases.push_back(entry.path());
        std::sort(cases.begin(), cases.end());
        QVERIFY(!cases.empty());
        for (const auto& path : cases) {
            const auto chart = path.parent_path().filename();
            const auto name = (chart / path.stem()).string();
            QTest::newRow(name.c_str()) << QString::fromStdString(path.string())
                                        << QString::fromStdString((root / "charts" / chart).string());
        }
    }

    void rendersAsHelmDid()
    {
        QFETCH(QString, values);
        QFETCH(QString, chart);
        const auto text = paths::readFile(values.toStdString());
        QVERIFY(text);
        const auto stored = fs::path(values.toStdString()).replace_extension(".expected");
        if (qEnvironmentVariableIsSet("UPDATE_GOLDEN")) {
            tests::HelmPeer helm;
            const auto answer = helm.ask({{"chart", chart.toStdString()}, {"valueText", *text}});
            const auto told = answer.failed ? refusal(answer.text) : answer.text;
            QVERIFY(paths::writeFileAtomically(stored, withoutEnd(told) + "\n"));
        }
        const auto want = paths::readFile(stored);
        QVERIFY(want);
        render::Request request;
        request.tree = *git::openFolder(chart.toStdString());
        request.helm.releaseName = "rel";
        request.helm.nameSpace = "rel";
        request.helm.kubeVersion = "1.33.0";
        request.helm.values = *text;
        for (const auto& have : {render::renderHelm(request), render::renderHelmText(request)}) {
            const auto told = have ? (*have)->yaml : refusal(have.error().message);
            QCOMPARE(QString::fromStdString(withoutEnd(told)), QString::fromStdString(withoutEnd(*want)));
        }
    }
};

QTEST_GUILESS_MAIN(TestHelmCases)
#include "tst_helm_cases.moc"
