// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/render/kustomize.h"

#include <QRegularExpression>
#include <QTest>

#include <boost/json.hpp>

#include <filesystem>

using namespace core;
namespace fs = std::filesystem;

namespace {

const fs::path kRoot = CONFORMANCE_DIR;

manifest::Value json(const fs::path& path)
{
    return manifest::parseJson(paths::readFile(path).value()).value();
}

struct Case
{
    fs::path input;
    std::string root;
    bool unrestricted = false;
};

/// Once for who wants the objects, once for who only prints.
Result<render::OutputPtr> build(render::Renderer& renderer, const Case& one)
{
    render::Request request;
    auto tree = git::openFolder(one.input.string());
    if (!tree)
        return fail(tree.error());
    request.tree = *tree;
    request.path = one.root;
    request.kind = render::SourceKind::Kustomize;
    request.kustomize.loadRestrictionsNone = one.unrestricted;
    auto output = renderer.render(request);
    const auto printed = render::renderKustomizeText(request);
    const bool isSame =
        output ? printed && (*printed)->yaml == (*output)->yaml : !printed && printed.error() == output.error();
    return isSame ? std::move(output) : fail(Error::Code::Internal, "the text alone is another");
}

/// Where two texts part, with some lines around.
std::string difference(const std::string& actual, const std::string& expected)
{
    const auto a = split(actual, '\n');
    const auto b = split(expected, '\n');
    std::size_t i = 0;
    while (i < a.size() && i < b.size() && a[i] == b[i])
        ++i;
    std::string out = "line " + std::to_string(i + 1);
    for (std::size_t n = i < 3 ? 0 : i - 3; n < i + 6; ++n) {
        if (n < b.size())
            out += "\n  expected " + b[n];
        if (n < a.size() && (n >= b.size() || a[n] != b[n]))
            out += "\n  actual   " + a[n];
    }
    return out;
}

/// The words that every message of a cause holds. The whole sentence is kustomize's own.
const std::vector<std::string> kCauses {
    "MalformedYAMLError",
    "no such file or directory",
    "unable to find one of 'kustomization.yaml'",
    "security; file",
    "may not add resource with an already registered id",
    "expected kind 'Component'",
    "mapping key",
    "delimiter option can only be used with scalar nodes",
    "specified but only",
    "unable to find field",
    "multiple matches for selector",
    "nothing selected by",
    "is out of bounds",
    "replacements must specify a source",
    "exists; behavior must be merge or replace",
    "no matches for Id",
    "multiple matches for Id",
    "patch appears to be empty",
    "resId matches for var",
    "cannot use both",
    "the specified OpenAPI version is not built in",
    "namespace field specs must target scalar nodes",
    "cannot unmarshal string into Go value of type jsonpatch.Patch",
    "empty file path and empty jsonOp",
    "must specify a file path or jsonOp, not both",
    "empty file path and empty patch content",
    "unable to parse SM or JSON patch",
    "must specify one of patch and path",
    "patch and path can't be set at the same time",
    "must specify a target for JSON patch",
    "does not match a config with the following GVK",
    "must be one of [fifo, legacy]",
    "found multiple possible referrals",
    "is set but the selected sort order is 'fifo'",
    "unable to load builtin",
};

} // namespace

class TestKustomizeConformance : public QObject
{
    Q_OBJECT

private slots:
    void cases_data()
    {
        QTest::addColumn<QString>("folder");
        if (!fs::exists(kRoot / "kustomize")) {
            QTest::newRow("none") << QString();
            return;
        }
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(kRoot / "kustomize")) {
            if (entry.is_directory())
                names.push_back(entry.path().filename().string());
        }
        std::sort(names.begin(), names.end());
        for (const auto& name : names)
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void cases()
    {
        QFETCH(QString, folder);
        if (folder.isEmpty())
            QSKIP("conformance data is not here");
        const auto path = kRoot / "kustomize" / folder.toStdString();
        const auto facts = json(path / "case.json");
        Case one {path / "input", std::string(manifest::text(facts, {"root"})),
                  manifest::text(facts, {"options", "load_restrictor"}) == "LoadRestrictionsNone"};
        const auto output = build(m_renderer, one);
        if (fs::exists(path / "expect-error.txt")) {
            const auto expected = paths::readFile(path / "expect-error.txt").value();
            QVERIFY2(!output, ("rendered, but should fail with: " + expected).c_str());
            bool known = false;
            for (const auto& cause : kCauses) {
                if (expected.find(cause) == std::string::npos)
                    continue;
                known = true;
                QVERIFY2(output.error().message.find(cause) != std::string::npos,
                         ("wrong cause: " + output.error().text() + "\nexpected: " + expected).c_str());
            }
            QVERIFY2(known, ("a cause that the test does not know: " + expected).c_str());
            static const QRegularExpression kPlace("^[^:]+\\.ya?ml:[1-9]");
            const bool isTop = output.error().message.starts_with("unable to find one of"); // there is no file
            QVERIFY2(isTop || kPlace.match(QString::fromStdString(output.error().where)).hasMatch(),
                     ("no line: " + output.error().text()).c_str());
            QVERIFY2(!output.error().hint.empty(), ("no advice: " + output.error().text()).c_str());
            return;
        }
        QVERIFY2(output.has_value(), output ? "" : output.error().text().c_str());
        const auto expected = paths::readFile(path / "expect.yaml").value();
        QVERIFY2((*output)->yaml == expected, difference((*output)->yaml, expected).c_str());
    }

    void realRoots_data()
    {
        QTest::addColumn<QString>("row");
        if (!fs::exists(kRoot / "kustomize-real")) {
            QTest::newRow("none") << QString();
            return;
        }
        const auto index = json(kRoot / "kustomize-real" / "index.json");
        for (const auto& row : manifest::array(index, {}))
            QTest::newRow(
                (std::string(manifest::text(row, {"repo"})) + "/" + std::string(manifest::text(row, {"root"}))).c_str())
                << QString::fromStdString(manifest::toJson(row));
    }
    void realRoots()
    {
        QFETCH(QString, row);
        if (row.isEmpty())
            QSKIP("conformance data is not here");
        const auto facts = manifest::parseJson(row.toStdString()).value();
        const auto real = kRoot / "kustomize-real";
        Case one {real / std::string(manifest::text(facts, {"repo"})) / "input",
                  std::string(manifest::text(facts, {"root"})),
                  manifest::text(facts, {"options", "load_restrictor"}) == "LoadRestrictionsNone"};
        const auto output = build(m_renderer, one);
        QVERIFY2(output.has_value(), output ? "" : output.error().text().c_str());
        const auto expectedPath = real / std::string(manifest::text(facts, {"expected"}));
        const auto& yaml = (*output)->yaml;
        if (!expectedPath.string().ends_with(".docs.json")) {
            const auto expected = paths::readFile(expectedPath).value();
            QVERIFY2(yaml == expected, difference(yaml, expected).c_str());
        }
        QCOMPARE(QString::fromStdString(sha256Hex(yaml)),
                 QString::fromStdString(std::string(manifest::text(facts, {"sha256"}))));
    }

private:
    render::Renderer m_renderer;
};

QTEST_APPLESS_MAIN(TestKustomizeConformance)
#include "tst_kustomize_conformance.moc"
