package telemetry

import (
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/ausmart/platform/functions/internal/incluster"
)

func named(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: labels(name)}
}

func labels(name string) map[string]string {
	return map[string]string{incluster.NameLabel: name}
}

// readyWhenCreated is for an object that has no state of its own.
func readyWhenCreated(name string, object any) incluster.NamedObject {
	return incluster.NamedObject{Name: name, Object: object, Readiness: incluster.ObjectReadiness{Policy: incluster.WhenCreated}}
}

// readyWhenAvailable is for a Deployment, which has a condition Available and none Ready.
func readyWhenAvailable(name string, object any) incluster.NamedObject {
	return incluster.NamedObject{Name: name, Object: object, Readiness: incluster.ObjectReadiness{
		Policy:   incluster.WhenCEL,
		CELQuery: `has(object.status) && has(object.status.conditions) && object.status.conditions.exists(c, c.type == 'Available' && c.status == 'True')`,
	}}
}

// namespaces refuse pods with more rights than their work needs
// (kubernetes.io/docs/concepts/security/pod-security-standards).
func namespaces() []incluster.NamedObject {
	of := func(name, standard string) incluster.NamedObject {
		return readyWhenCreated("namespace-"+name, corev1.Namespace{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{
				"pod-security.kubernetes.io/enforce": standard,
				"pod-security.kubernetes.io/warn":    standard,
			}},
		})
	}
	return []incluster.NamedObject{of(Namespace, "restricted"), of(LogsNamespace, "privileged")}
}

func account(namespace, name string) incluster.NamedObject {
	return readyWhenCreated("service-account-"+name, corev1.ServiceAccount{
		ObjectMeta: named(namespace, name),
		// A pod that calls the Kubernetes API mounts the token itself.
		AutomountServiceAccountToken: new(false),
	})
}

// clusterRole gives a service account the rights of the rules, in all namespaces.
func clusterRole(name string, rules ...rbacv1.PolicyRule) []incluster.NamedObject {
	meta := metav1.ObjectMeta{Name: "ausmart-" + name, Labels: labels(name)}
	return []incluster.NamedObject{
		readyWhenCreated("cluster-role-"+name, rbacv1.ClusterRole{
			ObjectMeta: meta,
			Rules:      rules,
		}),
		readyWhenCreated("cluster-role-binding-"+name, rbacv1.ClusterRoleBinding{
			ObjectMeta: meta,
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: meta.Name},
			Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: Namespace, Name: name}},
		}),
	}
}

func rule(group string, verbs []string, resources ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{group}, Resources: resources, Verbs: verbs}
}

// service of a workload's ports, at the same numbers.
func service(name string, ports ...corev1.ContainerPort) incluster.NamedObject {
	s := corev1.Service{
		ObjectMeta: named(Namespace, name),
		Spec:       corev1.ServiceSpec{Selector: labels(name)},
	}
	for _, p := range ports {
		s.Spec.Ports = append(s.Spec.Ports, corev1.ServicePort{
			Name: p.Name, Port: p.ContainerPort, TargetPort: intstr.FromString(p.Name), Protocol: corev1.ProtocolTCP,
		})
	}
	return readyWhenCreated("service-"+name, s)
}

// budget lets nodes be drained one replica at a time.
func budget(name string) incluster.NamedObject {
	return readyWhenCreated("disruption-budget-"+name, policyv1.PodDisruptionBudget{
		ObjectMeta: named(Namespace, name),
		Spec: policyv1.PodDisruptionBudgetSpec{
			MaxUnavailable: new(intstr.FromInt32(1)),
			Selector:       &metav1.LabelSelector{MatchLabels: labels(name)},
		},
	})
}
