package contract_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func TestDefaults(t *testing.T) {
	t.Parallel()
	c := connect(t)

	cases := map[string]struct {
		reason string
		kind   string
		spec   string
		want   string
	}{
		"Network": {
			reason: "A network needs an environment and nothing else. Region and account have no default here: the function must see that they were left out.",
			kind:   "Network",
			spec:   `{}`,
			want: `{environment: dev, compositeDeletePolicy: Foreground,
				cidr: 10.0.0.0/16, availabilityZones: [a, b, c]}`,
		},
		"XNetwork": {
			reason: "The composite resource has its claim's defaults, and follows new revisions of its composition.",
			kind:   "XNetwork",
			spec:   `{}`,
			want: `{environment: dev, compositionUpdatePolicy: Automatic,
				cidr: 10.0.0.0/16, availabilityZones: [a, b, c]}`,
		},
		"NetworkToggles": {
			reason: "What the environment decides has no default: the function must see that it was left out.",
			kind:   "Network",
			spec:   `{vpcEndpoints: {}, flowLogs: {}, kms: {}}`,
			want: `{environment: dev, compositeDeletePolicy: Foreground,
				cidr: 10.0.0.0/16, availabilityZones: [a, b, c], vpcEndpoints: {}, flowLogs: {}, kms: {}}`,
		},
		"Cluster": {
			reason: "A cluster needs an environment and a network.",
			kind:   "Cluster",
			spec:   `{}`,
			want: `{environment: dev, compositeDeletePolicy: Foreground,
				networkRef: {name: main}, version: "1.35"}`,
		},
		"ClusterParts": {
			reason: "A part that is mentioned gets the rest of its values.",
			kind:   "Cluster",
			spec:   `{nodes: {max: 9}, karpenter: {}, observability: {}, waf: {}}`,
			want: `{environment: dev, compositeDeletePolicy: Foreground,
				networkRef: {name: main}, version: "1.35",
				nodes: {instanceTypes: [t3.medium], min: 1, max: 9, desired: 3, diskGiB: 30},
				karpenter: {enabled: true}, observability: {enabled: true}, waf: {rateLimit: 2000}}`,
		},
		"Database": {
			reason: "A database's size, version and storage depend on its engine and have no default here.",
			kind:   "Database",
			spec:   `{}`,
			want: `{environment: dev, compositeDeletePolicy: Foreground,
				engine: mysql, networkRef: {name: main}}`,
		},
		"DatabaseTable": {
			reason: "A key is a string unless told otherwise.",
			kind:   "Database",
			spec:   `{engine: dynamodb, networkRef: null, table: {partitionKey: {name: id}}}`,
			want: `{environment: dev, compositeDeletePolicy: Foreground,
				engine: dynamodb, table: {partitionKey: {name: id, type: string}}}`,
		},
		"Service": {
			reason: "A service needs an environment, a cluster and an image.",
			kind:   "Service",
			spec:   `{}`,
			want: `{environment: dev, compositeDeletePolicy: Foreground,
				clusterRef: {name: main}, image: "shop/cart:1.0.0", port: 8080, spot: false, repository: false, metricsPath: /metrics}`,
		},
		"ServiceParts": {
			reason: "A part that is mentioned gets the rest of its values.",
			kind:   "Service",
			spec:   `{replicas: {}, resources: {}, queues: [{name: orders}], ingress: {}, probes: {}}`,
			want: `{environment: dev, compositeDeletePolicy: Foreground,
				clusterRef: {name: main}, image: "shop/cart:1.0.0", port: 8080, spot: false, repository: false, metricsPath: /metrics,
				replicas: {min: 2, max: 10, targetCPU: 70}, resources: {cpu: 100m, memory: 128Mi},
				queues: [{name: orders, maxReceiveCount: 5}], ingress: {}, probes: {live: /livez, ready: /readyz}}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got := claim(t, tc.kind, tc.spec)
			if err := c.Create(t.Context(), got, client.DryRunAll); err != nil {
				t.Fatalf("\n%s\ncannot create: %v", tc.reason, err)
			}
			if diff := cmp.Diff(decode(t, tc.want), decode(t, encode(t, got.Object["spec"]))); diff != "" {
				t.Errorf("\n%s\nspec with defaults: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
