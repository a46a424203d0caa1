package contract_test

import (
	"fmt"
	"strings"
)

const dnsLabel = "must be lower-case letters, digits and -, and neither start nor end with -"

// path is the rule of a field that holds the path of a URL.
func path(at, spec string) rule {
	return rule{
		kind: "Service", at: at,
		message: "must be a path, which starts with / and has no spaces",
		accepts: map[string]change{
			"Path":  {reason: "The part of a URL after the host.", to: fmt.Sprintf(spec, "/actuator/health/liveness")},
			"Query": {reason: "A query belongs to it.", to: fmt.Sprintf(spec, `"/health?full=1"`)},
		},
		refuses: map[string]change{
			"Space": {reason: "A load balancer refuses it.", to: fmt.Sprintf(spec, `"/my health"`), field: at},
			"URL":   {reason: "The host is the replica's own.", to: fmt.Sprintf(spec, `"http://shop/health"`), field: at},
		},
	}
}

// named are elements of a list whose names have a number each.
func named(format string, n int) string {
	out := make([]string, n)
	for i := range out {
		out[i] = "{name: " + fmt.Sprintf(format, i) + "}"
	}
	return strings.Join(out, ", ")
}

func serviceRules() map[string]rule {
	return map[string]rule{
		"ServiceClusterCannotChange": {
			kind: "Service", at: "spec.clusterRef",
			message: "clusterRef cannot change: create a new claim on the other cluster and move over to it",
			accepts: map[string]change{
				"Same": {reason: "The cluster is as it was.", from: `{}`, to: `{image: "shop/cart:1.0.1"}`},
			},
			refuses: map[string]change{
				"Other": {reason: "Objects in the first cluster would be lost.", from: `{}`, to: `clusterRef: {name: other}`, field: "spec.clusterRef"},
			},
		},
		"ServiceNamespaceIsALabel": {
			kind: "Service", at: "spec.namespace", message: dnsLabel,
			accepts: map[string]change{
				"Label": {reason: "A namespace's name is a DNS label.", to: `namespace: shop-2`},
			},
			refuses: map[string]change{
				"Underscore": {reason: "Kubernetes refuses it.", to: `namespace: shop_2`, field: "spec.namespace"},
				"LastDash":   {reason: "Kubernetes refuses it.", to: `namespace: shop-`, field: "spec.namespace"},
			},
		},
		"ServiceNamespaceCannotChange": {
			kind: "Service", at: "spec",
			message: "namespace cannot change: create a new claim and move over to it",
			accepts: map[string]change{
				"Same": {reason: "The namespace is as it was.", from: `namespace: shop`, to: `{namespace: shop, spot: true}`},
			},
			refuses: map[string]change{
				"Other":   {reason: "The workload would be replaced.", from: `namespace: shop`, to: `namespace: other`, field: "spec.namespace"},
				"Added":   {reason: "It was in the namespace of the claim's name.", from: `{}`, to: `namespace: shop`, field: "spec.namespace"},
				"Removed": {reason: "It would go to the namespace of the claim's name.", from: `namespace: shop`, to: `{}`, field: "spec.namespace"},
			},
		},
		"ServiceImage": {
			kind: "Service", at: "spec.image",
			message: "image needs a tag other than latest, or a digest",
			accepts: map[string]change{
				"Tag":    {reason: "A tag names a version.", to: `image: "127.0.0.1:5000/shop/cart:v1"`},
				"Digest": {reason: "A digest names content.", to: `image: "shop/cart@sha256:0000000000000000000000000000000000000000000000000000000000000000"`},
				"Cached": {reason: "ECR caches other registries, private ones too.", to: `image: "111111111111.dkr.ecr.ap-southeast-2.amazonaws.com/ghcr/shop/cart:v1"`},
				"Latest": {reason: "A repository may be called latest.", to: `image: "shop/latest:v1"`},
			},
			refuses: map[string]change{
				"Latest": {reason: "A rollback to latest is not possible.", to: `image: "shop/cart:latest"`, field: "spec.image"},
				"NoTag":  {reason: "No tag is latest.", to: `image: shop/cart`, field: "spec.image"},
				"Port":   {reason: "A registry's port is not a tag.", to: `image: "127.0.0.1:5000/shop/cart"`, field: "spec.image"},
			},
		},
		"ServiceImageIsAName": {
			kind: "Service", at: "spec.image",
			message: "image must be a name that a registry takes: a path of lower-case letters and digits, then :TAG, or @sha256: and 64 digits, such as ghcr.io/acme/shop:v1",
			accepts: map[string]change{
				"Host":  {reason: "A host may have capitals and a port.", to: `image: "Registry.example.com:5000/a/b-c/d_e.f:V1.0_x-y"`},
				"Plain": {reason: "A registry is not needed.", to: `image: "shop:v1"`},
				"Both":  {reason: "A digest may have a tag before it.", to: `image: "shop/cart:v1@sha256:` + strings.Repeat("0a", 32) + `"`},
			},
			refuses: map[string]change{
				"Space":   {reason: "No pod could start.", to: `image: "shop/my cart:v1"`, field: "spec.image"},
				"Capital": {reason: "Repositories have none.", to: `image: "ghcr.io/shop/Cart:v1"`, field: "spec.image"},
				"Scheme":  {reason: "An image is no URL.", to: `image: "https://ghcr.io/shop/cart:v1"`, field: "spec.image"},
				"Digest":  {reason: "A digest has 64 digits.", to: `image: "shop/cart@sha256:0a"`, field: "spec.image"},
			},
		},
		"ServiceReplicasMinMax": {
			kind: "Service", at: "spec.replicas",
			message: "replicas.min must not be larger than replicas.max",
			accepts: map[string]change{
				"Equal": {reason: "A fixed number is a range.", to: `replicas: {min: 3, max: 3}`},
			},
			refuses: map[string]change{
				"Larger":  {reason: "The autoscaler refuses it.", to: `replicas: {min: 4, max: 3}`, field: "spec.replicas.min"},
				"Default": {reason: "The default max is 10.", to: `replicas: {min: 11}`, field: "spec.replicas.min"},
			},
		},
		"ServiceCPU": {
			kind: "Service", at: "spec.resources.cpu",
			message: "must be a quantity of CPU, such as 100m or 0.5: 1m at least",
			accepts: map[string]change{
				"Cores": {reason: "Parts of a core.", to: `resources: {cpu: "0.5"}`},
				"Milli": {reason: "Thousandths of a core.", to: `resources: {cpu: 250m}`},
			},
			refuses: map[string]change{
				"Zero":  {reason: "The autoscaler needs a part of something.", to: `resources: {cpu: "0"}`, field: "spec.resources.cpu"},
				"Zeros": {reason: "Nothing, in other words.", to: `resources: {cpu: "0.0"}`, field: "spec.resources.cpu"},
				"Small": {reason: "Kubernetes knows nothing below 1m.", to: `resources: {cpu: "0.0005"}`, field: "spec.resources.cpu"},
				"Unit":  {reason: "CPU has no bytes.", to: `resources: {cpu: 250Mi}`, field: "spec.resources.cpu"},
			},
		},
		"ServiceMemory": {
			kind: "Service", at: "spec.resources.memory",
			message: "must be a quantity of memory in Mi or Gi, such as 128Mi",
			accepts: map[string]change{
				"Gi": {reason: "A gibibyte.", to: `resources: {memory: 1Gi}`},
			},
			refuses: map[string]change{
				"Zero":  {reason: "No process runs in nothing.", to: `resources: {memory: 0Mi}`, field: "spec.resources.memory"},
				"Milli": {reason: "128m is a fraction of one byte.", to: `resources: {memory: 128m}`, field: "spec.resources.memory"},
			},
		},
		"ServiceQueueName": {
			kind: "Service", at: "spec.queues[].name", message: dnsLabel,
			accepts: map[string]change{
				"Label": {reason: "Part of the queue's name in AWS.", to: `queues: [{name: orders-2}]`},
			},
			refuses: map[string]change{
				"Fifo": {reason: "A dot belongs to FIFO queues, which these are not.", to: `queues: [{name: ok}, {name: orders.fifo}]`, field: "spec.queues[1].name"},
			},
		},
		"ServiceQueueOfAnother": {
			kind: "Service", at: "spec.queues",
			message: "a queue has the name of another one's dead-letter queue, which is the other's name with -dead-letters behind it: choose another name",
			accepts: map[string]change{
				"Alone": {reason: "There is no queue whose dead-letter queue it could be.", to: `queues: [{name: jobs-dead-letters}, {name: mail}]`},
				"Most":  {reason: "A service has 16 queues.", to: `queues: [` + named("queue-of-a-rather-long-name-%d", 16) + `]`},
			},
			refuses: map[string]change{
				"Both": {reason: "SQS would have one queue for both.", to: `queues: [{name: jobs-dead-letters}, {name: jobs}]`, field: "spec.queues"},
			},
		},
		"ServiceAllowFrom": {
			kind: "Service", at: "spec.allowFrom[]",
			message: "must be the name of a Service claim of this namespace, such as ui: a service of another namespace cannot call this one, except through its ingress",
			accepts: map[string]change{
				"Names": {reason: "Services of the team.", to: `allowFrom: [ui, checkout-2]`},
			},
			refuses: map[string]change{
				"Slash":   {reason: "A label's value has no slash.", to: `allowFrom: [ui, team-b/ui]`, field: "spec.allowFrom[1]"},
				"Dot":     {reason: "A service's name has no dot.", to: `allowFrom: [ui.team-b]`, field: "spec.allowFrom[0]"},
				"All":     {reason: "There is no such name.", to: `allowFrom: ["*"]`, field: "spec.allowFrom[0]"},
				"Digit":   {reason: "A service's name starts with a letter.", to: `allowFrom: [2ui]`, field: "spec.allowFrom[0]"},
				"Capital": {reason: "A claim's name has no capitals.", to: `allowFrom: [UI]`, field: "spec.allowFrom[0]"},
			},
		},
		"ServiceEnvName": {
			kind: "Service", at: "spec.env[].name",
			message: "must be a letter or _, then letters, digits and _",
			accepts: map[string]change{
				"Name": {reason: "What shells accept.", to: `env: [{name: _LOG_2, value: "1"}]`},
			},
			refuses: map[string]change{
				"Dash": {reason: "Shells cannot read it.", to: `env: [{name: LOG-LEVEL, value: "1"}]`, field: "spec.env[0].name"},
			},
		},
		"ServiceEnvValueOrFrom": {
			kind: "Service", at: "spec.env[]",
			message: "give value or from, and not both",
			accepts: map[string]change{
				"Value": {reason: "A value, which may be empty.", to: `env: [{name: LOG, value: ""}]`},
				"From":  {reason: "A source.", to: `{queues: [{name: orders}], env: [{name: QUEUE, from: {queue: orders, field: url}}]}`},
			},
			refuses: map[string]change{
				"Neither": {reason: "A variable needs one of them.", to: `env: [{name: LOG}]`, field: "spec.env[0]"},
				"Both":    {reason: "One of them would do nothing.", to: `{queues: [{name: orders}], env: [{name: QUEUE, value: x, from: {queue: orders, field: url}}]}`, field: "spec.env[0]"},
			},
		},
		"ServiceEnvSource": {
			kind: "Service", at: "spec.env[].from",
			message: "give database or queue, and not both",
			accepts: map[string]change{
				"Database": {reason: "A database.", to: `{databases: [{name: orders}], env: [{name: HOST, from: {database: orders, field: endpoint}}]}`},
			},
			refuses: map[string]change{
				"Both": {reason: "Which one is meant?", to: `{databases: [{name: orders}], queues: [{name: orders}], env: [{name: X, from: {database: orders, queue: orders, field: arn}}]}`, field: "spec.env[0].from"},
			},
		},
		"ServiceEnvField": {
			kind: "Service", at: "spec.env[].from",
			message: "a queue has url, arn and name",
			accepts: map[string]change{
				"QueueName":   {reason: "A queue has a name.", to: `{queues: [{name: orders}], env: [{name: QUEUE, from: {queue: orders, field: name}}]}`},
				"Port":        {reason: "A database has a port.", to: `{databases: [{name: orders}], env: [{name: PORT, from: {database: orders, field: port}}]}`},
				"DatabaseURL": {reason: "A Redis has an address; the function refuses the others, since only it knows the engine.", to: `{databases: [{name: orders}], env: [{name: URL, from: {database: orders, field: url}}]}`},
			},
			refuses: map[string]change{
				"QueuePort": {reason: "A queue has no port.", to: `{queues: [{name: orders}], env: [{name: PORT, from: {queue: orders, field: port}}]}`, field: "spec.env[0].from"},
			},
		},
		"ServiceEnvNamesEntry": {
			kind: "Service", at: "spec",
			message: "env[].from must name an entry of databases or queues",
			accepts: map[string]change{
				"Both": {reason: "Each source is an entry.", to: `{databases: [{name: orders}], queues: [{name: jobs}], env: [
					{name: HOST, from: {database: orders, field: endpoint}}, {name: QUEUE, from: {queue: jobs, field: url}}]}`},
			},
			refuses: map[string]change{
				"NoDatabase": {reason: "The service has no right to read that database.", to: `{databases: [{name: orders}], env: [{name: HOST, from: {database: other, field: endpoint}}]}`, field: "spec.env"},
				"NoQueues":   {reason: "The service has no queues.", to: `env: [{name: QUEUE, from: {queue: jobs, field: url}}]`, field: "spec.env"},
			},
		},
		"ServiceLivePath":    path("spec.probes.live", "probes: {live: %s}"),
		"ServiceReadyPath":   path("spec.probes.ready", "probes: {ready: %s}"),
		"ServiceMetricsPath": path("spec.metricsPath", "metricsPath: %s"),
		"ServiceHost": {
			kind: "Service", at: "spec.ingress.host",
			message: "must be a host name with a domain, such as shop.example.com",
			accepts: map[string]change{
				"Host": {reason: "A name that DNS can hold.", to: `ingress: {host: shop-2.example.com}`},
			},
			refuses: map[string]change{
				"URL":      {reason: "A URL is not a host.", to: `ingress: {host: "https://shop.example.com"}`, field: "spec.ingress.host"},
				"NoDomain": {reason: "A name without a domain is not a public host.", to: `ingress: {host: shop}`, field: "spec.ingress.host"},
			},
		},
		"ServiceInboundCIDR": {
			kind: "Service", at: "spec.ingress.inboundCIDRs[]", message: ipv4Range,
			accepts: map[string]change{
				"Office": {reason: "A range of addresses.", to: `ingress: {inboundCIDRs: [203.0.113.0/24]}`},
			},
			refuses: map[string]change{
				"Address": {reason: "An address has no prefix.", to: `ingress: {inboundCIDRs: [203.0.113.7]}`, field: "spec.ingress.inboundCIDRs[0]"},
			},
		},
		"ServiceHiddenPath": {
			kind: "Service", at: "spec.ingress.hiddenPaths[]",
			message: "must be a path without wildcards and without / at its end, such as /actuator",
			accepts: map[string]change{
				"Below": {reason: "Paths have any depth.", to: `ingress: {hiddenPaths: [/actuator/health, /v1.2/~me]}`},
			},
			refuses: map[string]change{
				"Root":     {reason: "It would hide everything.", to: `ingress: {hiddenPaths: [/]}`, field: "spec.ingress.hiddenPaths[0]"},
				"Slash":    {reason: "What is below a path is hidden with it.", to: `ingress: {hiddenPaths: [/actuator/]}`, field: "spec.ingress.hiddenPaths[0]"},
				"Wildcard": {reason: "The controller refuses it.", to: `ingress: {hiddenPaths: ["/act*"]}`, field: "spec.ingress.hiddenPaths[0]"},
			},
		},
		"ServiceCertificate": {
			kind: "Service", at: "spec.ingress.certificateArn",
			message: "must be the ARN of a certificate in ACM, such as arn:aws:acm:ap-southeast-2:111122223333:certificate/0a1b2c3d",
			accepts: map[string]change{
				"ACM": {reason: "Load balancers take certificates of ACM.", to: `ingress: {certificateArn: "arn:aws:acm:ap-southeast-2:111122223333:certificate/1"}`},
			},
			refuses: map[string]change{
				"Other": {reason: "ACM has nothing else.", to: `ingress: {certificateArn: "arn:aws:acm:ap-southeast-2:111122223333:key/1"}`, field: "spec.ingress.certificateArn"},
				"IAM":   {reason: "A server certificate of IAM is not one of ACM.", to: `ingress: {certificateArn: "arn:aws:iam::111122223333:server-certificate/shop"}`, field: "spec.ingress.certificateArn"},
			},
		},
	}
}
