// Package incluster has the managed resources that apply something in a cluster: a
// Kubernetes object by provider-kubernetes, a Helm release by provider-helm, and the
// ProviderConfig by which each provider reaches the cluster.
//
// The types have the fields that the platform uses, at the storage versions of
// the providers' CRDs: the providers' own Go types need other versions of
// Kubernetes' modules than provider-aws does. Tests validate what is made of them
// against the providers' CRDs, strictly.
package incluster

import (
	"fmt"
	"path"
	"reflect"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"

	"github.com/ausmart/platform/functions/internal/desired"
)

// Readiness says when an object counts as ready.
type Readiness string

// The policies.
const (
	// WhenCreated is for objects without a state of their own.
	WhenCreated Readiness = "SuccessfulCreate"

	// WhenReady is for objects with a condition Ready.
	WhenReady Readiness = "DeriveFromObject"

	// WhenCEL is for objects whose readiness a CEL expression over "object" tells.
	WhenCEL Readiness = "DeriveFromCelQuery"
)

// An Object puts one object into the cluster of its ProviderConfig.
type Object struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec ObjectSpec `json:"spec"`

	// Status is what the provider saw; it is read and never written.
	Status ObjectStatus `json:"status,omitzero"`
}

// ObjectStatus says what the provider saw.
type ObjectStatus struct {
	AtProvider ObjectObservation `json:"atProvider,omitzero"`
}

// ObjectObservation holds the object as it is in the cluster.
type ObjectObservation struct {
	Manifest map[string]any `json:"manifest,omitempty"`
}

// ObjectSpec says what object is wanted.
type ObjectSpec struct {
	ForProvider       ObjectParameters    `json:"forProvider"`
	Readiness         ObjectReadiness     `json:"readiness"`
	Watch             bool                `json:"watch,omitempty"`
	DeletionPolicy    xpv1.DeletionPolicy `json:"deletionPolicy,omitempty"`
	ProviderConfigRef xpv1.Reference      `json:"providerConfigRef"`
}

// ObjectParameters hold the object.
type ObjectParameters struct {
	Manifest map[string]any `json:"manifest"`
}

// ObjectReadiness says when the object counts as ready.
type ObjectReadiness struct {
	Policy   Readiness `json:"policy"`
	CELQuery string    `json:"celQuery,omitempty"`
}

// NewObject puts a manifest into the cluster of the named ProviderConfig of
// provider-kubernetes. An object that has to become ready is watched: without a
// watch the provider checks it every 30 seconds.
func NewObject(config string, manifest map[string]any, r ObjectReadiness) *Object {
	return &Object{TypeMeta: metav1.TypeMeta{APIVersion: "kubernetes.crossplane.io/v1alpha2", Kind: "Object"}, Spec: ObjectSpec{
		ForProvider:       ObjectParameters{Manifest: manifest},
		Readiness:         r,
		Watch:             r.Policy != WhenCreated,
		ProviderConfigRef: xpv1.Reference{Name: config},
	}}
}

