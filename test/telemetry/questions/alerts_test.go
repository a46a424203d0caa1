package questions

import (
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/promqltest"
	"github.com/prometheus/prometheus/storage"
)

// TestAlerts replays a cluster's metrics for an hour, minute by minute, and checks whether an alert
// is raised at the end. Series are in Prometheus' own test notation: 0+6x60 starts at 0 and grows
// by 6 each minute.
func TestAlerts(t *testing.T) {
	const busy = "namespace_service:http_server_requests:rate5m{namespace='shop',service='cart'} 5x60\n"
	cases := map[string]struct {
		reason string
		alert  string
		series string
		want   bool
	}{
		"ManyErrors": {
			reason: "One request in ten fails.",
			alert:  "ServiceErrors",
			series: busy + "namespace_service:http_server_errors:ratio_rate5m{namespace='shop',service='cart'} 0.1x60",
			want:   true,
		},
		"FewErrors": {
			reason: "One in a hundred does not raise the alert.",
			alert:  "ServiceErrors",
			series: busy + "namespace_service:http_server_errors:ratio_rate5m{namespace='shop',service='cart'} 0.01x60",
		},
		"ErrorWithoutTraffic": {
			reason: "Of three requests in a minute, one fails.",
			alert:  "ServiceErrors",
			series: "namespace_service:http_server_requests:rate5m{namespace='shop',service='cart'} 0.05x60\n" +
				"namespace_service:http_server_errors:ratio_rate5m{namespace='shop',service='cart'} 0.33x60",
		},
		"Slow": {
			reason: "One request in a hundred takes two seconds.",
			alert:  "ServiceSlow",
			series: busy + "namespace_service:http_server_request_duration_seconds:p99_5m{namespace='shop',service='cart'} 2x60",
			want:   true,
		},
		"CrashLoop": {
			reason: "It waits to be restarted.",
			alert:  "PodCrashLoops",
			series: "kube_pod_container_status_waiting_reason{namespace='shop',pod='p',container='c',reason='CrashLoopBackOff'} 1x60",
			want:   true,
		},
		"CrashLoopBetweenTries": {
			reason: "It runs for two minutes between its crashes.",
			alert:  "PodCrashLoops",
			series: "kube_pod_container_status_waiting_reason{namespace='shop',pod='p',container='c',reason='CrashLoopBackOff'} 1x57 _x3",
			want:   true,
		},
		"Starting": {
			reason: "It waits for its image.",
			alert:  "PodCrashLoops",
			series: "kube_pod_container_status_waiting_reason{namespace='shop',pod='p',container='c',reason='ContainerCreating'} 1x60",
		},
		"ReplicaMissing": {
			reason: "Two of three are available.",
			alert:  "ReplicasMissing",
			series: "kube_deployment_spec_replicas{namespace='shop',deployment='cart'} 3x60\n" +
				"kube_deployment_status_replicas_available{namespace='shop',deployment='cart'} 2x60",
			want: true,
		},
		"AllReplicas": {
			reason: "Three of three are.",
			alert:  "ReplicasMissing",
			series: "kube_deployment_spec_replicas{namespace='shop',deployment='cart'} 3x60\n" +
				"kube_deployment_status_replicas_available{namespace='shop',deployment='cart'} 3x60",
		},
		"AtMaximum": {
			reason: "It would grow if it could.",
			alert:  "AutoscalerAtMaximum",
			series: autoscaler("2", "10", "10"),
			want:   true,
		},
		"FixedSize": {
			reason: "It was not meant to grow.",
			alert:  "AutoscalerAtMaximum",
			series: autoscaler("2", "2", "2"),
		},
		"NodeGone": {
			reason: "The kubelet is silent: its state is unknown, and Ready is not true.",
			alert:  "NodeNotReady",
			series: "kube_node_status_condition{node='n',condition='Ready',status='true'} 0x60\n" +
				"kube_node_status_condition{node='n',condition='Ready',status='unknown'} 1x60",
			want: true,
		},
		"PoolFull": {
			reason: "39 of 40 cores are in use.",
			alert:  "NodePoolFull",
			series: "karpenter_nodepools_usage{nodepool='spot',resource_type='cpu'} 39x60\nkarpenter_nodepools_limit{nodepool='spot',resource_type='cpu'} 40x60",
			want:   true,
		},
		"VolumeFull": {
			reason: "5 of 100 bytes are left.",
			alert:  "VolumeFills",
			series: "kubelet_volume_stats_available_bytes{namespace='shop',persistentvolumeclaim='v',node='n'} 5x60\n" +
				"kubelet_volume_stats_capacity_bytes{namespace='shop',persistentvolumeclaim='v',node='n'} 100x60",
			want: true,
		},
		"Blind": {
			reason: "The cluster sends no metrics any more.",
			alert:  "NoMetrics",
			series: "kube_node_info{node='n'} 1x40",
			want:   true,
		},
		"Seeing": {
			reason: "It still sends metrics.",
			alert:  "NoMetrics",
			series: "kube_node_info{node='n'} 1x60",
		},
		"NotSynced": {
			reason: "One of four subnets is refused; the provider tells each number in a series of its own.",
			alert:  "ManagedResourcesNotSynced",
			series: "crossplane_managed_resource_exists{gvk='Subnet',pod='a'} 4x60\ncrossplane_managed_resource_synced{gvk='Subnet',pod='a'} 3x60",
			want:   true,
		},
		"Ready": {
			reason: "All of them are ready.",
			alert:  "ManagedResourcesNotReady",
			series: "crossplane_managed_resource_exists{gvk='Subnet'} 4x60\ncrossplane_managed_resource_ready{gvk='Subnet'} 4x60",
		},
	}
	questions := questions(t)
	engine := promqltest.NewTestEngine(t, false, 0, 1_000_000)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			store := promqltest.LoadedStorage(t, "load 1m\n"+tc.series)
			expr, ok := questions["rule "+tc.alert]
			if !ok {
				t.Fatalf("there is no alert %s", tc.alert)
			}
			if got := holds(t, engine, store, expr); got != tc.want {
				t.Errorf("%s\n%s: raised %v, want %v", tc.reason, tc.alert, got, tc.want)
			}
		})
	}
}

