package telemetry

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"github.com/ausmart/platform/functions/internal/incluster"
)

// kubeStateMetrics exports the states of Kubernetes' objects: AWS' collector has no
// component for that. It is one pod: two would export everything twice.
func kubeStateMetrics() []incluster.NamedObject {
	http, own := port("http", 8080), port("own-metrics", 8081)
	pod := collector(stateMetrics, "", small())
	pod.Annotations = nil // Its metrics have a scrape of their own.
	pod.Spec.AutomountServiceAccountToken = new(true)
	pod.Spec.Volumes = nil
	pod.Spec.Containers = []corev1.Container{{
		Name:  stateMetrics,
		Image: stateMetricsImage,
		Args: []string{
			"--resources=" + strings.Join(stateResources(), ","),
			"--metric-allowlist=" + strings.Join(stateAllowed(), ","),
		},
		Env:             []corev1.EnvVar{{Name: "GOMEMLIMIT", Value: small().goMemory}},
		Ports:           []corev1.ContainerPort{http, own},
		Resources:       small().resources(),
		SecurityContext: restricted(),
		ReadinessProbe:  probe("/readyz", "own-metrics"),
		LivenessProbe:   probe("/livez", "http"),
	}}
	return slices.Concat(
		[]incluster.NamedObject{account(Namespace, stateMetrics)},
		clusterRole(stateMetrics, stateRules()...),
		[]incluster.NamedObject{readyWhenAvailable("deployment-"+stateMetrics, deployment(stateMetrics, 1, pod)), service(stateMetrics, http)},
	)
}

func stateRules() []rbacv1.PolicyRule {
	watch := []string{"list", "watch"}
	return []rbacv1.PolicyRule{
		rule("", watch, "nodes", "pods"),
		rule("apps", watch, "daemonsets", "deployments", "statefulsets"),
		rule("autoscaling", watch, "horizontalpodautoscalers"),
		rule("batch", watch, "jobs"),
	}
}

func stateResources() []string {
	return []string{"daemonsets", "deployments", "horizontalpodautoscalers", "jobs", "nodes", "pods", "statefulsets"}
}

// stateAllowed are the metrics that the rules and dashboards query.
func stateAllowed() []string {
	return []string{
		"kube_daemonset_status_number_unavailable",
		"kube_deployment_spec_replicas",
		"kube_deployment_status_replicas_available",
		"kube_horizontalpodautoscaler_spec_max_replicas",
		"kube_horizontalpodautoscaler_spec_min_replicas",
		"kube_horizontalpodautoscaler_status_current_replicas",
		"kube_job_status_failed",
		"kube_node_info",
		"kube_node_status_allocatable",
		"kube_node_status_condition",
		"kube_pod_container_resource_limits",
		"kube_pod_container_resource_requests",
		"kube_pod_container_status_last_terminated_reason",
		"kube_pod_container_status_restarts_total",
		"kube_pod_container_status_waiting_reason",
		"kube_pod_status_phase",
		"kube_statefulset_replicas",
		"kube_statefulset_status_replicas_ready",
	}
}
