package functiontest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/ausmart/platform/functions/internal/awsname"
)

// A nameField is a field of a kind of resource with its name: the external name where it is empty.
type nameField struct {
	kind, field string
}

// nameRules are the rules of AWS for every name that the functions make of a claim's name. The
// patterns are those of the services' API references (the Create action of each, read
// 2026-11-29 and 2026-11-30), where they have one, and their words where they have none.
func nameRules() map[nameField]awsname.Rule {
	const (
		iamPattern = `[\w+=,.@-]+`                           // IAM, CreateRole and CreateInstanceProfile
		rdsPattern = `[a-z](?:-?[a-z0-9])*`                  // A letter first, no two hyphens in a row, none at the end.
		anyText    = `[\x20-\x7E]+`                          // AMP, CreateWorkspace: no pattern
		group      = `[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]+` // EC2, CreateSecurityGroup: its description too
	)
	return map[nameField]awsname.Rule{
		{"SecurityGroup", "name"}:                       awsname.SecurityGroup(),
		{"SecurityGroup", "description"}:                {Least: 1, Most: 255, Pattern: group},
		{"SecurityGroupIngressRule", "description"}:     {Least: 1, Most: 255, Pattern: group},
		{"SecurityGroupEgressRule", "description"}:      {Least: 1, Most: 255, Pattern: group},
		{"Bucket", ""}:                                  awsname.Bucket(),
		{"Role", ""}:                                    {Least: 1, Most: 64, Pattern: iamPattern},
		{"Role", "description"}:                         {Least: 1, Most: 1000, Pattern: `[\t\n\r\x20-\x7E]*`},
		{"InstanceProfile", ""}:                         {Least: 1, Most: 128, Pattern: iamPattern},
		{"Alias", ""}:                                   {Least: 1, Most: 250, Pattern: `[a-zA-Z0-9/_-]+`, Reserved: []string{"aws/"}},
		{"Key", "description"}:                          {Most: 8192, Pattern: anyText},
		{"Group", ""}:                                   {Least: 1, Most: 512, Pattern: `[\.\-_/#A-Za-z0-9]+`, Reserved: []string{"aws/"}},
		{"ResourcePolicy", ""}:                          {Least: 1, Most: 64, Pattern: `[^:*]+`},
		{"Cluster", ""}:                                 {Least: 1, Most: 100, Pattern: `[0-9A-Za-z][A-Za-z0-9\-_]*`},
		{"LaunchTemplate", "description"}:               {Most: 255, Pattern: anyText},
		{"NodeGroup", ""}:                               {Least: 1, Most: 63, Pattern: `[0-9A-Za-z][A-Za-z0-9\-_]*`},
		{"Queue", "name"}:                               {Least: 1, Most: 80, Pattern: `[A-Za-z0-9_-]+`},
		{"Rule", ""}:                                    {Least: 1, Most: 64, Pattern: `[.\-_A-Za-z0-9]+`},
		{"WebACL", "name"}:                              {Least: 1, Most: 128, Pattern: `[\w-]+`},
		{"WebACL", "description"}:                       {Least: 1, Most: 256, Pattern: `[\w+=:#@/\-,.][\w+=:#@/\-,.\s]+[\w+=:#@/\-,.]`},
		{"WebACL", "metricName"}:                        {Least: 1, Most: 255, Pattern: `[\w#:./-]+`, Reserved: []string{"All", "Default_Action"}},
		{"Workspace", "name"}:                           {Least: 1, Most: 255, Pattern: `[a-zA-Z0-9\-._~]+`}, // Grafana's
		{"Workspace", "alias"}:                          {Least: 1, Most: 100, Pattern: anyText},             // AMP's
		{"Workspace", "description"}:                    {Most: 2048, Pattern: anyText},
		{"Instance", "identifier"}:                      {Least: 1, Most: 63, Pattern: rdsPattern},
		{"Instance", "finalSnapshotIdentifier"}:         {Least: 1, Most: 255, Pattern: rdsPattern},
		{"SubnetGroup", ""}:                             {Least: 1, Most: 255, Pattern: `[a-z0-9-]+`},
		{"SubnetGroup", "description"}:                  {Least: 1, Most: 255, Pattern: anyText},
		{"ParameterGroup", ""}:                          {Least: 1, Most: 255, Pattern: rdsPattern},
		{"ParameterGroup", "description"}:               {Least: 1, Most: 255, Pattern: anyText},
		{"ParameterGroup", "name"}:                      {Least: 1, Most: 255, Pattern: rdsPattern}, // ElastiCache's
		{"PodIdentityAssociation", "serviceAccount"}:    {Least: 1, Most: 63, Pattern: `[a-z][a-z0-9-]*`},
		{"PodIdentityAssociation", "namespace"}:         {Least: 1, Most: 63, Pattern: `[a-z][a-z0-9-]*`},
		{"User", "userName"}:                            {Least: 1, Most: 40, Pattern: rdsPattern}, // With IAM, that of the id.
		{"ReplicationGroup", ""}:                        {Least: 1, Most: 40, Pattern: rdsPattern},
		{"ReplicationGroup", "description"}:             {Least: 1, Most: 255, Pattern: anyText},
		{"ReplicationGroup", "finalSnapshotIdentifier"}: {Least: 1, Most: 255, Pattern: rdsPattern},
		{"User", ""}:                                    {Least: 1, Most: 40, Pattern: rdsPattern},
		{"UserGroup", ""}:                               {Least: 1, Most: 40, Pattern: rdsPattern},
		{"Table", ""}:                                   {Least: 3, Most: 255, Pattern: `[a-zA-Z0-9_.-]+`},
		{"Repository", ""}:                              {Least: 2, Most: 256, Pattern: `(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z](?:[._-]?[a-z0-9]+)*`},
	}
}

