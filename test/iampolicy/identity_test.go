package iampolicy

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRoles checks what the provider may do with roles: below the path, with the boundary, for our
// services, and nothing else.
func TestRoles(t *testing.T) {
	const (
		ours    = "arn:aws:iam::" + ourAccount + ":role/ausmart/au-dev-node"
		theirs  = "arn:aws:iam::" + ourAccount + ":role/admin"
		profile = "arn:aws:iam::" + ourAccount + ":instance-profile/ausmart/au-dev-karpenter-node"
		linked  = "arn:aws:iam::" + ourAccount + ":role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"
	)
	bounded := map[string]string{"iam:PermissionsBoundary": filled(Boundary)}
	otherBoundary := map[string]string{"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess"}
	with := func(context map[string]string, key, value string) map[string]string {
		c := maps.Clone(context)
		c[key] = value
		return c
	}
	to := func(service string) map[string]string { return map[string]string{"iam:PassedToService": service} }
	cases := map[string]struct {
		reason  string
		request request
		want    bool
	}{
		"Create":            {"A role below the path, with the boundary.", request{"iam:CreateRole", ours, bounded}, true},
		"CreateUnbounded":   {"A role without the boundary.", request{"iam:CreateRole", ours, nil}, false},
		"CreateOther":       {"A role with another boundary.", request{"iam:CreateRole", ours, otherBoundary}, false},
		"CreateElsewhere":   {"A role outside the path.", request{"iam:CreateRole", theirs, bounded}, false},
		"Widen":             {"A policy for a role without the boundary.", request{"iam:PutRolePolicy", ours, nil}, false},
		"WidenOther":        {"A policy for another team's role.", request{"iam:PutRolePolicy", theirs, bounded}, false},
		"Policy":            {"A policy for a role with it.", request{"iam:PutRolePolicy", ours, bounded}, true},
		"Boundary":          {"The boundary for a role that has none yet.", request{"iam:PutRolePermissionsBoundary", ours, bounded}, true},
		"OtherBoundary":     {"Another boundary.", request{"iam:PutRolePermissionsBoundary", ours, otherBoundary}, false},
		"NoBoundary":        {"Taking the boundary away.", request{"iam:DeleteRolePermissionsBoundary", ours, bounded}, false},
		"Attach":            {"A policy of AWS's that we attach.", request{"iam:AttachRolePolicy", ours, with(bounded, "iam:PolicyARN", Attached()[1])}, true},
		"AttachAdmin":       {"Another one.", request{"iam:AttachRolePolicy", ours, with(bounded, "iam:PolicyARN", "arn:aws:iam::aws:policy/AdministratorAccess")}, false},
		"AttachUnbounded":   {"One for a role without the boundary.", request{"iam:AttachRolePolicy", ours, map[string]string{"iam:PolicyARN": Attached()[1]}}, false},
		"Pass":              {"Passing a role of ours to EKS.", request{"iam:PassRole", ours, to("eks.amazonaws.com")}, true},
		"PassOther":         {"Passing another team's role.", request{"iam:PassRole", theirs, to("eks.amazonaws.com")}, false},
		"PassToOther":       {"Passing ours to a service that does not need it.", request{"iam:PassRole", ours, to("lambda.amazonaws.com")}, false},
		"Linked":            {"The first database of an account.", request{"iam:CreateServiceLinkedRole", linked, map[string]string{"iam:AWSServiceName": "rds.amazonaws.com"}}, true},
		"LinkedOther":       {"A service that we do not use.", request{"iam:CreateServiceLinkedRole", linked, map[string]string{"iam:AWSServiceName": "ecs.amazonaws.com"}}, false},
		"LookAtLinked":      {"EKS reads its own role.", request{"iam:GetRole", linked, nil}, true},
		"LookAtOther":       {"Another team's role.", request{"iam:GetRole", theirs, nil}, false},
		"Profile":           {"An instance profile below the path.", request{"iam:CreateInstanceProfile", profile, nil}, true},
		"ProfileElsewhere":  {"One beside it.", request{"iam:CreateInstanceProfile", strings.Replace(profile, Path, "/", 1), nil}, false},
		"BoundaryItself":    {"A new version of the boundary.", request{"iam:CreatePolicyVersion", filled(Boundary), nil}, false},
		"Trust":             {"The trust of a role of ours.", request{"iam:UpdateAssumeRolePolicy", ours, nil}, true},
		"TrustOther":        {"The trust of another team's.", request{"iam:UpdateAssumeRolePolicy", theirs, nil}, false},
		"OwnTrust":          {"The provider's own role is outside the path.", request{"iam:UpdateAssumeRolePolicy", "arn:aws:iam::" + ourAccount + ":role/" + providerRole, nil}, false},
		"MasterPassword":    {"RDS makes the secret of a database.", request{"secretsmanager:CreateSecret", "arn:aws:secretsmanager:ap-southeast-2:" + ourAccount + ":secret:rds!db-1", nil}, true},
		"OtherSecret":       {"Any other secret.", request{"secretsmanager:CreateSecret", "arn:aws:secretsmanager:ap-southeast-2:" + ourAccount + ":secret:x", nil}, false},
		"DecryptForService": {"A service decrypts.", request{"kms:Decrypt", "*", map[string]string{"kms:ViaService": "rds.ap-southeast-2.amazonaws.com"}}, true},
		"Decrypt":           {"The provider itself does not.", request{"kms:Decrypt", "*", nil}, false},
		"Grant":             {"A grant for a person or role.", request{"kms:CreateGrant", "*", nil}, false},
	}
	policies := slices.Collect(maps.Values(provider(t)))
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := allowed(tc.request, policies...)
			if err != nil || got != tc.want {
				t.Errorf("%s\n%v: want %t, got %t, %v", tc.reason, tc.request, tc.want, got, err)
			}
		})
	}
}

