{{ toYaml .Values | indent 2 }}{{ fromYaml "a: [1, 0x2]\nb: ~" | toJson }}{{ toToml (dict "a" 1.5) }}{{ fromJsonArray "[1]" }}
{{ regexReplaceAll "(a+)(b)?" "aab" "${1}x" }}{{ regexFindAll "[a-z]" "abc" 2 }}{{ regexSplit "," "a,b" -1 }}
{{ semverCompare ">=1.2.3-0 <2 || ~3" "1.9.0" }}{{ semver "1.2.3-a+b" | toString }}{{ date "2006-01-02" 0 }}{{ dateModify "-1h" now | kindOf }}
{{ $d := dict "k" (list 1 "a" nil) }}{{ $_ := set $d "x" (merge (dict) $d .Values) }}{{ dig "x" "y" "z" $d }}{{ omit $d "k" | keys | sortAlpha | join "," }}
{{ list 3 1 2 | reverse | uniq | chunk 2 }}{{ until 3 }}{{ seq 1 2 9 }}{{ untilStep 0 9 2 }}{{ b64dec "YQ==" }}{{ sha256sum "a" }}{{ urlParse "http://u:p@h:1/p?q#f" }}
{{ "a b" | title | snakecase | camelcase | wrap 2 | abbrev 5 }}{{ ternary 1 2 (empty "") }}{{ required "m" .Values.s }}{{ .Values.zz.y | default "d" }}{{ fail "f" }}
