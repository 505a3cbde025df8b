// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a renderer keeps between renders: a render after any change gives what a new renderer gives, and reads no more
// than the change touches.
#include "core/base/paths.h"
#include "core/git/repository.h"
#include "core/render/kustomize_cache.h"
#include "core/render/render.h"
#include "support/kustomize_generator.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <set>

using namespace core;
namespace fs = std::filesystem;

namespace {

std::string answer(render::Renderer& renderer, const git::TreePtr& tree)
{
    render::Request request;
    request.tree = tree;
    request.kind = render::SourceKind::Kustomize;
    const auto output = renderer.render(request);
    if (!output)
        return "error " + output.error().text();
    std::string out = (*output)->yaml;
    for (const auto& resource : (*output)->resources) {
        out += "\n# " + resource.provenance->file + " " + std::to_string(resource.provenance->document);
        out += "\n# " + manifest::toJson(*resource.object);
        for (const auto& step : render::explain(resource, {"metadata", "name"}))
            out += "\n# " + step.file + " " + step.what;
        for (const auto& touch : resource.provenance->touches) {
            out += "\n# " + touch->step.file + " " + touch->step.what + " " + touch->step.place;
            for (const auto& path : touch->paths)
                out += " " + path;
        }
    }
    for (const auto& warning : (*output)->warnings)
        out += "\n# " + warning;
    return out;
}

std::string fresh(const git::TreePtr& tree)
{
    render::Renderer renderer;
    return answer(renderer, tree);
}

/// Counts what is read of a tree.
class CountingTree final : public git::Tree
{
public:
    explicit CountingTree(git::TreePtr below)
        : m_below(std::move(below))
    {
    }
    Result<std::string> read(std::string_view path) const override
    {
        ++reads;
        return m_below->read(path);
    }
    Result<std::vector<git::Entry>> list(std::string_view path) const override { return m_below->list(path); }
    Result<git::Entry> stat(std::string_view path) const override { return m_below->stat(path); }
    Result<std::string> readLink(std::string_view path) const override { return m_below->readLink(path); }
    std::string mark(std::string_view path) const override { return m_below->mark(path); }
    std::string description() const override { return m_below->description(); }

    mutable std::atomic<int> reads {0};

private:
    git::TreePtr m_below;
};

/// `count` services, each a base and an overlay, and a root that joins them.
tests::Files services(int count)
{
    tests::Files files;
    std::string root = "namespace: serving\nresources:\n";
    for (int i = 0; i < count; ++i) {
        const auto name = "m" + std::to_string(i);
        root += "- " + name + "/prod\n";
        files[name + "/base/kustomization.yaml"] = "resources: [d.yaml]\n";
        files[name + "/base/d.yaml"] = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name
            + "}\nspec: {template: {spec: {containers: [{name: s, image: llm}]}}}\n";
        files[name + "/prod/kustomization.yaml"] =
            "resources: [../base]\nnamePrefix: prod-\nimages: [{name: llm, newTag: v1}]\n";
    }
    files["kustomization.yaml"] = root;
    return files;
}

void writeAll(const fs::path& root, const tests::Files& files)
{
    for (const auto& [path, text] : files) {
        fs::create_directories((root / path).parent_path());
        std::ofstream(root / path, std::ios::binary) << text;
    }
}

} // namespace

