package service

import (
	"fmt"
	"maps"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// A party of a connection: a pod, or an address.
type party struct {
	name      string
	namespace string // empty for what is no pod
	labels    map[string]string
	ip        string
}

// A world has the policies that the function made, and the labels of namespaces.
type world struct {
	namespaces map[string]map[string]string
	policies   []networkingv1.NetworkPolicy
}

// allows reports whether a connection is let out at one end and in at the other.
func (w world) allows(from, to party, protocol corev1.Protocol, port int32) bool {
	out, in := false, false
	denied := map[networkingv1.PolicyType]bool{}
	for _, p := range w.policies {
		if p.Namespace == from.namespace && selects(&p.Spec.PodSelector, from.labels) && slices.Contains(p.Spec.PolicyTypes, networkingv1.PolicyTypeEgress) {
			denied[networkingv1.PolicyTypeEgress] = true
			for _, r := range p.Spec.Egress {
				out = out || w.matches(r.To, p.Namespace, to) && open(r.Ports, protocol, port)
			}
		}
		if p.Namespace == to.namespace && selects(&p.Spec.PodSelector, to.labels) && slices.Contains(p.Spec.PolicyTypes, networkingv1.PolicyTypeIngress) {
			denied[networkingv1.PolicyTypeIngress] = true
			for _, r := range p.Spec.Ingress {
				in = in || w.matches(r.From, p.Namespace, from) && open(r.Ports, protocol, port)
			}
		}
	}
	return (out || !denied[networkingv1.PolicyTypeEgress]) && (in || !denied[networkingv1.PolicyTypeIngress])
}

// matches reports whether one of the peers is the party. No peers are all of them. As
// with the VPC CNI, a range of addresses holds for pods too.
func (w world) matches(peers []networkingv1.NetworkPolicyPeer, namespace string, p party) bool {
	if len(peers) == 0 {
		return true
	}
	return slices.ContainsFunc(peers, func(peer networkingv1.NetworkPolicyPeer) bool {
		if b := peer.IPBlock; b != nil {
			ip := netip.MustParseAddr(p.ip)
			return netip.MustParsePrefix(b.CIDR).Contains(ip) &&
				!slices.ContainsFunc(b.Except, func(e string) bool { return netip.MustParsePrefix(e).Contains(ip) })
		}
		if p.namespace == "" {
			return false
		}
		in := p.namespace == namespace
		if peer.NamespaceSelector != nil {
			in = selects(peer.NamespaceSelector, w.namespaces[p.namespace])
		}
		return in && (peer.PodSelector == nil || selects(peer.PodSelector, p.labels))
	})
}

func selects(s *metav1.LabelSelector, l map[string]string) bool {
	sel, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		panic(err)
	}
	return sel.Matches(labels.Set(l))
}

// open reports whether a rule is about the port. No ports are all of them.
func open(ports []networkingv1.NetworkPolicyPort, protocol corev1.Protocol, port int32) bool {
	return len(ports) == 0 || slices.ContainsFunc(ports, func(p networkingv1.NetworkPolicyPort) bool {
		return (p.Protocol == nil || *p.Protocol == protocol) && (p.Port == nil || p.Port.IntVal == port)
	})
}