func autoscaler(low, high, now string) string {
	const of = "{namespace='shop',horizontalpodautoscaler='cart'} "
	return "kube_horizontalpodautoscaler_spec_min_replicas" + of + low + "x60\n" +
		"kube_horizontalpodautoscaler_spec_max_replicas" + of + high + "x60\n" +
		"kube_horizontalpodautoscaler_status_current_replicas" + of + now + "x60"
}

// TestRecords replays requests, and checks the recorded series.
func TestRecords(t *testing.T) {
	questions := questions(t)
	engine := promqltest.NewTestEngine(t, false, 0, 1_000_000)
	const (
		of     = "namespace='shop',service='cart'"
		series = "load 1m\n" +
			"http_server_requests_total{" + of + ",pod='a',status='200'} 0+270x60\n" +
			"http_server_requests_total{" + of + ",pod='b',status='500'} 0+30x60\n" +
			"namespace_service:http_server_requests:rate5m{" + of + "} 5x60\n" +
			"http_server_request_duration_seconds_bucket{" + of + ",le='0.1'} 0+270x60\n" +
			"http_server_request_duration_seconds_bucket{" + of + ",le='0.5'} 0+300x60\n" +
			"http_server_request_duration_seconds_bucket{" + of + ",le='+Inf'} 0+300x60\n"
	)
	cases := map[string]struct {
		reason string
		record string
		want   string
	}{
		"Rate":   {"300 requests a minute over both pods.", "namespace_service:http_server_requests:rate5m", "5"},
		"Errors": {"30 of them fail.", "namespace_service:http_server_errors:ratio_rate5m", "0.1"},
		"P99":    {"99 of 100 lie nine tenths into the second bucket.", "namespace_service:http_server_request_duration_seconds:p99_5m", "0.46"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			promqltest.RunTest(t, series+"\neval instant at 60m "+questions["rule "+tc.record]+"\n  {"+of+"} "+tc.want+"\n", engine)
		})
	}
}

func holds(t *testing.T, engine *promql.Engine, store storage.Queryable, expr string) bool {
	t.Helper()
	q, err := engine.NewInstantQuery(t.Context(), store, nil, expr, time.Unix(0, 0).Add(time.Hour).UTC())
	if err != nil {
		t.Fatalf("cannot ask: %v", err)
	}
	result := q.Exec(t.Context())
	vector, err := result.Vector()
	if err != nil {
		t.Fatalf("cannot answer: %v", err)
	}
	return len(vector) > 0
}
