package service

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	deploymentName = "deployment"

	// manifestMax is the longest manifest of an object in the cluster: provider-kubernetes writes it
	// into an annotation, and all annotations of an object have 256 KiB (internal/controller/
	// cluster/object/syncer.go of v1.2.1; TotalAnnotationSizeLimitB of k8s.io/apimachinery; read
	// 2026-11-30). A part of them is left to the cluster's controllers.
	manifestMax = 248 << 10
)

// addWorkload adds the Deployment after everything that its pods need when they start: EKS
// gives a pod its credentials when the pod is created, or never. It is pending while a value
// of its environment is not known. The autoscaler sets its replicas.
func (s *service) addWorkload() {
	order := desired.After(s.beforeWorkload()...)
	vars, complete := s.environment()
	if !complete {
		s.Desired.Pending(deploymentName, order)
		return
	}
	template, err := s.pod(vars)
	if err != nil {
		s.fail(err)
		return
	}
	deployment := s.object(deploymentName, &appsv1.Deployment{
		ObjectMeta: s.meta(),
		Spec: appsv1.DeploymentSpec{
			Selector: s.selector(),
			Strategy: appsv1.DeploymentStrategy{
				Type: appsv1.RollingUpdateDeploymentStrategyType,
				RollingUpdate: &appsv1.RollingUpdateDeployment{
					MaxUnavailable: new(intstr.FromInt32(0)),
					MaxSurge:       new(intstr.FromString("25%")),
				},
			},
			Template: template,
		},
	}, when(s.rolledOut()))
	if size := len(composition.JSON(deployment.Spec.ForProvider.Manifest)); size > manifestMax {
		s.fail(fmt.Errorf("spec.env: the variables make a Deployment of %d bytes, and Kubernetes takes %d: shorten the values, or put them into the image", size, manifestMax))
	}
	s.Desired.Add(deploymentName, deployment, order)
}

// beforeWorkload is what must be ready before the first pod starts.
func (s *service) beforeWorkload() []string {
	names := []string{namespaceName, serviceAccountName, denyPolicyName, allowPolicyName}
	if s.hasLogins() {
		names = append(names, secretsName)
	}
	if s.needsRole() {
		names = append(names, composition.RolePolicyName(roleName), associationName)
	}
	return names
}

// rolledOut holds when the newest version runs in every replica, and there are as
// many as there should be at least.
func (s *service) rolledOut() string {
	return fmt.Sprintf("has(object.status) && has(object.status.observedGeneration) && object.status.observedGeneration >= object.metadata.generation"+
		" && has(object.status.updatedReplicas) && object.status.updatedReplicas >= object.status.replicas"+
		" && has(object.status.availableReplicas) && object.status.availableReplicas >= %d", s.replicas().Min)
}
