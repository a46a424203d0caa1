package iampolicy

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// trustedAsTheyAre are services that AWS documents no source for, each with why.
func trustedAsTheyAre() map[string]string {
	return map[string]string{
		"ec2.amazonaws.com": "EC2 assumes the role of an instance profile for the instance itself, and sends no source " +
			"(docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html, read 2026-11-30)",
		"pods.eks.amazonaws.com": "EKS sends the cluster, namespace and service account as tags, which our trust names instead " +
			"(docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html, read 2026-11-30)",
	}
}

// TestServicesActForUs reads every policy that is composed, of roles, buckets, queues, keys and log
// groups: a service of AWS may act for this account and for one kind of resource, so that another
// customer cannot make it act on ours.
func TestServicesActForUs(t *testing.T) {
	const account = "123456789012" // Of the goldens.
	found := map[string]bool{}
	for _, u := range composed(t) {
		for _, name := range []string{"assumeRolePolicy", "policy", "policyDocument"} {
			text := field(u, name)
			if text == "" || found[text] {
				continue
			}
			found[text] = true
			var d Document
			if err := json.Unmarshal([]byte(text), &d); err != nil {
				t.Fatalf("cannot read the policy of %s: %v", u.GetKind(), err)
			}
			for _, s := range d.Statement {
				checkSource(t, u.GetKind(), s, account)
			}
		}
	}
	if len(found) == 0 {
		t.Fatal("no policy is composed")
	}
}

// checkSource of a statement. The trust of a role that is made before its account is known names
// the resource without the account, until AWS answers.
func checkSource(t *testing.T, kind string, s Statement, account string) {
	t.Helper()
	services := s.Principal["Service"]
	if s.Effect != allow || len(services) == 0 || slices.ContainsFunc(services, func(name string) bool { return trustedAsTheyAre()[name] != "" }) {
		return
	}
	arns := slices.Concat(s.Condition["ArnLike"]["aws:SourceArn"], s.Condition["ArnEquals"]["aws:SourceArn"])
	if len(arns) == 0 {
		t.Errorf("%s: %v may act for every customer of AWS: add aws:SourceArn, or a reason to trustedAsTheyAre", kind, services)
	}
	for _, arn := range arns {
		of, resource, _ := strings.Cut(strings.TrimPrefix(arn, "arn:aws:"), ":"+account+":")
		early := kind == "Role" && strings.Contains(arn, ":*:")
		if !early && (of == arn || resource == "") {
			t.Errorf("%s: %v may act for %s: name the account", kind, services, arn)
		}
		if accounts := s.Condition["StringEquals"]["aws:SourceAccount"]; len(accounts) > 0 && !slices.Equal(accounts, []string{account}) {
			t.Errorf("%s: %v may act for the accounts %v, want %s", kind, services, accounts, account)
		}
	}
}
