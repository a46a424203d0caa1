package telemetry

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/ausmart/platform/functions/cluster/manifests"
)

// metrics scrapes what pods, kubelets and kube-state-metrics tell, and writes it
// to the Prometheus workspace. It is one pod in every environment: two would
// write everything twice.
func metrics(in Inputs) ([]manifests.Typed, error) {
	conf, digest, err := written(Namespace, Metrics, metricsConfig(in))
	if err != nil {
		return nil, err
	}
	pod := collector(Metrics, digest, medium())
	pod.Spec.AutomountServiceAccountToken = new(true)
	d := deployment(Metrics, 1, pod)
	// Not both at once, for the same reason.
	d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	return slices.Concat(
		[]manifests.Typed{account(Namespace, Metrics)},
		reads(Metrics,
			rule("", []string{"get", "list", "watch"}, "pods", "nodes"),
			// Of a kubelet, only its metrics. By nodes/proxy they could be had too, and
			// with them a shell in every pod.
			rule("", []string{"get"}, "nodes/metrics"),
		),
		[]manifests.Typed{conf, available("deployment-"+Metrics, d)},
	), nil
}

type prometheusReceiver struct {
	Config scraping `json:"config"`
}

type remoteWrite struct {
	Endpoint          string            `json:"endpoint"`
	Auth              authenticator     `json:"auth"`
	ExternalLabels    map[string]string `json:"external_labels"`
	AddMetricSuffixes bool              `json:"add_metric_suffixes"`
	DisableScopeInfo  bool              `json:"disable_scope_info"`
	TargetInfo        targetInfo        `json:"target_info"`
}

type authenticator struct {
	Authenticator string `json:"authenticator"`
}

type targetInfo struct {
	Enabled bool `json:"enabled"`
}

type sigv4 struct {
	Region  string `json:"region"`
	Service string `json:"service"`
}

func metricsConfig(in Inputs) config {
	return config{
		Extensions: map[string]any{
			"health_check": health(),
			"sigv4auth":    sigv4{Region: in.Region, Service: "aps"},
		},
		Receivers: map[string]any{"prometheus": prometheusReceiver{Config: scrapes()}},
		Processors: map[string]any{
			"memory_limiter": limiter(),
			"batch":          batch{Timeout: "10s", SendBatchSize: 2000},
		},
		Exporters: map[string]any{"prometheus_remote_write": remoteWrite{
			Endpoint: in.PrometheusEndpoint + "api/v1/remote_write",
			Auth:     authenticator{Authenticator: "sigv4auth"},
			// A Grafana that reads several workspaces tells them apart by it.
			ExternalLabels: map[string]string{"cluster": in.Cluster},
			// Metrics keep the names that they were scraped under, and get no series
			// beside them that only OpenTelemetry knows.
			AddMetricSuffixes: false,
			DisableScopeInfo:  true,
			TargetInfo:        targetInfo{Enabled: false},
		}},
		Service: collectingService{
			Extensions: []string{"health_check", "sigv4auth"},
			Pipelines: map[string]pipeline{"metrics": {
				Receivers:  []string{"prometheus"},
				Processors: []string{"memory_limiter", "batch"},
				Exporters:  []string{"prometheus_remote_write"},
			}},
			Telemetry: told(),
		},
	}
}
