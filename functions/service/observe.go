package service

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/runtime"

	ecrv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ecr/v1beta1"
	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"
	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"
	sqsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/sqs/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/incluster"
	"github.com/ausmart/platform/functions/internal/observed"
)

// seen is what the composition reads of what exists. A string is empty where
// nobody has answered yet.
type seen struct {
	roleARN       string
	associationID string
	repositoryURL string

	// queues by their name in the claim, and their dead-letter queues.
	queues, deadLetters map[string]queue

	// namespace that the objects are in.
	namespace string

	// asked is the Deployment as it was asked for last, and deployment as it is.
	asked      *incluster.Object
	deployment appsv1.Deployment
	ingress    networkingv1.Ingress
}

// queue is what AWS says of one, and the policies that were asked for last.
type queue struct{ url, arn, redrive, allow string }

// look reads what exists.
func look(obs observed.Resources, queues []v1alpha1.Queue) (seen, error) {
	s := seen{queues: map[string]queue{}, deadLetters: map[string]queue{}}
	role, err := observed.Get[iamv1beta1.Role](obs, roleName)
	if err != nil {
		return s, err
	}
	association, err := observed.Get[eksv1beta1.PodIdentityAssociation](obs, associationName)
	if err != nil {
		return s, err
	}
	repository, err := observed.Get[ecrv1beta1.Repository](obs, repositoryName)
	if err != nil {
		return s, err
	}
	s.roleARN = value(role.Status.AtProvider.Arn)
	s.associationID = value(association.Status.AtProvider.AssociationID)
	s.repositoryURL = value(repository.Status.AtProvider.RepositoryURL)
	for _, q := range queues {
		if s.queues[q.Name], err = lookAtQueue(obs, queueName(q.Name)); err != nil {
			return s, err
		}
		if s.deadLetters[q.Name], err = lookAtQueue(obs, deadLetterName(q.Name)); err != nil {
			return s, err
		}
	}
	return s, s.lookInCluster(obs)
}

func lookAtQueue(obs observed.Resources, name string) (queue, error) {
	q, err := observed.Get[sqsv1beta1.Queue](obs, name)
	if err != nil {
		return queue{}, err
	}
	at := q.Status.AtProvider
	return queue{url: value(at.URL), arn: value(at.Arn), redrive: value(q.Spec.ForProvider.RedrivePolicy), allow: value(q.Spec.ForProvider.RedriveAllowPolicy)}, nil
}

// lookInCluster reads what provider-kubernetes saw in the cluster.
func (s *seen) lookInCluster(obs observed.Resources) error {
	namespace, err := observed.Get[incluster.Object](obs, namespaceName)
	if err != nil {
		return err
	}
	meta, _ := namespace.Spec.ForProvider.Manifest["metadata"].(map[string]any)
	s.namespace, _ = meta["name"].(string)

	if s.asked, err = observed.Get[incluster.Object](obs, deploymentName); err != nil {
		return err
	}
	if err := inCluster(s.asked, deploymentName, &s.deployment); err != nil {
		return err
	}
	ingress, err := observed.Get[incluster.Object](obs, ingressName)
	if err != nil {
		return err
	}
	return inCluster(ingress, ingressName, &s.ingress)
}

// inCluster decodes the object that an Object last saw; it leaves into as it is
// where the Object has seen none.
func inCluster(o *incluster.Object, name string, into runtime.Object) error {
	if o.Status.AtProvider.Manifest == nil {
		return nil
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(o.Status.AtProvider.Manifest, into); err != nil {
		return fmt.Errorf("cannot decode what is in the cluster of %q: %w", name, err)
	}
	return nil
}

// keeps refuses a spec that would leave a workload behind in another namespace. The
// claim's schema refuses that already; this holds for a composite that somebody
// edits by hand.
func (s *seen) keeps(id identity) error {
	if s.namespace != "" && s.namespace != id.namespace {
		return fmt.Errorf("spec.namespace: the service is in %s and cannot move to %s: create a new claim", s.namespace, id.namespace)
	}
	return nil
}

func value(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
