package desired

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/ausmart/platform/functions/internal/observed"
)

// A Composite of another claim.
type Composite struct {
	// Kind of the composite, such as XNetwork, and its name.
	Kind schema.GroupVersionKind
	Name string

	// Claim is the claim's name, where a user has several composites of one kind.
	Claim string
}

// AddCompositeUsage keeps another claim's composite from being deleted until a composed
// resource that lives in it, its user, is gone. Crossplane refuses the deletion
// meanwhile, and the controller of the claim tries again. Crossplane itself does not repeat
// the attempt: one that was refused months ago would delete a database on the day on which
// its last service is deleted.
//
// There is one ClusterUsage for each user, since a Usage that selects by labels
// selects one object for ever. The user is a composed resource and never the
// composite itself: that one waits, when it is deleted, for what it composed,
// the Usage included. And a Usage names its user, so there is none before the
// user has a name.
func (r *Resources) AddCompositeUsage(c Composite, user string) {
	r.addUsage(usageResource{c.Kind, c.Name}, c.target(), user, false)
}

// target of Usages in their names.
func (c Composite) target() string {
	if c.Claim == "" {
		return strings.ToLower(c.Kind.Kind)
	}
	return strings.ToLower(c.Kind.Kind) + "-" + c.Claim
}

// AddUsages keep composed resources, the targets, from being deleted until another,
// their user, is gone. Crossplane deletes them then if that was tried: Kubernetes'
// garbage collector tries again too, but after ever longer pauses.
func (r *Resources) AddUsages(user string, targets ...string) {
	for _, target := range targets {
		if gvk, ok := r.kind(target); ok {
			r.addUsage(usageResource{gvk, r.observed.Name(target)}, target, user, true)
		}
	}
}

func (r *Resources) addUsage(of usageResource, target, user string, replay bool) {
	by, applied := r.kind(user)
	if !applied || of.name == "" || r.observed.Name(user) == "" {
		return
	}
	using := usageResource{by, r.observed.Name(user)}.reference()
	r.protect("usage-"+user+"-of-"+target, &usage{Spec: usageSpec{Of: of.reference(), By: &using, ReplayDeletion: replay}})
}

// UsedComposite is the name of the composite that the Usages in obs protect, as AddCompositeUsage
// made them for a kind and claim; empty where there is none.
func UsedComposite(obs observed.Resources, c Composite) string {
	for _, name := range obs.Names() {
		if isUsageOf(name, c) {
			return obs.Used(name)
		}
	}
	return ""
}

// AddClaimUsage keeps another claim from being deleted while the composite is not: its Usage has
// a reason and no user, so that it goes at once when the composite does. Whoever deletes both in
// any order ends by trying again; no deletion is replayed.
//
// It comes after a Usage of that claim's composite, the target. Crossplane marks what is in use by a label, and
// copies a claim's labels to its composite: a label that came that way would go with this
// Usage, and the composite could be deleted under its users. One that Crossplane has set there
// for a Usage stays (v2.4.0, internal/controller/apiextensions/claim/syncer_ssa.go and
// internal/controller/protection/usage/reconciler.go, read 2026-11-30).
func (r *Resources) AddClaimUsage(target Composite, gvk schema.GroupVersionKind, namespace, name, reason string) {
	usage := "usage-of-" + strings.ToLower(gvk.Kind) + "-" + name
	marked := slices.ContainsFunc(r.observed.Names(), func(name string) bool { return isUsageOf(name, target) && r.observed.Ready(name) })
	if marked || r.observed.Has(usage) {
		r.hold(usage, usageResource{gvk, name}, namespace, reason)
	}
}

// isUsageOf reports whether AddCompositeUsage gives this name to a Usage of the composite.
func isUsageOf(name string, c Composite) bool {
	return strings.HasPrefix(name, "usage-") && strings.HasSuffix(name, "-of-"+c.target())
}

