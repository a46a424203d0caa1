package telemetry

import (
	"slices"

	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/incluster"
)

// gateway receives traces, adds the pod that they come from, and sends them to X-Ray.
func gateway(in Inputs) ([]incluster.NamedObject, error) {
	conf, digest, err := configMap(Namespace, Gateway, gatewayConfig(in))
	if err != nil {
		return nil, err
	}
	replicas := int32(1)
	if in.Redundant {
		replicas = 2
	}
	grpc, http := port("otlp-grpc", conventions.OTLPGRPCPort), port("otlp-http", conventions.OTLPHTTPPort)
	pod := collector(Gateway, digest, medium(), grpc, http)
	pod.Spec.AutomountServiceAccountToken = new(true)
	pod.Spec.TopologySpreadConstraints = incluster.Spread(Gateway)
	return slices.Concat(
		[]incluster.NamedObject{account(Namespace, Gateway)},
		clusterRole(Gateway, rule("", []string{"get", "list", "watch"}, "pods", "namespaces")),
		[]incluster.NamedObject{
			conf,
			readyWhenAvailable("deployment-"+Gateway, deployment(Gateway, replicas, pod)),
			service(Gateway, grpc, http),
			budget(Gateway),
		},
	), nil
}

type otlp struct {
	Protocols struct {
		GRPC endpoint `json:"grpc"`
		HTTP endpoint `json:"http"`
	} `json:"protocols"`
}

// podAttributes adds the pod of a span, found by the address that sent it.
type podAttributes struct {
	Extract     podMetadata      `json:"extract"`
	Association []podAssociation `json:"pod_association"`
}

type podMetadata struct {
	Metadata []string `json:"metadata"`
}

type podAssociation struct {
	Sources []podSource `json:"sources"`
}

type podSource struct {
	From string `json:"from"`
}

type resourceAttributes struct {
	Attributes []resourceAttribute `json:"attributes"`
}

type resourceAttribute struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Action string `json:"action"`
}

type xray struct {
	awsSession

	IndexedAttributes []string `json:"indexed_attributes"`
	LogGroups         []string `json:"aws_log_groups"`
}

var gatewayReceivers = receiversOf(func() map[string]any { //nolint:gochecknoglobals // A constant text.
	receiver := otlp{}
	receiver.Protocols.GRPC = listenOn(conventions.OTLPGRPCPort)
	receiver.Protocols.HTTP = listenOn(conventions.OTLPHTTPPort)
	return map[string]any{"otlp": receiver}
})

func gatewayConfig(in Inputs) config {
	return config{
		Extensions: map[string]any{"health_check": listenOn(healthPort)},
		Receivers:  gatewayReceivers,
		Processors: map[string]any{
			"memory_limiter": limiter(),
			"k8s_attributes": podAttributes{
				Extract:     podMetadata{Metadata: []string{"k8s.namespace.name", "k8s.deployment.name", "k8s.pod.name", "k8s.node.name"}},
				Association: []podAssociation{{Sources: []podSource{{From: "connection"}}}},
			},
			"resource": resourceAttributes{Attributes: []resourceAttribute{
				{Key: "k8s.cluster.name", Value: in.Cluster, Action: "upsert"},
				{Key: "cloud.provider", Value: "aws", Action: "upsert"},
				{Key: "cloud.platform", Value: "aws_eks", Action: "upsert"},
				{Key: "cloud.region", Value: in.Region, Action: "upsert"},
			}},
			// X-Ray takes 50 segments a call (the awsxray exporter v0.156.0, read 2026-11-29).
			"batch": batch{Timeout: "1s", SendBatchSize: 50},
		},
		Exporters: map[string]any{
			// X-Ray's own API and not its OTLP endpoint: that one refuses spans until an
			// account has Transaction Search, which is the account's setting and not a
			// cluster's. This one works before, and with Transaction Search its spans are
			// found in the log group aws/spans just the same.
			"awsxray": xray{
				awsSession: awsSession{Region: in.Region, LocalMode: true},
				// What people search by. A trace can have 50 of these
				// (docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html, read 2026-11-29).
				IndexedAttributes: []string{
					"http.route", "http.response.status_code",
					"otel.resource.k8s.namespace.name", "otel.resource.k8s.deployment.name",
				},
				LogGroups: []string{applicationLogs(in.Cluster)},
			},
		},
		Service: collectingService{
			Extensions: []string{"health_check"},
			Pipelines: map[string]pipeline{"traces": {
				Receivers:  []string{"otlp"},
				Processors: []string{"memory_limiter", "k8s_attributes", "resource", "batch"},
				Exporters:  []string{"awsxray"},
			}},
			Telemetry: newOwnTelemetry(),
		},
	}
}
