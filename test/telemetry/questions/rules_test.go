package questions

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// goldens are the rules and configs of clusters.
const goldens = "../../../functions/cluster/telemetry/testdata"

// TestRules loads the rules with Prometheus' own code, which parses their queries and the templates
// of their texts.
func TestRules(t *testing.T) {
	for _, path := range ruleFiles(t) {
		t.Run(filepath.Base(path), func(t *testing.T) { readRules(t, path) })
	}
}

func ruleFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(goldens, "rules", "*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("cannot find rules: %d found, %v", len(paths), err)
	}
	return paths
}

func readRules(t *testing.T, path string) []rulefmt.Rule {
	t.Helper()
	groups, errs := rulefmt.ParseFile(path, false, model.LegacyValidation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	for _, err := range errs {
		t.Errorf("Prometheus refuses it: %v", err)
	}
	if len(errs) > 0 {
		t.FailNow()
	}
	var out []rulefmt.Rule
	for _, g := range groups.Groups {
		out = append(out, g.Rules...)
	}
	return out
}
