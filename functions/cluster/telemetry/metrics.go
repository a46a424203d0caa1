package telemetry

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"

	"github.com/ausmart/platform/functions/internal/incluster"
)

// metrics scrapes pods, kubelets and kube-state-metrics, and writes to the Prometheus
// workspace. It is one pod in every environment: two would write everything twice.
func metrics(in Inputs) ([]incluster.NamedObject, error) {
	conf, digest, err := configMap(Namespace, Metrics, metricsConfig(in))
	if err != nil {
		return nil, err
	}
	pod := collector(Metrics, digest, medium())
	pod.Spec.AutomountServiceAccountToken = new(true)
	d := deployment(Metrics, 1, pod)
	// Not two at once, for the same reason.
	d.Spec.Strategy = appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	return slices.Concat(
		[]incluster.NamedObject{account(Namespace, Metrics)},
		clusterRole(Metrics,
			rule("", []string{"get", "list", "watch"}, "pods", "nodes"),
			// Of a kubelet, only its metrics. nodes/proxy would give them too, and with
			// them a command line in every pod.
			rule("", []string{"get"}, "nodes/metrics"),
		),
		[]incluster.NamedObject{conf, readyWhenAvailable("deployment-"+Metrics, d)},
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

var metricsReceivers = receiversOf(func() map[string]any { //nolint:gochecknoglobals // A constant text.
	return map[string]any{"prometheus": prometheusReceiver{Config: scrapes()}}
})

func metricsConfig(in Inputs) config {
	return config{
		Extensions: map[string]any{
			"health_check": listenOn(healthPort),
			"sigv4auth":    sigv4{Region: in.Region, Service: "aps"},
		},
		Receivers: metricsReceivers,
		Processors: map[string]any{
			"memory_limiter": limiter(),
			"batch":          batch{Timeout: "10s", SendBatchSize: 2000},
		},
		Exporters: map[string]any{"prometheus_remote_write": remoteWrite{
			Endpoint: in.PrometheusEndpoint + "api/v1/remote_write",
			Auth:     authenticator{Authenticator: "sigv4auth"},
			// It distinguishes clusters in a Grafana that reads several workspaces.
			ExternalLabels: map[string]string{"cluster": in.Cluster},
			// Metrics keep the names that they were scraped under, and get no series
			// that only OpenTelemetry has.
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
			Telemetry: newOwnTelemetry(),
		},
	}
}
