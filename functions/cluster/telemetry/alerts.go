package telemetry

// Queues have no alert here: their length is in CloudWatch and not in Prometheus.

func serviceAlerts() ruleGroup {
	return alerts("services.alerts",
		alert{
			name: "ServiceErrors", severity: page, lasts: "5m",
			// With less than a request every ten seconds, one error would be a page.
			when:    errorRatio + ` > 0.05 and ` + requestRate + ` > 0.1`,
			summary: `{{ $labels.service }} in {{ $labels.namespace }} fails {{ $value | humanizePercentage }} of its requests`,
			runbook: "Was it deployed just now? Then roll back (kubectl rollout undo). Otherwise its log group tells the route and the cause of each " +
				"status 5xx; a trace in X-Ray shows which service behind it failed first.",
		},
		alert{
			name: "ServiceSlow", severity: page, lasts: "10m",
			when:    latencyP99 + ` > 1 and ` + requestRate + ` > 0.1`,
			summary: `{{ $labels.service }} in {{ $labels.namespace }} takes {{ $value | humanizeDuration }} for one request in a hundred`,
			runbook: "A trace in X-Ray shows where the time goes. The database: look at its CPU and connections in RDS. The service itself: its CPU " +
				"against its request, and whether its autoscaler is at its maximum.",
		},
		alert{
			name: "EventsNotDelivered", severity: ticket, lasts: "15m",
			when:    `max by (namespace, service) (orders_events_waiting) > 0`,
			summary: `{{ $value }} events of {{ $labels.service }} in {{ $labels.namespace }} wait for the message broker`,
			runbook: "Nothing is lost: events stay in the database until the broker has them. The service's log says why the broker refuses them; " +
				"most often it is the permission on the queue, or the network to it.",
		},
	)
}

func podAlerts() ruleGroup {
	return alerts("cluster.pods",
		alert{
			name: "PodCrashLoops", severity: page, lasts: "10m",
			when:    `max by (namespace, pod, container) (max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m])) > 0`,
			summary: `{{ $labels.container }} of pod {{ $labels.namespace }}/{{ $labels.pod }} crashes again and again`,
			runbook: "kubectl logs --previous shows its last words; kubectl describe pod its exit code. 137 is memory: raise the limit. A secret that " +
				"cannot be mounted is in the pod's events.",
		},
		alert{
			name: "PodPending", severity: ticket, lasts: "15m",
			when:    `sum by (namespace, pod) (kube_pod_status_phase{phase="Pending"}) > 0`,
			summary: `Pod {{ $labels.namespace }}/{{ $labels.pod }} does not start`,
			runbook: "kubectl describe pod says what it waits for. A node: is a NodePool at its limit (alert NodePoolFull)? An image: does the " +
				"repository have the tag? A volume or secret: see its events.",
		},
		alert{
			name: "ReplicasMissing", severity: ticket, lasts: "15m",
			when: `kube_deployment_spec_replicas - kube_deployment_status_replicas_available > 0` +
				` or kube_statefulset_replicas - kube_statefulset_status_replicas_ready > 0` +
				` or kube_daemonset_status_number_unavailable > 0`,
			summary: `{{ $labels.namespace }}/{{ $labels.deployment }}{{ $labels.statefulset }}{{ $labels.daemonset }} lacks {{ $value }} replicas`,
			runbook: "kubectl get pods shows which are not ready, and kubectl describe why: a failing readiness probe, no node, or a roll-out that is stuck.",
		},
		alert{
			name: "AutoscalerAtMaximum", severity: ticket, lasts: "30m",
			when: `kube_horizontalpodautoscaler_status_current_replicas >= kube_horizontalpodautoscaler_spec_max_replicas` +
				` and kube_horizontalpodautoscaler_spec_max_replicas > kube_horizontalpodautoscaler_spec_min_replicas`,
			summary: `{{ $labels.horizontalpodautoscaler }} in {{ $labels.namespace }} cannot grow further than {{ $value }} replicas`,
			runbook: "If the load is real, raise replicas.max in the Service claim. If not, look for what makes it work so hard: retries of a caller, a slow query.",
		},
		alert{
			name: "JobFailed", severity: ticket, lasts: "5m",
			when:    `sum by (namespace, job_name) (kube_job_status_failed) > 0`,
			summary: `Job {{ $labels.namespace }}/{{ $labels.job_name }} failed`,
			runbook: "kubectl logs job/NAME tells why. Delete the Job once it is understood; the alert goes with it.",
		},
	)
}

