package telemetry

import (
	"strings"
)

const (
	tokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token" //nolint:gosec // A path, not a credential.
	caFile    = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt"
)

// scraping is the part of Prometheus' configuration that is in use
// (prometheus.io/docs/prometheus/latest/configuration).
type scraping struct {
	Global        scrapeDefaults `json:"global"`
	ScrapeConfigs []scrape       `json:"scrape_configs"`
}

type scrapeDefaults struct {
	ScrapeInterval string `json:"scrape_interval"`
	ScrapeTimeout  string `json:"scrape_timeout"`
}

type scrape struct {
	JobName        string         `json:"job_name"`
	HonorLabels    bool           `json:"honor_labels,omitempty"`
	Scheme         string         `json:"scheme,omitempty"`
	MetricsPath    string         `json:"metrics_path,omitempty"`
	Authorization  *authorization `json:"authorization,omitempty"`
	TLS            *tlsConfig     `json:"tls_config,omitempty"`
	Kubernetes     []discovery    `json:"kubernetes_sd_configs,omitempty"`
	Static         []static       `json:"static_configs,omitempty"`
	Relabel        []relabel      `json:"relabel_configs,omitempty"`
	MetricsRelabel []relabel      `json:"metric_relabel_configs,omitempty"`
}

type authorization struct {
	CredentialsFile string `json:"credentials_file"`
}

type tlsConfig struct {
	CAFile string `json:"ca_file"`
}

type discovery struct {
	Role string `json:"role"`
}

type static struct {
	Targets []string `json:"targets"`
}

type relabel struct {
	Source      []string `json:"source_labels,omitempty"`
	Regex       string   `json:"regex,omitempty"`
	Target      string   `json:"target_label,omitempty"`
	Replacement string   `json:"replacement,omitempty"`
	Action      string   `json:"action,omitempty"`
}

// scrapes are all that is scraped. All but pods' own metrics is cut down to what the
// rules and dashboards query: AWS bills the workspace by the sample.
func scrapes() scraping {
	return scraping{
		// Twice in each minute: a rate over five minutes survives a lost scrape.
		Global:        scrapeDefaults{ScrapeInterval: "30s", ScrapeTimeout: "10s"},
		ScrapeConfigs: []scrape{pods(), stateOfObjects(), kubelet("kubelet", "/metrics", kubeletMetrics()), kubelet("cadvisor", "/metrics/cadvisor", cadvisorMetrics())},
	}
}

// pods that have the annotation prometheus.io/scrape, with those for port, path and
// scheme. A "$" is doubled here, since a collector takes a single one as a variable.
func pods() scrape {
	const meta = "__meta_kubernetes_pod_"
	return scrape{
		JobName:    "pods",
		Kubernetes: []discovery{{Role: "pod"}},
		Relabel: []relabel{
			{Source: []string{meta + "annotation_prometheus_io_scrape"}, Regex: "true", Action: "keep"},
			{Source: []string{meta + "phase"}, Regex: "Running", Action: "keep"},
			{Source: []string{meta + "container_init"}, Regex: "true", Action: "drop"},
			{Source: []string{meta + "annotation_prometheus_io_scheme"}, Regex: "(https?)", Target: "__scheme__"},
			{Source: []string{meta + "annotation_prometheus_io_path"}, Regex: "(.+)", Target: "__metrics_path__"},
			{Source: []string{meta + "ip", meta + "annotation_prometheus_io_port"}, Regex: "(.+);([0-9]+)", Replacement: "$${1}:$${2}", Target: "__address__"},
			{Source: []string{"__meta_kubernetes_namespace"}, Target: "namespace"},
			{Source: []string{meta + "name"}, Target: "pod"},
			{Source: []string{meta + "node_name"}, Target: "node"},
			{Source: []string{meta + "label_app_kubernetes_io_name"}, Target: "service"},
		},
		MetricsRelabel: []relabel{{Source: []string{"__name__"}, Regex: strings.Join(tooMany(), "|"), Action: "drop"}},
	}
}

// tooMany are metrics with thousands of series that no one reads: what each instance
// type would cost in each zone, and how controllers spend their time.
func tooMany() []string {
	return []string{"karpenter_cloudprovider_instance_type_.+", "(controller_runtime|rest_client|workqueue)_.+_(bucket|sum|count)"}
}

// stateOfObjects has labels of its own for the namespace and pod that a metric is
// about, which are not those of kube-state-metrics.
func stateOfObjects() scrape {
	return scrape{
		JobName:     stateMetrics,
		HonorLabels: true,
		Static:      []static{{Targets: []string{stateMetrics + "." + Namespace + ".svc:8080"}}},
	}
}

func kubelet(job, path string, metrics []string) scrape {
	return scrape{
		JobName:       job,
		Scheme:        "https",
		MetricsPath:   path,
		HonorLabels:   true,
		Authorization: &authorization{CredentialsFile: tokenFile},
		TLS:           &tlsConfig{CAFile: caFile},
		Kubernetes:    []discovery{{Role: "node"}},
		Relabel:       []relabel{{Source: []string{"__meta_kubernetes_node_name"}, Target: "node"}},
		MetricsRelabel: []relabel{
			{Source: []string{"__name__"}, Regex: strings.Join(metrics, "|"), Action: "keep"},
		},
	}
}

func kubeletMetrics() []string {
	return []string{"kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes"}
}

func cadvisorMetrics() []string {
	return []string{"container_cpu_usage_seconds_total", "container_memory_working_set_bytes"}
}
