// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"strings"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"
)

// The chart of the conformance cases.
func renderText(q question) (string, error) {
	demo := &chart.Chart{
		Metadata:  &chart.Metadata{Name: "demo", Version: "1.2.3", AppVersion: "v9", APIVersion: "v2"},
		Templates: []*chart.File{{Name: "templates/t.yaml", Data: []byte(*q.Template)}},
		Files: []*chart.File{
			{Name: "files/a.txt", Data: []byte("alpha\nbeta\n")},
			{Name: "files/b.txt", Data: []byte("b")},
			{Name: "cfg/x.json", Data: []byte("{\"a\":1}")},
		},
	}
	values := map[string]interface{}{}
	if len(q.Values) > 0 {
		if err := json.Unmarshal(q.Values, &values); err != nil {
			return "", err
		}
	}
	caps := *chartutil.DefaultCapabilities
	caps.KubeVersion = chartutil.KubeVersion{Version: "v1.33.0", Major: "1", Minor: "33"}
	data, err := chartutil.ToRenderValues(demo, values,
		chartutil.ReleaseOptions{Name: "rel", Namespace: "ns", Revision: 1, IsInstall: true}, &caps)
	if err != nil {
		return "", err
	}
	files, err := engine.Render(demo, data)
	return files["demo/templates/t.yaml"], err
}

func renderChart(q question) (string, error) {
	config := &action.Configuration{Log: func(string, ...interface{}) {}}
	install := action.NewInstall(config)
	install.DryRun, install.ClientOnly, install.Replace = true, true, true
	install.ReleaseName, install.Namespace, install.IncludeCRDs = "rel", "ns", q.IncludeCRDs
	if q.Release != "" {
		install.ReleaseName = q.Release
	}
	if q.Namespace != "" {
		install.Namespace = q.Namespace
	}
	version := q.KubeVersion
	if version == "" {
		version = "1.33.0"
	}
	parsed, err := chartutil.ParseKubeVersion(version)
	if err != nil {
		return "", err
	}
	install.KubeVersion = parsed
	install.APIVersions = chartutil.VersionSet(q.APIVersions)
	loaded, err := loader.Load(q.Chart)
	if err != nil {
		return "", err
	}
	switch loaded.Metadata.Type {
	case "", "application":
	default:
		return "", fmt.Errorf("%s charts are not installable", loaded.Metadata.Type)
	}
	if requirements := loaded.Metadata.Dependencies; requirements != nil {
		if err := action.CheckDependencies(loaded, requirements); err != nil {
			return "", fmt.Errorf("An error occurred while checking for chart dependencies: %w", err)
		}
	}
	values := map[string]interface{}{}
	if q.ValueText != "" {
		if err := yaml.Unmarshal([]byte(q.ValueText), &values); err != nil {
			return "", err
		}
	}
	for _, text := range q.SetJSON {
		if err := strvals.ParseJSON(text, values); err != nil {
			return "", fmt.Errorf("failed parsing --set-json data %s", text)
		}
	}
	for _, text := range q.Set {
		if err := strvals.ParseInto(text, values); err != nil {
			return "", fmt.Errorf("failed parsing --set data: %w", err)
		}
	}
	for _, text := range q.SetString {
		if err := strvals.ParseIntoString(text, values); err != nil {
			return "", fmt.Errorf("failed parsing --set-string data: %w", err)
		}
	}
	release, err := install.Run(loaded, values)
	if err != nil {
		return "", err
	}
	var manifests bytes.Buffer
	fmt.Fprintln(&manifests, strings.TrimSpace(release.Manifest))
	for _, hook := range release.Hooks {
		fmt.Fprintf(&manifests, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
	}
	return manifests.String(), nil
}

func init() { log.SetOutput(io.Discard) }
