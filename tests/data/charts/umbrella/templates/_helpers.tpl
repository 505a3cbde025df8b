{{- define "umbrella.name" -}}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}{{- end }}
{{- define "umbrella.labels" }}
app: {{ include "umbrella.name" . }}
{{- with .Values.global.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}
