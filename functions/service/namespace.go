package service

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
)

const (
	namespaceName      = "namespace"
	serviceAccountName = "service-account"
)

// addNamespace adds the namespace and the service account. Services may share a
// namespace, so all of them compose the same one, letter by letter, and it stays
// when one of them goes: to delete it would take the others with it.
func (s *service) addNamespace() {
	ns := s.object(namespaceName, &corev1.Namespace{
		ObjectMeta: metav1.ObjectMeta{Name: s.namespace, Labels: map[string]string{
			servicesLabel:                        "true",
			"pod-security.kubernetes.io/enforce": "restricted",
			// A new pod counts as ready when the load balancer has it, so that no old one
			// goes before (kubernetes-sigs.github.io/aws-load-balancer-controller, pod readiness gate).
			"elbv2.k8s.aws/pod-readiness-gate-inject": "enabled",
		}},
	}, whenCreated())
	ns.Spec.DeletionPolicy = xpv1.DeletionOrphan
	s.Desired.Add(namespaceName, ns)

	s.addObject(serviceAccountName, &corev1.ServiceAccount{
		ObjectMeta: s.meta(),
		// No program of ours asks Kubernetes for anything. EKS projects a token of its
		// own for AWS.
		AutomountServiceAccountToken: new(false),
	})
}
