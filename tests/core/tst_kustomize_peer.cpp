// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Random kustomizations, and those by which Argo CD is installed (tests/peers/install argocd-manifests), rendered by us
// and by the real `kustomize`. KUSTOMIZE_SEEDS=FROM-TO runs others than the few
// of every day; KUSTOMIZE_FAILURES=FOLDER takes what differs, made as small as it gets, to become cases of
// tests/data/kustomize/cases.
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/render/render.h"
#include "support/kubectl.h"
#include "support/kustomize_generator.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>

using namespace core;
namespace fs = std::filesystem;

namespace {

QString peer()
{
    return support::peerProgram("kustomize");
}

void write(const fs::path& path, const std::string& text)
{
    std::ofstream(path, std::ios::binary) << text;
}

struct Answer
{
    bool ok = false;
    std::string text; ///< YAML, or the error
    friend bool operator==(const Answer& a, const Answer& b) { return a.ok == b.ok && (!a.ok || a.text == b.text); }
};

Answer ours(git::TreePtr tree, const std::string& root = {})
{
    render::Renderer renderer;
    render::Request request;
    request.tree = std::move(tree);
    request.path = root;
    request.kind = render::SourceKind::Kustomize;
    const auto output = renderer.render(request);
    return output ? Answer {true, (*output)->yaml} : Answer {false, output.error().text()};
}

Answer ours(const tests::Files& files)
{
    return ours(git::memoryTree(files));
}

Answer theirs(const QString& folder)
{
    QProcess process;
    process.start(peer(), {"build", folder});
    if (!process.waitForFinished(60000))
        return {false, "kustomize did not end"};
    return process.exitCode() == 0 ? Answer {true, process.readAllStandardOutput().toStdString()}
                                   : Answer {false, process.readAllStandardError().toStdString()};
}

Answer theirs(const tests::Files& files)
{
    const QTemporaryDir folder;
    const fs::path root = folder.path().toStdString();
    for (const auto& [path, text] : files) {
        fs::create_directories((root / path).parent_path());
        write(root / path, text);
    }
    return theirs(folder.path());
}

std::string difference(const Answer& ours, const Answer& theirs)
{
    if (!ours.ok || !theirs.ok)
        return "ours " + std::string(ours.ok ? "renders" : "fails: " + ours.text) + "\ntheirs "
            + (theirs.ok ? "renders" : "fails: " + theirs.text);
    const auto a = split(ours.text, '\n');
    const auto b = split(theirs.text, '\n');
    std::size_t i = 0;
    while (i < a.size() && i < b.size() && a[i] == b[i])
        ++i;
    std::string out = "line " + std::to_string(i + 1);
    for (std::size_t n = i < 3 ? 0 : i - 3; n < i + 5; ++n) {
        if (n < b.size())
            out += "\n  theirs " + b[n];
        if (n < a.size() && (n >= b.size() || a[n] != b[n]))
            out += "\n  ours   " + a[n];
    }
    return out;
}

/// The kustomizations by which Argo CD is installed.
const fs::path kArgoCd = support::peerFolder().toStdString() + "/../argocd-manifests";

/// Leaves out lines, and whole files, as long as the answers differ in the same way.
tests::Files smallest(tests::Files files)
{
    const auto first = std::pair(ours(files), theirs(files));
    const auto stillDiffers = [&](const tests::Files& candidate) {
        const auto a = ours(candidate);
        if (a.ok != first.first.ok)
            return false;
        const auto b = theirs(candidate);
        return b.ok == first.second.ok && !(a == b);
    };
    tests::Files plain;
    for (const auto& [path, text] : files)
        plain[path] = tests::restyled(text, 0);
    if (stillDiffers(plain))
        files = plain;
    for (bool smaller = true; smaller;) {
        smaller = false;
        std::vector<std::string> names;
        for (const auto& [path, text] : files)
            names.push_back(path);
        for (const auto& path : names) {
            auto without = files;
            without.erase(path);
            if (stillDiffers(without)) {
                files = without;
                smaller = true;
                continue;
            }
            auto lines = split(files[path], '\n');
            for (std::size_t size = std::max<std::size_t>(1, lines.size() / 2); size > 0; size /= 2) {
                for (std::size_t i = 0; i < lines.size();) {
                    auto fewer = lines;
                    const auto at = fewer.begin() + static_cast<std::ptrdiff_t>(i);
                    fewer.erase(at, at + static_cast<std::ptrdiff_t>(std::min(size, lines.size() - i)));
                    auto candidate = files;
                    candidate[path] = join(fewer, "\n");
                    if (stillDiffers(candidate)) {
                        lines = fewer;
                        files = candidate;
                        smaller = true;
                    } else {
                        i += size;
                    }
                }
            }
        }
    }
    return files;
}

} // namespace

