package service

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	clusterServiceName = "cluster-service"
	ingressName        = "ingress"

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
	s.checkCertificate()
	meta := s.meta()
	meta.Annotations = s.ingressAnnotations()
	s.Desired.Add(ingressName, s.object(ingressName, &networkingv1.Ingress{
		ObjectMeta: meta,
		Spec: networkingv1.IngressSpec{
			IngressClassName: new("alb"),
			Rules: []networkingv1.IngressRule{{
				Host:             s.spec.Ingress.Host,
				IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{Paths: s.paths()}},
			}},
		},
	}, when(hasAddress)), desired.After(namespaceName, clusterServiceName))
}

// paths that the load balancer compares with a request, in this order: those that it hides, and
// then all others (kubernetes-sigs.github.io/aws-load-balancer-controller, Ingress specification).
func (s *service) paths() []networkingv1.HTTPIngressPath {
	var out []networkingv1.HTTPIngressPath
	for _, path := range s.hidden() {
		out = append(out, under(path, notFound, "use-annotation"))
	}
	return append(out, under("/", s.workload, "http"))
}

// under a path everything goes to the port of a Service, or to an action of the controller.
func under(path, name, port string) networkingv1.HTTPIngressPath {
	return networkingv1.HTTPIngressPath{
		Path: path, PathType: new(networkingv1.PathTypePrefix),
		Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
			Name: name, Port: networkingv1.ServiceBackendPort{Name: port},
		}},
	}
}
