// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Random charts and random --set arguments, answered by Helm's own packages (tests/peers/install gotemplate).
// CASES=n and SEED=n make longer and other runs.
#include "core/render/helm.h"
#include "support/chart_generator.h"
#include "support/helm_peer.h"

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>
#include <iostream>

using namespace core;
namespace fs = std::filesystem;

namespace {

std::uint64_t number(const char* variable, std::uint64_t otherwise)
{
    return qEnvironmentVariable(variable, QString::number(otherwise)).toULongLong();
}

render::Request requestFor(git::TreePtr tree)
{
    render::Request request;
    request.tree = std::move(tree);
    request.helm.releaseName = "rel";
    request.helm.nameSpace = "rel";
    request.helm.kubeVersion = "1.33.0";
    return request;
}

boost::json::array listOf(const std::vector<std::string>& texts)
{
    boost::json::array list;
    for (const auto& text : texts)
        list.emplace_back(text);
    return list;
}

void writeFiles(const fs::path& root, const std::map<std::string, std::string>& files)
{
    for (const auto& [path, text] : files) {
        fs::create_directories((root / path).parent_path());
        std::ofstream(root / path) << text;
    }
}

bool agree(const tests::HelmPeer::Answer& want, const Result<render::OutputPtr>& have)
{
    if (want.failed)
        return !have && have.error().message == want.text;
    return have && (*have)->yaml == want.text;
}

std::string shown(const Result<render::OutputPtr>& result)
{
    return result ? (*result)->yaml : "ERROR " + result.error().message + "\n";
}

using Maker = tests::GeneratedChart (*)(std::uint64_t seed);

void compareCharts(Maker maker)
{
    if (!tests::HelmPeer::isInstalled())
        QSKIP("the peer is not installed: tests/peers/install gotemplate");
    tests::HelmPeer helm;
    int bad = 0;
    const auto first = number("SEED", 1);
    for (auto seed = first; seed < first + number("CASES", 150); ++seed) {
        const auto chart = maker(seed);
        const QTemporaryDir folder;
        writeFiles(folder.path().toStdString(), chart.files);
        const auto want =
            helm.ask({{"chart", folder.path().toStdString()}, {"valueText", chart.values}, {"set", listOf(chart.set)}});
        auto request = requestFor(git::memoryTree(chart.files));
        request.helm.values = chart.values;
        request.helm.set = chart.set;
        const auto have = render::renderHelm(request);
        if (agree(want, have))
            continue;
        ++bad;
        std::cerr << "SEED " << seed << "\n--- want\n" << want.text << "--- have\n" << shown(have);
        if (qEnvironmentVariableIsSet("KEEP"))
            writeFiles(fs::path(qEnvironmentVariable("KEEP").toStdString()) / std::to_string(seed), chart.files);
    }
    QCOMPARE(bad, 0);
}

} // namespace

class TestHelmGenerated : public QObject
{
    Q_OBJECT

private slots:
    void charts() { compareCharts(tests::randomChart); }
    void libraryCharts() { compareCharts(tests::randomLibraryChart); }

    void setArguments()
    {
        if (!tests::HelmPeer::isInstalled())
            QSKIP("the peer is not installed: tests/peers/install gotemplate");
        const std::map<std::string, std::string> files {
            {"Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.0.0\n"},
            {"values.yaml", "a: {b: 1, c: [x, {y: z}]}\nb: text\nc: null\n"},
            {"templates/v.yaml", "v: {{ toJson .Values }}\n"}};
        const QTemporaryDir folder;
        writeFiles(folder.path().toStdString(), files);
        tests::HelmPeer helm;
        int bad = 0;
        const auto first = number("SEED", 1);
        for (auto seed = first; seed < first + number("CASES", 600); ++seed) {
            const auto kind = seed % 3;
            const auto text = tests::randomSet(seed, kind == 2);
            const std::vector<std::string> given {text};
            auto request = requestFor(git::memoryTree(files));
            (kind == 0 ? request.helm.set : kind == 1 ? request.helm.setString : request.helm.setJson) = given;
            const auto want = helm.ask({{"chart", folder.path().toStdString()},
                                        {kind == 0       ? "set"
                                             : kind == 1 ? "setString"
                                                         : "setJson",
                                         listOf(given)}});
            const auto have = render::renderHelm(request);
            if (agree(want, have))
                continue;
            ++bad;
            std::cerr << "SEED " << seed << " kind " << kind << ": " << text << "\n  want: " << want.text
                      << "\n  have: " << shown(have) << "\n";
        }
        QCOMPARE(bad, 0);
    }
};

QTEST_GUILESS_MAIN(TestHelmGenerated)
#include "tst_helm_generated.moc"
