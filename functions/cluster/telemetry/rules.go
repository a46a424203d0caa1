package telemetry

import (
	"fmt"
	"slices"
	"sync"

	"sigs.k8s.io/yaml"
)

// A RuleNamespace is a set of rules of the AMP workspace.
type RuleNamespace struct {
	// Name of the namespace; the composed resource's name ends in it.
	Name string

	// Data is the rules file, as YAML.
	Data string
}

// RuleNamespaces of the workspace, which are the same in every cluster. Grafana shows the
// alerts. They notify no one: that is for an alert manager, which the platform does not
// make.
func RuleNamespaces() ([]RuleNamespace, error) {
	all, err := ruleNamespaces()
	return slices.Clone(all), err
}

var ruleNamespaces = sync.OnceValues(writeRules) //nolint:gochecknoglobals // A constant that the language cannot express.

func writeRules() ([]RuleNamespace, error) {
	var out []RuleNamespace
	for _, n := range []struct {
		name   string
		groups []ruleGroup
	}{
		{"services", []ruleGroup{serviceRecords(), serviceAlerts()}},
		{"cluster", []ruleGroup{podAlerts(), nodeAlerts(), telemetryAlerts()}},
		{"crossplane", []ruleGroup{crossplaneAlerts()}},
	} {
		data, err := yaml.Marshal(ruleFile{Groups: n.groups})
		if err != nil {
			return nil, fmt.Errorf("cannot write rules of %s: %w", n.name, err)
		}
		out = append(out, RuleNamespace{Name: n.name, Data: string(data)})
	}
	return out, nil
}

// ruleFile is a rules file of Prometheus
// (prometheus.io/docs/prometheus/latest/configuration/recording_rules).
type ruleFile struct {
	Groups []ruleGroup `json:"groups"`
}

type ruleGroup struct {
	Name     string     `json:"name"`
	Interval string     `json:"interval,omitempty"`
	Rules    []ruleSpec `json:"rules"`
}

type ruleSpec struct {
	Record      string            `json:"record,omitempty"`
	Alert       string            `json:"alert,omitempty"`
	Expr        string            `json:"expr"`
	For         string            `json:"for,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// A severity is how soon a person must act.
type severity string

const (
	// page: customers notice, or soon will. At once, at any hour.
	page severity = "page"

	// ticket: it needs a person, and can wait for the morning.
	ticket severity = "ticket"
)

// An alert of a rule group.
type alert struct {
	name     string
	severity severity
	when     string // PromQL
	lasts    string // before it is raised

	// summary in one line, with the labels of what it is about.
	summary string

	// runbook is what to check first, and what to do.
	runbook string
}

func alerts(group string, all ...alert) ruleGroup {
	g := ruleGroup{Name: group}
	for _, a := range all {
		g.Rules = append(g.Rules, ruleSpec{
			Alert:       a.name,
			Expr:        a.when,
			For:         a.lasts,
			Labels:      map[string]string{"severity": string(a.severity)},
			Annotations: map[string]string{"summary": a.summary, "runbook": a.runbook},
		})
	}
	return g
}

// Names of the recorded series, which the alerts and dashboards query.
const (
	requestRate = "namespace_service:http_server_requests:rate5m"
	errorRatio  = "namespace_service:http_server_errors:ratio_rate5m"
	latencyP99  = "namespace_service:http_server_request_duration_seconds:p99_5m"
)

func serviceRecords() ruleGroup {
	record := func(name, expr string) ruleSpec { return ruleSpec{Record: name, Expr: expr} }
	return ruleGroup{Name: "services.records", Interval: "30s", Rules: []ruleSpec{
		record(requestRate, `sum by (namespace, service) (rate(http_server_requests_total[5m]))`),
		record(errorRatio, `sum by (namespace, service) (rate(http_server_requests_total{status=~"5.."}[5m])) / (`+requestRate+` > 0)`),
		record(latencyP99, `histogram_quantile(0.99, sum by (namespace, service, le) (rate(http_server_request_duration_seconds_bucket[5m])))`),
	}}
}