// TestPassedTo checks that the services in PassedTo are those that composed roles trust.
func TestPassedTo(t *testing.T) {
	var trusted []string
	for _, d := range policiesOf(t, "Role", "assumeRolePolicy") {
		for _, s := range d.Statement {
			trusted = append(trusted, s.Principal["Service"]...)
		}
	}
	slices.Sort(trusted)
	if diff := cmp.Diff(slices.Compact(trusted), PassedTo()); diff != "" {
		t.Errorf("services that composed roles trust, and those in PassedTo: -composed, +PassedTo:\n%s", diff)
	}
}

// TestAttached checks that Attached has the composed policies of AWS.
func TestAttached(t *testing.T) {
	var attached []string
	for _, u := range composed(t) {
		if u.GetKind() == "RolePolicyAttachment" {
			attached = append(attached, field(u, "policyArn"))
		}
	}
	slices.Sort(attached)
	attached = slices.Compact(attached)
	if diff := cmp.Diff(attached, Attached()); diff != "" {
		t.Errorf("policies that are attached to composed roles, and those in Attached: -composed, +Attached:\n%s", diff)
	}
	for _, arn := range attached {
		if len(ofManaged()[nameOf(arn)]) == 0 {
			t.Errorf("the boundary does not know what %s allows: add it to ofManaged", arn)
		}
	}
}