class TestKustomizePeer : public QObject
{
    Q_OBJECT

private slots:
    void randomOnesRenderAlike()
    {
        if (peer().isEmpty())
            QSKIP("kustomize is not installed (tests/peers/install kustomize)");
        const auto grammar = paths::readFile(fs::path(TEST_DATA) / "kustomize" / "grammar.txt").value();
        const auto range = qEnvironmentVariable("KUSTOMIZE_SEEDS", "1-60").split('-');
        const auto failures = qEnvironmentVariable("KUSTOMIZE_FAILURES");
        std::size_t rendered = 0;
        QStringList different;
        for (auto seed = range[0].toULongLong(); seed <= range.last().toULongLong(); ++seed) {
            const auto files = tests::randomKustomization(grammar, seed);
            const auto a = ours(files);
            const auto b = theirs(files);
            rendered += b.ok ? 1 : 0;
            if (!failures.isEmpty() && !b.ok)
                std::ofstream(failures.toStdString() + "/errors", std::ios::app) << seed << ' ' << b.text;
            if (a == b)
                continue;
            different += QString::number(seed);
            if (failures.isEmpty()) {
                qWarning("seed %llu: %s", seed, difference(a, b).c_str());
                continue;
            }
            const auto small = qEnvironmentVariableIsSet("KUSTOMIZE_QUICK") ? files : smallest(files);
            write(failures.toStdString() + "/" + std::to_string(seed) + ".txt",
                  difference(ours(small), theirs(small)) + "\n" + tests::toBundle(small));
        }
        qInfo("%zu of the seeds render", rendered);
        QVERIFY2(rendered > 10, "the generator makes too few that render");
        QVERIFY2(different.isEmpty(), qPrintable(different.join(' ')));
    }
    void argoCdRendersAlike_data()
    {
        QTest::addColumn<QString>("root");
        for (auto at = fs::recursive_directory_iterator(kArgoCd, fs::directory_options::skip_permission_denied, m_none);
             at != fs::recursive_directory_iterator(); ++at) {
            if (at->path().filename() != "kustomization.yaml")
                continue;
            const auto root = fs::relative(at->path().parent_path(), kArgoCd).string();
            QTest::newRow(root.c_str()) << QString::fromStdString(root);
        }
        if (!fs::exists(kArgoCd))
            QTest::newRow("none") << QString();
    }
    void argoCdRendersAlike()
    {
        QFETCH(QString, root);
        if (root.isEmpty() || peer().isEmpty())
            QSKIP("not installed (tests/peers/install kustomize argocd-manifests)");
        const auto b = theirs(QString::fromStdString(kArgoCd.string()) + "/" + root);
        QVERIFY2(b.ok, b.text.c_str());
        const auto a = ours(git::openFolder(kArgoCd.string()).value(), root.toStdString());
        QVERIFY2(a == b, difference(a, b).c_str());
    }
    void casesHold_data()
    {
        QTest::addColumn<QString>("path");
        for (const auto& entry : fs::directory_iterator(fs::path(TEST_DATA) / "kustomize" / "cases"))
            QTest::newRow(entry.path().filename().string().c_str()) << QString::fromStdString(entry.path().string());
    }
    void casesHold()
    {
        QFETCH(QString, path);
        auto files = tests::fromBundle(paths::readFile(path.toStdString()).value());
        const bool fails = files.contains("expect-error");
        const auto expected = files[fails ? "expect-error" : "expect"];
        files.erase("expect-error");
        files.erase("expect");
        const auto answer = ours(files);
        if (!fails)
            QVERIFY2(answer.ok && answer.text == expected, difference(answer, {true, expected}).c_str());
        else
            QVERIFY2(!answer.ok && answer.text.find(trim(expected)) != std::string::npos, answer.text.c_str());
    }

private:
    std::error_code m_none; ///< nothing is there where nothing is installed
};

QTEST_GUILESS_MAIN(TestKustomizePeer)
#include "tst_kustomize_peer.moc"
