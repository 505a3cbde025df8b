{{- define "edge.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "edge.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- define "edge.image" -}}
{{- if .chroot -}}
{{- printf "%s-chroot" .image -}}
{{- else -}}
{{- printf "%s" .image -}}
{{- end }}
{{- end -}}
{{- define "edge.imageDigest" -}}
{{- if .chroot -}}
{{- if .digestChroot -}}{{- printf "@%s" .digestChroot -}}{{- end }}
{{- else -}}
{{ if .digest -}}{{- printf "@%s" .digest -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- define "edge.params" -}}
- /edge-controller
{{- if not .Values.controller.admissionWebhooks.enabled }}
- --disable-webhook
{{- end }}
- --configmap={{ default "$(POD_NAMESPACE)" .Values.controller.configMapNamespace }}/{{ include "edge.fullname" . }}-{{ .Values.controller.name }}
{{- if .Values.tcp }}
- --tcp-services-configmap=$(POD_NAMESPACE)/{{ include "edge.fullname" . }}-tcp
{{- end }}
{{- range $key, $value := .Values.controller.extraArgs }}
{{- /* Accept keys without values or with false as value */}}
{{- if eq ($value | quote | len) 2 }}
- --{{ $key }}
{{- else }}
- --{{ $key }}={{ $value }}
{{- end }}
{{- end }}
{{- end -}}
{{- define "edge.hasHpa" -}}
{{- and .Values.controller.autoscaling.enabled (not .Values.controller.keda.enabled) (eq .Values.controller.kind "Deployment") -}}
{{- end -}}
