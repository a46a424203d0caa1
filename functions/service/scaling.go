package service

import (
	"cmp"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/ausmart/platform/apis/v1alpha1"
)

const (
	autoscalerName = "autoscaler"
	budgetName     = "disruption-budget"
)

// replicas are the claim's, or the schema's defaults where it has none.
func (s *service) replicas() v1alpha1.Replicas {
	r := v1alpha1.Replicas{Min: 2, Max: 10, TargetCPU: 70}
	if given := s.spec.Replicas; given != nil {
		r = v1alpha1.Replicas{Min: cmp.Or(given.Min, r.Min), Max: cmp.Or(given.Max, r.Max), TargetCPU: cmp.Or(given.TargetCPU, r.TargetCPU)}
	}
	return r
}

// addScaling adds the autoscaler, and the budget by which a node is drained one pod at a
// time. A pod that is not ready does not stop the draining of its node.
func (s *service) addScaling() {
	r := s.replicas()
	s.addObject(autoscalerName, &autoscalingv2.HorizontalPodAutoscaler{
		ObjectMeta: s.meta(),
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: s.workload},
			MinReplicas:    &r.Min,
			MaxReplicas:    r.Max,
			Metrics: []autoscalingv2.MetricSpec{{
				Type: autoscalingv2.ResourceMetricSourceType,
				Resource: &autoscalingv2.ResourceMetricSource{
					Name:   corev1.ResourceCPU,
					Target: autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: &r.TargetCPU},
				},
			}},
		},
	})
	s.addObject(budgetName, &policyv1.PodDisruptionBudget{
		ObjectMeta: s.meta(),
		Spec: policyv1.PodDisruptionBudgetSpec{
			Selector:                   s.selector(),
			MaxUnavailable:             new(intstr.FromInt32(1)),
			UnhealthyPodEvictionPolicy: new(policyv1.AlwaysAllow),
		},
	})
}
