// Package telemetry decides what a cluster does with traces, logs and metrics: the
// collectors that gather them, and the rules that raise alerts.
//
// It reads the cluster's name and region, and where metrics go; it writes
// manifests of two namespaces, and the rules of the Prometheus workspace. It makes
// no AWS resource: log groups, workspaces and roles are the Cluster function's,
// bound to the service accounts named here by Pod Identity, before these are applied.
//
// Pods reach the gateway at adot-collector.observability, port 4317 (gRPC) or 4318
// (HTTP). Metrics are scraped of pods that carry prometheus.io/scrape: "true".
// What any container prints is collected.
package telemetry

import (
	"slices"

	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/incluster"
)

const (
	// Namespace of all that needs nothing of its node.
	Namespace = conventions.TelemetryNamespace

	// LogsNamespace is for the collector of logs alone.
	LogsNamespace = conventions.TelemetryLogsNamespace

	// Gateway is the collector that takes traces, its Service and its service
	// account, in Namespace. Its role needs xray:PutTraceSegments and
	// xray:PutTelemetryRecords.
	Gateway = conventions.TelemetryGateway

	// Metrics is the collector of metrics and its service account, in Namespace. Its
	// role needs aps:RemoteWrite on the workspace.
	Metrics = "adot-metrics"

	// Logs is the collector of logs and its service account, in LogsNamespace. Its
	// role needs logs:CreateLogStream, logs:DescribeLogStreams and logs:PutLogEvents
	// on the groups of LogGroups.
	Logs = "adot-logs"

	// stateMetrics exports the states of Kubernetes' objects as metrics.
	stateMetrics = "kube-state-metrics"
)

// Inputs are what the collectors depend on.
type Inputs struct {
	// Cluster is the name of the EKS cluster.
	Cluster string

	// Region of AWS.
	Region string

	// PrometheusEndpoint of the AMP workspace, as AWS answers it: it ends in a slash.
	PrometheusEndpoint string

	// WithoutMetrics leaves out the collector of metrics, which has nowhere to send them.
	WithoutMetrics bool

	// Redundant runs two gateways in two zones.
	Redundant bool
}

// All manifests in the order in which they are applied.
func All(in Inputs) ([]incluster.NamedManifest, error) {
	gateway, err := gateway(in)
	if err != nil {
		return nil, err
	}
	metrics, err := metrics(in)
	if err != nil {
		return nil, err
	}
	logs, err := logs(in)
	if err != nil {
		return nil, err
	}
	metrics = append(kubeStateMetrics(), metrics...)
	if in.WithoutMetrics {
		metrics = nil
	}
	return incluster.Manifests(slices.Concat(namespaces(), gateway, metrics, logs)...)
}

// LogGroups that the collector of logs writes to. They must exist, with their
// retention, before it does: it may not make any.
func LogGroups(cluster string) []string {
	return []string{applicationLogs(cluster), platformLogs(cluster)}
}

// applicationLogs is the group of the pods of claims.
func applicationLogs(cluster string) string { return "/ausmart/" + cluster + "/application" }

// platformLogs is the group of all that the platform itself runs.
func platformLogs(cluster string) string { return "/ausmart/" + cluster + "/platform" }
