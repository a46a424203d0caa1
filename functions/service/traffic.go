package service

import (
	"maps"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/ausmart/platform/functions/internal/awsname"
	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	clusterServiceName = "cluster-service"
	ingressName        = "ingress"

	// groupNameMax is the longest name of a group of ingresses
	// (kubernetes-sigs.github.io/aws-load-balancer-controller, annotation group.name).
	groupNameMax = 63

	alb = "alb.ingress.kubernetes.io/"

	// hasAddress holds once the load balancer has an address.
	hasAddress = "has(object.status) && has(object.status.loadBalancer) && has(object.status.loadBalancer.ingress) && size(object.status.loadBalancer.ingress) > 0"
)

// addTraffic adds the address in the cluster, and the one outside where the claim
// asks for it.
func (s *service) addTraffic() {
	s.addObject(clusterServiceName, &corev1.Service{
		ObjectMeta: s.meta(),
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceTypeClusterIP,
			Selector: s.labels(),
			Ports:    []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(s.spec.Port), Protocol: corev1.ProtocolTCP}},
		},
	})
	if s.spec.Ingress == nil {
		return
	}
	meta := s.meta()
	meta.Annotations = s.ingressAnnotations()
	s.Desired.Add(ingressName, s.object(ingressName, &networkingv1.Ingress{
		ObjectMeta: meta,
		Spec: networkingv1.IngressSpec{
			IngressClassName: new("alb"),
			Rules: []networkingv1.IngressRule{{
				Host: s.spec.Ingress.Host,
				IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{
					Path: "/", PathType: new(networkingv1.PathTypePrefix),
					Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
						Name: s.workload, Port: networkingv1.ServiceBackendPort{Name: "http"},
					}},
				}}}},
			}},
		},
	}, when(hasAddress)), desired.After(namespaceName, clusterServiceName))
}

// ingressAnnotations configure the AWS load balancer controller
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations, read 2026-11).
func (s *service) ingressAnnotations() map[string]string {
	_, ready := s.probes()
	a := map[string]string{
		alb + "scheme":                       "internet-facing",
		alb + "target-type":                  "ip",
		alb + "group.name":                   s.group(),
		alb + "healthcheck-path":             ready,
		alb + "healthcheck-interval-seconds": "10",
		// Shorter than the pods' grace, so that they outlive their last request.
		alb + "target-group-attributes":  "deregistration_delay.timeout_seconds=30",
		alb + "load-balancer-attributes": "routing.http.drop_invalid_header_fields.enabled=true",
		alb + "listen-ports":             `[{"HTTP":80}]`,
	}
	if s.spec.Ingress.Internal {
		a[alb+"scheme"] = "internal"
	}
	if arn := s.spec.Ingress.CertificateARN; arn != "" {
		maps.Copy(a, map[string]string{
			alb + "certificate-arn": arn,
			// Port 80 stays open: a load balancer that redirects has to listen there.
			alb + "listen-ports": `[{"HTTP":80},{"HTTPS":443}]`,
			alb + "ssl-redirect": "443",
			alb + "ssl-policy":   "ELBSecurityPolicy-TLS13-1-2-2021-06",
		})
	}
	if arn := s.cluster.Status.WebACLARN; arn != "" {
		a[alb+"wafv2-acl-arn"] = arn
	}
	return a
}

// group is the load balancer that the ingress shares with others. Services with a host share
// one for the cluster, but internal and public ones do not, nor those with and without TLS: a
// redirect is for a whole load balancer. A service without a host gets every request, and so
// has a load balancer of its own.
func (s *service) group() string {
	parts := []string{s.cluster.Status.ClusterName}
	if s.spec.Ingress.Internal {
		parts = append(parts, "internal")
	}
	if s.spec.Ingress.CertificateARN == "" {
		parts = append(parts, "plain")
	}
	if s.spec.Ingress.Host != "" {
		return nameOf(groupNameMax, parts...)
	}
	parts = append(parts, s.namespace, s.workload)
	plain := nameOf(groupNameMax, parts...)
	if plain == s.state.group {
		return plain // Another name would be another load balancer.
	}
	// Service api-web in shop and web in shop-api are not the same.
	return awsname.Cut(strings.Join(parts, "-"), "-"+awsname.Digest(digestDigits, parts...), groupNameMax)
}

// url is the address that people call, or that services do; empty while it is not
// known.
func (s *service) url() string {
	i := s.spec.Ingress
	if i == nil {
		return "http://" + s.workload + "." + s.namespace
	}
	scheme, host := "http://", i.Host
	if i.CertificateARN != "" {
		scheme = "https://"
	}
	if lb := s.state.ingress.Status.LoadBalancer.Ingress; host == "" && len(lb) > 0 {
		host = lb[0].Hostname
	}
	if host == "" {
		return ""
	}
	return scheme + host
}