// elsewhere are fields that hold names of the above, or texts with a claim's name in them, for
// which AWS has no other rule than JSON's.
var elsewhere = regexp.MustCompile(`(?i)(policy|selector|url|ref|document|data|configuration|values|manifest|ids?|clusterName|parameterGroupName|userGroupId\w*|tags)$`)

// randomName of a claim, and of the composite that Crossplane makes of it: Kubernetes takes
// letters, digits, hyphens and dots, and cuts before it adds its own five characters.
func (r Random) randomName() (claim, composite string) {
	alphabet := r.One("abcxyz0189--", "abcxyz0189--..").(string)
	name := []byte(r.One("", "sg-", "xn--", "sthree-", "amzn-s3-demo-", "aws", "1", "a--b").(string))
	for range 1 + r.IntN(50) {
		name = append(name, alphabet[r.IntN(len(alphabet))])
	}
	dots := regexp.MustCompile(`[.-]*\.[.-]*`) // A label starts and ends with a letter or a digit.
	claim = strings.Trim(dots.ReplaceAllString(string(name), "."), ".-")
	if claim == "" {
		claim = "a"
	}
	const most, added = 63, "-a1b2c"
	return claim, claim[:min(len(claim), most-len(added))] + added
}

// testNames gives a composite random names: every name that is made of it is one that AWS
// takes, and no name is without a rule. A claim whose name cannot be used says so.
func testNames(t *testing.T, k Kind) {
	checked, rules := map[nameField]int{}, nameRules()
	for seed, r := range randoms(60) {
		p := k.NewExample(t, k.Typical[seed%len(k.Typical)])
		if seed%2 == 1 { // The variants have what no example has.
			p = k.New(t, "variant", k.Variants[seed/2%len(k.Variants)].Spec)
		}
		claim, name := r.randomName()
		meta := child(p.XR, "metadata")
		meta["name"] = name
		meta["labels"] = map[string]any{"crossplane.io/claim-name": claim, "crossplane.io/claim-namespace": "default"}
		if _, m := p.settle(t, nil); m != "" && !strings.HasPrefix(m, "metadata.name: ") {
			t.Errorf("a claim %q: unexpected refusal: %s", claim, m)
		}
		for _, resource := range p.Names() {
			checkNames(t, p, resource, name, func(at nameField, value string) {
				rule, known := rules[at]
				checked[at]++
				if !known {
					t.Errorf("%s: %s %q is made of the claim's name: nameRules needs AWS's rule", resource, at, value)
				} else if err := rule.Check(value); err != nil {
					t.Errorf("claim %q: %s: %s: %v", claim, resource, at, err)
				}
			})
		}
	}
	if len(checked) == 0 {
		t.Error("no name was checked")
	}
	t.Logf("names of %d kinds of field, %v", len(checked), checked)
}

// checkNames calls check with each text of a resource of AWS that is made of the composite's name.
func checkNames(t *testing.T, p *ControlPlane, resource, name string, check func(at nameField, value string)) {
	t.Helper()
	apiVersion, _ := p.Get(resource)["apiVersion"].(string)
	if !strings.Contains(apiVersion, ".aws.") {
		return
	}
	kind := p.Kind(resource)
	if inAWS, ok := child(child(p.Get(resource), "metadata"), "annotations")[externalName].(string); ok && madeOf(inAWS, name) {
		check(nameField{kind, ""}, inAWS)
	}
	var walk func(field string, v any)
	walk = func(field string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, f := range sortedKeys(v) {
				if f != "tags" && !elsewhere.MatchString(f) {
					walk(f, v[f])
				}
			}
		case []any:
			for _, e := range v {
				walk(field, e)
			}
		case string:
			if madeOf(v, name) && !strings.HasPrefix(v, "arn:") {
				check(nameField{kind, field}, v)
			}
		}
	}
	walk("", p.ForProvider(resource))
}

// madeOf reports whether a text has the start of a name in it, without its dots and hyphens.
func madeOf(text, name string) bool {
	const enough = 6 // The shortest name of a composite without its hyphen.
	plain := strings.NewReplacer(".", "", "-", "").Replace
	return strings.Contains(plain(text), plain(name)[:enough])
}
