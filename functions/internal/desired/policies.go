package desired

import (
	"slices"
	"strings"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"

	"github.com/ausmart/platform/functions/internal/observed"
)

// managed resources of provider-aws, cluster-scoped.
type managed interface {
	Object

	GetAnnotations() map[string]string
	GetDeletionPolicy() xpv1.DeletionPolicy
	GetManagementPolicies() xpv1.ManagementPolicies
	SetManagementPolicies(p xpv1.ManagementPolicies)
	SetProviderConfigReference(r *xpv1.Reference)
}

// withoutPolicies are kinds whose controllers take the default policies only, and refuse any other.
// A ClusterAuth asks AWS for a kubeconfig and has nothing that AWS could fill (provider-aws v2.4.0,
// internal/controller/cluster/eks/clusterauth: no WithManagementPolicies, read 2026-11-30).
func withoutPolicies() []string { return []string{"ClusterAuth"} }

// own the spec of a managed resource: without the policy LateInitialize its provider writes no
// value of AWS back into a field that the composition leaves out, so that a field that a claim no
// longer sets does not return.
//
// A name that AWS chooses is the exception while it is not recorded. Upjet makes every resource in
// the background and writes down its name as part of late initialization: without that policy the
// name is lost, and the next start of the provider makes the resource a second time
// (crossplane/upjet#531, provider-upjet-aws#1715, both open; read 2026-11-30).
func (r *Resources) own(name string, m managed) {
	if len(m.GetManagementPolicies()) > 0 || slices.Contains(withoutPolicies(), m.GetObjectKind().GroupVersionKind().Kind) || !r.named(name, m) {
		return
	}
	policies := xpv1.ManagementPolicies{
		xpv1.ManagementActionCreate, xpv1.ManagementActionDelete, xpv1.ManagementActionObserve, xpv1.ManagementActionUpdate,
	}
	if m.GetDeletionPolicy() == xpv1.DeletionOrphan { // Policies that are not the default ones prevail over it.
		policies = slices.Delete(policies, 1, 2)
	}
	m.SetManagementPolicies(policies)
}

// named reports whether the resource's name in AWS is recorded: the composition chose it, or AWS
// did. Where the provider had to make the resource anew, AWS answers with another id for a while.
func (r *Resources) named(name string, m managed) bool {
	if m.GetAnnotations()[observed.ExternalNameAnnotation] != "" {
		return true
	}
	recorded, id := r.observed.ExternalName(name), r.observed.AtProvider(name, "id")
	return recorded != "" && (id == "" || strings.Contains(id, recorded))
}