class TestKustomizeKept : public QObject
{
    Q_OBJECT

private slots:
    void randomEditsRenderAsAnew()
    {
        const auto grammar = paths::readFile(fs::path(TEST_DATA) / "kustomize" / "grammar.txt").value();
        std::size_t state = 1;
        const auto below = [&](std::size_t count) {
            state = state * 6364136223846793005U + 1442695040888963407U;
            return (state >> 33U) % count;
        };
        std::size_t rendered = 0;
        for (std::uint64_t seed = 5000; seed < 5060; ++seed) {
            auto files = tests::randomKustomization(grammar, seed);
            const auto others = tests::randomKustomization(grammar, seed + 1000);
            render::Renderer renderer;
            const auto base = git::memoryTree(files);
            rendered += answer(renderer, base).starts_with("error") ? 0 : 1;
            git::Overlay overlay;
            for (int edit = 0; edit < 8; ++edit) {
                const auto victim = std::next(files.begin(), static_cast<std::ptrdiff_t>(below(files.size())));
                const auto other = std::next(others.begin(), static_cast<std::ptrdiff_t>(below(others.size())));
                switch (below(4)) {
                case 0:
                    overlay.files[victim->first] = victim->second + "# changed\n";
                    break;
                case 1:
                    overlay.files[victim->first] = other->second;
                    break;
                case 2:
                    overlay.files[other->first] = other->second;
                    std::erase(overlay.deleted, other->first);
                    break;
                default:
                    overlay.files.erase(victim->first);
                    overlay.deleted.push_back(victim->first);
                }
                const auto tree = git::overlayTree(base, overlay);
                const auto expected = fresh(tree);
                QCOMPARE(answer(renderer, tree), expected);
                // One that works on its sources in place, and what it then has of them.
                render::Renderer once(render::Renderer::Keep::Nothing);
                QCOMPARE(answer(once, tree), expected);
                QCOMPARE(answer(once, tree), expected);
            }
            // And back: what was kept for the first state still is right.
            QCOMPARE(answer(renderer, base), fresh(base));
        }
        QVERIFY2(rendered > 10, "the generator makes too few that render");
    }
    void namesThatChangeElsewhereAreFollowed()
    {
        // Each service refers to an object of its own, to one that all share, and to one in a binding with a namespace.
        auto files = services(20);
        std::string root =
            "namespace: serving\nnamePrefix: a-\nlabels:\n- {pairs: {team: ml}, includeSelectors: true}\n"
            "images:\n- {name: llm, newTag: v2}\nresources:\n- shared\n";
        for (int i = 0; i < 20; ++i) {
            const auto name = "m" + std::to_string(i);
            root += "- " + name + "/prod\n";
            files[name + "/base/kustomization.yaml"] =
                "resources: [d.yaml]\nconfigMapGenerator:\n- {name: " + name + "-own, literals: [a=1]}\n";
            files[name + "/base/d.yaml"] = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name
                + "}\nspec: {template: {spec: {serviceAccountName: shared, containers: [{name: s, image: llm, envFrom: "
                  "["
                  "{configMapRef: {name: "
                + name
                + "-own}}, {configMapRef: {name: shared}}]}]}}}\n---\napiVersion: rbac.authorization.k8s.io/v1\n"
                  "kind: RoleBinding\nmetadata: {name: "
                + name
                + "}\nroleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: shared}\nsubjects: [{kind: "
                  "ServiceAccount, name: shared, namespace: default}]\n";
        }
        files["shared/kustomization.yaml"] =
            "resources: [a.yaml]\nconfigMapGenerator:\n- {name: shared, literals: [a=1]}\n";
        files["shared/a.yaml"] = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: shared}\n---\napiVersion: "
                                 "rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: shared}\n";
        files["kustomization.yaml"] = root;
        const std::pair<const char*, std::string> edits[] {
            {"m3/base/kustomization.yaml",
             "resources: [d.yaml]\nconfigMapGenerator:\n- {name: m3-own, literals: [a=2]}\n"},
            {"m4/base/kustomization.yaml",
             "resources: [d.yaml]\nconfigMapGenerator:\n- {name: m5-own2, literals: [a=2]}\n"},
            {"shared/kustomization.yaml",
             "resources: [a.yaml]\nconfigMapGenerator:\n- {name: shared, literals: [a=2]}\n"},
            {"shared/kustomization.yaml", "resources: [a.yaml]\nnamePrefix: b-\n"},
            {"shared/a.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: shared, namespace: default}\n"},
            {"m6/prod/kustomization.yaml", "resources: [../base]\nnamePrefix: dev-\n"},
            {"m7/prod/kustomization.yaml", "resources: [../base, ../../shared]\nnamePrefix: dev-\n"},
            {"kustomization.yaml", root + "commonAnnotations: {a: b}\n"},
            {"kustomization.yaml", "nameSuffix: -z\n" + root.substr(root.find('\n') + 1)}};
        render::Renderer renderer;
        const auto base = git::memoryTree(files);
        const auto first = answer(renderer, base);
        QVERIFY(first.find("name: a-prod-m0-own-") != std::string::npos);
        git::Overlay all;
        for (const auto& [path, content] : edits) {
            git::Overlay overlay;
            overlay.files[path] = content;
            all.files[path] = content;
            for (const auto& tree : {git::overlayTree(base, overlay), git::overlayTree(base, all)})
                QCOMPARE(answer(renderer, tree), fresh(tree));
            QCOMPARE(answer(renderer, base), first);
        }
    }
    void oneChangedFileReadsOnlyItsBranch()
    {
        const auto counting = std::make_shared<CountingTree>(git::memoryTree(services(30)));
        render::Renderer renderer;
        (void)answer(renderer, counting);
        QVERIFY(counting->reads >= 91);
        counting->reads = 0;
        git::Overlay overlay;
        overlay.files["m7/prod/kustomization.yaml"] = "resources: [../base]\nnamePrefix: dev-\n";
        const auto tree = git::overlayTree(counting, overlay);
        const auto text = answer(renderer, tree);
        QVERIFY(text.find("name: dev-m7") != std::string::npos);
        QVERIFY(text.find("name: prod-m8") != std::string::npos);
        QVERIFY2(counting->reads <= 2, std::to_string(counting->reads).c_str());
    }
    void rendersShareObjectsThatDidNotChange()
    {
        const auto files = services(30);
        const auto before = git::memoryTree(files);
        git::Overlay overlay;
        overlay.files["m7/base/d.yaml"] = files.at("m7/base/d.yaml") + "# changed\n";
        overlay.files["m8/prod/kustomization.yaml"] = "resources: [../base]\nnamePrefix: dev-\n";
        render::Renderer renderer;
        render::Request request;
        request.tree = before;
        const auto first = renderer.render(request).value();
        request.tree = git::overlayTree(before, overlay);
        const auto second = renderer.render(request).value();
        QCOMPARE(second->resources.size(), std::size_t(30));
        std::set<const manifest::Value*> old;
        for (const auto& resource : first->resources)
            old.insert(resource.object.get());
        for (const auto& resource : second->resources)
            QCOMPARE(old.contains(resource.object.get()), manifest::name(*resource.object) != "dev-m8");
    }
    void rulesNamesAndFilesThatChangeAreSeen()
    {
        auto files = services(20);
        const std::string root = files.at("kustomization.yaml").substr(files.at("kustomization.yaml").find('\n') + 1);
        for (int i = 0; i < 20; ++i) {
            const auto name = "m" + std::to_string(i);
            files[name + "/base/kustomization.yaml"] = "resources: [d.yaml, a.yaml]\n";
            files[name + "/base/d.yaml"] = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name
                + "}\nspec: {template: {spec: {serviceAccountName: " + name
                + ", containers: [{name: s, image: llm, envFrom: [{configMapRef: {name: settings}}]}]}}}\n";
            files[name + "/base/a.yaml"] = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: " + name + "}\n";
            files[name + "/prod/kustomization.yaml"] = "resources: [../base]\nnamePrefix: " + name
                + "-\nconfigMapGenerator: [{name: settings, literals: [a=b]}]\n";
        }
        const auto base = git::memoryTree(files);
        using Changes = std::vector<std::pair<std::string, std::string>>;
        const auto top = [&](const std::string& rules) { return Changes {{"kustomization.yaml", rules + root}}; };
        const std::vector<Changes> edits {
            top("namespace: a\n"),
            top("namespace: b\n"),
            top("namespace: a\nnamePrefix: x-\n"),
            top("namespace: a\nnameSuffix: -x\n"),
            top("images: [{name: llm, newTag: v2}]\n"),
            top("images: [{name: llm, newTag: v3}]\n"),
            top("labels: [{pairs: {a: b}, includeSelectors: true}]\n"),
            top("labels: [{pairs: {a: c}}]\nnamespace: a\n"),
            top("commonAnnotations: {a: c}\nnamespace: a\n"),
            // What a reference leads to has another name, or is gone.
            {{"m3/prod/kustomization.yaml",
              "resources: [../base]\nconfigMapGenerator: [{name: settings, literals: [a=c]}]\n"}},
            {{"m3/base/a.yaml", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: other}\n"}},
            {{"m3/prod/kustomization.yaml", "resources: [../base]\n"}},
            // The same object out of another file, and out of another document.
            {{"m4/base/kustomization.yaml", "resources: [e.yaml, a.yaml]\n"},
             {"m4/base/e.yaml", files.at("m4/base/d.yaml")}},
            {{"m4/base/d.yaml", files.at("m4/base/a.yaml") + "---\n" + files.at("m4/base/d.yaml")},
             {"m4/base/kustomization.yaml", "resources: [d.yaml]\n"}},
        };
        render::Renderer renderer;
        for (int round = 0; round < 2; ++round) {
            for (const auto& changes : edits) {
                git::Overlay overlay;
                for (const auto& [path, text] : changes)
                    overlay.files[path] = text;
                const auto tree = git::overlayTree(base, overlay);
                const auto expected = fresh(tree);
                QVERIFY2(!expected.starts_with("error"), expected.c_str());
                QCOMPARE(answer(renderer, tree), expected);
                render::Renderer once(render::Renderer::Keep::Nothing);
                QCOMPARE(answer(once, tree), expected);
                QCOMPARE(answer(renderer, base), fresh(base));
            }
        }
    }
    void whatIsAskedForOutlivesWhatIsNot()
    {
        render::kustomize::WeighedCache<int> cache(30);
        for (const auto* key : {"a", "b", "c"})
            cache.put(key, std::make_shared<const int>(1), 10);
        QVERIFY(cache.newest("a") != nullptr);
        cache.put("d", std::make_shared<const int>(2), 10);
        QVERIFY(cache.newest("b") == nullptr);
        QVERIFY(cache.newest("a") != nullptr);
        QCOMPARE(cache.weight(), std::size_t(30));
        cache.put("a", std::make_shared<const int>(3), 10); // another version takes the place of the one before
        QCOMPARE(*cache.newest("a"), 3);
        QCOMPARE(cache.find("a").size(), std::size_t(1));
        cache.put("e", std::make_shared<const int>(4), 100); // too heavy, and yet kept: it is all that is
        QVERIFY(cache.newest("e") != nullptr);
        QCOMPARE(cache.weight(), std::size_t(100));
    }
    void foldersOnDiskAreSeenAsTheyAre()
    {
        const QTemporaryDir folder;
        const fs::path root = folder.path().toStdString();
        writeAll(root, services(20));
        const auto tree = git::openFolder(root.string()).value();
        render::Renderer renderer;
        QCOMPARE(answer(renderer, tree), fresh(tree));
        for (const bool settled : {false, true}) {
            if (settled)
                QTest::qSleep(80); // long enough that times of files are evidence
            QCOMPARE(answer(renderer, tree), fresh(tree));
            std::ofstream(root / "m3/base/d.yaml", std::ios::app) << (settled ? "  replicas: 2\n" : "# x\n");
            QCOMPARE(answer(renderer, tree), fresh(tree));
            fs::rename(root / "m4/base", root / "m4/gone");
            QCOMPARE(answer(renderer, tree), fresh(tree));
            fs::create_directory_symlink("../m5/base", root / "m4/base");
            QCOMPARE(answer(renderer, tree), fresh(tree));
            fs::remove(root / "m4/base");
            fs::rename(root / "m4/gone", root / "m4/base");
            QCOMPARE(answer(renderer, tree), fresh(tree));
        }
    }
    void commitsShareWhatDidNotChange()
    {
        const QTemporaryDir folder;
        auto repository = git::Repository::init(folder.path().toStdString()).value();
        const auto commit = [&](const std::string& parent, tests::Files files) {
            return repository.commitFiles("main", parent, {std::move(files), {}}, "change", {"a", "a@b.c"}).value();
        };
        const auto first = commit("", services(20));
        const auto second = commit(first, {{"m2/base/kustomization.yaml", "resources: [d.yaml]\nnameSuffix: -x\n"}});
        render::Renderer renderer;
        for (const auto& id : {first, second, first}) {
            const auto tree = repository.tree(id).value();
            QCOMPARE(answer(renderer, tree), fresh(tree));
        }
        const auto counting = std::make_shared<CountingTree>(repository.tree(second).value());
        (void)answer(renderer, counting);
        QVERIFY2(counting->reads <= 1, std::to_string(counting->reads).c_str()); // the root itself
    }
};

QTEST_GUILESS_MAIN(TestKustomizeKept)
#include "tst_kustomize_kept.moc"
