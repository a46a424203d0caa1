package render

import (
	stdcmp "cmp"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/internal/toolchain"
)

// TestValidate has a claim, and what exists of it. What the API server refuses is compared with
// the real one in test/contract.
func TestValidate(t *testing.T) {
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	const head = "apiVersion: platform.ausmart.io/v1alpha1\nkind: %s\nmetadata: {name: %s, namespace: team}\nspec: "
	const vpc = "---\napiVersion: ec2.aws.upbound.io/v1beta1\nkind: VPC\nmetadata: {name: vpc}\n"

	cases := map[string]struct {
		reason   string
		name     string // net where it is empty
		spec     string
		observed string // kind of what exists of the claim; empty for nothing
		old      string
		want     map[string]any // some of the spec's fields after it
		err      string
	}{
		"Defaults": {
			reason: "The claim has the defaults after it, as behind an API server.",
			spec:   "{environment: dev}",
			want:   map[string]any{"cidr": "10.0.0.0/16"},
		},
		"Null": {
			reason: "A null is the default, or nothing.",
			spec:   "{environment: dev, cidr: null, natGateways: null, vpcEndpoints: {enabled: null}}",
			want:   map[string]any{"cidr": "10.0.0.0/16", "natGateways": nil, "vpcEndpoints": map[string]any{}},
		},
		"Duplicate": {
			reason: "A set has each value once.",
			spec:   "{environment: dev, availabilityZones: [a, b, a]}",
			err:    `spec.availabilityZones[2]: Duplicate value: "a"`,
		},
		"Name": {
			reason: "A name that Kubernetes does not take is refused, too.",
			name:   "Net",
			spec:   "{environment: dev}",
			err:    `metadata.name: Invalid value: "Net": a lowercase RFC 1123 subdomain must consist of`,
		},
		"New": {
			reason: "Nothing is changed of what does not exist.",
			spec:   "{environment: dev, cidr: 10.1.0.0/16}",
			want:   map[string]any{"cidr": "10.1.0.0/16"},
		},
		"Changed": {
			reason:   "A rule about changes reads the composite that exists.",
			spec:     "{environment: dev, cidr: 10.1.0.0/16}",
			observed: "XNetwork", old: "{environment: dev, claimRef: {name: net}, resourceRefs: []}",
			err: `spec.cidr: Invalid value: "10.1.0.0/16": cidr cannot change: create a new claim with the other range and move over to it`,
		},
		"ChangedClaim": {
			reason:   "Or the claim.",
			spec:     "{environment: dev, region: us-east-1}",
			observed: "Network", old: "{environment: dev}",
			err: `spec.region: Invalid value: region cannot change: create a new claim in the other region and move over to it`,
		},
		"Same": {
			reason:   "What does not change may stay, although a new claim could not have it.",
			spec:     "{environment: dev, cidr: 172.17.0.0/16, natGateways: Single}",
			observed: "XNetwork", old: "{environment: dev, cidr: 172.17.0.0/16}",
			want: map[string]any{"cidr": "172.17.0.0/16"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file, observed := filepath.Join(dir, "claim.yaml"), ""
			write(t, file, fmt.Sprintf(head, "Network", stdcmp.Or(tc.name, "net"))+tc.spec+"\n")
			if tc.observed != "" {
				observed = filepath.Join(dir, "observed")
				write(t, filepath.Join(observed, "all.yaml"), fmt.Sprintf(head, tc.observed, "net")+tc.old+"\n"+vpc)
			}
			claim, err := readClaim(file)
			if err != nil {
				t.Fatal(err)
			}
			a, err := findAPI(root, claim)
			if err != nil {
				t.Fatal(err)
			}
			old, composed, err := a.existing(observed, claim)
			if err != nil {
				t.Fatal(err)
			}
			if want := map[bool]int{true: 1}[observed != ""]; len(composed) != want {
				t.Errorf("%s\nexisting(...): %d composed resources, want %d", tc.reason, len(composed), want)
			}
			err = a.validate(t.Context(), claim, old)
			if tc.err == "" && err != nil || tc.err != "" && !strings.HasPrefix(fmt.Sprint(err), tc.err) {
				t.Fatalf("%s\nvalidate(...): %v, want %q", tc.reason, err, tc.err)
			}
			spec := claim.Object["spec"].(map[string]any)
			for field, want := range tc.want {
				if diff := cmp.Diff(want, spec[field]); diff != "" {
					t.Errorf("%s\nspec.%s: -want, +got:\n%s", tc.reason, field, diff)
				}
			}
		})
	}
}
