package iampolicy

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// readPolicy of docs/iam, as a team would create it in AWS.
func readPolicy(t *testing.T, name string) Document {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	var d Document
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatalf("cannot read %s: %v", name, err)
	}
	return d
}

// provider are the policies of the provider's role, by their files.
func provider(t *testing.T) map[string]Document {
	t.Helper()
	all := map[string]Document{}
	for name := range areas() {
		all[name] = readPolicy(t, name)
	}
	return all
}

// TestProviderPolicy checks that the role may do what the composed kinds need, and nothing else.
func TestProviderPolicy(t *testing.T) {
	for _, f := range findings(composedAWS(t), Kinds(), recording(t), provider(t)) {
		t.Error(f)
	}
}

// findings lists the differences between the composed kinds, the table, the recorded actions and the policies.
func findings(kinds []string, table []Row, recorded Recording, policies map[string]Document) []string {
	var all []string
	needed := map[string]bool{}
	for _, kind := range kinds {
		rows := slices.DeleteFunc(slices.Clone(table), func(r Row) bool { return r.Kind != kind })
		if len(rows) == 0 {
			all = append(all, kind+" is composed, and the table does not say what it needs: add it to Kinds")
		}
		for _, r := range rows {
			for _, a := range r.Actions {
				needed[a] = true
				if !names(policies, a) {
					all = append(all, fmt.Sprintf("%s needs %s, which no policy allows", kind, a))
				}
			}
		}
	}
	for _, r := range table {
		if !slices.Contains(kinds, r.Kind) {
			all = append(all, r.Kind+" is in the table, and no function composes it: remove it")
		}
		if r.Why != "" && r.Page == "" {
			all = append(all, fmt.Sprintf("%s: %s: no page of AWS says so", r.Kind, r.Why))
		}
	}
	for _, a := range recorded.All() {
		if !needed[a] {
			all = append(all, "the real provider called "+a+", and no kind in the table takes it: add it to the kind that does")
		}
	}
	for file, d := range policies {
		for _, s := range d.Statement {
			for _, a := range s.Action {
				switch {
				case strings.ContainsAny(a, "*?"):
					all = append(all, fmt.Sprintf("%s allows %s: name each action", file, a))
				case !needed[a]:
					all = append(all, fmt.Sprintf("%s allows %s, which no composed kind takes", file, a))
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// names reports whether a policy allows an action by its name.
func names(policies map[string]Document, action string) bool {
	for _, d := range policies {
		for _, s := range d.Statement {
			if s.Effect == allow && slices.Contains(s.Action, action) {
				return true
			}
		}
	}
	return false
}

func TestFindings(t *testing.T) {
	table := []Row{
		calls("ec2/VPC", "ec2", "CreateVpc"),
		checked("rds/Instance", "kms", "CreateGrant", "https://aws.test", "a key"),
	}
	kinds := []string{"ec2/VPC", "rds/Instance"}
	policies := func(actions ...string) map[string]Document {
		return map[string]Document{"p.json": document(Statement{Effect: allow, Action: actions, Resource: []string{"*"}})}
	}
	all := policies("ec2:CreateVpc", "kms:CreateGrant")
	cases := map[string]struct {
		reason   string
		kinds    []string
		table    []Row
		recorded []string
		policies map[string]Document
		want     []string
	}{
		"Fits": {
			reason: "What is composed, recorded and allowed is the same.",
			kinds:  kinds, table: table, recorded: []string{"ec2:CreateVpc"}, policies: all,
		},
		"UnknownKind": {
			reason: "A function composes a kind that the table lacks.",
			kinds:  append([]string{"s3/Bucket"}, kinds...), table: table, policies: all,
			want: []string{"s3/Bucket is composed, and the table does not say what it needs: add it to Kinds"},
		},
		"NotAllowed": {
			reason: "A function composes a kind whose actions the policy lacks.",
			kinds:  kinds, table: table, policies: policies("ec2:CreateVpc"),
			want: []string{"rds/Instance needs kms:CreateGrant, which no policy allows"},
		},
		"NotNeeded": {
			reason: "A policy allows what no kind needs.",
			kinds:  kinds, table: table, policies: policies("ec2:CreateVpc", "kms:CreateGrant", "ec2:CreateVolume"),
			want: []string{"p.json allows ec2:CreateVolume, which no composed kind takes"},
		},
		"Gone": {
			reason: "A kind that is no longer composed must be removed from the table and the policies.",
			kinds:  kinds[:1], table: table, policies: all,
			want: []string{"p.json allows kms:CreateGrant, which no composed kind takes", "rds/Instance is in the table, and no function composes it: remove it"},
		},
		"Recorded": {
			reason: "The real provider called what the table does not have.",
			kinds:  kinds, table: table, recorded: []string{"ec2:DescribeVpcs"}, policies: all,
			want: []string{"the real provider called ec2:DescribeVpcs, and no kind in the table takes it: add it to the kind that does"},
		},
		"Wildcard": {
			reason: "A policy allows a whole service.",
			kinds:  kinds, table: table, policies: policies("ec2:CreateVpc", "kms:CreateGrant", "ec2:*"),
			want: []string{"p.json allows ec2:*: name each action"},
		},
		"NoPage": {
			reason: "An action that is not called needs a page that says that AWS checks it.",
			kinds:  kinds, table: append([]Row{{Kind: "ec2/VPC", Actions: []string{"ec2:CreateVpc"}, Why: "x"}}, table...), policies: all,
			want: []string{"ec2/VPC: x: no page of AWS says so"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			recorded := Recording{Actions: map[string][]string{}}
			for _, a := range tc.recorded {
				recorded.Actions[ServiceOf(a)] = append(recorded.Actions[ServiceOf(a)], a)
			}
			if diff := cmp.Diff(tc.want, findings(tc.kinds, tc.table, recorded, tc.policies)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestEveryServiceHasAPageAndAFile fails when an action's service is in no policy file, or has no page.
func TestEveryServiceHasAPageAndAFile(t *testing.T) {
	for _, r := range Kinds() {
		for _, a := range r.Actions {
			if s := ServiceOf(a); Reference(s) == "" || !slices.Contains(services(), s) {
				t.Errorf("%s of %s: no page and no file has the service %s: add it to Reference and areas", a, r.Kind, s)
			}
		}
	}
}

// TestStorable fails on a variable in the account of a resource's ARN: IAM does not store such a policy.
func TestStorable(t *testing.T) {
	checked := 0
	for name := range files(t) {
		if !strings.HasSuffix(name, ".json") {
			continue
		}
		for _, s := range readPolicy(t, name).Statement {
			for _, r := range s.Resource {
				checked++
				if head, _, found := strings.Cut(r, "${"); found && strings.Count(head, ":") < 5 {
					t.Errorf("%s: %s: IAM takes a variable in the last part of an ARN only", name, r)
				}
			}
		}
	}
	if checked == 0 {
		t.Error("no policy names a resource")
	}
}

// TestSizes checks IAM's limits: 6,144 characters for a managed policy, and ten policies for a role.
func TestSizes(t *testing.T) {
	for name := range files(t) {
		if !strings.HasSuffix(name, ".json") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if n := characters(raw); n > MostCharacters {
			t.Errorf("%s has %d characters besides white space, and IAM takes %d", name, n, MostCharacters)
		}
	}
	if n := len(areas()) + 1; n > MostPolicies { // With the policy for further accounts.
		t.Errorf("the provider's role would need %d policies, and a role takes %d", n, MostPolicies)
	}
	if got := characters([]byte("{ \"a\":\n\t[1] }\n")); got != 9 {
		t.Errorf("characters: want 9, got %d", got)
	}
}
