{{- define "hub.fullname" -}}
{{- $over := .Values.fullnameOverride | default "" -}}
{{- if eq (typeOf $over) "string" -}}
{{- if $over }}{{ $over }}-{{ end -}}
{{- end -}}
{{- $component := without (splitList "/" .Template.Name | reverse) "x" | first | trimSuffix ".yaml" -}}
{{ $component }}
{{- end -}}
{{- define "hub.labels" -}}
app: {{ .appLabel | default (default .Chart.Name .Values.nameOverride) | quote }}
release: {{ .Release.Name }}
{{- if .heritageLabel }}
{{ .heritageLabel }}: {{ .heritageLabel | default .Release.Service }}
{{- end }}
{{- end -}}
{{- define "hub.match" -}}
{{- $_ := merge (dict "appLabel" (printf "%s%s%s" (.prefix | default "") "hub" (.suffix | default ""))) . -}}
{{ include "hub.labels" $_ }}
{{- end -}}
{{- define "hub.secret.cookie" -}}
{{- if .Values.hub.cookieSecret }}
    {{- .Values.hub.cookieSecret }}
{{- else }}
    {{- $state := lookup "v1" "Secret" .Release.Namespace "hub" }}
    {{- if hasKey $state "data" }}
        {{- index $state "data" "cookie" | b64dec }}
    {{- else }}
        {{- "" | sha256sum | trunc 32 }}
    {{- end }}
{{- end }}
{{- end }}
{{- define "hub.camel" -}}
{{- $result := dict -}}
{{- range $k, $v := . -}}
{{- $key := $k -}}
{{- range splitList "_" $k | rest -}}{{- $key = printf "%s%s" (trimSuffix (printf "_%s" .) $key) (title .) -}}{{- end -}}
{{- if kindIs "map" $v -}}{{- $_ := set $result $key (include "hub.camel" $v | fromYaml) -}}{{- else -}}{{- $_ := set $result $key $v -}}{{- end -}}
{{- end -}}
{{- toYaml $result -}}
{{- end -}}
