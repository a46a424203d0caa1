package simulator

import (
	xpv1 "github.com/crossplane/crossplane-runtime/v2/apis/common/v1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/fieldpath"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Managed is a managed resource of any kind. It implements crossplane-runtime's resource.Managed.
type Managed struct{ unstructured.Unstructured }

var (
	_ resource.Managed     = &Managed{}
	_ resource.ManagedList = &ManagedList{}
)

func newManaged(gvk schema.GroupVersionKind) *Managed {
	mg := &Managed{}
	mg.SetGroupVersionKind(gvk)
	return mg
}

// DeepCopyObject copies the whole object.
func (mg *Managed) DeepCopyObject() runtime.Object { return mg.copy() }

func (mg *Managed) copy() *Managed { return &Managed{*mg.DeepCopy()} }

// GetManagementPolicies reads spec.managementPolicies.
func (mg *Managed) GetManagementPolicies() xpv1.ManagementPolicies {
	p := xpv1.ManagementPolicies{}
	_ = mg.get("spec.managementPolicies", &p)
	return p
}

// SetManagementPolicies writes spec.managementPolicies.
func (mg *Managed) SetManagementPolicies(p xpv1.ManagementPolicies) {
	mg.set("spec.managementPolicies", p)
}

// GetDeletionPolicy reads spec.deletionPolicy.
func (mg *Managed) GetDeletionPolicy() xpv1.DeletionPolicy {
	var p xpv1.DeletionPolicy
	_ = mg.get("spec.deletionPolicy", &p)
	return p
}

// GetCondition reads a condition.
func (mg *Managed) GetCondition(t xpv1.ConditionType) xpv1.Condition {
	s := xpv1.ConditionedStatus{}
	_ = mg.get("status", &s)
	return s.GetCondition(t)
}

// SetConditions writes conditions. An unchanged condition keeps its transition time.
func (mg *Managed) SetConditions(c ...xpv1.Condition) {
	s := xpv1.ConditionedStatus{}
	_ = mg.get("status", &s)
	for i := range c {
		c[i] = c[i].WithObservedGeneration(mg.GetGeneration())
	}
	s.SetConditions(c...)
	mg.set("status.conditions", s.Conditions)
}

// providerConfig names the ProviderConfig that the object asks for.
func (mg *Managed) providerConfig() string {
	name, _, _ := unstructured.NestedString(mg.Object, "spec", "providerConfigRef", "name")
	return name
}

// fields returns spec.forProvider or spec.initProvider; changes to the map change the object.
func (mg *Managed) fields(section string) map[string]any {
	spec, _ := mg.Object["spec"].(map[string]any)
	fields, _ := spec[section].(map[string]any)
	return fields
}

func (mg *Managed) get(path string, into any) error {
	return fieldpath.Pave(mg.Object).GetValueInto(path, into)
}

func (mg *Managed) set(path string, value any) {
	// Only a path that cannot be parsed or a value that is no JSON fails; both are constants of this package.
	_ = fieldpath.Pave(mg.Object).SetValue(path, value)
}

// ManagedList is a list of managed resources of any kind.
type ManagedList struct{ unstructured.UnstructuredList }

// GetItems lists the objects.
func (l *ManagedList) GetItems() []resource.Managed {
	items := make([]resource.Managed, len(l.Items))
	for i := range l.Items {
		items[i] = &Managed{l.Items[i]}
	}
	return items
}
