{{- define "models.env" -}}
{{- range $key := keys . | sortAlpha }}
- name: {{ $key }}
  value: {{ get $ $key | toString | quote }}
{{- end }}
{{- end -}}
{{- define "models.args" -}}
{{- $args := list -}}
{{- range $k, $v := . -}}
{{- if kindIs "bool" $v -}}
{{- if $v -}}{{- $args = append $args (printf "--%s" $k) -}}{{- end -}}
{{- else if kindIs "float64" $v -}}
{{- $args = concat $args (list (printf "--%s" $k) (printf "%v" $v)) -}}
{{- else -}}
{{- $args = concat $args (list (printf "--%s" $k) (toString $v)) -}}
{{- end -}}
{{- end -}}
{{- toJson $args -}}
{{- end -}}
