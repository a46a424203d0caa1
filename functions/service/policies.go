package service

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/conventions"
)

const (
	denyPolicyName  = "network-policy-deny"
	allowPolicyName = "network-policy-allow"

	// podIdentityAgent hands out the pods' AWS credentials, on every node
	// (docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html).
	podIdentityAgent     = "169.254.170.23/32"
	podIdentityAgentPort = 80

	anywhere = "0.0.0.0/0"
)

// addPolicies adds two policies for the service's pods: one denies every connection, in
// both directions, and one allows what is needed. So a mistake in the second one denies a
// connection, and allows none.
func (s *service) addPolicies() {
	both := []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
	s.addPolicy(denyPolicyName, "-deny", networkingv1.NetworkPolicySpec{PolicyTypes: both})
	s.addPolicy(allowPolicyName, "-allow", networkingv1.NetworkPolicySpec{PolicyTypes: both, Ingress: s.callers(), Egress: s.called()})
}

func (s *service) addPolicy(resource, suffix string, spec networkingv1.NetworkPolicySpec) {
	meta := s.meta()
	meta.Name += suffix
	spec.PodSelector = *s.selector()
	s.addObject(resource, &networkingv1.NetworkPolicy{
		ObjectMeta: meta,
		Spec:       spec,
	})
}

// callers may open connections to the service's port: the services that the claim
// names, of the same team; the collectors, which read metrics; and the load
// balancer, where there is one.
func (s *service) callers() []networkingv1.NetworkPolicyIngressRule {
	port := tcp(s.spec.Port)
	var rules []networkingv1.NetworkPolicyIngressRule
	if len(s.spec.AllowFrom) > 0 {
		rules = append(rules, networkingv1.NetworkPolicyIngressRule{From: []networkingv1.NetworkPolicyPeer{s.peers(metav1.LabelSelectorRequirement{
			Key: serviceLabel, Operator: metav1.LabelSelectorOpIn, Values: s.allowed(),
		})}, Ports: port})
	}
	if s.hasCollectors() {
		rules = append(rules, networkingv1.NetworkPolicyIngressRule{From: []networkingv1.NetworkPolicyPeer{inNamespace(conventions.TelemetryNamespace)}, Ports: port})
	}
	if s.spec.Ingress != nil {
		rules = append(rules, networkingv1.NetworkPolicyIngressRule{From: s.balancers(), Ports: port})
	}
	return rules
}

// allowed services, sorted.
func (s *service) allowed() []string {
	out := make([]string, 0, len(s.spec.AllowFrom))
	for _, name := range s.spec.AllowFrom {
		out = append(out, string(name))
	}
	slices.Sort(out)
	return out
}

// balancers are the address ranges of the load balancer: those of the public subnets, which
// have no pods. An internal one is in the pods' own subnets, so no range separates it from
// them.
func (s *service) balancers() []networkingv1.NetworkPolicyPeer {
	if s.Settings.InternalIngress.V {
		return []networkingv1.NetworkPolicyPeer{addresses(string(s.cluster.Status.VPCCIDR))}
	}
	out := make([]networkingv1.NetworkPolicyPeer, 0, len(s.cluster.Status.PublicCIDRs))
	for _, cidr := range s.cluster.Status.PublicCIDRs {
		out = append(out, addresses(string(cidr)))
	}
	return out
}

// called are what the pods may reach: DNS, the services of the team (each of which decides
// who may call it), the collector, the databases, and AWS where they call it.
func (s *service) called() []networkingv1.NetworkPolicyEgressRule {
	dns := inNamespace("kube-system")
	dns.PodSelector = &metav1.LabelSelector{MatchLabels: map[string]string{"k8s-app": "kube-dns"}}
	rules := []networkingv1.NetworkPolicyEgressRule{
		{To: []networkingv1.NetworkPolicyPeer{dns}, Ports: append(ports(corev1.ProtocolUDP, 53), tcp(53)...)},
		{To: []networkingv1.NetworkPolicyPeer{s.peers(metav1.LabelSelectorRequirement{Key: serviceLabel, Operator: metav1.LabelSelectorOpExists})}},
	}
	if s.hasCollectors() {
		to, ports := inNamespace(conventions.TelemetryNamespace), tcp(conventions.OTLPGRPCPort, conventions.OTLPHTTPPort)
		rules = append(rules, networkingv1.NetworkPolicyEgressRule{To: []networkingv1.NetworkPolicyPeer{to}, Ports: ports})
	}
	if p := s.databasePorts(); len(p) > 0 {
		rules = append(rules, networkingv1.NetworkPolicyEgressRule{To: []networkingv1.NetworkPolicyPeer{addresses(string(s.cluster.Status.VPCCIDR))}, Ports: tcp(p...)})
	}
	if s.callsAWS() || s.logsInByIAM() {
		rules = append(rules, networkingv1.NetworkPolicyEgressRule{To: []networkingv1.NetworkPolicyPeer{addresses(podIdentityAgent)}, Ports: tcp(podIdentityAgentPort)})
	}
	if s.callsAWS() {
		rules = append(rules, networkingv1.NetworkPolicyEgressRule{To: []networkingv1.NetworkPolicyPeer{addresses(anywhere)}, Ports: tcp(443)})
	}
	return rules
}

// callsAWS reports whether the pods themselves call an AWS API: SQS or DynamoDB, whose
// addresses are not known. Mounted secrets are fetched by the node.
func (s *service) callsAWS() bool {
	return len(s.spec.Queues) > 0 || slices.ContainsFunc(s.databases, func(d database) bool { return d.engine == v1alpha1.EngineDynamoDB })
}

// logsInByIAM reports whether the pods sign a login themselves. Those that neither do
// that nor call AWS get no credentials, though their node does for them.
func (s *service) logsInByIAM() bool {
	return slices.ContainsFunc(s.databases, func(d database) bool { return d.status.UserARN != "" })
}

// databasePorts in the VPC, sorted.
func (s *service) databasePorts() []int32 {
	var out []int32
	for _, d := range s.databases {
		if d.inVPC() {
			out = append(out, d.status.Port)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// peers are pods of the same team's services, in namespaces that the platform made.
// The VPC CNI lets a pod reach the address of a Service by a selector that the
// Service's own selector satisfies, which ours do
// (github.com/aws/amazon-network-policy-controller-k8s, pkg/resolvers/endpoints.go).
func (s *service) peers(which metav1.LabelSelectorRequirement) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{
		NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{servicesLabel: "true"}},
		PodSelector: &metav1.LabelSelector{
			MatchLabels:      map[string]string{teamLabel: s.team},
			MatchExpressions: []metav1.LabelSelectorRequirement{which},
		},
	}
}

func inNamespace(name string) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{
		NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: name}},
	}
}

func addresses(cidr string) networkingv1.NetworkPolicyPeer {
	return networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: cidr}}
}

func tcp(numbers ...int32) []networkingv1.NetworkPolicyPort {
	return ports(corev1.ProtocolTCP, numbers...)
}

func ports(protocol corev1.Protocol, numbers ...int32) []networkingv1.NetworkPolicyPort {
	out := make([]networkingv1.NetworkPolicyPort, 0, len(numbers))
	for _, n := range numbers {
		out = append(out, networkingv1.NetworkPolicyPort{Protocol: &protocol, Port: new(intstr.FromInt32(n))})
	}
	return out
}