func nodeAlerts() ruleGroup {
	return alerts("cluster.nodes",
		alert{
			name: "NodeNotReady", severity: page, lasts: "5m",
			when:    `kube_node_status_condition{condition="Ready",status="true"} == 0`,
			summary: `Node {{ $labels.node }} is not ready`,
			runbook: "Its pods start elsewhere after five minutes. kubectl describe node tells the reason. Delete the node if it does not come back: " +
				"Karpenter or the node group starts another.",
		},
		alert{
			name: "NodePoolFull", severity: ticket, lasts: "15m",
			when:    `karpenter_nodepools_usage{resource_type=~"cpu|memory"} / (karpenter_nodepools_limit{resource_type=~"cpu|memory"} > 0) > 0.9`,
			summary: `NodePool {{ $labels.nodepool }} is at {{ $value | humanizePercentage }} of its {{ $labels.resource_type }}`,
			runbook: "At its limit Karpenter starts no more nodes and pods stay pending. Raise karpenter.onDemand or karpenter.spot in the Cluster claim, " +
				"or find out what grew.",
		},
		alert{
			name: "VolumeFills", severity: page, lasts: "10m",
			when:    `min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes) < 0.1`,
			summary: `Volume {{ $labels.namespace }}/{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} of its space left`,
			runbook: "Enlarge the claim's spec.resources.requests.storage: its gp3 volume grows without a restart. Then find out what fills it.",
		},
	)
}

// telemetryAlerts are about the metrics that all other alerts need.
func telemetryAlerts() ruleGroup {
	return alerts("cluster.telemetry",
		alert{
			name: "NoMetrics", severity: page, lasts: "15m",
			when:    `absent(kube_node_info)`,
			summary: "No metrics arrive from the cluster: no other alert can be raised",
			runbook: "kubectl -n observability get pods: do adot-metrics and kube-state-metrics run? The log of adot-metrics says whether the workspace " +
				"refuses it (403: its pod identity association or role).",
		},
		alert{
			name: "ScrapeFails", severity: ticket, lasts: "15m",
			when:    `sum by (job, namespace, pod, node) (up == 0)`,
			summary: `No metrics of {{ $labels.job }} {{ $labels.namespace }}/{{ $labels.pod }}{{ $labels.node }}`,
			runbook: "Does the pod listen on the port of its annotation prometheus.io/port, and does a NetworkPolicy let adot-metrics in?",
		},
	)
}

// crossplaneAlerts need the metrics of a Crossplane. In a cluster without one they are never
// raised.
func crossplaneAlerts() ruleGroup {
	return alerts("crossplane.alerts",
		alert{
			name: "ManagedResourcesNotSynced", severity: ticket, lasts: "15m",
			when:    `sum by (gvk) (crossplane_managed_resource_exists) - sum by (gvk) (crossplane_managed_resource_synced) > 0`,
			summary: `{{ $value }} resources of {{ $labels.gvk }} cannot be brought to what they should be`,
			runbook: "kubectl get managed lists those with SYNCED False; kubectl describe one of them for AWS' own words: a permission, a quota, a value " +
				"that AWS refuses.",
		},
		alert{
			name: "ManagedResourcesNotReady", severity: ticket, lasts: "45m",
			// An EKS cluster or a database takes up to half an hour.
			when:    `sum by (gvk) (crossplane_managed_resource_exists) - sum by (gvk) (crossplane_managed_resource_ready) > 0`,
			summary: `{{ $value }} resources of {{ $labels.gvk }} are not ready`,
			runbook: "The claim's status.waitingFor names what is awaited. kubectl get managed lists those with READY False.",
		},
		alert{
			name: "FunctionFails", severity: ticket, lasts: "15m",
			when:    `sum by (function_name) (rate(function_run_function_response_total{result_severity="Fatal"}[5m])) > 0`,
			summary: `{{ $labels.function_name }} refuses to compose`,
			runbook: "kubectl describe the claims of its kind: the condition Synced has its sentence, which says what to change. Nothing that exists was touched.",
		},
		alert{
			name: "CircuitOpens", severity: ticket, lasts: "10m",
			when:    `sum by (controller) (increase(circuit_breaker_opens_total[15m])) > 0`,
			summary: `Crossplane looks less often at what {{ $labels.controller }} is about`,
			runbook: "Something changes its resources without end: two writers of one field, or a function whose output flips. Compare two generations of the " +
				"composite resource. While many claims come up at once it is harmless; see the README on --circuit-breaker-burst.",
		},
	)
}
