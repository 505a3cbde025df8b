// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/merge.h"
#include "core/git/repository.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <thread>

using namespace core::git;
namespace fs = std::filesystem;

namespace {

const Signature kAuthor {"Noor", "noor@example.com"};

std::string text(const core::Result<std::string>& result)
{
    return result ? *result : "error: " + result.error().text();
}

std::string errorOf(const auto& result)
{
    return result ? std::string("no error") : std::string(name(result.error().code));
}

} // namespace

class TestGit : public QObject
{
    Q_OBJECT

private slots:
    void pathsAreNormalised_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("expected");
        QTest::newRow("plain") << "a/b"
                               << "a/b";
        QTest::newRow("dots") << "./a//b/../c/."
                              << "a/c";
        QTest::newRow("absolute") << "/a"
                                  << "a";
        QTest::newRow("root") << ""
                              << "";
        QTest::newRow("out") << "a/../../b"
                             << "error";
    }
    void pathsAreNormalised()
    {
        QFETCH(QString, path);
        QFETCH(QString, expected);
        const auto normal = normalPath(path.toStdString());
        QCOMPARE(normal ? QString::fromStdString(*normal) : QStringLiteral("error"), expected);
    }

    void commitsAreReadBackWithoutACheckout()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        auto repository = Repository::init(path / "r").value();
        const auto first =
            repository
                .commitFiles("main", "", {{{"a/b.yaml", "x: 1\n"}, {"a.b", "z"}, {"c.yaml", "y: 2\n"}}, {}}, "first",
                             kAuthor)
                .value();
        const auto second =
            repository.commitFiles("main", first, {{{"a/b.yaml", "x: 2\n"}}, {"c.yaml"}}, "second\n\nbody", kAuthor)
                .value();
        QCOMPARE(text(repository.resolve("main")), second);
        QCOMPARE(text(repository.resolve("HEAD")), second);
        QCOMPARE(text(repository.resolve(first)), first);
        const auto before = repository.tree(first).value();
        const auto after = repository.tree(second).value();
        QCOMPARE(text(before->read("a/b.yaml")), std::string("x: 1\n"));
        QCOMPARE(text(after->read("a/b.yaml")), std::string("x: 2\n"));
        QCOMPARE(errorOf(after->read("c.yaml")), std::string("NotFound"));
        QCOMPARE(errorOf(after->read("a")), std::string("InvalidInput"));
        const auto root = before->list("").value();
        QCOMPARE(root.size(), std::size_t {3});
        QCOMPARE(root[0].name, std::string("a"));
        QCOMPARE(root[1].name, std::string("a.b"));
        // Equal content has equal ids in every commit.
        QCOMPARE(before->stat("a.b")->id, after->stat("a.b")->id);
        QVERIFY(before->stat("a")->id != after->stat("a")->id);
        // The work tree followed.
        QVERIFY(!fs::exists(path / "r" / "c.yaml"));
        QVERIFY(fs::exists(path / "r" / "a" / "b.yaml"));

        const auto log = repository.log("main", 10).value();
        QCOMPARE(log.size(), std::size_t {2});
        QCOMPARE(log[0].summary, std::string("second"));
        QCOMPARE(log[0].author.name, std::string("Noor"));
        QCOMPARE(log[0].parents, std::vector<std::string> {first});
        QCOMPARE(repository.log("main", 10, "a.b")->size(), std::size_t {1});
    }

    void aMovedBranchIsAConflict()
    {
        QTemporaryDir folder;
        auto repository = Repository::init(folder.path().toStdString() + "/r").value();
        const auto first = repository.commitFiles("main", "", {{{"a", "1"}}, {}}, "first", kAuthor).value();
        const auto second = repository.commitFiles("main", first, {{{"a", "2"}}, {}}, "second", kAuthor).value();
        QCOMPARE(errorOf(repository.commitFiles("main", first, {{{"a", "3"}}, {}}, "third", kAuthor)),
                 std::string("Conflict"));
        QCOMPARE(errorOf(repository.commitFiles("main", "", {{{"a", "3"}}, {}}, "third", kAuthor)),
                 std::string("Conflict"));
        QCOMPARE(text(repository.resolve("main")), second);
    }

    void handEditedFilesSurviveACommit()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString() + "/r";
        auto repository = Repository::init(path).value();
        const auto first = repository.commitFiles("main", "", {{{"a", "1"}, {"b", "1"}}, {}}, "first", kAuthor).value();
        std::ofstream(path / "a") << "edited by hand";
        QVERIFY(repository.commitFiles("main", first, {{{"a", "2"}, {"b", "2"}}, {}}, "second", kAuthor).has_value());
        std::ifstream a(path / "a");
        std::string line;
        std::getline(a, line);
        QCOMPARE(line, std::string("edited by hand"));
    }

    void revertCommitsTheInverse()
    {
        QTemporaryDir folder;
        auto repository = Repository::init(folder.path().toStdString() + "/r").value();
        const auto first = repository.commitFiles("main", "", {{{"a", "1\n"}}, {}}, "first", kAuthor).value();
        const auto second = repository.commitFiles("main", first, {{{"a", "2\n"}}, {}}, "second", kAuthor).value();
        const auto third = repository.revert("main", second, kAuthor).value();
        QCOMPARE(text(repository.tree(third).value()->read("a")), std::string("1\n"));
        QCOMPARE(repository.commit(third)->summary, std::string("Revert \"second\""));
        const auto fourth = repository.commitFiles("main", third, {{{"a", "4\n"}}, {}}, "fourth", kAuthor);
        QVERIFY(fourth.has_value());
        QCOMPARE(errorOf(repository.revert("main", second, kAuthor)), std::string("Conflict"));
    }

    void mirrorsFollowTheirRemote()
    {
        QTemporaryDir folder;
        const std::string base = folder.path().toStdString();
        auto source = Repository::init(base + "/source").value();
        const auto first = source.commitFiles("main", "", {{{"a", "1"}}, {}}, "first", kAuthor).value();
        QVERIFY(source.createBranch("next", first).has_value());
        for (const std::string& url : {base + "/source", "file://" + base + "/source"}) {
            const fs::path path = base + "/mirror" + std::to_string(url.size());
            auto mirror = Repository::mirror(path, url, {}).value();
            QCOMPARE(text(mirror.resolve("main")), text(source.resolve("main")));
            QCOMPARE(text(mirror.resolve("HEAD")), text(source.resolve("main")));
            QCOMPARE(mirror.branches()->size(), std::size_t {2});
            const auto next =
                source.commitFiles("main", *source.resolve("main"), {{{"a", url}}, {}}, "more", kAuthor).value();
            QVERIFY(mirror.fetch({}).has_value());
            QCOMPARE(text(mirror.resolve("main")), next);
            // The same folder is used again.
            QCOMPARE(text(Repository::mirror(path, url, {}).value().resolve("main")), next);
            QCOMPARE(listRemote(url, {}).value().at("refs/heads/main"), next);
        }
        const auto bad = Repository::mirror(base + "/m3", base + "/nowhere", {});
        QVERIFY(!bad.has_value());
        QVERIFY2(bad.error().where.find("nowhere") != std::string::npos, bad.error().text().c_str());
        QVERIFY(!fs::exists(base + "/m3"));
    }

    void pushReachesTheRemote()
    {
        QTemporaryDir folder;
        const std::string base = folder.path().toStdString();
        auto seed = Repository::init(base + "/seed").value();
        const auto first = seed.commitFiles("main", "", {{{"a", "1"}}, {}}, "first", kAuthor).value();
        auto hub = Repository::mirror(base + "/hub", base + "/seed", {}).value();
        auto mirror = Repository::mirror(base + "/mirror", base + "/hub", {}).value();
        const auto second = mirror.commitFiles("main", first, {{{"a", "2"}}, {}}, "second", kAuthor).value();
        QVERIFY(mirror.push("main", {}).has_value());
        QCOMPARE(text(hub.resolve("main")), second);
    }

    void unknownRevisionsNameThemselves()
    {
        QTemporaryDir folder;
        auto repository = Repository::init(folder.path().toStdString() + "/r").value();
        const auto missing = repository.resolve("v9");
        QCOMPARE(errorOf(missing), std::string("NotFound"));
        QVERIFY(missing.error().message.find("v9") != std::string::npos);
        QCOMPARE(errorOf(Repository::open(folder.path().toStdString() + "/nothing")), std::string("NotFound"));
    }

    void linksAreFollowedInsideOnly()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString() + "/r";
        fs::create_directories(path / "base");
        std::ofstream(path / "base" / "x.yaml") << "x";
        std::ofstream(folder.path().toStdString() + "/secret") << "s";
        fs::create_directory_symlink("base", path / "link");
        fs::create_symlink("../secret", path / "out");
        fs::create_symlink("/etc/passwd", path / "absolute");
        fs::create_symlink("circle", path / "circle");
        const auto tree = openFolder(path.string()).value();
        QCOMPARE(text(tree->readFollowing("link/x.yaml")), std::string("x"));
        QCOMPARE(text(tree->resolve("link/../link/x.yaml")), std::string("base/x.yaml"));
        QCOMPARE(errorOf(tree->readFollowing("out")), std::string("Forbidden"));
        QCOMPARE(errorOf(tree->readFollowing("absolute")), std::string("Forbidden"));
        QCOMPARE(errorOf(tree->readFollowing("circle")), std::string("LimitExceeded"));
        QCOMPARE(errorOf(tree->read("../secret")), std::string("Forbidden"));
        QVERIFY(tree->isFolder("link"));
        QVERIFY(!tree->isFile("out"));
    }

    void overlaysReplaceAddAndHide()
    {
        const auto below = memoryTree({{"a/x", "1"}, {"a/y", "2"}, {"b/z", "3"}, {"top", "t"}});
        const auto tree = overlayTree(below, {{{"a/x", "changed"}, {"n/new", "4"}}, {"b"}});
        QCOMPARE(text(tree->read("a/x")), std::string("changed"));
        QCOMPARE(text(tree->read("a/y")), std::string("2"));
        QCOMPARE(text(tree->read("n/new")), std::string("4"));
        QCOMPARE(errorOf(tree->read("b/z")), std::string("NotFound"));
        QCOMPARE(errorOf(tree->list("b")), std::string("NotFound"));
        const auto root = tree->list("").value();
        QCOMPARE(root.size(), std::size_t {3});
        QCOMPARE(root[1].name, std::string("n"));
        QCOMPARE(tree->stat("a/y")->id, below->stat("a/y")->id);
        QVERIFY(tree->stat("a")->id != below->stat("a")->id);
        QVERIFY(tree->stat("")->id != below->stat("")->id);
        QCOMPARE(text(below->read("a/x")), std::string("1"));
    }

    void folderIdsFollowTheContent()
    {
        QTemporaryDir folder;
        const fs::path path = folder.path().toStdString();
        fs::create_directories(path / "a");
        std::ofstream(path / "a" / "x") << "1";
        const auto tree = openFolder(path.string()).value();
        const auto before = tree->stat("")->id;
        std::ofstream(path / "a" / "x") << "2";
        QVERIFY(tree->stat("")->id != before);
        QCOMPARE(errorOf(openFolder(path.string() + "/missing")), std::string("NotFound"));
    }

    void mergesTexts()
    {
        const std::string base = "a\nb\nc\nd\ne\n";
        const auto clean = mergeTexts(base, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\n").value();
        QVERIFY(clean.clean);
        QCOMPARE(clean.text, std::string("A\nb\nc\nd\nE\n"));
        const auto conflict = mergeTexts(base, "a\nb\nX\nd\ne\n", "a\nb\nY\nd\ne\n").value();
        QVERIFY(!conflict.clean);
        QCOMPARE(conflict.text, std::string("a\nb\n<<<<<<< yours\nX\n=======\nY\n>>>>>>> theirs\nd\ne\n"));
        QCOMPARE(mergeTexts("", "", "new\n").value().text, std::string("new\n"));
    }

    void treesMayBeReadByManyThreads()
    {
        QTemporaryDir folder;
        auto repository = Repository::init(folder.path().toStdString() + "/r").value();
        std::map<std::string, std::string> files;
        for (int i = 0; i < 50; ++i)
            files["d" + std::to_string(i % 5) + "/f" + std::to_string(i)] = std::to_string(i);
        const auto id = repository.commitFiles("main", "", {files, {}}, "many", kAuthor).value();
        const auto tree = repository.tree(id).value();
        std::atomic<int> wrong = 0;
        std::vector<std::jthread> readers;
        for (int t = 0; t < 4; ++t)
            readers.emplace_back([&] {
                for (const auto& [file, content] : files)
                    if (tree->read(file) != content)
                        ++wrong;
            });
        readers.clear();
        QCOMPARE(wrong.load(), 0);
    }
};

QTEST_GUILESS_MAIN(TestGit)
#include "tst_git.moc"
