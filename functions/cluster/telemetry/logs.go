package telemetry

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/incluster"
)

const (
	podLogs = "/var/log/pods"

	// positions has how far each file was read. It is on the node, so that a new pod of
	// the collector continues where the old one stopped.
	positions = "/var/lib/ausmart/adot-logs"
)

// logs reads what containers print, on every node, and writes it to CloudWatch. It
// calls no API of Kubernetes and has no rights there: a file's path names its pod.
func logs(in Inputs) ([]incluster.NamedObject, error) {
	conf, digest, err := configMap(LogsNamespace, Logs, logsConfig(in))
	if err != nil {
		return nil, err
	}
	pod := collector(Logs, digest, small())
	// The kubelet's files are root's. The container may read them, and has none of
	// root's other rights.
	pod.Spec.SecurityContext.RunAsNonRoot = new(false)
	pod.Spec.SecurityContext.RunAsUser = new(int64(0))
	pod.Spec.SecurityContext.RunAsGroup = new(int64(0))
	pod.Spec.PriorityClassName = "system-node-critical"
	pod.Spec.Tolerations = []corev1.Toleration{{Operator: corev1.TolerationOpExists}}
	mount(&pod.Spec, "pod-logs", podLogs, corev1.HostPathDirectory, true)
	mount(&pod.Spec, "positions", positions, corev1.HostPathDirectoryOrCreate, false)
	return []incluster.NamedObject{
		account(LogsNamespace, Logs),
		conf,
		{
			Name: "daemon-set-" + Logs,
			Object: appsv1.DaemonSet{
				ObjectMeta: named(LogsNamespace, Logs),
				Spec: appsv1.DaemonSetSpec{
					Selector: &metav1.LabelSelector{MatchLabels: labels(Logs)},
					Template: pod,
				},
			},
			// A node that comes or goes must not make the whole cluster unready.
			Readiness: incluster.ObjectReadiness{Policy: incluster.WhenCreated},
		},
	}, nil
}

func mount(pod *corev1.PodSpec, name, path string, kind corev1.HostPathType, readOnly bool) {
	pod.Volumes = append(pod.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
		HostPath: &corev1.HostPathVolumeSource{Path: path, Type: &kind},
	}})
	c := &pod.Containers[0]
	c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: name, MountPath: path, ReadOnly: readOnly})
}

type fileLog struct {
	Include        []string   `json:"include"`
	Exclude        []string   `json:"exclude,omitempty"`
	StartAt        string     `json:"start_at"`
	Storage        string     `json:"storage"`
	IncludePath    bool       `json:"include_file_path"`
	IncludeName    bool       `json:"include_file_name"`
	RetryOnFailure retry      `json:"retry_on_failure"`
	Operators      []operator `json:"operators"`
}

type retry struct {
	Enabled bool `json:"enabled"`
}

type operator struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

type fileStorage struct {
	Directory       string `json:"directory"`
	CreateDirectory bool   `json:"create_directory"`
}

type cloudWatch struct {
	awsSession

	LogGroup  string `json:"log_group_name"`
	LogStream string `json:"log_stream_name"`
}

// platformNamespaces hold what the platform itself runs.
func platformNamespaces() []string {
	return []string{"kube-system", conventions.ExternalDNSNamespace, Namespace}
}

// files of the pods of namespaces; the folders are called NAMESPACE_POD_UID.
func files(namespaces ...string) []string {
	out := make([]string, 0, len(namespaces))
	for _, n := range namespaces {
		out = append(out, podLogs+"/"+n+"_*/*/*.log")
	}
	return out
}

var logsReceivers = receiversOf(func() map[string]any { //nolint:gochecknoglobals // A constant text.
	read := func(include, exclude []string) fileLog {
		return fileLog{
			Include: include,
			Exclude: exclude,
			// A pod may print before its file is found.
			StartAt:        "beginning",
			Storage:        "file_storage",
			IncludePath:    true,
			RetryOnFailure: retry{Enabled: true},
			Operators:      []operator{{ID: "container", Type: "container"}},
		}
	}
	return map[string]any{
		// Its own log is left out of both: an error about a line would be a line.
		"file_log/application": read(files("*"), files(append(platformNamespaces(), LogsNamespace)...)),
		"file_log/platform":    read(files(platformNamespaces()...), nil),
	}
})

func logsConfig(in Inputs) config {
	write := func(group string) cloudWatch {
		return cloudWatch{awsSession: awsSession{Region: in.Region, LocalMode: true}, LogGroup: group, LogStream: "${env:NODE_NAME}"}
	}
	flow := func(name string) pipeline {
		return pipeline{
			Receivers:  []string{"file_log/" + name},
			Processors: []string{"memory_limiter", "batch"},
			Exporters:  []string{"awscloudwatchlogs/" + name},
		}
	}
	return config{
		Extensions: map[string]any{
			"health_check": listenOn(healthPort),
			"file_storage": fileStorage{Directory: positions, CreateDirectory: true},
		},
		Receivers: logsReceivers,
		Processors: map[string]any{
			"memory_limiter": limiter(),
			"batch":          batch{Timeout: "5s", SendBatchSize: 1000},
		},
		Exporters: map[string]any{
			"awscloudwatchlogs/application": write(applicationLogs(in.Cluster)),
			"awscloudwatchlogs/platform":    write(platformLogs(in.Cluster)),
		},
		Service: collectingService{
			Extensions: []string{"health_check", "file_storage"},
			Pipelines:  map[string]pipeline{"logs/application": flow("application"), "logs/platform": flow("platform")},
			Telemetry:  newOwnTelemetry(),
		},
	}
}
