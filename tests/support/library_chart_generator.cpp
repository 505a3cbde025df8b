// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Charts that stand on a library chart: names, labels, images, passwords and values that are templates go through
// several includes before they are printed.
#include "support/chart_generator.h"
#include "support/dice.h"

#include <fmt/format.h>

#include <array>

namespace tests {

namespace {

constexpr std::string_view kLibrary = R"T({{/* Names and labels */}}
{{- define "lib.name" -}}
{{- .Values.nameOverride | default .Chart.Name | toString | trunc 20 | trimSuffix "-" -}}
{{- end -}}

{{- define "lib.fullname" -}}
{{- $name := include "lib.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | toString | trunc 63 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimAll "-" -}}
{{- else -}}
{{- printf "%s-%s" (regexReplaceAll "[^a-z0-9-]+" (lower .Release.Name) "-") $name | trunc 24 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "lib.dependency.fullname" -}}
{{- $values := default dict .values -}}
{{- with $values.fullnameOverride }}{{ . }}{{ else }}{{ printf "%s-%s" .context.Release.Name (default .name $values.nameOverride) }}{{ end -}}
{{- end -}}

{{- define "lib.render" -}}
{{- $text := ternary .value (.value | toYaml) (kindIs "string" .value) -}}
{{- if contains "{{" (toJson .value) -}}
  {{- if hasKey . "scope" -}}
    {{- tpl (cat "{{- with $.RelativeScope -}}" $text "{{- end }}") (merge (dict "RelativeScope" .scope) .context) -}}
  {{- else -}}
    {{- tpl $text .context -}}
  {{- end -}}
{{- else -}}
  {{- $text -}}
{{- end -}}
{{- end -}}

{{- define "lib.renderMerged" -}}
{{- $all := dict -}}
{{- range .values -}}
{{- $all = include "lib.render" (dict "value" . "context" $.context) | fromYaml | merge $all -}}
{{- end -}}
{{ $all | toYaml }}
{{- end -}}

{{- define "lib.renderOverwritten" -}}
{{- $all := dict -}}
{{- range .values -}}
{{- $all = include "lib.render" (dict "value" . "context" $.context) | fromYaml | mergeOverwrite $all -}}
{{- end -}}
{{ toYaml $all }}
{{- end -}}

{{- define "lib.labels" -}}
{{- if and (hasKey . "custom") (hasKey . "context") -}}
{{- $standard := dict "app/name" (include "lib.name" .context) "app/managed-by" .context.Release.Service "app/chart" (printf "%s-%s" .context.Chart.Name .context.Chart.Version | replace "+" "_") -}}
{{- with .context.Chart.AppVersion }}{{ $_ := set $standard "app/version" . }}{{ end -}}
{{ template "lib.renderMerged" (dict "values" (list .custom $standard) "context" .context) }}
{{- else -}}
app/name: {{ include "lib.name" . }}
app/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
app/release: {{ .Release.Name | quote }}
{{- with .Chart.AppVersion }}
app/version: {{ . | quote }}
{{- end }}
{{- end -}}
{{- end -}}

{{- define "lib.image" -}}
{{- $registry := default .image.registry ((.global).imageRegistry) -}}
{{- $end := printf ":%v" (.image.tag | default (.chart).AppVersion) -}}
{{- if .image.digest }}{{ $end = printf "@%s" (.image.digest | toString) }}{{ end -}}
{{- if $registry -}}
{{- printf "%s/%s%s" $registry .image.repository $end -}}
{{- else -}}
{{- printf "%s%s" .image.repository $end -}}
{{- end -}}
{{- end -}}

{{- define "lib.pullSecrets" -}}
{{- $names := list -}}
{{- range ((.context.Values.global).imagePullSecrets) -}}
{{- $names = append $names (kindIs "map" . | ternary (get (kindIs "map" . | ternary . dict) "name") .) -}}
{{- end -}}
{{- range .images -}}{{- range .pullSecrets -}}
{{- $names = append $names (include "lib.render" (dict "value" . "context" $.context)) -}}
{{- end -}}{{- end -}}
{{- if $names }}
imagePullSecrets:
  {{- range $names | uniq }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "lib.password" -}}
{{- $length := default 10 .length | int -}}
{{- $found := (lookup "v1" "Secret" (.context.Release.Namespace) .secret) -}}
{{- $password := "" -}}
{{- $path := split "." .key -}}
{{- $given := dig $path._0 (default "none" $path._1) "" (omit .context.Values "Subcharts") -}}
{{- if $found }}{{ $password = index $found.data .key | b64dec -}}
{{- else if $given }}{{ $password = $given | toString -}}
{{- else if .required }}{{ fail (printf "\nPASSWORDS ERROR: the secret %q lacks the key %q\n" .secret .key) -}}
{{- else }}{{ $password = randAlphaNum $length | len | toString | repeat 2 -}}
{{- end -}}
{{- $password | b64enc | quote -}}
{{- end -}}

{{- define "lib.storageClass" -}}
{{- $class := (.global).storageClass | default .persistence.storageClass | default (.global).defaultStorageClass | default "" -}}
{{- if $class -}}
{{- if (eq "-" $class) }}{{ printf "storageClassName: \"\"" }}{{ else }}{{ printf "storageClassName: %s" $class }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "lib.ingress.version" -}}
{{- $kube := default .Capabilities.KubeVersion.Version .Values.kubeVersion -}}
{{- if and (semverCompare "<1.14-0" $kube) (not (.Capabilities.APIVersions.Has "networking.k8s.io/v1")) -}}extensions/v1beta1
{{- else if semverCompare "<1.19-0" $kube -}}networking.k8s.io/v1beta1
{{- else -}}networking.k8s.io/v1
{{- end -}}
{{- end -}}

{{- define "lib.backend" -}}
service:
  name: {{ .serviceName }}
  port:
    {{- if typeIs "string" .servicePort }}
    name: {{ .servicePort }}
    {{- else if or (typeIs "int" .servicePort) (typeIs "float64" .servicePort) }}
    number: {{ .servicePort | int }}
    {{- end }}
{{- end -}}

{{- define "lib.affinity" -}}
preferredDuringSchedulingIgnoredDuringExecution:
  - podAffinityTerm:
      labelSelector:
        matchLabels: {{- (include "lib.labels" .context) | nindent 10 }}
          {{- with .component }}
          {{ printf "app/component: %s" . }}
          {{- end }}
      topologyKey: {{ default "kubernetes.io/hostname" .topologyKey }}
    weight: 1
{{- end -}}

{{- define "lib.resources" -}}
{{- $presets := dict
  "nano" (dict "requests" (dict "cpu" "100m" "memory" "128Mi") "limits" (dict "cpu" "150m" "memory" "192Mi"))
  "large" (dict "requests" (dict "cpu" "1.0" "memory" "2048Mi") "limits" (dict "cpu" 1.5 "memory" 3072))
-}}
{{- if hasKey $presets (.type | toString) -}}
{{- index $presets .type | toYaml -}}
{{- else -}}
{{- printf "preset key '%v' invalid. Allowed values are %s" .type (join "," (keys $presets | sortAlpha)) | fail -}}
{{- end -}}
{{- end -}}

{{- define "lib.omitted" -}}
{{- $context := .context -}}
{{- if not .context.runAsUser }}{{ $context = omit $context "fsGroup" "runAsUser" }}{{ end -}}
{{- omit $context "enabled" | toYaml -}}
{{- end -}}

{{- define "lib.validate" -}}
{{- $messages := list -}}
{{- $messages = append $messages (include "lib.validate.image" .) -}}
{{- $messages = append $messages (include "lib.validate.replicas" .) -}}
{{- $messages = without $messages "" -}}
{{- $message := join "\n" $messages -}}
{{- if $message }}{{ printf "\nVALUES VALIDATION:\n%s" $message | fail }}{{ end -}}
{{- end -}}
{{- define "lib.validate.image" -}}
{{- if and .Values.image (kindIs "slice" .Values.image) }}image must be a map{{ end -}}
{{- end -}}
{{- define "lib.validate.replicas" -}}
{{- if gt (.Values.replicas | int) 900 }}at most 900 replicas, not {{ .Values.replicas | int }}{{ end -}}
{{- end -}}

{{- define "lib.deep" -}}
{{- $level := int (first .) -}}{{- $rest := rest . -}}{{- $context := last . -}}
{{- if lt $level 5 -}}
{{- include "lib.deep" (concat (list (add1 $level)) $rest) -}}
{{- else -}}
{{ $level }}/{{ len $rest }}/{{ $context.Chart.Name }}/{{ range $i, $e := initial $rest }}{{ $i }}={{ $e }};{{ end }}
{{- end -}}
{{- end -}}

{{- define "lib.checksum" -}}
{{- $name := base .path -}}
{{- include (print .context.Template.BasePath "/" $name) .context | sha256sum -}}
{{- end -}}
)T";

// What templates may print, each a member or several below `data:`. @K is a key of the values, @M one that is a map.
constexpr std::array<std::string_view, 62> kFields {
    R"T(labels: {{- include "lib.labels" (dict "custom" .Values.commonLabels "context" $) | nindent 4 }})T",
    R"T(standard:
    {{- include "lib.labels" . | nindent 4 }})T",
    R"T(full: {{ include "lib.fullname" . }})T",
    R"T(full: {{ template "lib.fullname" $ }})T",
    R"T(image: {{ include "lib.image" (dict "image" .Values.image "global" .Values.global "chart" .Chart) }})T",
    R"T(secrets: {{- include "lib.pullSecrets" (dict "images" (list .Values.image .Values.sidecar) "context" $) | indent 2 }})T",
    R"T(password: {{ include "lib.password" (dict "secret" "s" "key" "auth.password" "length" 12 "context" $) }})T",
    R"T(password: {{ include "lib.password" (dict "secret" "s" "key" "auth.missing" "required" .Values.enabled "context" $) }})T",
    R"T(storage: {{ include "lib.storageClass" (dict "persistence" .Values.persistence "global" .Values.global) }})T",
    R"T(ingress: {{ include "lib.ingress.version" . }})T",
    R"T(backend: {{- include "lib.backend" (dict "serviceName" (include "lib.fullname" .) "servicePort" .Values.port "context" $) | nindent 4 }})T",
    R"T(affinity: {{- include "lib.affinity" (dict "component" "web" "context" $) | nindent 4 }})T",
    R"T(resources: {{- include "lib.resources" (dict "type" (default "nano" .Values.preset)) | nindent 4 }})T",
    R"T(security: {{- include "lib.omitted" (dict "context" .Values.security) | nindent 4 }})T",
    R"T({{- include "lib.validate" . }}valid: true)T",
    R"T(deep: {{ include "lib.deep" (list 1 "a" .Values.port .Values.enabled .) | quote }})T",
    R"T(checksum/config: {{ include "lib.checksum" (dict "path" "/x/tables.yaml" "context" $) }})T",
    R"T(checksum/self: {{ include (print $.Template.BasePath "/tables.yaml") . | sha256sum | trunc 8 }})T",
    R"T(db: {{ include "lib.dependency.fullname" (dict "name" "db" "values" .Values.db "context" $) }})T",
    R"T(any: {{ include "lib.render" (dict "value" .Values.@K "context" $) | quote }})T",
    R"T(any: {{- include "lib.render" (dict "value" .Values.@K "context" $) | nindent 4 }})T",
    R"T(scoped: {{ include "lib.render" (dict "value" .Values.scoped "scope" .Values.image "context" $) | quote }})T",
    R"T(merged: {{- include "lib.renderMerged" (dict "values" (list .Values.commonLabels .Values.image) "context" $) | nindent 4 }})T",
    R"T(over: {{- include "lib.renderOverwritten" (dict "values" (list .Values.commonLabels .Values.image .Values.security) "context" $) | nindent 4 }})T",
    R"T({{- with .Values.@K }}
  with: {{ toYaml . | nindent 4 }}
  {{- else with .Values.@K }}
  elsewith: {{ . | toJson }}
  {{- else }}
  neither: {{ .Values.@K | quote }}
  {{- end }})T",
    R"T({{- if .Values.@K }}
  if: {{ .Values.@K | toString | quote }}
  {{- else if eq (toString .Values.@K) (toString .Values.@K) }}
  elseif: {{ kindOf .Values.@K }}
  {{- end }})T",
    R"T({{- range $k, $v := .Values.@M }}
  r-{{ $k }}: {{ $v | toJson }} # {{ typeOf $v }}
  {{- else }}
  none: {}
  {{- end }})T",
    R"T(env:
    {{- range $i, $e := .Values.list }}
    - {{ if kindIs "map" $e }}{{ toYaml $e | nindent 6 | trim }}{{ else }}{{ $e | quote }}{{ end }} # {{ $i }}
    {{- end }})T",
    R"T(yaml:
{{ toYaml .Values.@K | indent 4 }})T",
    R"T(yaml: {{ .Values | toYaml | nindent 4 }})T",
    R"T(json: {{ .Values.@K | toJson | squote }})T",
    R"T(pretty: |
    {{- .Values.@K | toPrettyJson | nindent 4 }})T",
    R"T(raw: {{ toRawJson .Values.@K }})T",
    R"T(toml: |-
    {{- .Values.@M | toToml | nindent 4 }})T",
    R"T(back: {{ .Values.@K | toYaml | fromYaml | toJson }})T",
    R"T(array: {{ toYaml .Values.list | fromYamlArray | len }})T",
    R"T(print: {{ printf "%v|%s|%d|%q|%5.2f|%T|%+v" .Values.@K .Values.@K .Values.@K .Values.@K .Values.@K .Values.@K .Values.@K | quote }})T",
    R"T(print: {{ print .Values.@K "x" .Values.@K 1 2 .Values.@K | quote }})T",
    R"T(sum: {{ add .Values.port 1 }} {{ mul .Values.replicas 2 }} {{ sub 5 .Values.@K }} {{ div .Values.port 3 }} {{ max .Values.port .Values.replicas }} {{ int64 .Values.@K }})T",
    R"T(floats: {{ addf .Values.port 1.5 }} {{ mulf .Values.replicas 1.1 }} {{ round .Values.@K 2 }} {{ floor .Values.@K }} {{ float64 .Values.@K }})T",
    R"T(dig: {{ dig "image" "tag" "none" (deepCopy (omit .Values "x")) }} {{ dig "a" "b" .Values.@K (dict "a" (dict)) | toJson }})T",
    R"T(overwrite: {{ mergeOverwrite (deepCopy .Values.@M) (deepCopy .Values.@M) | toJson }})T",
    R"T(merge: {{ merge (dict "tag" nil "port" 1) (deepCopy .Values.@M) .Values.image | toJson }})T",
    R"T(must: {{ mustMerge (dict) .Values.@M | toJson }} {{ mustToJson .Values.@K }})T",
    R"T(required: {{ required (printf "%s must be given" "@K") .Values.@K | quote }})T",
    R"T(has: {{ hasKey .Values "@K" }} {{ has "two" .Values.list }} {{ empty .Values.@K }} {{ coalesce .Values.@K .Values.@K "z" | toJson }})T",
    R"T(all: {{ all .Values.@K .Values.@K }} {{ any .Values.@K .Values.@K }} {{ not .Values.@K }} {{ and .Values.@K .Values.@K | toJson }} {{ or .Values.@K .Values.@K | toJson }})T",
    R"T(eq: {{ eq .Values.@K .Values.@K }})T",
    R"T(lt: {{ if lt (.Values.replicas | int) 3 }}few{{ else if ge (int .Values.replicas) (int .Values.port) }}more{{ else }}many{{ end }})T",
    R"T(semver: {{ semverCompare ">=1.2-0" (.Values.image.tag | default "1.2.3" | toString) }} {{ (semver .Chart.Version).Minor }} {{ semverCompare ">= 1.30.0-0, < 2" .Capabilities.KubeVersion.Version }})T",
    R"T(keys: {{ keys .Values.@M | sortAlpha | join "," | quote }} {{ values (pick .Values.image "tag") | toJson }} {{ len .Values.@K }})T",
    R"T(words: {{ .Values.text | splitList "\n" | compact | toJson }} {{ .Values.text | trim | title | quote }} {{ .Values.text | nospace | sha1sum }} {{ regexFindAll "[a-z]+" .Values.text 2 | toJson }})T",
    R"T(replaced: {{ regexReplaceAll "(\\w)(\\w*)".Values.text "${2}$1" | quote
}
} {{ regexReplaceAllLiteral "o" .Values.text "$0" | quote }} {{ mustRegexReplaceAll "\\s+" .Values.text "_" }})T",
    R"T(files: {{- (.Files.Glob "files/*.conf").AsConfig | nindent 4 }})T",
    R"T(secretFiles: {{- (.Files.Glob "{files,more}/**").AsSecrets | nindent 4 }})T",
    R"T({{- range $path, $_ := .Files.Glob "files/**" }}
  {{ base $path | replace "." "-" }}: {{ $.Files.Get $path | quote }}
  {{- end }}
  lines: {{ range .Files.Lines "files/a.conf" }}{{ . | quote }}{{ end }})T",
    R"T(tplFile: |
    {{- tpl (.Files.Get "files/tpl.conf") . | nindent 4 }})T",
    R"T(cert: {{ $ca := genCA "ca" 365 }}{{ $c := genSignedCert "x" (list "10.0.0.1") (list "x.y" (printf "%s.z" .Release.Name)) 30 $ca }}{{ $c.Cert | b64enc | len | lt 100 }} {{ hasPrefix "-----BEGIN RSA" $c.Key }} {{ $ca | kindOf }})T",
    R"T({{- $state := dict "n" 0 }}{{ range until 5 }}{{ if eq . 3 }}{{ break }}{{ end }}{{ if eq . 1 }}{{ continue }}{{ end }}{{ $_ := set $state "n" (add $state.n .) }}{{ end }}
  loop: {{ $state.n }} {{ $_ := unset $state "n" }}{{ $state }} {{ untilStep 10 0 -3 }})T",
    R"T(lookup: {{ (lookup "v1" "Secret" .Release.Namespace "").items | default list | len }} {{ lookup "v1" "Secret" "a" "b" | toJson }})T",
    R"T(date: {{ "2024-02-29" | toDate "2006-01-02" | date "Jan _2 06" }} {{ date_modify "-720h" (toDate "2006-01-02" "2024-03-01") | htmlDate }} {{ duration 3700 }} {{ ago (toDate "2006" "x") | empty }})T",
    R"T(below: {{ range $name, $chart := .Subcharts }}{{ $name }}={{ $chart.Chart.Name }}:{{ include "lib.fullname" $chart }}:{{ $chart.Values.global | toJson }};{{ end }})T",
};

constexpr std::array<std::string_view, 13> kKeys {"image",        "port",  "replicas", "enabled",  "text",
                                                  "list",         "auth",  "odd",      "security", "scoped",
                                                  "commonLabels", "empty", "global"};
constexpr std::array<std::string_view, 4> kMaps {"image", "auth", "security", "commonLabels"};

constexpr std::array<std::string_view, 38> kOdd {"9007199254740993",
                                                 "12345678901234567890",
                                                 "1e21",
                                                 "1.0",
                                                 "0.1",
                                                 "1e-7",
                                                 "-0",
                                                 "0o17",
                                                 "017",
                                                 "0x1F",
                                                 "100000000",
                                                 "1234567.5",
                                                 ".5",
                                                 "+1",
                                                 R"("")",
                                                 R"(" ")",
                                                 R"("true")",
                                                 R"("1e3")",
                                                 R"("0123")",
                                                 R"("null")",
                                                 R"("~")",
                                                 R"("a: b")",
                                                 R"("# no")",
                                                 R"("- x")",
                                                 R"("a\nb\n")",
                                                 R"("\n a\n\tb")",
                                                 R"("tab\tx")",
                                                 R"("é 世 \U0001F388")",
                                                 R"("{{ .Release.Name }}-{{ include \"lib.name\" . }}")",
                                                 R"("{{ .Values.port }}")",
                                                 R"("{{ tpl .Values.text $ }}")",
                                                 R"("{{ $.Values.image.tag | default \"none\" | quote }}")",
                                                 "2024-01-02",
                                                 "12:30:45",
                                                 "yes",
                                                 "null",
                                                 "[]",
                                                 "{}"};

constexpr std::array<std::string_view, 12> kSets {
    "image.tag=1.5",   "image.tag=null", "image=null",           "port=8080", "replicas=901",   "enabled=true",
    "odd=12345678901", "list={a,b}",     "list[1].name=changed", "auth=null", "nameOverride=n", "security.runAsUser=0"};

class LibraryChartMaker
{
public:
    explicit LibraryChartMaker(std::uint64_t seed)
        : m_dice(seed)
        , m_oddity(m_dice.percent(30) ? 100 : 20)
    {
    }

    GeneratedChart make()
    {
        chart("", "app", 0);
        if (m_dice.percent(60))
            m_out.values = values(0, 60);
        for (auto count = m_dice.below(3); count-- > 0;)
            m_out.set.push_back(fmt::format("{}{}",
                                            m_dice.percent(30)       ? "db."
                                                : m_dice.percent(20) ? "global."
                                                                     : "",
                                            m_dice.of(kSets)));
        return std::move(m_out);
    }

private:
    std::string odd() { return std::string(m_dice.of(kOdd)); }
    std::string either(std::string_view usual, std::uint64_t chance = 15)
    {
        return m_dice.percent(chance * m_oddity / 100) ? odd() : std::string(usual);
    }

    void add(std::string& text, int indent, std::uint64_t leftOut, std::string_view lines)
    {
        if (m_dice.percent(leftOut))
            return;
        const std::string pad(static_cast<std::size_t>(indent), ' ');
        text += pad;
        for (const char c : lines)
            text += c == '\n' ? "\n" + pad : std::string(1, c);
        text += '\n';
    }

    std::string values(int indent, std::uint64_t leftOut)
    {
        std::string text;
        const auto line = [&](const std::string& lines) { add(text, indent, leftOut, lines); };
        line(fmt::format("image:\n  registry: {}\n  repository: {}\n  tag: {}\n  digest: {}\n  pullSecrets: [{}]",
                         either("docker.io"), either("org/app", 5), either("1.2.3", 40), either("\"\"", 5),
                         either("\"{{ .Release.Name }}-pull\"", 5)));
        line(fmt::format("port: {}", either("80", 30)));
        line(fmt::format("replicas: {}", either("2", 25)));
        line(fmt::format("enabled: {}", m_dice.percent(50)));
        line(m_dice.percent(50) ? "text: |\n  first line\n\n    second {{ .Chart.Name }}\n  last"
                                : "text: \"some words here\"");
        line(fmt::format("list: [{}, two, {{name: A, value: {}}}, {}]", odd(), odd(), odd()));
        line(fmt::format("auth:\n  password: {}\n  \"odd key/x\": {}\n  \"1\": {}\n  y: {}", either("secret", 40),
                         odd(), odd(), odd()));
        line(fmt::format("odd: {}", odd()));
        line(fmt::format("security:\n  enabled: true\n  fsGroup: {}\n  runAsUser: {}\n  nested: {{a: {}, b: [{}]}}",
                         either("1001"), either("1001"), odd(), odd()));
        line(fmt::format("scoped: {}", m_dice.percent(60) ? "\"{{ .tag }}/{{ $.Chart.Name }}\"" : odd()));
        line(fmt::format("commonLabels:\n  team: {}\n  app/name: {}\n  \"{{{{x}}}}\": \"{{{{ .Release.Name }}}}\"",
                         either("a"), either("other")));
        line("empty: {}");
        line(fmt::format("persistence:\n  storageClass: {}", either("\"-\"", 50)));
        line(m_dice.percent(95) ? "preset: nano" : "preset: giant");
        if (m_dice.percent(20))
            line(fmt::format("nameOverride: {}", either("short-name-")));
        if (m_dice.percent(20))
            line(fmt::format("fullnameOverride: {}", either("a-very-long-full-name-indeed-that-goes-on-and-on")));
        if (m_dice.percent(50))
            line(fmt::format("global:\n  imageRegistry: {}\n  imagePullSecrets: [one, {{name: two}}, one]\n"
                             "  storageClass: {}\n  nested: {{x: {}}}",
                             either("\"\"", 50), either("\"\"", 40), odd()));
        if (indent == 0 && m_dice.percent(60))
            text += "db:\n" + values(2, 60);
        if (indent == 0 && m_dice.percent(20))
            text +=
                fmt::format("cache: {}\n", m_dice.percent(50) ? "null" : "{image: null, list: null, enabled: true}");
        add(text, indent, 0, "last: 1");
        return text;
    }

    std::string field()
    {
        std::string text(m_dice.of(kFields));
        for (std::size_t at = 0; (at = text.find('@', at)) != std::string::npos; ++at) {
            if (text.compare(at, 2, "@K") == 0)
                text.replace(at, 2, m_dice.of(kKeys));
            else if (text.compare(at, 2, "@M") == 0)
                text.replace(at, 2, m_dice.of(kMaps));
        }
        return text;
    }

    std::string manifest(std::string_view kind)
    {
        auto text = fmt::format(
            "apiVersion: v1\nkind: {}\nmetadata:\n  name: {{{{ include \"lib.fullname\" . }}}}\ndata:\n", kind);
        for (auto count = 1 + m_dice.below(5); count-- > 0;)
            text += "  " + field() + "\n";
        return text;
    }

    void chart(const std::string& folder, const std::string& name, int depth)
    {
        auto& files = m_out.files;
        std::string dependencies;
        if (depth == 0 || m_dice.percent(30)) {
            files[folder + "charts/lib/Chart.yaml"] =
                fmt::format("apiVersion: v2\nname: lib\nversion: 2.{}.0\ntype: library\n", depth);
            files[folder + "charts/lib/values.yaml"] = "exampleValue: common-chart\n";
            files[folder + "charts/lib/templates/_all.tpl"] = kLibrary;
            dependencies += "  - {name: lib, version: 2.x.x, repository: \"\", tags: [common]}\n";
        }
        for (const std::string_view child : {"db", "cache"}) {
            if (depth > 1 || !m_dice.percent(depth == 0 ? 50 : 20))
                continue;
            chart(fmt::format("{}charts/{}/", folder, child), std::string(child), depth + 1);
            dependencies += fmt::format("  - {{name: {}, version: \"*\", repository: \"\"{}{}}}\n", child,
                                        m_dice.percent(40) ? fmt::format(", condition: {}.enabled", child) : "",
                                        m_dice.percent(20) ? ", alias: other" : "");
        }
        files[folder + "Chart.yaml"] =
            fmt::format("apiVersion: v2\nname: {}\nversion: 1.2.{}+b.1\nappVersion: {}\n{}{}", name, depth,
                        either("\"3.4\"", 20), dependencies.empty() ? "" : "dependencies:\n", dependencies);
        files[folder + "values.yaml"] = values(0, 10);
        files[folder + "files/a.conf"] = m_dice.percent(50) ? "key = value\nother: x\n" : "  indented\n\ntrailing ";
        files[folder + "files/b.conf"] = m_dice.percent(50) ? "" : "\"quoted\"\ttab\n";
        files[folder + "files/tpl.conf"] = "{{- range $k, $v := .Values.image }}\n{{ $k }}={{ $v }}\n{{- end }}\n";
        files[folder + "more/deep/c.txt"] = "é\xff\n";
        files[folder + "templates/tables.yaml"] = "tables: {{ .Values.image | toJson }}\n";
        files[folder + "templates/config.yaml"] = manifest("ConfigMap");
        if (m_dice.percent(60))
            files[folder + "templates/secret.yaml"] =
                fmt::format("{{{{- if {} }}}}\n{}{{{{- end }}}}\n",
                            m_dice.percent(50) ? ".Values.enabled" : "not .Values.auth.x", manifest("Secret"));
        if (m_dice.percent(30))
            files[folder + "templates/many.yaml"] =
                fmt::format("{{{{- range $i := until (int (max 0 (min 3 (int .Values.replicas)))) }}}}\n---\n"
                            "{{{{- with $ }}}}\n{}{{{{- end }}}}\n{{{{- end }}}}\n",
                            manifest("Service"));
    }

    Dice m_dice;
    std::uint64_t m_oddity; ///< how often a value has another type than charts expect, in percent of what is usual here
    GeneratedChart m_out;
};

} // namespace

GeneratedChart randomLibraryChart(std::uint64_t seed)
{
    return LibraryChartMaker(seed).make();
}

} // namespace tests
