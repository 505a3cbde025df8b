{{- define "dash.ini" -}}
{{- range $section, $keys := . }}
{{- if kindIs "map" $keys }}
[{{ $section }}]
{{- range $k, $v := $keys }}
{{- if kindIs "invalid" $v }}
{{ $k }} =
{{- else if kindIs "string" $v }}
{{ $k }} = {{ tpl $v $ }}
{{- else }}
{{ $k }} = {{ $v }}
{{- end }}
{{- end }}
{{- else }}
{{ $section }} = {{ $keys }}
{{- end }}
{{- end }}
{{- end -}}
