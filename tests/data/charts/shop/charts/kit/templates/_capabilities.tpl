{{- define "kit.kubeVersion" -}}
{{- default (default .Capabilities.KubeVersion.Version .Values.kubeVersion) ((.Values.global).kubeVersion) -}}
{{- end -}}
{{- define "kit.hpa.apiVersion" -}}
{{- $kubeVersion := include "kit.kubeVersion" . -}}
{{- if and (not (empty $kubeVersion)) (semverCompare "<1.23-0" $kubeVersion) -}}
{{- print "autoscaling/v2beta2" -}}
{{- else -}}
{{- print "autoscaling/v2" -}}
{{- end -}}
{{- end -}}
{{- define "kit.ingress.apiVersion" -}}
{{- if (.Values.ingress).apiVersion -}}
{{- .Values.ingress.apiVersion -}}
{{- else if and (.Capabilities.APIVersions.Has "networking.k8s.io/v1") (semverCompare ">=1.19-0" (include "kit.kubeVersion" .)) -}}
networking.k8s.io/v1
{{- else -}}
extensions/v1beta1
{{- end -}}
{{- end -}}
{{- define "kit.secrets.password" -}}
{{- $data := (lookup "v1" "Secret" (include "kit.names.namespace" .context) .secret).data -}}
{{- $password := "" -}}
{{- if $data -}}
{{- $password = index $data .key -}}
{{- else -}}
{{- range .providedValues -}}
{{- $value := $.context.Values -}}
{{- range splitList "." . -}}{{- if $value -}}{{- $value = get $value . -}}{{- end -}}{{- end -}}
{{- if and $value (not $password) -}}{{- $password = $value | toString | b64enc -}}{{- end -}}
{{- end -}}
{{- if not $password -}}{{- $password = printf "%s/%s" .context.Release.Name .key | sha256sum | trunc 12 | b64enc -}}{{- end -}}
{{- end -}}
{{- printf "%s" $password -}}
{{- end -}}
