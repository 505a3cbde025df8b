// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Which file and line set a field last, and what did before it, in tests/data/kustomize/provenance.txt.
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/render/render.h"
#include "support/kustomize_generator.h"

#include <QTest>

using namespace core;

namespace {

std::string explained(const tests::Files& files, const std::string& kind, const std::string& field)
{
    render::Renderer renderer;
    render::Request request;
    request.tree = git::memoryTree(files);
    request.path = "prod";
    const auto output = renderer.render(request);
    if (!output)
        return output.error().text();
    for (const auto& resource : (*output)->resources) {
        if (manifest::text(*resource.object, {"kind"}) != kind)
            continue;
        const auto path = split(field, '/');
        std::string out;
        for (const auto& step : render::explain(resource, path)) {
            const auto text = files.contains(step.file) ? files.at(step.file) : std::string {};
            const auto line = render::lineOf(resource, step, text, path);
            out += (out.empty() ? "" : ", ") + step.file + ":" + std::to_string(line) + " " + step.what;
        }
        return out;
    }
    return "no " + kind;
}

} // namespace

class TestProvenance : public QObject
{
    Q_OBJECT

private slots:
    void fieldsKnowTheirSteps_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("steps");
        const auto row = [](const char* kind, const char* field, const char* steps) {
            QTest::addRow("%s %s", kind, field) << QString(kind) << QString(field) << QString(steps);
        };
        const auto* const containers = "spec/template/spec/containers/";
        const auto inContainers = [&](const char* rest) { return std::string(containers) + rest; };
        row("Deployment", "kind", "base/deploy.yaml:7 resource");
        row("Deployment", "metadata/annotations/note", "base/deploy.yaml:11 resource");
        row("Deployment", "metadata/annotations/owner",
            "prod/kustomization.yaml:14 commonAnnotations, base/deploy.yaml:0 resource");
        row("Deployment", "metadata/labels/team", "base/kustomization.yaml:6 labels, base/deploy.yaml:0 resource");
        row("Deployment", "metadata/name", "prod/kustomization.yaml:4 namePrefix, base/deploy.yaml:9 resource");
        row("Deployment", "metadata/namespace", "prod/kustomization.yaml:3 namespace, base/deploy.yaml:0 resource");
        row("Deployment", "spec/replicas", "prod/kustomization.yaml:11 replicas, base/deploy.yaml:13 resource");
        row("Deployment", inContainers("1/image").c_str(),
            "prod/kustomization.yaml:8 images, base/deploy.yaml:19 resource");
        row("Deployment", inContainers("0/image").c_str(), "base/deploy.yaml:24 resource");
        row("Deployment", inContainers("0/env/0/value").c_str(),
            "prod/patch.yaml:12 patch, base/deploy.yaml:0 resource");
        row("Deployment", inContainers("0/args/0").c_str(), "prod/args.json:1 patch, base/deploy.yaml:0 resource");
        row("Deployment", inContainers("1/envFrom/0/configMapRef/name").c_str(),
            "prod/kustomization.yaml:16 name of ConfigMap, base/deploy.yaml:22 resource");
        row("Deployment", "spec/template/spec/serviceAccountName",
            "base/deploy.yaml:4 name of ServiceAccount, base/deploy.yaml:16 resource");
        row("Deployment", "spec/template/metadata/labels/service",
            "prod/kustomization.yaml:32 replacements, base/deploy.yaml:0 resource");
        row("Service", "spec/ports/0/port", "prod/kustomization.yaml:22 patch, base/service.yaml:10 resource");
        row("Service", "spec/ports/0/name", "base/service.yaml:9 resource");
        row("Service", "spec/selector/app", "base/service.yaml:7 resource");
        row("ConfigMap", "data/BATCH",
            "prod/kustomization.yaml:19 configMapGenerator, base/kustomization.yaml:11 configMapGenerator");
        row("ConfigMap", "data/MODEL", "base/kustomization.yaml:10 configMapGenerator");
        row("ServiceAccount", "metadata/namespace", "prod/kustomization.yaml:3 namespace, base/deploy.yaml:0 resource");
    }
    void fieldsKnowTheirSteps()
    {
        QFETCH(QString, kind);
        QFETCH(QString, field);
        QFETCH(QString, steps);
        const auto files =
            tests::fromBundle(paths::readFile(std::string(TEST_DATA) + "/kustomize/provenance.txt").value());
        QCOMPARE(QString::fromStdString(explained(files, kind.toStdString(), field.toStdString())), steps);
    }

    // A port that was the only thing to tell its element by.
    void replacedKeysKeepTheirPlace()
    {
        tests::Files files {
            {"prod/kustomization.yaml",
             "resources: [s.yaml]\npatches:\n- target: {kind: Service}\n  patch: |\n"
             "    - {op: replace, path: /spec/ports/0/port, value: 8080}\n"},
            {"prod/s.yaml",
             "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\nspec:\n  ports:\n  - port: 80\n  - port: 81\n"}};
        QCOMPARE(QString::fromStdString(explained(files, "Service", "spec/ports/0/port")),
                 QString("prod/kustomization.yaml:3 patch, prod/s.yaml:7 resource"));
        QCOMPARE(QString::fromStdString(explained(files, "Service", "spec/ports/1/port")),
                 QString("prod/s.yaml:8 resource"));
        // Put before the others: it comes from nowhere else.
        files["prod/kustomization.yaml"] = "resources: [s.yaml]\npatches:\n- target: {kind: Service}\n  patch: |\n"
                                           "    - {op: add, path: /spec/ports/0, value: {port: 8080}}\n";
        QCOMPARE(QString::fromStdString(explained(files, "Service", "spec/ports/0/port")),
                 QString("prod/kustomization.yaml:3 patch, prod/s.yaml:0 resource"));
    }

    // Through kustomize's helmCharts down to the template and the values.
    void chartsOfKustomizations()
    {
        tests::Files files {
            {"prod/kustomization.yaml",
             "namespace: far\nhelmCharts:\n- {name: web, releaseName: r, valuesFile: my.yaml}\n"},
            {"prod/my.yaml", "# mine\na: given\n"},
            {"prod/charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n"},
            {"prod/charts/web/values.yaml", "a: own\nb: own\n"},
            {"prod/charts/web/templates/map.yaml",
             "kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  a: {{ .Values.a }}\n"
             "  b: {{ .Values.b }}\n"}};
        QCOMPARE(QString::fromStdString(explained(files, "ConfigMap", "data/a")),
                 QString("prod/kustomization.yaml:3 helmCharts, prod/my.yaml:2 values, "
                         "prod/charts/web/templates/map.yaml:6 template"));
        QCOMPARE(QString::fromStdString(explained(files, "ConfigMap", "data/b")),
                 QString("prod/kustomization.yaml:3 helmCharts, prod/charts/web/values.yaml:2 values, "
                         "prod/charts/web/templates/map.yaml:7 template"));
        QVERIFY(explained(files, "ConfigMap", "metadata/namespace").starts_with("prod/kustomization.yaml:1 namespace"));
        files["prod/kustomization.yaml"] =
            "helmCharts:\n- name: web\n  releaseName: r\n  valuesInline:\n    a: inline\n";
        QVERIFY(explained(files, "ConfigMap", "data/a").find("prod/kustomization.yaml:2 values") != std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestProvenance)
#include "tst_provenance.moc"
