package questions

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"gopkg.in/yaml.v3"
)

// dashboards of the platform.
const dashboards = "../../../docs/dashboards"

// ofPods are metrics that pods expose themselves, with their sources.
func ofPods() map[string]string {
	return map[string]string{
		"up":                                                          "every scrape",
		"http_server_requests_total":                                  "services/internal/telemetry",
		"http_server_request_duration_seconds":                        "services/internal/telemetry",
		"orders_events_waiting":                                       "services/orders/outbox",
		"karpenter_nodepools_usage":                                   "karpenter 1.15, pkg/controllers/metrics/nodepool",
		"karpenter_nodepools_limit":                                   "karpenter 1.15, pkg/controllers/metrics/nodepool",
		"crossplane_managed_resource_exists":                          "crossplane-runtime 2.2, pkg/statemetrics",
		"crossplane_managed_resource_ready":                           "crossplane-runtime 2.2, pkg/statemetrics",
		"crossplane_managed_resource_synced":                          "crossplane-runtime 2.2, pkg/statemetrics",
		"crossplane_managed_resource_first_time_to_readiness_seconds": "crossplane-runtime 2.2, pkg/reconciler/managed",
		"function_run_function_request_total":                         "crossplane 2.4, internal/xfn",
		"function_run_function_response_total":                        "crossplane 2.4, internal/xfn",
		"function_run_function_seconds":                               "crossplane 2.4, internal/xfn",
		"circuit_breaker_opens_total":                                 "crossplane 2.4, internal/circuit",
	}
}

// TestQuestionsHaveAnswers fails on a rule or panel with a metric that nothing collects: it would
// never have data.
func TestQuestionsHaveAnswers(t *testing.T) {
	answers := slices.Concat(stateMetrics(t), keptMetrics(t))
	for name := range maps.Keys(ofPods()) {
		answers = append(answers, name, name+"_bucket")
	}
	for _, path := range ruleFiles(t) {
		for _, r := range readRules(t, path) {
			answers = append(answers, r.Record)
		}
	}
	for where, metric := range queried(t) {
		if !slices.Contains(answers, metric) {
			t.Errorf("%s: nothing collects %s", where, metric)
		}
	}
}

// TestAnswersAreAskedFor fails on a metric that is sent to the workspace, which is paid by the
// sample, and that no rule or panel uses.
func TestAnswersAreAskedFor(t *testing.T) {
	wanted := slices.Collect(maps.Values(queried(t)))
	for _, metric := range slices.Concat(stateMetrics(t), keptMetrics(t)) {
		if !slices.Contains(wanted, metric) {
			t.Errorf("nothing asks for %s", metric)
		}
	}
}

// stateMetrics that kube-state-metrics is allowed to expose.
func stateMetrics(t *testing.T) []string {
	t.Helper()
	list, ok := strings.CutPrefix(regexp.MustCompile(`--metric-allowlist=[a-z_,]+`).FindString(
		read(t, filepath.Join(goldens, "manifests", "deployment-kube-state-metrics.yaml"))), "--metric-allowlist=")
	if !ok {
		t.Fatal("kube-state-metrics has no list of metrics")
	}
	return strings.Split(list, ",")
}

// keptMetrics are the metrics of the scrapes that keep only some.
func keptMetrics(t *testing.T) []string {
	t.Helper()
	var c struct {
		Receivers struct {
			Prometheus struct {
				Config struct {
					Scrapes []struct {
						Relabel []struct {
							Action string `yaml:"action"`
							Regex  string `yaml:"regex"`
						} `yaml:"metric_relabel_configs"`
					} `yaml:"scrape_configs"`
				} `yaml:"config"`
			} `yaml:"prometheus"`
		} `yaml:"receivers"`
	}
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join(goldens, "configs", "adot-metrics.yaml"))), &c); err != nil {
		t.Fatalf("cannot decode config: %v", err)
	}
	var out []string
	for _, s := range c.Receivers.Prometheus.Config.Scrapes {
		for _, r := range s.Relabel {
			if r.Action == "keep" {
				out = append(out, strings.Split(r.Regex, "|")...)
			}
		}
	}
	if len(out) == 0 {
		t.Fatal("no scrape keeps anything")
	}
	return out
}

// queried are the metrics in the queries, by the query's place and the metric's name.
func queried(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for where, question := range questions(t) {
		expr, err := parser.NewParser(parser.Options{}).ParseExpr(question)
		if err != nil {
			t.Errorf("%s: Prometheus cannot read %s: %v", where, question, err)
			continue
		}
		parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
			if v, ok := node.(*parser.VectorSelector); ok {
				metric := nameOf(v)
				out[where+", "+metric] = metric
			}
			return nil
		})
	}
	return out
}

func nameOf(v *parser.VectorSelector) string {
	for _, m := range v.LabelMatchers {
		if m.Name == labels.MetricName {
			return m.Value
		}
	}
	return v.Name
}

// questions of the rules and the dashboards.
func questions(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, path := range ruleFiles(t) {
		for _, r := range readRules(t, path) {
			out["rule "+r.Record+r.Alert] = r.Expr
		}
	}
	paths, err := filepath.Glob(filepath.Join(dashboards, "*.json"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("cannot find dashboards: %d found, %v", len(paths), err)
	}
	for _, path := range paths {
		var d struct {
			Panels []struct {
				Title   string `json:"title"`
				Targets []struct {
					Expr string `json:"expr"`
				} `json:"targets"`
			} `json:"panels"`
		}
		if err := json.Unmarshal([]byte(read(t, path)), &d); err != nil {
			t.Fatalf("cannot decode %s: %v", path, err)
		}
		for _, p := range d.Panels {
			for _, target := range p.Targets {
				out[filepath.Base(path)+": "+p.Title] = strings.ReplaceAll(target.Expr, "$namespace", ".+")
			}
		}
	}
	return out
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("cannot read %s: %v", path, err)
	}
	return string(raw)
}
