// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Command gotemplate answers questions to Go's text/template, Sprig and Helm's engine, one JSON object a line on
// stdin, one answer a line on stdout:
//
//	{"template": text, "values": {...}}    the text as templates/t.yaml of a chart -> {"output"} or {"error"}
//	{"chart": folder, "files": [...], "set": [...], ...}  what `helm template` prints -> {"output"} or {"error"}
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
)

type question struct {
	Template    *string           `json:"template"`
	Files       map[string]string `json:"files"`
	Values      json.RawMessage   `json:"values"`
	Chart       string            `json:"chart"`
	Release     string            `json:"release"`
	Namespace   string            `json:"namespace"`
	ValueText   string            `json:"valueText"`
	Set         []string          `json:"set"`
	SetString   []string          `json:"setString"`
	SetJSON     []string          `json:"setJson"`
	IncludeCRDs bool              `json:"includeCRDs"`
	KubeVersion string            `json:"kubeVersion"`
	APIVersions []string          `json:"apiVersions"`
}

type answer struct {
	Output *string `json:"output,omitempty"`
	Error  *string `json:"error,omitempty"`
}

func answerTo(line []byte) (result answer) {
	defer func() {
		if r := recover(); r != nil {
			text := fmt.Sprintf("panic: %v", r)
			result = answer{Error: &text}
		}
	}()
	var q question
	text, err := "", json.Unmarshal(line, &q)
	if err == nil {
		if q.Template != nil {
			text, err = renderText(q)
		} else {
			text, err = renderChart(q)
		}
	}
	if err != nil {
		message := err.Error()
		return answer{Error: &message}
	}
	return answer{Output: &text}
}

func main() {
	if len(os.Args) == 4 && os.Args[1] == "-generate" {
		seed, _ := strconv.ParseInt(os.Args[2], 10, 64)
		count, _ := strconv.Atoi(os.Args[3])
		generate(seed, count)
		return
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<28)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for in.Scan() {
		if err := encoder.Encode(answerTo(in.Bytes())); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		out.Flush()
	}
}