// TestEvaluator checks the evaluation of policies that the other tests rely on.
func TestEvaluator(t *testing.T) {
	a, b := party{name: "a", namespace: "x", labels: map[string]string{"app": "a"}, ip: "10.0.0.1"}, party{name: "b", namespace: "y", labels: map[string]string{"app": "b"}, ip: "10.0.0.2"}
	all := []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
	deny := networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Namespace: "y"}, Spec: networkingv1.NetworkPolicySpec{PolicyTypes: all}}
	allow := func(peer networkingv1.NetworkPolicyPeer, ports ...networkingv1.NetworkPolicyPort) networkingv1.NetworkPolicy {
		p := deny
		p.Spec.Ingress = []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{peer}, Ports: ports}}
		return p
	}
	podA := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "a"}}}
	everywhere := podA
	everywhere.NamespaceSelector = &metav1.LabelSelector{}
	cases := map[string]struct {
		reason   string
		policies []networkingv1.NetworkPolicy
		want     bool
	}{
		"None":           {"Without a policy every connection is allowed.", nil, true},
		"Deny":           {"A policy without rules lets no one in.", []networkingv1.NetworkPolicy{deny}, false},
		"OtherNamespace": {"A pod selector alone means the policy's own namespace.", []networkingv1.NetworkPolicy{deny, allow(podA)}, false},
		"AllNamespaces":  {"With a namespace selector it means those.", []networkingv1.NetworkPolicy{deny, allow(everywhere)}, true},
		"OtherPort":      {"A rule is about its ports only.", []networkingv1.NetworkPolicy{deny, allow(everywhere, tcp(81)...)}, false},
		"OtherProtocol":  {"And about its protocol.", []networkingv1.NetworkPolicy{deny, allow(everywhere, ports(corev1.ProtocolUDP, 80)...)}, false},
		"Address":        {"A range holds for pods too.", []networkingv1.NetworkPolicy{allow(addresses("10.0.0.0/31"))}, true},
		"OtherAddress":   {"And for no address outside.", []networkingv1.NetworkPolicy{allow(addresses("10.0.0.2/31"))}, false},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			w := world{namespaces: map[string]map[string]string{"x": {}, "y": {}}, policies: tc.policies}
			if got := w.allows(a, b, corev1.ProtocolTCP, 80); got != tc.want {
				t.Errorf("%s\nallows(...) is %t, want %t", tc.reason, got, tc.want)
			}
		})
	}
}

// running is the store of an environment once it runs: its policies, and its pods.
func running(t *testing.T, env string) (world, []party) {
	t.Helper()
	w := world{namespaces: map[string]map[string]string{
		"kube-system":   {corev1.LabelMetadataName: "kube-system"},
		"observability": {corev1.LabelMetadataName: "observability"},
		"elsewhere":     {corev1.LabelMetadataName: "elsewhere"},
	}}
	var pods []party
	for i, name := range store() {
		p := kit().NewExample(t, env+"/"+name)
		p.Settle(t)
		for _, resource := range []string{denyPolicyName, allowPolicyName} {
			w.policies = append(w.policies, manifest[networkingv1.NetworkPolicy](t, p, resource))
		}
		ns := manifest[corev1.Namespace](t, p, namespaceName)
		w.namespaces[ns.Name] = map[string]string{corev1.LabelMetadataName: ns.Name}
		maps.Copy(w.namespaces[ns.Name], ns.Labels)
		pods = append(pods, party{name: name, namespace: ns.Name, labels: deployment(t, p).Spec.Template.Labels, ip: fmt.Sprintf("10.0.10.%d", i+10)})
	}
	return w, pods
}