// Protect a composite from deletion, and then its claim, in the order of AddClaimUsage. A person who
// tries reads the reason, which says what to do first. Nothing is deleted later because of
// an attempt that was refused: a protection that ends replays no deletion.
func (r *Resources) Protect(composite, claim schema.GroupVersionKind, name, claimNamespace, claimName, reason string) {
	first, then := ProtectionName(composite.Kind), ProtectionName(claim.Kind)
	r.hold(first, usageResource{composite, name}, "", reason)
	if claimName != "" && claimNamespace != "" && (r.observed.Ready(first) || r.observed.Has(then)) {
		r.hold(then, usageResource{claim, claimName}, claimNamespace, reason)
	}
}

// ProtectResource protects a composed resource that exists from deletion, as Protect does. The
// deletion of the whole composite is not refused by it: the protection goes with everything else.
func (r *Resources) ProtectResource(name, reason string) {
	if gvk, ok := r.kind(name); ok && r.observed.Has(name) {
		r.hold(resourceProtectionName(name), usageResource{gvk, r.observed.Name(name)}, "", reason)
	}
}

// ProtectionName is the name in the composition of the resource that protects an
// object of a kind, the composite or its claim.
func ProtectionName(kind string) string { return "hold-" + strings.ToLower(kind) }

// resourceProtectionName is the name in the composition of the one that protects a composed
// resource.
func resourceProtectionName(name string) string { return "hold-of-" + name }

// Protected reports whether anything is protected by Protect or ProtectResource at present.
func Protected(obs observed.Resources) bool {
	return slices.ContainsFunc(obs.Names(), func(name string) bool { return strings.HasPrefix(name, "hold-") })
}

// DropClaimUsages leaves out all that protects claims. In a namespace that is being deleted
// nothing can be made.
func (r *Resources) DropClaimUsages() {
	maps.DeleteFunc(r.usages, func(_ string, o Object) bool {
		u, ok := o.(*usage)
		return ok && u.Namespace != ""
	})
}

// hold an object by a Usage without a user.
func (r *Resources) hold(name string, of usageResource, namespace, reason string) {
	r.protect(name, &usage{ObjectMeta: metav1.ObjectMeta{Namespace: namespace}, Spec: usageSpec{Of: of.reference(), Reason: reason}})
}

// protect adds a Usage, or a ClusterUsage for what lives in no namespace. Crossplane's
// own Go types are in a module that needs other versions of Kubernetes' modules than the
// provider's APIs.
func (r *Resources) protect(name string, u *usage) {
	u.APIVersion, u.Kind = "protection.crossplane.io/v1beta1", "ClusterUsage"
	if u.Namespace != "" {
		u.Kind = "Usage"
	}
	if _, ok := r.usages[name]; ok {
		r.fail(fmt.Errorf("resource %q is composed twice", name))
	}
	setName(u, name)
	r.usages[name] = u
}

// usageResource is an object of the control plane.
type usageResource struct {
	gvk  schema.GroupVersionKind
	name string
}

func (u usageResource) reference() usageReference {
	apiVersion, kind := u.gvk.ToAPIVersionAndKind()
	return usageReference{APIVersion: apiVersion, Kind: kind, ResourceRef: nameReference{Name: u.name}}
}

type usage struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec usageSpec `json:"spec"`
}

type usageSpec struct {
	Of             usageReference  `json:"of"`
	By             *usageReference `json:"by,omitempty"`
	Reason         string          `json:"reason,omitempty"`
	ReplayDeletion bool            `json:"replayDeletion,omitempty"`
}

type usageReference struct {
	APIVersion  string        `json:"apiVersion"`
	Kind        string        `json:"kind"`
	ResourceRef nameReference `json:"resourceRef"`
}

type nameReference struct {
	Name string `json:"name"`
}

// DeepCopyObject makes the type one that can be written.
func (u *usage) DeepCopyObject() runtime.Object {
	out := *u
	u.DeepCopyInto(&out.ObjectMeta)
	if u.Spec.By != nil {
		out.Spec.By = new(*u.Spec.By)
	}
	return &out
}
