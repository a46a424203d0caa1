package adapter

import (
	"cmp"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/ptr"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/placement"
	"github.com/ausmart/platform/functions/internal/progress"
)

const (
	// ConditionReferencesMatch reports whether a claim is in the same region, account, VPC and
	// environment as the claims that it names.
	ConditionReferencesMatch = "ReferencesMatch"

	reasonMatch            = "Match"
	reasonMismatch         = "Mismatch"
	reasonCrossEnvironment = "CrossEnvironment"
)

// placed are the fields of all composites that have to do with their place.
type placed struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`

	Spec struct {
		v1alpha1.CommonSpec    `json:",inline"`
		v1alpha1.ReferenceSpec `json:",inline"`

		NetworkRef *v1alpha1.LocalReference `json:"networkRef"`
	} `json:"spec"`
	Status struct {
		v1alpha1.CommonStatus `json:",inline"`

		VPCID       string `json:"vpcId"`
		ClusterName string `json:"clusterName"`
	} `json:"status"`
}

// place resolves where the composite is, and writes that into its spec. It is pending where that
// depends on a claim that does not exist, or whose function has not decided yet.
func place(kind string, object map[string]any, claims []Claim, found found, obs observed.Resources) ([]string, error) {
	xr := placed{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object, &xr); err != nil {
		return nil, fmt.Errorf("cannot decode X%s: %w", kind, err)
	}
	c := placement.Claim{
		Kind:                  kind,
		Said:                  placement.Place{Region: xr.Spec.Region, ProviderConfig: xr.Spec.ProviderConfigName, Environment: string(xr.Spec.Environment)},
		Exists:                placeOf(obs),
		AllowCrossEnvironment: ptr.Deref(xr.Spec.AllowCrossEnvironment, false),
	}
	for _, claim := range claims {
		if twins := found.twins[claim]; twins != nil {
			return nil, ambiguous(claim, twins)
		}
		ref, err := reference(claim, found.references[claim])
		if err != nil {
			return nil, err
		}
		if claim.Kind == "Database" {
			ref.Had = desired.UsedComposite(obs, desired.Composite{Kind: v1alpha1.GroupVersion().WithKind("X" + claim.Kind), Claim: claim.Name})
		}
		c.References = append(c.References, ref)
	}
	in, allowed, err := placement.Resolve(c)
	if err != nil {
		return nil, refuse(err)
	}
	spec, _ := object["spec"].(map[string]any)
	spec["region"], spec["providerConfigName"] = in.Region, in.ProviderConfig
	return allowed, nil
}

// placeOf what exists in AWS: all of it is in one place.
func placeOf(obs observed.Resources) (p placement.Place) {
	for _, name := range obs.Names() {
		region := obs.ForProvider(name, "region")
		if region == "" {
			continue
		}
		if p.Region == "" {
			p.Region, p.ProviderConfig = region, obs.ProviderConfig(name)
		}
		p.VPC = cmp.Or(p.VPC, obs.ForProvider(name, "vpcId"))
		p.Cluster = cmp.Or(p.Cluster, obs.ForProvider(name, "clusterName"))
	}
	return p
}

// reference to a claim whose composite was found. Its place is the one that its own function
// decided; until then it is what the claim says, or the default where it names no other claim.
func reference(c Claim, composite map[string]any) (placement.Reference, error) {
	out := placement.Reference{Kind: c.Kind, Name: c.Name, Field: c.Field}
	if composite == nil {
		return out, missing(c)
	}
	xr := placed{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(composite, &xr); err != nil {
		return out, fmt.Errorf("cannot decode %s: %w", c, err)
	}
	out.Place = placement.Place{
		Region:         cmp.Or(xr.Status.Region, xr.Spec.Region),
		ProviderConfig: cmp.Or(xr.Status.ProviderConfigName, xr.Spec.ProviderConfigName),
		Environment:    string(xr.Spec.Environment),
		VPC:            xr.Status.VPCID,
		Cluster:        xr.Status.ClusterName,
	}
	out.Has = xr.Metadata.Name
	if c.Kind == "Network" {
		out.Network = c.Name
	}
	if xr.Spec.NetworkRef == nil {
		out.Region, out.ProviderConfig = cmp.Or(out.Region, placement.DefaultRegion), cmp.Or(out.ProviderConfig, placement.DefaultProviderConfig)
		return out, nil
	}
	out.Network = xr.Spec.NetworkRef.Name
	if out.Region == "" || out.ProviderConfig == "" {
		return out, Pending("waiting for %s: its status has no region and providerConfigName yet", c)
	}
	return out, nil
}

// matches is the condition of a claim that fits the claims that it names.
func matches(allowed []string) progress.Condition {
	c := progress.Condition{Type: ConditionReferencesMatch, True: true, Reason: reasonMatch}
	if len(allowed) > 0 {
		c.Reason, c.Message = reasonCrossEnvironment, strings.Join(allowed, "; ")+"; spec.allowCrossEnvironment allows that"
	}
	return c
}