// manifest of the object that a composed resource puts into the cluster.
func manifest[T any](t testing.TB, p *functiontest.ControlPlane, resource string) T {
	t.Helper()
	var out T
	m, ok := p.ForProvider(resource)["manifest"].(map[string]any)
	if !ok {
		t.Fatalf("there is no %s", resource)
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(m, &out, true); err != nil {
		t.Fatalf("cannot decode %s: %v", resource, err)
	}
	return out
}

// TestWhoMayCallWhom is the contract of the store: these pairs and no others.
func TestWhoMayCallWhom(t *testing.T) {
	want := map[string][]string{
		"ui":       {"cart", "catalog", "checkout", "orders"},
		"checkout": {"orders"},
	}
	for _, env := range []string{"au-dev", "au-prod"} {
		w, pods := running(t, env)
		got := map[string][]string{}
		for _, from := range pods {
			for _, to := range pods {
				if from.name != to.name && w.allows(from, to, corev1.ProtocolTCP, 8080) {
					got[from.name] = append(got[from.name], to.name)
				}
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", env, diff)
		}
	}
}

// TestPoliciesAreDocumented compares docs/network-policies.md with what the
// rendered policies say. Run with -update to write the page anew.
func TestPoliciesAreDocumented(t *testing.T) {
	w, pods := running(t, "au-prod")
	ui := pods[slices.IndexFunc(pods, func(p party) bool { return p.name == "ui" })]
	imposter, stray := ui, ui
	imposter.name, imposter.namespace = "a pod elsewhere with ui's labels", "elsewhere"
	stray.name, stray.labels = "a pod of no claim in the same namespace", map[string]string{"app": "ui"}
	other := ui
	other.name, other.labels = "ui of another team", map[string]string{serviceLabel: "ui", teamLabel: "others"}
	callers := append(slices.Clone(pods), imposter, stray, other,
		party{name: "collector", namespace: "observability", ip: "10.0.11.7"},
		party{name: "load balancer", ip: "10.0.1.20"},
		party{name: "internet", ip: "198.51.100.9"},
	)
	type target struct {
		party
		protocol corev1.Protocol
		port     int32
	}
	dns := party{name: "DNS", namespace: "kube-system", labels: map[string]string{"k8s-app": "kube-dns"}, ip: "10.0.10.3"}
	targets := []target{
		{dns, corev1.ProtocolUDP, 53},
		{party{name: "collector, traces", namespace: "observability", ip: "10.0.11.7"}, corev1.ProtocolTCP, 4318},
		{party{name: "MySQL", ip: "10.0.20.5"}, corev1.ProtocolTCP, 3306},
		{party{name: "PostgreSQL", ip: "10.0.21.5"}, corev1.ProtocolTCP, 5432},
		{party{name: "Redis", ip: "10.0.22.5"}, corev1.ProtocolTCP, 6379},
		{party{name: "AWS APIs, HTTPS", ip: "52.95.1.1"}, corev1.ProtocolTCP, 443},
		{party{name: "Pod Identity agent", ip: "169.254.170.23"}, corev1.ProtocolTCP, 80},
		{party{name: "instance metadata", ip: "169.254.169.254"}, corev1.ProtocolTCP, 80},
		{party{name: "internet, HTTP", ip: "198.51.100.9"}, corev1.ProtocolTCP, 80},
	}

	var b strings.Builder
	b.WriteString(`# Who may talk to whom

What the NetworkPolicies of the store in ` + "`examples/au-prod`" + ` let through. A test in
` + "[functions/service](../functions/service/policies_test.go)" + ` derives it from the rendered policies and writes this page
(` + "`go test ./functions/service -run Documented -update`" + `). **yes** is allowed, and everything else is denied.

## To a service, on its port

| from \ to |` + columns(pods, func(p party) string { return p.name }) + "\n")
	for _, from := range callers {
		b.WriteString("| " + from.name + " |")
		for _, to := range pods {
			b.WriteString(cell(from.name == to.name, w.allows(from, to, corev1.ProtocolTCP, 8080)))
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## From a service\n\n| from \\ to |" + columns(targets, func(t target) string { return t.name }) + "\n")
	for _, from := range pods {
		b.WriteString("| " + from.name + " |")
		for _, to := range targets {
			b.WriteString(cell(false, w.allows(from, to.party, to.protocol, to.port)))
		}
		b.WriteString("\n")
	}
	b.WriteString(`
A driver on the node fetches mounted secrets, so a service that only reads a database calls no AWS API itself. An
ingress with ` + "`internal: true`" + ` lets in the whole VPC: its load balancer is in the pods' own subnets.
`)
	functiontest.CompareFile(t, "The page says what the policies say.", filepath.Join("..", "..", "docs", "network-policies.md"), b.String())
}

func columns[T any](parties []T, name func(T) string) string {
	var head strings.Builder
	for _, p := range parties {
		head.WriteString(" " + name(p) + " |")
	}
	return head.String() + "\n|---|" + strings.Repeat("---|", len(parties))
}

func cell(self, allowed bool) string {
	switch {
	case self:
		return " |"
	case allowed:
		return " yes |"
	default:
		return " - |"
	}
}

// TestClusterIPs checks the condition under which the VPC CNI lets pods reach the address
// of a Service: its selector satisfies the policy's selector.
func TestClusterIPs(t *testing.T) {
	for _, name := range store() {
		p := kit().NewExample(t, "au-prod/"+name)
		p.Settle(t)
		svc := manifest[corev1.Service](t, p, clusterServiceName)
		peers := manifest[networkingv1.NetworkPolicy](t, p, allowPolicyName).Spec.Egress[1].To
		if !selects(peers[0].PodSelector, svc.Spec.Selector) {
			t.Errorf("%s: the policy's peers %v do not find the Service by its selector %v", name, peers[0].PodSelector, svc.Spec.Selector)
		}
	}
}
