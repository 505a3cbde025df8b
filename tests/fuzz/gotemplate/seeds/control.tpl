{{- /* control */ -}}
{{- define "name" }}{{ .s | trunc 63 | trimSuffix "-" }}{{ end -}}
{{- $x := 1 }}{{ range $i, $v := .Values.l }}{{ if eq $i 1 }}{{ break }}{{ else if gt $i 2 }}{{ continue }}{{ end }}{{ $x = add $x 1 }}{{ $v }}{{ else }}none{{ end }}
{{ with .Values.m }}{{ .a.b }}{{ else with .Values.s }}{{ . }}{{ end }}
{{ block "b" .Values }}{{ template "name" . }}{{ end }}{{ include "name" .Values | nindent 2 | quote }}{{ tpl "{{ .Values.n }}" $ }}
{{ printf "%-5d|%+v|%q|%[2]*.[1]*f|%x|%T|%!" 3 .Values "a" 2.5 }}{{ index .Values.l 0 }}{{ slice .Values.s 1 2 }}{{ and 1 (not false) | or nil }}
