// Package iam has every IAM role that a function composes carry the path and the
// permissions boundary that the settings name. It reads the settings and the
// observed resources, fills in fields of the desired roles and instance profiles,
// and adds no resource of its own.
package iam

import (
	"fmt"
	"strings"

	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/desired"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/settings"
)

// Place puts the desired roles and instance profiles at the path of the settings, and
// bounds the roles. It fails where one exists at another path: AWS cannot move it,
// and another one in its place would have another identity.
func Place(want *desired.Resources, obs observed.Resources, set settings.Settings) error {
	for _, name := range want.Names() {
		switch r := want.Get(name).(type) {
		case *iamv1beta1.Role:
			r.Spec.ForProvider.Path = path(set)
			r.Spec.ForProvider.PermissionsBoundary = boundary(set, obs, name)
		case *iamv1beta1.InstanceProfile:
			r.Spec.ForProvider.Path = path(set)
		default:
			continue
		}
		if is := pathOf(obs.AtProvider(name, "arn")); is != "" && is != string(set.IAMPath.V) {
			return fmt.Errorf("spec.iamPath: %s %q is at %s, and AWS cannot move it to %s as %s wants: set spec.iamPath: %s to keep it, or create a new claim",
				obs.Kind(name), name, is, set.IAMPath.V, set.IAMPath.Origin.Who(), is)
		}
	}
	return nil
}

// path to ask for; nil for the one that AWS takes by itself.
func path(set settings.Settings) *string {
	if set.IAMPath.V == v1alpha1.IAMPathRoot {
		return nil
	}
	return new(string(set.IAMPath.V))
}

// boundary to ask for. A role that has one and is to have none is told so by an empty
// text: the provider would write a field that is left out back from AWS.
func boundary(set settings.Settings, obs observed.Resources, name string) *string {
	if set.PermissionsBoundary.V == "" && obs.AtProvider(name, "permissionsBoundary") == "" {
		return nil
	}
	return new(string(set.PermissionsBoundary.V))
}

// pathOf the ARN of a role or instance profile, such as /ausmart/ of
// arn:aws:iam::111122223333:role/ausmart/shop; empty for what is no such ARN.
func pathOf(arn string) string {
	_, resource, ok := strings.Cut(arn, ":iam::")
	if !ok {
		return ""
	}
	first, last := strings.Index(resource, "/"), strings.LastIndex(resource, "/")
	if first < 0 {
		return ""
	}
	return resource[first : last+1]
}
