package service

import (
	"slices"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
)

// stateful kinds hold what cannot be had back: messages, and images that run.
func stateful(kind string) bool {
	return slices.Contains([]string{"Queue", "Repository"}, kind)
}

// release lets go what the claim itself asks to be gone: a queue that it no longer
// lists, a repository that it no longer wants. Where the environment protects from
// deletion that is the first of two steps, and the annotation is the second.
func (s *service) release(xr *v1alpha1.Service) {
	if !s.set.DeletionProtection.V {
		for _, name := range s.obs.Names() {
			if s.asked(name) {
				s.want.Release(name)
			}
		}
	}
	for name := range strings.SplitSeq(xr.GetAnnotations()[desired.AllowRemovalAnnotation], ",") {
		s.want.Release(strings.TrimSpace(name))
	}
}

// asked says whether the claim can have asked for a resource to go.
func (s *service) asked(name string) bool {
	return name == repositoryName || strings.HasPrefix(name, queueName("")) || strings.HasPrefix(name, deadLetterName(""))
}

// unasked says why a resource that is protected would go.
func (s *service) unasked(name string) string {
	if !s.asked(name) {
		return "nothing in the claim asks for that"
	}
	field := "spec.repository does not want it"
	if name != repositoryName {
		field = "spec.queues does not list it"
	}
	return field + " any more, but deletionProtection is on: to keep it, put that back"
}
