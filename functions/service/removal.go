package service

import (
	"strings"

	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
)

// statefulKinds hold what cannot be restored: messages, and images that run.
func statefulKinds() []string { return []string{"Queue", "Repository"} }

// addUsages protects the cluster and the databases from deletion until the service is gone:
// a database, which the pods use, until the Deployment is.
func (s *service) addUsages() {
	s.Uses("Cluster", s.spec.ClusterRef.Name)
	for _, d := range s.spec.Databases {
		s.Uses("Database", d.Name)
	}
	cluster := desired.Composite{Kind: composition.CompositeKind("Cluster"), Name: s.cluster.GetName()}
	for _, name := range s.Observed.Names() {
		if kind := s.Observed.Kind(name); kind == "Object" || kind == "PodIdentityAssociation" {
			s.Desired.AddCompositeUsage(cluster, name)
		}
	}
	for _, d := range s.databases {
		s.Desired.AddCompositeUsage(desired.Composite{Kind: composition.CompositeKind("Database"), Name: d.composite, Claim: d.name}, deploymentName)
	}
}

// checkRemovals allows the removal of what the claim no longer asks for: a queue that it no
// longer lists, a repository that it switches off. Where the settings protect from deletion
// that is the first of two steps, and the annotation is the second.
func (s *service) checkRemovals() {
	for _, name := range s.Observed.Names() {
		if isOptional(name) && !s.Settings.DeletionProtection.V {
			s.Desired.AllowRemoval(name)
		}
	}
	s.Finish(guard(), removalReason)
}

// guard of the service: of its queues and its repository.
func guard() composition.Guard {
	return composition.Guard{
		StatefulKinds:  statefulKinds(),
		DeletionNotice: "deleting the claim deletes the service, its queues with the messages in them, and its repository with the images",
	}
}

// isOptional reports whether a resource exists only while the claim asks for it.
func isOptional(name string) bool {
	return name == repositoryName || strings.HasPrefix(name, queueName("")) || strings.HasPrefix(name, deadLetterName(""))
}

// removalReason says why a resource that holds state is left out.
func removalReason(name string) string {
	switch {
	case !isOptional(name):
		return composition.ReasonNotAsked
	case name == repositoryName:
		return "spec.repository is off, but deletionProtection is on: to keep it, set spec.repository: true"
	default:
		return "spec.queues does not list it any more, but deletionProtection is on: to keep it, list it again"
	}
}