// Manifest of a typed object, with the fields left out that its Go type cannot
// leave out: a status, and a creation time that is null. The kind and version of an
// object of Kubernetes' own APIs follow from its Go type; all others bring theirs.
func Manifest(obj any) (map[string]any, error) {
	m, err := Plain(obj)
	if err != nil {
		return nil, err
	}
	delete(m, "status")
	desired.DropNulls(m)
	if m["kind"] == nil {
		if m["apiVersion"], m["kind"], err = kindOf(obj); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// Plain is a typed object as its JSON has it. Whole numbers are int64.
func Plain(obj any) (map[string]any, error) {
	v := reflect.ValueOf(obj)
	if v.Kind() != reflect.Pointer { // The converter takes nothing else.
		v = reflect.New(v.Type())
		v.Elem().Set(reflect.ValueOf(obj))
	}
	out, err := runtime.DefaultUnstructuredConverter.ToUnstructured(v.Interface())
	if err != nil {
		return nil, fmt.Errorf("cannot convert %T: %w", obj, err)
	}
	return out, nil
}

// kindOf an object of k8s.io/api, whose packages are called after API groups: core,
// and the first part of the others' names.
func kindOf(obj any) (apiVersion, kind string, err error) {
	t := reflect.Indirect(reflect.ValueOf(obj)).Type()
	api, ok := strings.CutPrefix(t.PkgPath(), "k8s.io/api/")
	if !ok {
		return "", "", fmt.Errorf("%s is no type of Kubernetes and has no kind", t)
	}
	group, version := path.Split(api)
	switch group = path.Clean(group); group {
	case "core":
		return version, t.Name(), nil
	case "rbac":
		group = "rbac.authorization.k8s.io"
	case "networking", "storage":
		group += ".k8s.io"
	}
	return group + "/" + version, t.Name(), nil
}

// A NamedManifest is an object that belongs in the cluster, with the name that its
// resource has in the composition.
type NamedManifest struct {
	// Name that the composed resource's name ends in.
	Name string

	// Object as it is applied.
	Object map[string]any

	// Readiness says when the object counts as ready.
	Readiness ObjectReadiness
}

// A NamedObject is the typed object of a NamedManifest.
type NamedObject struct {
	Name      string
	Object    any
	Readiness ObjectReadiness
}

// Manifests of typed objects, in their order.
func Manifests(objects ...NamedObject) ([]NamedManifest, error) {
	out := make([]NamedManifest, 0, len(objects))
	for _, o := range objects {
		manifest, err := Manifest(o.Object)
		if err != nil {
			return nil, err
		}
		out = append(out, NamedManifest{Name: o.Name, Object: manifest, Readiness: o.Readiness})
	}
	return out, nil
}

// A Release installs a Helm chart into the cluster of its ProviderConfig.
type Release struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec ReleaseSpec `json:"spec"`
}

// ReleaseSpec says what release is wanted.
type ReleaseSpec struct {
	ForProvider       ReleaseParameters `json:"forProvider"`
	RollbackLimit     int32             `json:"rollbackLimit,omitempty"`
	ProviderConfigRef xpv1.Reference    `json:"providerConfigRef"`
}

// ReleaseParameters say which chart, where to, and with which values.
type ReleaseParameters struct {
	Chart               Chart          `json:"chart"`
	Namespace           string         `json:"namespace"`
	SkipCreateNamespace bool           `json:"skipCreateNamespace,omitempty"`
	SkipCRDs            bool           `json:"skipCRDs,omitempty"`
	Values              map[string]any `json:"values,omitempty"`
	Wait                bool           `json:"wait,omitempty"`
	WaitTimeout         string         `json:"waitTimeout,omitempty"`
	MaxHistory          int32          `json:"maxHistory,omitempty"`
}

// A Chart by repository, name and version; Repository is an https or oci address.
type Chart struct {
	Repository string `json:"repository"`
	Name       string `json:"name"`
	Version    string `json:"version"`
}

// NewRelease installs a chart under a name into the cluster of the named ProviderConfig
// of provider-helm.
func NewRelease(meta metav1.ObjectMeta, spec ReleaseSpec) *Release {
	return &Release{TypeMeta: metav1.TypeMeta{APIVersion: "helm.crossplane.io/v1beta1", Kind: "Release"}, ObjectMeta: meta, Spec: spec}
}

// A ProviderConfig tells a provider how to reach a cluster. Those of
// provider-kubernetes and provider-helm have the same form.
type ProviderConfig struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec ProviderConfigSpec `json:"spec"`
}

// ProviderConfigSpec points to a kubeconfig.
type ProviderConfigSpec struct {
	Credentials Credentials `json:"credentials"`
}

// Credentials in a key of a Secret of the management cluster.
type Credentials struct {
	Source    string                 `json:"source"`
	SecretRef xpv1.SecretKeySelector `json:"secretRef"`
}

// NewKubernetesConfig is the ProviderConfig of provider-kubernetes that reads the
// kubeconfig from a Secret.
func NewKubernetesConfig(kubeconfig xpv1.SecretKeySelector) *ProviderConfig {
	return newProviderConfig("kubernetes.crossplane.io/v1alpha1", kubeconfig)
}

// NewHelmConfig is the ProviderConfig of provider-helm that reads the kubeconfig from
// a Secret.
func NewHelmConfig(kubeconfig xpv1.SecretKeySelector) *ProviderConfig {
	return newProviderConfig("helm.crossplane.io/v1beta1", kubeconfig)
}

func newProviderConfig(apiVersion string, kubeconfig xpv1.SecretKeySelector) *ProviderConfig {
	return &ProviderConfig{
		TypeMeta: metav1.TypeMeta{APIVersion: apiVersion, Kind: "ProviderConfig"},
		Spec:     ProviderConfigSpec{Credentials: Credentials{Source: "Secret", SecretRef: kubeconfig}},
	}
}

var (
	_ desired.Object = (*Object)(nil)
	_ desired.Object = (*Release)(nil)
	_ desired.Object = (*ProviderConfig)(nil)
)

// DeepCopyObject makes the type a runtime.Object. The copy shares the manifest,
// which no one changes once it is made.
func (o *Object) DeepCopyObject() runtime.Object {
	out := *o
	o.DeepCopyInto(&out.ObjectMeta)
	return &out
}

// DeepCopyObject makes the type a runtime.Object. The copy shares the values,
// which no one changes once they are made.
func (r *Release) DeepCopyObject() runtime.Object {
	out := *r
	r.DeepCopyInto(&out.ObjectMeta)
	return &out
}

// DeepCopyObject makes the type a runtime.Object.
func (c *ProviderConfig) DeepCopyObject() runtime.Object {
	out := *c
	c.DeepCopyInto(&out.ObjectMeta)
	return &out
}
