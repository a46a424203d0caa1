package service

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/ausmart/platform/functions/internal/incluster"
)

const deploymentName = "deployment"

// addWorkload adds the Deployment, after all that its pods need from their first
// moment on: EKS gives a pod its credentials when it is made or never. It has no
// replicas: they are the autoscaler's.
func (s *service) addWorkload() {
	vars, complete := s.environment()
	if !complete {
		s.keepWorkload()
		return
	}
	template, err := s.pod(vars)
	if err != nil {
		s.fail(err)
		return
	}
	o := s.add(deploymentName, &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: s.meta(),
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: s.labels()},
			Strategy: appsv1.DeploymentStrategy{
				Type: appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{
					MaxUnavailable: new(intstr.FromInt32(0)),
					MaxSurge:       new(intstr.FromString("25%")),
				},
			},
			Template: template,
		},
	}, when(s.rolledOut()), s.beforeWorkload()...)
	if o != nil {
		o.Spec.Watch = true // The claim shows how many replicas are ready.
	}
}

// beforeWorkload is what must be ready before the first pod starts.
func (s *service) beforeWorkload() []string {
	names := []string{namespaceName, serviceAccountName, denyPolicyName, allowPolicyName}
	if len(s.logins()) > 0 {
		names = append(names, secretsName)
	}
	if s.needsRole() {
		names = append(names, rolePolicyName, associationName)
	}
	return names
}

// keepWorkload keeps a Deployment as it is while a value for its environment is
// still to come.
func (s *service) keepWorkload() {
	if !s.obs.Has(deploymentName) {
		s.held = append(s.held, deploymentName)
		return
	}
	s.want.AddObject(deploymentName, incluster.ObjectKind(), &incluster.Object{Spec: s.seen.asked.Spec})
}

// rolledOut holds when the newest version runs in every replica, and there are as
// many as there should be at least.
func (s *service) rolledOut() string {
	return fmt.Sprintf("has(object.status) && has(object.status.observedGeneration) && object.status.observedGeneration >= object.metadata.generation"+
		" && has(object.status.updatedReplicas) && object.status.updatedReplicas >= object.status.replicas"+
		" && has(object.status.availableReplicas) && object.status.availableReplicas >= %d", s.replicas().Min)
}
