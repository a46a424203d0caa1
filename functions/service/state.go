package service

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"

	ecrv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/ecr/v1beta2"
	eksv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/eks/v1beta1"
	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"
	sqsv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/sqs/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/incluster"
	"github.com/ausmart/platform/functions/internal/observed"
)

// state is what exists of the service. A string is empty while AWS has not answered.
type state struct {
	roleARN       string
	associationID string
	repositoryURL string

	// queues by their name in the claim, and their dead-letter queues.
	queues, deadLetters map[string]queue

	// namespace that the objects are in.
	namespace string

	// group is the load balancer that the ingress was made for.
	group string

	// deployment and ingress as they are in the cluster.
	deployment appsv1.Deployment
	ingress    networkingv1.Ingress
}

// queue has AWS's answers, and the policies that the resource has.
type queue struct{ url, arn, redrive, allow string }

func readState(obs observed.Resources, queues []v1alpha1.Queue) (state, error) {
	r := observed.NewReader(obs)
	s := state{
		roleARN:       ptr.Deref(observed.Read[iamv1beta1.Role](r, roleName).Status.AtProvider.Arn, ""),
		associationID: ptr.Deref(observed.Read[eksv1beta1.PodIdentityAssociation](r, associationName).Status.AtProvider.AssociationID, ""),
		repositoryURL: ptr.Deref(observed.Read[ecrv1beta2.Repository](r, repositoryName).Status.AtProvider.RepositoryURL, ""),
		queues:        map[string]queue{},
		deadLetters:   map[string]queue{},
	}
	for _, q := range queues {
		s.queues[q.Name] = readQueue(r, queueName(q.Name))
		s.deadLetters[q.Name] = readQueue(r, deadLetterName(q.Name))
	}
	meta, _ := observed.Read[incluster.Object](r, namespaceName).Spec.ForProvider.Manifest["metadata"].(map[string]any)
	s.namespace, _ = meta["name"].(string)
	s.group, _, _ = unstructured.NestedString(observed.Read[incluster.Object](r, ingressName).Spec.ForProvider.Manifest, "metadata", "annotations", alb+"group.name")
	readManifest(r, deploymentName, &s.deployment)
	readManifest(r, ingressName, &s.ingress)
	return s, r.Err()
}

func readQueue(r *observed.Reader, name string) queue {
	q := observed.Read[sqsv1beta1.Queue](r, name)
	return queue{
		url: ptr.Deref(q.Status.AtProvider.URL, ""), arn: ptr.Deref(q.Status.AtProvider.Arn, ""),
		redrive: ptr.Deref(q.Spec.ForProvider.RedrivePolicy, ""), allow: ptr.Deref(q.Spec.ForProvider.RedriveAllowPolicy, ""),
	}
}

// readManifest decodes an object as it is in the cluster. While there is none, into stays
// as it is.
func readManifest(r *observed.Reader, name string, into runtime.Object) {
	m := observed.Read[incluster.Object](r, name).Status.AtProvider.Manifest
	if m == nil {
		return
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(m, into); err != nil {
		r.Fail(fmt.Errorf("cannot decode what is in the cluster of %q: %w", name, err))
	}
}

// keepNamespace refuses to leave a workload behind in another namespace. The claim's schema
// refuses that already. This holds for a composite that is edited by hand.
func (s *service) keepNamespace() {
	if exists := s.state.namespace; exists != "" && exists != s.namespace {
		s.Refuse(fmt.Errorf("spec.namespace: the service is in %s and cannot move to %s: create a new claim", exists, s.namespace))
		s.namespace = exists
	}
}
