{{- define "stack.labels" }}
release: {{ $.Release.Name | quote }}
{{- range $k, $v := .Values.global.labels }}
{{ $k }}: {{ tpl (toString $v) $ }}
{{- end }}
{{- end }}
{{- define "stack.subcharts" -}}
{{- range $name, $sub := .Subcharts }}{{ $name }}={{ $sub.Chart.Name }}/{{ $sub.Chart.IsRoot }}/{{ $sub.Values.global.registry }} {{ end -}}
{{- end -}}
