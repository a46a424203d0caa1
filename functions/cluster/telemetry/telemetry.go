// Package telemetry decides what a cluster does with traces, logs and metrics: the
// collectors that gather them, the rules that raise alerts, the dashboards.
//
// It reads the cluster's name and region, and where metrics go; it writes
// manifests of the namespace observability, and the rules of the Prometheus
// workspace. It makes no AWS resource: log groups, workspaces and roles are the
// Cluster function's, bound to the service accounts named here by Pod Identity.
package telemetry

import (
	"github.com/ausmart/platform/functions/cluster/manifests"
)

const (
	// Namespace that all of it is in.
	Namespace = "observability"

	// GatewayAccount is the service account of the collector that takes traces. It
	// needs xray:PutTraceSegments, xray:PutTelemetryRecords and what the sampling
	// rules are read with.
	GatewayAccount = "adot-collector"

	// MetricsAccount is the service account of the collector that scrapes metrics.
	// It needs aps:RemoteWrite on the workspace.
	MetricsAccount = "adot-metrics"

	// LogsAccount is the service account of the collector that reads the logs of
	// pods. It needs logs:CreateLogStream, logs:PutLogEvents and
	// logs:DescribeLogStreams on the groups of LogGroups.
	LogsAccount = "adot-logs"
)

// Inputs are what the collectors depend on.
type Inputs struct {
	// Cluster is the name of the EKS cluster.
	Cluster string

	// Region of AWS.
	Region string

	// PrometheusEndpoint of the AMP workspace, as AWS tells it: it ends in a slash.
	PrometheusEndpoint string

	// Redundant runs two gateways in two zones.
	Redundant bool
}

// All manifests in the order in which they go in.
func All(Inputs) ([]manifests.Manifest, error) {
	return nil, nil
}

// LogGroups of the cluster that the collectors write to. They must exist, with
// their retention, before the collectors do: those create none.
func LogGroups(cluster string) []string {
	return []string{"/ausmart/" + cluster + "/application", "/ausmart/" + cluster + "/platform"}
}

// A RuleNamespace is a set of rules of the AMP workspace.
type RuleNamespace struct {
	// Name of the namespace, and what the composed resource's name ends in.
	Name string

	// Data is the rules file, as YAML.
	Data string
}

// RuleNamespaces of the workspace.
func RuleNamespaces() ([]RuleNamespace, error) {
	return nil, nil
}
