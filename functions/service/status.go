package service

import (
	"fmt"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/settings"
)

// conditionWorkload reports whether the version that the claim names runs.
const conditionWorkload = "WorkloadReady"

func (s *service) status(waitingFor string) *v1alpha1.ServiceStatus {
	out := &v1alpha1.ServiceStatus{
		CommonStatus:  s.Status(waitingFor, s.withoutEffect()...),
		URL:           s.url(),
		Image:         s.runningImage(),
		ReadyReplicas: s.state.deployment.Status.ReadyReplicas,
		RoleARN:       s.state.roleARN,
		RepositoryURL: s.state.repositoryURL,
	}
	for _, q := range s.spec.Queues {
		if url := s.state.queues[q.Name].url; url != "" {
			if out.Queues == nil {
				out.Queues = map[string]v1alpha1.QueueURL{}
			}
			out.Queues[q.Name] = v1alpha1.QueueURL(url)
		}
	}
	return out
}

// withoutEffect are the settings that the claim does not act on.
func (s *service) withoutEffect() []settings.Name {
	if s.spec.Ingress != nil {
		return nil
	}
	return []settings.Name{settings.InternalIngress}
}

// runningImage is the one of the Deployment in the cluster; empty while there is none.
func (s *service) runningImage() string {
	for _, c := range s.state.deployment.Spec.Template.Spec.Containers {
		if c.Name == s.workload {
			return c.Image
		}
	}
	return ""
}

// workloadCondition shows how many replicas run the newest version.
func (s *service) workloadCondition() progress.Condition {
	workload := progress.Of(s.Observed, []string{deploymentName})
	c := workload.Condition(conditionWorkload)
	if d := s.state.deployment.Status; !workload.Ready() && workload.Trouble() == "" && d.Replicas > 0 {
		c.Message = fmt.Sprintf("%d of %d replicas run the newest version, %d are ready", d.UpdatedReplicas, d.Replicas, d.ReadyReplicas)
	}
	return c
}
