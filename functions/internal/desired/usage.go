package desired

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/ausmart/platform/functions/internal/observed"
)

// UseComposite keeps another claim's composite from being deleted until a composed
// resource that lives in it, its user, is gone. Crossplane refuses the deletion
// meanwhile. Whoever deletes the claim tries again, which is what its controller
// does; Crossplane is not asked to: somebody's attempt that was refused months ago
// would delete a database on the day on which its last service goes.
//
// There is one ClusterUsage for each user, since a Usage that selects by labels
// settles on one object for ever. The user is a composed resource and never the
// composite itself: that one waits, when it is deleted, for what it composed,
// the Usage included. And a Usage names its user, so there is none before the
// user has a name.
func (r *Resources) UseComposite(obs observed.Resources, gvk schema.GroupVersionKind, name, user string) {
	r.use(obs, usageResource{gvk, name}, strings.ToLower(gvk.Kind), user, false)
}

// UseCompositeOf is UseComposite for a user of several composites of one kind, each
// known by its claim's name.
func (r *Resources) UseCompositeOf(obs observed.Resources, gvk schema.GroupVersionKind, claim, name, user string) {
	r.use(obs, usageResource{gvk, name}, strings.ToLower(gvk.Kind)+"-"+claim, user, false)
}

// Use keeps one of the composed resources from being deleted until another, its
// user, is gone, and deletes it then if that was tried: Kubernetes' garbage
// collector tries again too, but after ever longer pauses.
func (r *Resources) Use(obs observed.Resources, target, user string) {
	if gvk, ok := r.kind(target); ok {
		r.use(obs, usageResource{gvk, obs.Name(target)}, target, user, true)
	}
}

func (r *Resources) use(obs observed.Resources, of usageResource, target, user string, replay bool) {
	by, wanted := r.kind(user)
	if !wanted || of.name == "" || obs.Name(user) == "" {
		return
	}
	using := usageResource{by, obs.Name(user)}.reference()
	r.AddObject("usage-"+user+"-of-"+target, usageKind("ClusterUsage"), &usage{Spec: usageSpec{
		Of:             of.reference(),
		By:             &using,
		ReplayDeletion: replay,
	}})
}

// Hold refuses the deletion of an object, the composite or its claim, for as long
// as the function wants it held. A person who tries reads the reason, which says
// what to do first. Nothing is deleted later because somebody once tried: a Hold
// that goes replays no deletion.
func (r *Resources) Hold(gvk schema.GroupVersionKind, namespace, name, reason string) {
	kind := "ClusterUsage"
	if namespace != "" {
		kind = "Usage"
	}
	r.AddObject(HoldName(gvk.Kind), usageKind(kind), &usage{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace},
		Spec:       usageSpec{Of: usageResource{gvk, name}.reference(), Reason: reason},
	})
}

// HoldName is the resource's name in the composition that holds an object of a
// kind.
func HoldName(kind string) string { return "hold-" + strings.ToLower(kind) }

// usageResource is an object of the control plane.
type usageResource struct {
	gvk  schema.GroupVersionKind
	name string
}

func (u usageResource) reference() usageReference {
	apiVersion, kind := u.gvk.ToAPIVersionAndKind()
	return usageReference{APIVersion: apiVersion, Kind: kind, ResourceRef: nameReference{Name: u.name}}
}

// usageKind is Crossplane's. Its own Go type is in a module that wants other
// versions of Kubernetes' modules than the provider's APIs.
func usageKind(kind string) schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: "protection.crossplane.io", Version: "v1beta1", Kind: kind}
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
