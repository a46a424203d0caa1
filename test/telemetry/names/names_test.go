package names

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// configs are the configs of clusters.
const configs = "../../../functions/cluster/telemetry/testdata/configs/*.yaml"

const (
	core    = "go.opentelemetry.io/collector/"
	contrib = "github.com/open-telemetry/opentelemetry-collector-contrib/"
)

// modules of the components that the configs use; AWS's build has all of them
// (aws-otel-collector v0.49.0, pkg/defaultcomponents and go.mod).
func modules() []string {
	return []string{
		contrib + "exporter/awscloudwatchlogsexporter",
		contrib + "exporter/awsxrayexporter",
		contrib + "exporter/prometheusremotewriteexporter",
		contrib + "extension/healthcheckextension",
		contrib + "extension/sigv4authextension",
		contrib + "extension/storage/filestorage",
		contrib + "processor/k8sattributesprocessor",
		contrib + "processor/resourceprocessor",
		contrib + "receiver/filelogreceiver",
		contrib + "receiver/prometheusreceiver",
		core + "processor/batchprocessor",
		core + "processor/memorylimiterprocessor",
		core + "receiver/otlpreceiver",
	}
}

// TestNames compares the components in the configs with those of the modules.
func TestNames(t *testing.T) {
	want, got := made(t), named(t)
	for _, component := range got {
		if !slices.Contains(want, component) {
			t.Errorf("a config names the %s: no module makes one of that name, of %v", component, want)
		}
	}
	for _, component := range want {
		if !slices.Contains(got, component) {
			t.Errorf("no config names the %s: take its module out of the list", component)
		}
	}
}

// named are the components of the configs, such as "processor batch".
func named(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(configs)
	if err != nil || len(paths) != 3 {
		t.Fatalf("found configs %v (%v), want those of the three collectors", paths, err)
	}
	out := map[string]bool{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		config := map[string]map[string]any{}
		if err := yaml.Unmarshal(raw, &config); err != nil {
			t.Fatalf("cannot read %s: %v", path, err)
		}
		delete(config, "service") // It has no component that is not in the other sections.
		for section, components := range config {
			for id := range components {
				name, _, _ := strings.Cut(id, "/")
				out[strings.TrimSuffix(section, "s")+" "+name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(out))
}

// made are the components of the modules. All have the same version as the one that this module
// requires: the collector's components are released together.
func made(t *testing.T) []string {
	t.Helper()
	version := strings.TrimSpace(string(run(t, "list", "-m", "-f", "{{.Version}}", contrib+"processor/resourceprocessor")))
	args := []string{"mod", "download", "-json"}
	for _, m := range modules() {
		args = append(args, m+"@"+version)
	}
	var out []string
	downloads := json.NewDecoder(strings.NewReader(string(run(t, args...))))
	for {
		var module struct{ Path, Dir string }
		if err := downloads.Decode(&module); errors.Is(err, io.EOF) {
			slices.Sort(out)
			return out
		} else if err != nil {
			t.Fatalf("cannot read what go %v says: %v", args, err)
		}
		raw, err := os.ReadFile(filepath.Join(module.Dir, "metadata.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var metadata struct {
			Type   string `yaml:"type"`
			Status struct {
				Class string `yaml:"class"`
			} `yaml:"status"`
		}
		if err := yaml.Unmarshal(raw, &metadata); err != nil {
			t.Fatalf("cannot read metadata.yaml of %s: %v", module.Path, err)
		}
		out = append(out, metadata.Status.Class+" "+metadata.Type)
	}
}

func run(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	said := &strings.Builder{}
	cmd.Stderr = said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("cannot run go %v: %v\n%s%s", args, err, said, out)
	}
	return out
}
