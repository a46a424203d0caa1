package composition

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	ec2v1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ec2/v1beta1"
	iamv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/iam/v1beta1"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/observed"
	"github.com/ausmart/platform/functions/internal/settings"
)

const policyARN = "arn:aws:iam::111122223333:policy/ausmart/boundary"

func TestPlaceRoles(t *testing.T) {
	const account = "arn:aws:iam::111122223333:"
	// A placed resource, with none for a field that is left out.
	type placed struct{ Path, Boundary string }
	pathOnly := map[string]any{"iamPath": "/ausmart/"}
	both := map[string]any{"iamPath": "/ausmart/", "permissionsBoundary": policyARN}
	type want struct {
		Placed map[string]placed
		Err    string
	}
	cases := map[string]struct {
		reason string
		config map[string]any
		claim  map[string]any
		exists map[string]map[string]any // status.atProvider by name
		want   want
	}{
		"BuiltIn": {
			reason: "Without the settings AWS uses its defaults, and the fields are left out.",
			want:   want{Placed: map[string]placed{"role": {"none", "none"}, "profile": {"none", "none"}}},
		},
		"Claim": {
			reason: "Roles have both. An instance profile has no boundary in AWS.",
			claim:  both,
			want:   want{Placed: map[string]placed{"role": {"/ausmart/", policyARN}, "profile": {"/ausmart/", "none"}}},
		},
		"Exists": {
			reason: "A role that exists at the path stays.",
			claim:  both,
			exists: map[string]map[string]any{
				"role":    {"arn": account + "role/ausmart/shop", "permissionsBoundary": policyARN},
				"profile": {"arn": account + "instance-profile/ausmart/shop"},
			},
			want: want{Placed: map[string]placed{"role": {"/ausmart/", policyARN}, "profile": {"/ausmart/", "none"}}},
		},
		"ExistsAtRoot": {
			reason: "A role at AWS's default path gets no new field.",
			claim:  map[string]any{"iamPath": "/"},
			exists: map[string]map[string]any{"role": {"arn": account + "role/shop"}, "profile": {"arn": account + "instance-profile/shop"}},
			want:   want{Placed: map[string]placed{"role": {"none", "none"}, "profile": {"none", "none"}}},
		},
		"BoundaryAdded": {
			reason: "AWS can change the boundary of a role that exists.",
			claim:  both,
			exists: map[string]map[string]any{"role": {"arn": account + "role/ausmart/shop"}},
			want:   want{Placed: map[string]placed{"role": {"/ausmart/", policyARN}, "profile": {"/ausmart/", "none"}}},
		},
		"BoundaryRemoved": {
			reason: "A boundary is removed by an empty text: the provider would write a field that is left out back.",
			claim:  pathOnly,
			exists: map[string]map[string]any{"role": {"arn": account + "role/ausmart/shop", "permissionsBoundary": policyARN}},
			want:   want{Placed: map[string]placed{"role": {"/ausmart/", ""}, "profile": {"/ausmart/", "none"}}},
		},
		"NoAnswerYet": {
			reason: "A role without an ARN does not exist in AWS, so a path that AWS refuses can be corrected.",
			claim:  pathOnly,
			exists: map[string]map[string]any{"role": {"path": "/other/"}, "profile": {}},
			want:   want{Placed: map[string]placed{"role": {"/ausmart/", "none"}, "profile": {"/ausmart/", "none"}}},
		},
		"RoleElsewhere": {
			reason: "AWS cannot move a role, and the message has the remedy.",
			config: pathOnly,
			exists: map[string]map[string]any{"role": {"arn": account + "role/shop"}},
			want: want{Placed: map[string]placed{"role": {"none", "none"}, "profile": {"none", "none"}}, Err: `spec.iamPath: Role "role" is at /, and AWS cannot move it to /ausmart/ as EnvironmentConfig/dev wants: ` +
				`set spec.iamPath: / to keep it, or create a new claim`},
		},
		"ProfileElsewhere": {
			reason: "AWS cannot move an instance profile either.",
			claim:  pathOnly,
			exists: map[string]map[string]any{"profile": {"arn": account + "instance-profile/a/b/shop"}},
			want: want{Placed: map[string]placed{"role": {"/a/b/", "none"}, "profile": {"/a/b/", "none"}}, Err: `spec.iamPath: InstanceProfile "profile" is at /a/b/, and AWS cannot move it to /ausmart/ as the claim wants: ` +
				`set spec.iamPath: /a/b/ to keep it, or create a new claim`},
		},
		"BackToRoot": {
			reason: "A path that is removed from the settings is refused in the same way.",
			exists: map[string]map[string]any{"role": {"arn": account + "role/ausmart/shop"}},
			want: want{Placed: map[string]placed{"role": {"/ausmart/", "none"}, "profile": {"/ausmart/", "none"}}, Err: `spec.iamPath: Role "role" is at /ausmart/, and AWS cannot move it to / as the platform wants: ` +
				`set spec.iamPath: /ausmart/ to keep it, or create a new claim`},
		},
		"NoRole": {
			reason: "What is no ARN of IAM has no path that could differ.",
			claim:  pathOnly,
			exists: map[string]map[string]any{
				"role":    {"arn": "arn:aws:sts::111122223333:assumed-role/shop/session"},
				"profile": {"arn": "shop"},
			},
			want: want{Placed: map[string]placed{"role": {"/ausmart/", "none"}, "profile": {"/ausmart/", "none"}}},
		},
		"OthersElsewhere": {
			reason: "A role that goes counts until it is gone: all are at one path.",
			claim:  pathOnly,
			exists: map[string]map[string]any{"old": {"arn": account + "role/shop"}},
			want: want{Placed: map[string]placed{"role": {"none", "none"}, "profile": {"none", "none"}}, Err: `spec.iamPath: Role "old" is at /, and AWS cannot move it to /ausmart/ as the claim wants: ` +
				`set spec.iamPath: / to keep it, or create a new claim`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			config, err := settings.ParseConfig("dev", tc.config)
			if err != nil {
				t.Fatal(err)
			}
			s, err := settings.Resolve("Service", v1alpha1.EnvironmentDev, config, tc.claim)
			if err != nil {
				t.Fatal(err)
			}
			role, profile := &iamv1beta1.Role{}, &iamv1beta1.InstanceProfile{}
			c := New("Cluster", &v1alpha1.Cluster{}, v1alpha1.CommonSpec{}, v1alpha1.CommonStatus{}, s, observe(tc.exists))
			c.Desired.Add("role", role)
			c.Desired.Add("profile", profile)
			c.Desired.Add("vpc", &ec2v1beta1.VPC{})

			c.Finish(Guard{}, nil)
			r, p := role.Spec.ForProvider, profile.Spec.ForProvider
			got := want{
				Placed: map[string]placed{"role": {orNone(r.Path), orNone(r.PermissionsBoundary)}, "profile": {orNone(p.Path), "none"}},
			}
			if len(c.Refusals) > 0 {
				got.Err = c.Refusals[0].Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nFinish(...): -want, +got:\n%s", tc.reason, diff)
			}
			if names := c.Desired.Names(); !slices.Equal(names, []string{"profile", "role", "vpc"}) {
				t.Errorf("%s\nFinish(...) added or removed resources: %v", tc.reason, names)
			}
		})
	}
}

func orNone(p *string) string {
	if p == nil {
		return "none"
	}
	return *p
}

func observe(exists map[string]map[string]any) observed.Resources {
	fields := map[string]map[string]any{}
	for name, at := range exists {
		kind := "Role"
		if name == "profile" {
			kind = "InstanceProfile"
		}
		fields[name] = map[string]any{"kind": kind, "status": map[string]any{"atProvider": at}}
	}
	return observed.From(functiontest.Observe(fields))
}
