package service

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/runner"
)

const (
	// conditionReady says whether all of the service's resources are ready, and
	// conditionWorkload whether the version that the claim names runs.
	conditionReady    = "ServiceReady"
	conditionWorkload = "WorkloadReady"
)

func (s *service) status(p progress.Summary) *v1alpha1.ServiceStatus {
	out := &v1alpha1.ServiceStatus{
		CommonStatus: v1alpha1.CommonStatus{
			Environment: s.spec.Environment,
			WaitingFor:  p.Awaited(),
			Settings:    s.set.Effective(),
		},
		URL:           s.url(),
		Image:         s.seen.image(s.name),
		ReadyReplicas: s.seen.deployment.Status.ReadyReplicas,
		RoleARN:       s.seen.roleARN,
		RepositoryURL: s.seen.repositoryURL,
	}
	for _, q := range s.spec.Queues {
		if url := s.seen.queues[q.Name].url; url != "" {
			if out.Queues == nil {
				out.Queues = map[string]v1alpha1.QueueURL{}
			}
			out.Queues[q.Name] = v1alpha1.QueueURL(url)
		}
	}
	return out
}

// template of the pods as they are in the cluster.
func (s *seen) template() corev1.PodTemplateSpec { return s.deployment.Spec.Template }

// image that the cluster was told to run; empty while there is none.
func (s *seen) image(container string) string {
	for _, c := range s.template().Spec.Containers {
		if c.Name == container {
			return c.Image
		}
	}
	return ""
}

func (s *service) conditions(p progress.Summary) []runner.Condition {
	w := progress.Of(s.obs, []string{deploymentName})
	message := w.Awaited()
	if d := s.seen.deployment.Status; !w.Ready() && w.Trouble() == "" && d.Replicas > 0 {
		message = fmt.Sprintf("%d of %d replicas run the newest version, %d are ready", d.UpdatedReplicas, d.Replicas, d.ReadyReplicas)
	}
	return []runner.Condition{
		{Type: conditionReady, True: p.Ready(), Reason: p.Reason(), Message: p.Awaited()},
		{Type: conditionWorkload, True: w.Ready(), Reason: w.Reason(), Message: message},
	}
}
