// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Which template line printed a field of a chart, and which values line set it.
#include "core/base/strings.h"
#include "core/manifest/resource.h"
#include "core/render/helm.h"

#include <QtTest>

#include <boost/json.hpp>
#include <fmt/format.h>

using namespace core;

namespace {

const std::map<std::string, std::string>& files()
{
    static const std::map<std::string, std::string> all {
        {"c/Chart.yaml", "apiVersion: v2\nname: demo\nversion: 1.0.0\n"},
        {"c/values.yaml",
         "replicas: 2\nimage:\n  repository: nginx\n  tag: v1\nresources:\n  limits:\n    cpu: 100m\nenv:\n  - name: "
         "A\n"
         "    value: one\nlower:\n  port: 80\nglobal:\n  zone: eu\nplain: \"{{ .Release.Name }}\"\n"},
        {"c/templates/_helpers.tpl",
         "{{- define \"labels\" -}}\napp: {{ .Chart.Name }}\ntier: {{ .Values.tier | quote }}\n{{- end }}\n"
         "{{- define \"tag\" -}}\n{{ .Values.image.tag | default .Chart.AppVersion }}\n{{- end }}\n"},
        {"c/templates/deployment.yaml",
         "{{- if true }}\nkind: Deployment\nmetadata:\n  name: d\n  labels:\n    {{- include \"labels\" . | nindent 4 "
         "}}\n"
         "spec:\n  replicas: {{ .Values.replicas }}\n  tag: {{ include \"tag\" . | quote }}\n"
         "  image: \"{{ .Values.image.repository }}:{{ .Values.image.tag }}\"\n"
         "  {{- with .Values.resources }}\n  resources:\n    {{- toYaml . | nindent 4 }}\n  {{- end }}\n"
         "  env:\n  {{- range .Values.env }}\n  - name: {{ .name }}\n    value: {{ .value }}\n  {{- end }}\n"
         "  release: {{ tpl .Values.plain . }}\n  fixed: x\n{{- end }}\n---\nkind: Second\nmetadata: {name: s}\nspec: "
         "{r: {{ "
         ".Values.replicas }}}\n"},
        {"c/charts/lower/Chart.yaml", "apiVersion: v2\nname: lower\nversion: 1.0.0\n"},
        {"c/charts/lower/values.yaml", "port: 1\nhost: h\n"},
        {"c/charts/lower/templates/s.yaml",
         "kind: Service\nmetadata:\n  name: s\nspec:\n  port: {{ .Values.port }}\n  host: {{ .Values.host }}\n"
         "  zone: {{ .Values.global.zone }}\n"},
        {"c/prod.yaml", "# of production\nreplicas: 3\ntier: web\n"}};
    return all;
}

// "file:line what; ..." of the steps.
QString explained(const render::Output& output, const std::string& kind, const std::string& field)
{
    QString text;
    for (const auto& resource : output.resources) {
        if (manifest::text(*resource.object, {"kind"}) != kind)
            continue;
        for (const auto& step : render::explain(resource, split(field, '.')))
            text += QString::fromStdString(fmt::format("{}:{} {}; ", step.file, step.line, step.what));
    }
    return text;
}

} // namespace

class TestHelmOrigins : public QObject
{
    Q_OBJECT

private slots:
    void explainsFields_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("steps");
        const QString deployment = "c/templates/deployment.yaml";
        const auto row = [](const char* name, const char* kind, const char* field, const QString& steps) {
            QTest::newRow(name) << kind << field << steps;
        };
        row("value of a later file", "Deployment", "spec.replicas",
            "c/prod.yaml:2 values; " + deployment + ":8 template; ");
        row("through an include", "Deployment", "spec.tag",
            "c/values.yaml:4 values; c/templates/_helpers.tpl:6 template; ");
        row("line of an included template", "Deployment", "metadata.labels.app",
            "c/templates/_helpers.tpl:2 template; ");
        row("value in an included template", "Deployment", "metadata.labels.tier",
            "c/prod.yaml:3 values; c/templates/_helpers.tpl:3 template; ");
        row("composed of two values", "Deployment", "spec.image", deployment + ":10 template; ");
        row("part of a table", "Deployment", "spec.resources.limits.cpu",
            "c/values.yaml:7 values; " + deployment + ":13 template; ");
        row("element of a list", "Deployment", "spec.env.0.value",
            "c/values.yaml:10 values; " + deployment + ":18 template; ");
        row("value that is a template", "Deployment", "spec.release",
            "c/values.yaml:15 values; " + deployment + ":20 template; ");
        row("text of the template", "Deployment", "spec.fixed", deployment + ":21 template; ");
        row("second document", "Second", "spec.r", "c/prod.yaml:2 values; " + deployment + ":26 template; ");
        row("flag", "Service", "spec.host", ":0 --set lower.host=x; c/charts/lower/templates/s.yaml:6 template; ");
        row("lower chart, set from above", "Service", "spec.port",
            "c/values.yaml:12 values; c/charts/lower/templates/s.yaml:5 template; ");
        row("global", "Service", "spec.zone", "c/values.yaml:14 values; c/charts/lower/templates/s.yaml:7 template; ");
        row("missing field", "Service", "spec.nothing", "c/charts/lower/templates/s.yaml:5 template; ");
    }

    void explainsFields()
    {
        QFETCH(QString, kind);
        QFETCH(QString, field);
        QFETCH(QString, steps);
        render::Request request;
        request.tree = git::memoryTree(files());
        request.path = "c";
        request.helm.valueFiles = {"prod.yaml"};
        request.helm.set = {"lower.host=x"};
        const auto output = render::renderHelm(request);
        QVERIFY2(output, output ? "" : output.error().message.c_str());
        QCOMPARE(explained(**output, kind.toStdString(), field.toStdString()), steps);
    }
};

QTEST_GUILESS_MAIN(TestHelmOrigins)
#include "tst_helm_origins.moc"
