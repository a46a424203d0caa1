package iampolicy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A request to AWS, as IAM evaluates it.
type request struct {
	action, resource string
	context          map[string]string
}

// ourAccount is the value of the policies' variable.
const ourAccount = "111122223333"

// allowed reports whether policies allow a request: one statement allows it, and none denies it.
func allowed(r request, policies ...Document) (bool, error) {
	may := false
	for _, p := range policies {
		for _, s := range p.Statement {
			applies, err := s.appliesTo(r)
			if err != nil {
				return false, err
			}
			if applies && s.Effect == deny {
				return false, nil
			}
			may = may || applies
		}
	}
	return may, nil
}

func (s Statement) appliesTo(r request) (bool, error) {
	about := slices.ContainsFunc(s.Action, func(p string) bool { return matches(p, r.action) }) ||
		len(s.NotAction) > 0 && !slices.ContainsFunc(s.NotAction, func(p string) bool { return matches(p, r.action) })
	if !about || !slices.ContainsFunc(s.Resource, func(p string) bool { return glob(filled(p), r.resource) }) {
		return false, nil
	}
	return s.Condition.met(r.context)
}

// met reports whether every condition is met. A key that a request lacks matches nothing.
func (c Conditions) met(context map[string]string) (bool, error) {
	for operator, keys := range c {
		for key, values := range keys {
			var equal func(want string) bool
			is, found := context[key]
			switch operator {
			case "StringEquals", "Bool", "ArnEquals": // No ARN of ours has a wildcard.
				equal = func(want string) bool { return want == is }
			case "StringLike":
				equal = func(want string) bool { return glob(want, is) }
			default:
				return false, fmt.Errorf("cannot evaluate the operator %s of %s", operator, key)
			}
			if !found || !slices.ContainsFunc(values, func(v string) bool { return equal(filled(v)) }) {
				return false, nil
			}
		}
	}
	return true, nil
}

func filled(text string) string { return strings.ReplaceAll(text, account, ourAccount) }

func TestAllowed(t *testing.T) {
	role := "arn:aws:iam::" + ourAccount + ":role/ausmart/"
	policy := document(
		Statement{Effect: allow, Action: []string{"iam:Get*", "iam:PassRole"}, Resource: []string{composedRoles}},
		Statement{Effect: deny, NotAction: []string{"iam:Get*", "iam:Pass?ole"}, Resource: []string{"*"}},
		Statement{Effect: allow, Action: []string{"ec2:RunInstances"}, Resource: []string{"*"}},
		Statement{Effect: allow, Action: []string{"iam:GetUser"}, Resource: []string{"*"}, Condition: Conditions{"StringLike": {"k": {"a*c"}}}},
	)
	cases := map[string]struct {
		reason  string
		request request
		want    bool
	}{
		"Wildcard":      {reason: "A pattern's star is any text; case does not count.", request: request{action: "iam:getrole", resource: role + "x"}, want: true},
		"OtherResource": {reason: "A resource outside the path does not match.", request: request{action: "iam:GetRole", resource: "arn:aws:iam::" + ourAccount + ":role/x"}},
		"Denied":        {reason: "A deny wins.", request: request{action: "ec2:RunInstances", resource: "*"}},
		"Unknown":       {reason: "An action without a statement is not allowed.", request: request{action: "iam:GetGroup", resource: "x"}},
		"NoContext":     {reason: "A condition needs its key.", request: request{action: "iam:GetUser", resource: "x"}},
		"OtherContext":  {reason: "And the right value.", request: request{action: "iam:GetUser", resource: "x", context: map[string]string{"k": "abd"}}},
		"Context":       {reason: "Then it holds.", request: request{action: "iam:GetUser", resource: "x", context: map[string]string{"k": "abbc"}}, want: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := allowed(tc.request, policy)
			if err != nil || got != tc.want {
				t.Errorf("%s\nallowed(%v): want %t, got %t, %v", tc.reason, tc.request, tc.want, got, err)
			}
		})
	}
	odd := document(Statement{Effect: allow, Action: []string{"*"}, Resource: []string{"*"}, Condition: Conditions{"DateLessThan": {"aws:CurrentTime": {"x"}}}})
	if _, err := allowed(request{action: "a:B"}, odd); err == nil {
		t.Error("an operator that is not known must not be taken for true or false")
	}
}