func nameOf(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// neededByRoles are the actions of composed roles' own policies and of the attached policies of AWS.
func neededByRoles(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, d := range policiesOf(t, "RolePolicy", "policy") {
		for _, s := range d.Statement {
			if s.Effect == allow {
				all = append(all, s.Action...)
			}
		}
	}
	for _, of := range ofManaged() {
		all = append(all, of...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestBoundaryAllows checks that a composed role can do everything that its policy allows, with the
// boundary too.
func TestBoundaryAllows(t *testing.T) {
	boundary := readPolicy(t, "permissions-boundary.json")
	for _, d := range policiesOf(t, "RolePolicy", "policy") {
		for _, f := range forbidden(t, d, boundary) {
			t.Error(f)
		}
	}
	for name, of := range ofManaged() {
		managed := document(Statement{Effect: allow, Action: of, Resource: []string{"*"}, Condition: Conditions{"StringEquals": {
			"iam:AWSServiceName": {"elasticloadbalancing.amazonaws.com"},
		}}})
		for _, f := range forbidden(t, managed, boundary) {
			t.Errorf("%s: %s", name, f)
		}
	}
	planted := document(Statement{Effect: allow, Action: []string{"s3:GetObject", "sqs:SendMessage"}, Resource: []string{"*"}})
	if diff := cmp.Diff([]string{"the boundary does not allow s3:GetObject on *"}, forbidden(t, planted, boundary)); diff != "" {
		t.Errorf("a policy with an action that the boundary lacks: -want, +got:\n%s", diff)
	}
}

// forbidden are the requests that a role's policy allows and the boundary does not. Their context
// meets the policy's conditions.
func forbidden(t *testing.T, policy, boundary Document) []string {
	t.Helper()
	var all []string
	for _, s := range policy.Statement {
		if s.Effect != allow {
			continue
		}
		context := map[string]string{}
		for _, keys := range s.Condition {
			for key, values := range keys {
				context[key] = values[0]
			}
		}
		for _, action := range s.Action {
			for _, resource := range s.Resource {
				ok, err := allowed(request{action, belowPath(resource, action), context}, boundary)
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					all = append(all, "the boundary does not allow "+action+" on "+resource)
				}
			}
		}
	}
	return all
}

// belowPath is a role's ARN with the account and the path of the policies: the goldens have others
// too. A * in a policy is a role of AWS's own where AWS makes it.
func belowPath(resource, action string) string {
	if action == "iam:CreateServiceLinkedRole" {
		return "arn:aws:iam::" + ourAccount + ":role/aws-service-role/x"
	}
	_, name, found := strings.Cut(resource, ":role/")
	if !found {
		return resource
	}
	return "arn:aws:iam::" + ourAccount + ":role" + Path + name[strings.LastIndex(name, "/")+1:]
}

// TestBoundaryForbids checks what the boundary denies to a role whose policy allows everything.
func TestBoundaryForbids(t *testing.T) {
	boundary := readPolicy(t, "permissions-boundary.json")
	wide := document(Statement{Effect: allow, Action: []string{"*"}, Resource: []string{"*"}})
	own := "arn:aws:iam::" + ourAccount + ":role/ausmart/au-dev-karpenter"
	for _, r := range []request{
		{"iam:DeleteRolePermissionsBoundary", own, nil},
		{"iam:PutRolePermissionsBoundary", own, nil},
		{"iam:CreatePolicyVersion", filled(Boundary), nil},
		{"iam:SetDefaultPolicyVersion", filled(Boundary), nil},
		{"iam:CreateRole", own, map[string]string{"iam:PermissionsBoundary": filled(Boundary)}},
		{"iam:PutRolePolicy", own, nil},
		{"iam:AttachRolePolicy", own, nil},
		{"iam:UpdateAssumeRolePolicy", own, nil},
		{"iam:CreateUser", "arn:aws:iam::" + ourAccount + ":user/x", nil},
		{"iam:CreateAccessKey", "arn:aws:iam::" + ourAccount + ":user/x", nil},
		{"iam:PassRole", "arn:aws:iam::" + ourAccount + ":role/admin", map[string]string{"iam:PassedToService": "ec2.amazonaws.com"}},
		{"iam:PassRole", own, map[string]string{"iam:PassedToService": "lambda.amazonaws.com"}},
		{"sts:AssumeRole", "arn:aws:iam::" + ourAccount + ":role/admin", nil},
		{"s3:GetObject", "arn:aws:s3:::b/k", nil},
		{"eks:DeleteCluster", "*", nil},
		{"rds:DeleteDBInstance", "*", nil},
	} {
		byPolicy, err := allowed(r, wide)
		if err != nil || !byPolicy {
			t.Fatalf("%v: want the wide policy to allow it, got %t, %v", r, byPolicy, err)
		}
		byBoundary, err := allowed(r, boundary)
		if err != nil {
			t.Fatal(err)
		}
		if byBoundary {
			t.Errorf("the boundary allows %s on %s", r.action, r.resource)
		}
	}
}

// TestBoundaryNeeds checks that a role needs every line of the boundary.
func TestBoundaryNeeds(t *testing.T) {
	needed := neededByRoles(t)
	for _, s := range readPolicy(t, "permissions-boundary.json").Statement {
		for _, pattern := range s.Action {
			if !slices.ContainsFunc(needed, func(a string) bool { return matches(pattern, a) }) {
				t.Errorf("the boundary allows %s, which no composed role needs", pattern)
			}
		}
	}
	for _, w := range whole() {
		if !slices.ContainsFunc(needed, func(a string) bool { return matches(w, a) }) {
			t.Errorf("whole has %s, which no composed role needs: remove it", w)
		}
	}
}
