package dashboards

// All dashboards by the name of their file.
func All() map[string]Dashboard {
	return map[string]Dashboard{"workloads.json": Workloads(), "crossplane.json": Crossplane()}
}

// Workloads is what runs in a cluster: its services as their callers see them, its
// pods, its nodes.
func Workloads() Dashboard {
	return dashboard("ausmart-workloads", "Workloads", "Services as their callers see them, pods, nodes",
		[]Variable{{
			Name: "namespace", Label: "Namespace", Type: "query", Query: "label_values(kube_pod_status_phase, namespace)",
			Datasource: prometheus(), Refresh: 2, Multi: true, IncludeAll: true, AllValue: ".+",
		}},
		row{"Services", []Panel{
			graph("Requests", "Answered in a second.", "reqps",
				`namespace_service:http_server_requests:rate5m{namespace=~"$namespace"}`, "{{service}}"),
			graph("Errors", "Share of requests with a status of 5xx. Above 5 % an alert fires.", "percentunit",
				`namespace_service:http_server_errors:ratio_rate5m{namespace=~"$namespace"}`, "{{service}}"),
			graph("Slowest in a hundred", "What 99 of 100 requests are faster than. The buckets end at 2.5 seconds, and so does this.", "s",
				`namespace_service:http_server_request_duration_seconds:p99_5m{namespace=~"$namespace"}`, "{{service}}"),
		}},
		row{"Pods", []Panel{
			graph("CPU against request", "1 is all that was asked for.", "percentunit",
				`sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{namespace=~"$namespace",container!=""}[5m]))`+
					` / sum by (namespace, pod) (kube_pod_container_resource_requests{namespace=~"$namespace",resource="cpu"})`, "{{pod}}"),
			graph("Memory against limit", "At 1 the container is killed.", "percentunit",
				`sum by (namespace, pod) (container_memory_working_set_bytes{namespace=~"$namespace",container!=""})`+
					` / sum by (namespace, pod) (kube_pod_container_resource_limits{namespace=~"$namespace",resource="memory"})`, "{{pod}}"),
			graph("Restarts", "In an hour, by the reason of the last one.", "short",
				`sum by (namespace, pod, reason) (increase(kube_pod_container_status_restarts_total{namespace=~"$namespace"}[1h])`+
					` * on (namespace, pod, container) group_left (reason) kube_pod_container_status_last_terminated_reason) > 0`, "{{pod}} {{reason}}"),
			graph("Replicas against maximum", "At 1 the autoscaler cannot grow further.", "percentunit",
				`kube_horizontalpodautoscaler_status_current_replicas{namespace=~"$namespace"}`+
					` / kube_horizontalpodautoscaler_spec_max_replicas`, "{{horizontalpodautoscaler}}"),
		}},
		row{"Nodes", []Panel{
			graph("Requested CPU", "Share of the nodes' cores that pods asked for.", "percentunit",
				`sum(kube_pod_container_resource_requests{resource="cpu"}) / sum(kube_node_status_allocatable{resource="cpu"})`, "requested"),
			graph("Node pools", "Share of each pool's limit that is in use.", "percentunit",
				`karpenter_nodepools_usage{resource_type=~"cpu|memory"} / (karpenter_nodepools_limit{resource_type=~"cpu|memory"} > 0)`,
				"{{nodepool}} {{resource_type}}"),
			graph("Volumes", "Share of each volume that is left.", "percentunit",
				`min by (namespace, persistentvolumeclaim) (kubelet_volume_stats_available_bytes{namespace=~"$namespace"}`+
					` / kubelet_volume_stats_capacity_bytes)`, "{{persistentvolumeclaim}}"),
		}},
	)
}

// Crossplane is what the platform itself does. Its metrics are Crossplane's and
// its providers', so it shows the cluster that runs those.
func Crossplane() Dashboard {
	return dashboard("ausmart-crossplane", "Crossplane", "Managed resources, functions, reconciles", nil,
		row{"Now", []Panel{
			number("Managed resources", "All that exist.", `sum(crossplane_managed_resource_exists)`),
			number("Not synced", "AWS refuses what they should be.",
				`sum(crossplane_managed_resource_exists) - sum(crossplane_managed_resource_synced)`),
			number("Not ready", "Pending in AWS, or failed.",
				`sum(crossplane_managed_resource_exists) - sum(crossplane_managed_resource_ready)`),
			number("Circuits opened", "In the last hour: composites that changed too often.", `sum(increase(circuit_breaker_opens_total[1h]))`),
		}},
		row{"Managed resources", []Panel{
			graph("Not ready", "By kind.", "short",
				`sum by (gvk) (crossplane_managed_resource_exists) - sum by (gvk) (crossplane_managed_resource_ready) > 0`, "{{gvk}}"),
			graph("Time to ready", "Median, by kind, of those that became ready in the last hour.", "s",
				`histogram_quantile(0.5, sum by (gvk, le) (increase(crossplane_managed_resource_first_time_to_readiness_seconds_bucket[1h])))`, "{{gvk}}"),
		}},
		row{"Functions", []Panel{
			graph("Calls", "In a second.", "reqps", `sum by (function_name) (rate(function_run_function_request_total[5m]))`, "{{function_name}}"),
			graph("Slowest in twenty", "What 19 of 20 calls are faster than.", "s",
				`histogram_quantile(0.95, sum by (function_name, le) (rate(function_run_function_seconds_bucket[5m])))`, "{{function_name}}"),
			graph("Refusals", "Calls whose result was fatal.", "reqps",
				`sum by (function_name) (rate(function_run_function_response_total{result_severity="Fatal"}[5m]))`, "{{function_name}}"),
		}},
	)
}
