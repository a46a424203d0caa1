package telemetry

import (
	"strconv"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/incluster"
)

const (
	// collectorImage is AWS' build of the OpenTelemetry collector, of 2026-07-14:
	// collector 0.156.0. test/telemetry runs the configs through its
	// components' code (github.com/aws-observability/aws-otel-collector, tag v0.49.0,
	// pkg/defaultcomponents; read 2026-11-24).
	collectorImage = "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0"

	// stateMetricsImage is of 2026-08-17 (github.com/kubernetes/kube-state-metrics,
	// tag v2.20.0; read 2026-11-24).
	stateMetricsImage = "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.20.0"

	// unprivileged is a user that owns nothing. The images give their own user by name,
	// and the kubelet cannot check that a name is not root's.
	unprivileged = 65534

	configVolume = "config"
	configDir    = "/etc/collector"

	healthPort    = 13133
	ownMetricPort = 8888
)

// A size of a pod.
type size struct {
	cpu, memory, memoryLimit string

	// goMemory is nine tenths of the limit. There Go collects garbage more often, which
	// slows a pod that would be killed otherwise.
	goMemory string
}

func (s size) resources() corev1.ResourceRequirements {
	return incluster.Resources(s.cpu, s.memory, s.memoryLimit)
}

// small is for a collector whose work is that of one node or less; medium for one
// that works for the whole cluster.
func small() size  { return size{"50m", "128Mi", "256Mi", "230MiB"} }
func medium() size { return size{"100m", "256Mi", "512Mi", "460MiB"} }

func deployment(name string, replicas int32, pod corev1.PodTemplateSpec) appsv1.Deployment {
	return appsv1.Deployment{
		ObjectMeta: named(Namespace, name),
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: labels(name)},
			Template: pod,
		},
	}
}

// collector is the pod of a collector, which mounts the ConfigMap of its name. Another
// config makes other pods: its digest is on them.
func collector(name, digest string, s size, ports ...corev1.ContainerPort) corev1.PodTemplateSpec {
	annotations := conventions.ScrapeAnnotations(strconv.Itoa(ownMetricPort), "")
	annotations["platform.ausmart.io/config"] = digest
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{Labels: labels(name), Annotations: annotations},
		Spec: corev1.PodSpec{
			ServiceAccountName: name,
			SecurityContext: &corev1.PodSecurityContext{
				RunAsNonRoot:   new(true),
				RunAsUser:      new(int64(unprivileged)),
				RunAsGroup:     new(int64(unprivileged)),
				SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			},
			Containers: []corev1.Container{{
				Name:            "collector",
				Image:           collectorImage,
				Args:            []string{"--config=" + configDir + "/" + configFile},
				Env:             []corev1.EnvVar{{Name: "GOMEMLIMIT", Value: s.goMemory}, fieldEnv("NODE_NAME", "spec.nodeName")},
				Ports:           append(ports, port("own-metrics", ownMetricPort), port("health", healthPort)),
				Resources:       s.resources(),
				SecurityContext: restricted(),
				ReadinessProbe:  probe("/", "health"),
				LivenessProbe:   probe("/", "health"),
				VolumeMounts:    []corev1.VolumeMount{{Name: configVolume, MountPath: configDir, ReadOnly: true}},
			}},
			Volumes: []corev1.Volume{{Name: configVolume, VolumeSource: corev1.VolumeSource{
				ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}},
			}}},
		},
	}
}

func port(name string, number int32) corev1.ContainerPort {
	return corev1.ContainerPort{Name: name, ContainerPort: number, Protocol: corev1.ProtocolTCP}
}

func fieldEnv(name, path string) corev1.EnvVar {
	return corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: path}}}
}

func probe(path, port string) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler:     corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromString(port)}},
		PeriodSeconds:    10,
		TimeoutSeconds:   5,
		FailureThreshold: 6,
	}
}

// restricted is for a container that can neither write its own files nor gain rights.
func restricted() *corev1.SecurityContext {
	return &corev1.SecurityContext{
		AllowPrivilegeEscalation: new(false),
		ReadOnlyRootFilesystem:   new(true),
		Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
	}
}
