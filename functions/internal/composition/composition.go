// Package composition has what the compositions of all kinds of claim have in
// common: the names, tags and ARNs of their AWS resources, a key with its alias and
// policy, log groups, roles and security groups, and the rules by which resources may be removed.
//
// It reads the composite, the settings and the observed resources, and adds
// resources to the desired ones. It does not decide what a kind consists of.
package composition

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/iampolicy"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/progress"
	"github.com/ausmart/platform/functions/internal/region"
	"github.com/ausmart/platform/functions/internal/settings"
)

// A Composition of one composite.
type Composition struct {
	// Kind of the claim, such as Network.
	Kind string

	// Name of the composite. It is unique in the control plane, and AWS resources are
	// named after it.
	Name string

	// UID of the composite. Another composite of the same name has another one.
	UID string

	// Account in AWS; empty until AWS has answered with an ARN.
	Account string

	// Settings in effect.
	Settings settings.Settings

	// Observed resources, and those that are desired.
	Observed observed.Resources
	Desired  *desired.Resources

	// XR is the composite, for its labels and annotations.
	XR metav1.Object

	// Refusals of what the claim, or its environment, asks for. What exists is composed in its place.
	Refusals []error

	common v1alpha1.CommonSpec
	last   v1alpha1.CommonStatus
}

// New returns the composition of a composite of a kind, whose spec and last status
// have these parts in common with all others.
func New(kind string, xr metav1.Object, spec v1alpha1.CommonSpec, last v1alpha1.CommonStatus,
	set settings.Settings, obs observed.Resources, stages ...desired.Stage,
) *Composition {
	c := &Composition{
		Kind: kind, Name: xr.GetName(), UID: string(xr.GetUID()), Settings: set.Keep(last),
		Observed: obs, Desired: desired.New(obs, spec.ProviderConfigName, stages...),
		XR: xr, common: spec, last: last,
	}
	c.keepIAMPath()
	return c
}

// CompositeKind of a kind of claim: XNetwork of Network.
func CompositeKind(claim string) schema.GroupVersionKind {
	return v1alpha1.GroupVersion().WithKind("X" + claim)
}

// Conditions of the composite and its claim. The kind's own, such as NetworkReady, is
// the last.
func (c *Composition) Conditions() []progress.Condition { return c.Desired.Conditions(c.Kind) }

// Status that all kinds have in common. WaitingFor is the message of the kind's own
// condition. Without are settings that the kind does not act on in this claim. While something
// that the claim asked to remove is still there, the status has the environment and the settings
// of before: they are why it may go.
func (c *Composition) Status(waitingFor string, without ...settings.Name) v1alpha1.CommonStatus {
	s := v1alpha1.CommonStatus{
		Environment: c.common.Environment, Region: c.common.Region, ProviderConfigName: c.common.ProviderConfigName,
		WaitingFor: waitingFor, Settings: c.Settings.Effective(without...),
	}
	if len(c.Refusals) > 0 && c.last.Environment != "" {
		s.Environment = c.last.Environment // A change of it still counts when it is accepted.
	}
	if c.Desired.Removing() && c.last.Environment != "" {
		s.Environment, s.Settings = c.last.Environment, c.last.Settings
	}
	return s
}

// Tags of an AWS resource: the claim's, and on top of them the platform's own. More
// are keys and values by turns.
func (c *Composition) Tags(resource string, more ...string) map[string]*string {
	tags := make(map[string]*string, len(c.common.Tags)+3+len(more)/2)
	for k, v := range c.common.Tags {
		tags[k] = new(string(v))
	}
	tags["Name"] = new(c.Name + "-" + resource)
	tags["ausmart.io/environment"] = new(string(c.common.Environment))
	tags["ausmart.io/"+strings.ToLower(c.Kind)] = new(c.Name)
	for i := 0; i < len(more); i += 2 {
		tags[more[i]] = new(more[i+1])
	}
	return tags
}

// NameInAWS is the name that a resource has in AWS, or else the given one.
func (c *Composition) NameInAWS(resource, name string) string {
	if exists := c.Observed.ExternalName(resource); exists != "" {
		return exists
	}
	return name
}

// Named is the metadata of a resource whose name in AWS the platform chooses. A resource
// that exists keeps its name.
func (c *Composition) Named(resource, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Annotations: map[string]string{observed.ExternalNameAnnotation: c.NameInAWS(resource, name)}}
}

// Partition of AWS that the composition's region is in.
func (c *Composition) Partition() string { return region.Partition(c.common.Region) }

// ARN of a resource in the composition's region and account.
func (c *Composition) ARN(service, resource string) string {
	return iampolicy.ARN(c.Partition(), service, c.common.Region, c.Account, resource)
}

// OnBehalfOf are the conditions of a policy that lets a service of AWS act: only for this account
// and region, and for resources of that service which match. Another customer cannot make the
// service act for them (docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html, read
// 2026-11-30). While the account is not known, the resource alone limits it.
func (c *Composition) OnBehalfOf(service, resource string) iampolicy.Conditions {
	if c.Account == "" {
		return iampolicy.Conditions{"ArnLike": {"aws:SourceArn": {iampolicy.ARN(c.Partition(), service, c.common.Region, "*", resource)}}}
	}
	return iampolicy.Conditions{
		"ArnLike":      {"aws:SourceArn": {c.ARN(service, resource)}},
		"StringEquals": {"aws:SourceAccount": {c.Account}},
	}
}

// AccountOf an ARN; empty for what is no ARN.
func AccountOf(text string) string {
	a, err := arn.Parse(text)
	if err != nil {
		return ""
	}
	return a.AccountID
}

// Pointers to texts, as lists of managed resources have them.
func Pointers(texts []string) []*string {
	out := make([]*string, len(texts))
	for i := range texts {
		out[i] = &texts[i]
	}
	return out
}

// JSON of an attribute that AWS takes as text. Its type has only texts, numbers and
// booleans, so it always marshals.
func JSON(v any) string {
	b, _ := json.Marshal(v) //nolint:errchkjson // See above.
	return string(b)
}

// SubnetIDs in the order of their zones.
func SubnetIDs(subnets map[v1alpha1.Zone]v1alpha1.ResourceID) []*string {
	out := make([]*string, 0, len(subnets))
	for _, z := range slices.Sorted(maps.Keys(subnets)) {
		out = append(out, new(string(subnets[z])))
	}
	return out
}
