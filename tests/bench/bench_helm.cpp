// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// bench_helm CHART [RUNS [KEY]] [--set A=B]...: renders a chart like `helm template`; with RUNS > 0 tells the time of
// each rendering after the first (warm, the value at KEY changed each time), else prints the result on stdout. CHART
// "hundred" is a generated chart of 100 resources whose `replicas` stands in each.
#include "core/render/helm.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

using namespace core;

namespace {

/// 25 services of four resources, in the manner of `helm create`: helpers, loops over values, toYaml, checksums.
git::TreePtr hundredResources()
{
    std::string services;
    for (int i = 0; i < 25; ++i)
        services += fmt::format(
            "  - name: service-{0}\n    port: {1}\n    env: {{LEVEL: info, SHARD: \"{0}\"}}\n    resources:\n"
            "      limits: {{cpu: 500m, memory: {1}Mi}}\n",
            i, 8000 + i);
    std::map<std::string, std::string> files;
    files["Chart.yaml"] = "apiVersion: v2\nname: hundred\nversion: 1.0.0\nappVersion: \"2.1\"\n";
    files["values.yaml"] =
        "replicas: 1\nimage: {repository: example/app, tag: \"\"}\nannotations: {team: platform}\nservices:\n"
        + services;
    files["templates/_helpers.tpl"] = R"({{- define "hundred.labels" -}}
app.kubernetes.io/name: {{ .service.name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 }}
{{- end }}
{{- define "hundred.config" -}}
{{- range $key, $value := .service.env }}
{{ $key }}: {{ tpl $value $.root | quote }}
{{- end }}
replicas: {{ .root.Values.replicas | quote }}
{{- end }}
)";
    const auto each = [&files](const char* file, const std::string& body) {
        files[std::string("templates/") + file] =
            "{{- range .Values.services }}\n{{- $with := dict \"service\" . \"root\" $ }}\n---\n" + body
            + "{{- end }}\n";
    };
    const std::string head = R"(metadata:
  name: {{ .name }}
  namespace: {{ $.Release.Namespace }}
  labels: {{- include "hundred.labels" $with | nindent 4 }}
  annotations: {{- toYaml $.Values.annotations | nindent 4 }}
)";
    each("config.yaml",
         "apiVersion: v1\nkind: ConfigMap\n" + head + "data: {{- include \"hundred.config\" $with | nindent 2 }}\n");
    each("account.yaml", "apiVersion: v1\nkind: ServiceAccount\n" + head);
    each("service.yaml", "apiVersion: v1\nkind: Service\n" + head + R"(spec:
  selector: {{- include "hundred.labels" $with | nindent 4 }}
  ports:
    - {name: http, port: 80, targetPort: {{ .port }}}
)");
    each("deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\n" + head + R"(spec:
  replicas: {{ $.Values.replicas }}
  selector:
    matchLabels: {{- include "hundred.labels" $with | nindent 6 }}
  template:
    metadata:
      labels: {{- include "hundred.labels" $with | nindent 8 }}
      annotations:
        checksum/config: {{ include "hundred.config" $with | sha256sum }}
    spec:
      serviceAccountName: {{ .name }}
      containers:
        - name: {{ .name }}
          image: "{{ $.Values.image.repository }}:{{ $.Values.image.tag | default $.Chart.AppVersion }}"
          ports:
            - containerPort: {{ .port }}
          envFrom:
            - configMapRef: {name: {{ .name }}}
          {{- with .resources }}
          resources: {{- toYaml . | nindent 12 }}
          {{- end }}
)");
    return git::memoryTree(std::move(files));
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2)
        return 2;
    const auto tree =
        std::string_view(argv[1]) == "hundred" ? Result<git::TreePtr>(hundredResources()) : git::openFolder(argv[1]);
    if (!tree) {
        std::cerr << tree.error().text() << "\n";
        return 1;
    }
    const int runs = argc > 2 ? std::atoi(argv[2]) : 0;
    render::Request request;
    request.tree = *tree;
    const bool hasKey = argc > 3 && std::string_view(argv[3]) != "--set";
    const std::string key = hasKey ? argv[3] : "benchValue";
    for (int i = hasKey ? 4 : 3; i + 1 < argc; i += 2)
        request.helm.set.emplace_back(argv[i + 1]);
    for (int i = 0; i <= runs; ++i) {
        auto changed = request;
        if (i > 0)
            changed.helm.set.push_back(fmt::format("{}={}", key, i));
        const auto start = std::chrono::steady_clock::now();
        const auto result = runs == 0 ? render::renderHelmText(changed) : render::renderHelm(changed);
        const auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
        if (!result) {
            std::cerr << "Error: " << result.error().message << "\n";
            return 1;
        }
        if (runs == 0) {
            std::fwrite((*result)->yaml.data(), 1, (*result)->yaml.size(), stdout);
            std::fflush(stdout);
            std::_Exit(0); // as pilotctl ends
        } else
            std::cout << fmt::format("{} {:.2f} ms, {} resources\n", i == 0 ? "cold" : "warm", took,
                                     (*result)->resources.size());
    }
    return 0;
}
