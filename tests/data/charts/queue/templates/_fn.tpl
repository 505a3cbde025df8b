{{- define "queue.flat" -}}
{{- $prefix := index . 0 -}}{{- $map := index . 1 -}}
{{- range $k, $v := $map -}}
{{- $key := ternary $k (printf "%s.%s" $prefix $k) (empty $prefix) -}}
{{- if kindIs "map" $v }}{{ include "queue.flat" (list $key $v) }}{{ else }}{{ $key }} = {{ $v }}{{ "\n" }}{{ end -}}
{{- end -}}
{{- end -}}
{{- define "queue.bytes" -}}
{{- $units := dict "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "m" 0.001 -}}
{{- $n := regexFind "^[0-9.]+" . -}}{{- $u := regexReplaceAll "^[0-9.]+" . "" -}}
{{- if hasKey $units $u }}{{ mulf ($n | float64) (get $units $u) }}{{ else }}{{ $n }}{{ end -}}
{{- end -}}
{{- define "queue.peers" -}}
{{- $peers := list -}}
{{- range $i := until (int .Values.replicas) -}}
{{- $peers = append $peers (printf "rabbit@%s-%d.%s-headless.%s.svc.%s" $.Release.Name $i $.Release.Name $.Release.Namespace $.Values.domain) -}}
{{- end -}}
{{- $peers | toJson -}}
{{- end -}}
{{- define "queue.fact" -}}{{ if le (int .) 1 }}1{{ else }}{{ mul (int .) (include "queue.fact" (sub (int .) 1) | int) }}{{ end }}{{- end -}}
