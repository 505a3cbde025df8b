// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/render.h"

#include <QTest>

using namespace core;

namespace {

Result<render::OutputPtr> build(std::map<std::string, std::string> files, const std::string& path = {},
                                render::KustomizeOptions options = {})
{
    render::Renderer renderer;
    render::Request request;
    request.tree = git::memoryTree(std::move(files));
    request.path = path;
    request.kustomize = std::move(options);
    return renderer.render(request);
}

const std::string kDeployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: llm\nspec:\n  template:\n"
                                "    spec:\n      containers:\n      - name: server\n        image: llm:1\n";

} // namespace

class TestKustomize : public QObject
{
    Q_OBJECT

private slots:
    void requestOptionsWorkAsEdits()
    {
        render::KustomizeOptions options;
        options.namePrefix = "prod-";
        options.nameSpace = "ml";
        options.images = {"llm=registry/llm:2"};
        options.replicas = {{"llm", "3"}};
        const auto output =
            build({{"kustomization.yaml", "resources: [d.yaml]\n"}, {"d.yaml", kDeployment}}, {}, options);
        QVERIFY2(output.has_value(), output ? "" : output.error().text().c_str());
        const auto& object = *(*output)->resources.front().object;
        QCOMPARE(manifest::name(object), std::string_view("prod-llm"));
        QCOMPARE(manifest::nameSpace(object), std::string_view("ml"));
        QCOMPARE(manifest::integer(object, {"spec", "replicas"}), std::optional<std::int64_t>(3));
        QCOMPARE(manifest::text(object, {"spec", "template", "spec", "containers", "0", "image"}),
                 std::string_view("registry/llm:2"));
    }
    void copiesStandByThemselves()
    {
        const auto output = build({{"kustomization.yaml", "resources: [d.yaml]\n"}, {"d.yaml", kDeployment}}, {});
        QVERIFY2(output.has_value(), output ? "" : output.error().text().c_str());
        // A copy names the memory of its original: that must be everybody's.
        const auto copy = *(*output)->resources.front().object;
        QVERIFY(copy.storage().get() == boost::json::storage_ptr().get());
        QVERIFY(copy.at("spec").storage().get() == boost::json::storage_ptr().get());
    }
    void provenanceNamesTheLastFileFirst()
    {
        const auto output = build(
            {{"base/kustomization.yaml", "resources: [d.yaml]\n"},
             {"base/d.yaml", kDeployment},
             {"prod/kustomization.yaml",
              "resources: [../base]\npatches: [{path: p.yaml}]\nimages: [{name: llm, newTag: "
              "\"2\"}]\n"},
             {"prod/p.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: llm}\nspec: {replicas: 2}\n"}},
            "prod");
        QVERIFY2(output.has_value(), output ? "" : output.error().text().c_str());
        const auto& resource = (*output)->resources.front();
        const auto replicas = render::explain(resource, {"spec", "replicas"});
        QCOMPARE(replicas.front().file, std::string("prod/p.yaml"));
        QCOMPARE(replicas.front().what, std::string("patch"));
        QCOMPARE(replicas.back().file, std::string("base/d.yaml"));
        const auto image = render::explain(resource, {"spec", "template", "spec", "containers", "0", "image"});
        QCOMPARE(image.front().what, std::string("images"));
        const auto name = render::explain(resource, {"metadata", "name"});
        QCOMPARE(name.size(), std::size_t {1});
        QCOMPARE(name.front().file, std::string("base/d.yaml"));
    }
    void errorsNameTheFile()
    {
        const auto output =
            build({{"kustomization.yaml", "namespace: x\nresource: [a.yaml]\n"}, {"a.yaml", kDeployment}});
        QVERIFY(!output);
        QCOMPARE(output.error().where, std::string("kustomization.yaml:2:1"));
        QVERIFY(output.error().message.find("unknown field \"resource\"") != std::string::npos);
        const auto deeper =
            build({{"kustomization.yaml", "images:\n- name: a\n  newTag: b\n- name: c\n  newTagg: d\n"}});
        QVERIFY(!deeper);
        QCOMPARE(deeper.error().where, std::string("kustomization.yaml:5:12"));
    }
    void cyclesAndEscapesAreErrors()
    {
        const auto cycle = build(
            {{"a/kustomization.yaml", "resources: [../b]\n"}, {"b/kustomization.yaml", "resources: [../a]\n"}}, "a");
        QVERIFY(!cycle);
        QVERIFY2(cycle.error().message.find("cycle detected") != std::string::npos, cycle.error().message.c_str());
        const auto escape = build({{"a/kustomization.yaml", "resources: [../x.yaml]\n"}, {"x.yaml", kDeployment}}, "a");
        QVERIFY(!escape);
        QVERIFY2(escape.error().message.find("security; file") != std::string::npos, escape.error().message.c_str());
        const auto out = build({{"kustomization.yaml", "resources: [../../etc/passwd]\n"}});
        QVERIFY(!out);
    }
    void remoteBasesAndProgramsAreRefused()
    {
        const auto remote = build({{"kustomization.yaml", "resources: ['https://example.com/x?ref=v1']\n"}});
        QVERIFY(!remote);
        QCOMPARE(remote.error().code, Error::Code::Unsupported);
        const auto program = build({{"kustomization.yaml", "transformers: [t.yaml]\n"},
                                    {"t.yaml", "apiVersion: x/v1\nkind: Foo\nmetadata: {name: a}\n"}});
        QVERIFY(!program);
        QVERIFY(program.error().message.find("external plugins disabled") != std::string::npos);
    }
    void stopEndsTheRender()
    {
        const auto source = std::make_unique<std::stop_source>();
        source->request_stop();
        render::Renderer renderer;
        render::Request request;
        request.tree = git::memoryTree({{"kustomization.yaml", "resources: []\n"}});
        const auto output = renderer.render(request, source->get_token());
        QVERIFY(!output);
        QCOMPARE(output.error().code, Error::Code::Cancelled);
    }
    void directoriesFollowTheirGlobs()
    {
        render::Renderer renderer;
        render::Request request;
        request.tree = git::memoryTree({{"m/a.yaml", "kind: A\nmetadata: {name: a}\n"},
                                        {"m/b.json", R"({"kind":"List","items":[{"kind":"B"},{"kind":"C"}]})"},
                                        {"m/sub/c.yml", "kind: D\n---\n# nothing\n"},
                                        {"m/readme.txt", "x"},
                                        {"m/x-test.yaml", "kind: T\n"}});
        request.path = "m";
        request.directory.exclude = "*-test.yaml";
        auto output = renderer.render(request);
        QVERIFY2(output.has_value(), output ? "" : output.error().text().c_str());
        QCOMPARE((*output)->kind, render::SourceKind::Directory);
        QCOMPARE(QString::fromStdString((*output)->yaml),
                 QStringLiteral("kind: A\nmetadata:\n  name: a\n---\nkind: B\n---\nkind: C\n"));
        request.directory.recurse = true;
        output = renderer.render(request);
        QCOMPARE((*output)->resources.size(), std::size_t {4});
        request.directory.include = "{a,b}.*";
        output = renderer.render(request);
        QCOMPARE((*output)->resources.size(), std::size_t {3});
    }
    void jsonnetIsRefusedWithAReason()
    {
        render::Renderer renderer;
        render::Request request;
        request.tree = git::memoryTree({{"a.jsonnet", "{}"}});
        const auto output = renderer.render(request);
        QVERIFY(!output);
        QCOMPARE(output.error().code, Error::Code::Unsupported);
    }
};

QTEST_APPLESS_MAIN(TestKustomize)
#include "tst_kustomize.moc"
