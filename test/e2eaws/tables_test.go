package e2eaws

import (
	"bytes"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestRows(t *testing.T) {
	resources := []resource{
		{Group: "helm.crossplane.io", Kind: "Release", Name: "r", Says: "Ready is False"},
		{Group: "ec2.aws.upbound.io", Kind: "VPC", Name: "b", Synced: true, Ready: true, Took: 9 * time.Second},
		{Group: "ec2.aws.upbound.io", Kind: "VPC", Name: "a", Synced: true, Ready: true, Took: 30 * time.Second},
		{Group: "amp.aws.upbound.io", Kind: "Workspace", Name: "w", Synced: true, Ready: true, Took: time.Second},
		{Group: "ec2.aws.upbound.io", Kind: "EIP", Name: "x", Synced: true, Ready: true, Took: 2 * time.Second},
		{Group: "ec2.aws.upbound.io", Kind: "EIP", Name: "y", Says: "no address is left"},
		{Group: "grafana.aws.upbound.io", Kind: "Workspace", Name: "w", Says: "501"},
	}
	kinds := []string{"amp/Workspace", "ec2/EIP", "ec2/VPC", "grafana/Workspace", "sqs/Queue"}
	known := map[string]string{"grafana/Workspace": "no program has it"}
	want := []row{
		{Kind: "amp/Workspace", Composed: 1, Synced: 1, Ready: 1, Slowest: time.Second, By: "moto", AWS: true},
		{Kind: "ec2/EIP", Composed: 2, Synced: 1, Ready: 1, Slowest: 2 * time.Second, By: "ministack", Why: "no address is left", AWS: true},
		{Kind: "ec2/VPC", Composed: 2, Synced: 2, Ready: 2, Slowest: 30 * time.Second, By: "ministack", AWS: true},
		{Kind: "grafana/Workspace", Composed: 1, By: "awsapi", Why: "no program has it", AWS: true},
		{Kind: "sqs/Queue", By: "ministack", Why: "not composed: what comes before it did not become Ready", AWS: true},
		{Kind: "Release.helm.crossplane.io", Composed: 1, By: "not AWS", Why: "Ready is False"},
	}
	if diff := gocmp.Diff(want, rows(resources, kinds, known)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestFailures(t *testing.T) {
	ready := row{Kind: "ec2/VPC", Composed: 2, Synced: 2, Ready: 2, AWS: true}
	stuck := row{Kind: "ec2/EIP", Composed: 2, Synced: 2, Ready: 1, AWS: true, Why: "no address is left"}
	missing := row{Kind: "sqs/Queue", AWS: true, Why: "not composed"}
	release := row{Kind: "Release.helm.crossplane.io", Composed: 1}
	up := claim{File: "examples/x/network.yaml", Ready: true}
	down := claim{File: "examples/x/services/ui.yaml", Says: "Ready is False"}
	cases := map[string]struct {
		reason string
		claims []claim
		table  []row
		known  map[string]string
		want   []string
	}{
		"AllReady": {
			reason: "A kind that is not AWS is judged by its claims.",
			claims: []claim{up},
			table:  []row{ready, release},
		},
		"ClaimNotReady": {
			reason: "Every claim must be Ready, even when all its resources are: a pending one may never have been composed.",
			claims: []claim{up, down},
			table:  []row{ready},
			want:   []string{"examples/x/services/ui.yaml: Ready is False"},
		},
		"NotReady": {
			reason: "Every kind must be Ready, each of its resources.",
			table:  []row{ready, stuck, missing},
			want:   []string{"ec2/EIP: of 2, 2 Synced and 1 Ready: no address is left", "sqs/Queue: of 0, 0 Synced and 0 Ready: not composed"},
		},
		"NotSynced": {
			reason: "A resource that the provider cannot update is a failure, though it was Ready once.",
			table:  []row{{Kind: "ec2/FlowLog", Composed: 1, Ready: 1, AWS: true, Why: "refuse to update"}},
			want:   []string{"ec2/FlowLog: of 1, 0 Synced and 1 Ready: refuse to update"},
		},
		"Expected": {
			reason: "A kind with a written reason may fail.",
			claims: []claim{down},
			table:  []row{stuck, missing},
			known:  map[string]string{"ec2/EIP": "x", "sqs/Queue": "y", down.File: "z"},
		},
		"Stale": {
			reason: "A reason must be removed when its kind or claim is Ready, or does not exist.",
			claims: []claim{up},
			table:  []row{ready},
			known:  map[string]string{"ec2/VPC": "x", "eks/Addon": "y", up.File: "z", down.File: "z"},
			want: []string{
				"examples/x/network.yaml: Synced and Ready, though exceptions says that it cannot be: remove that",
				"ec2/VPC: Synced and Ready, though exceptions says that it cannot be: remove that",
				"eks/Addon: there is none, though exceptions has it: remove that",
				"examples/x/services/ui.yaml: there is none, though exceptions has it: remove that",
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := gocmp.Diff(tc.want, failures(tc.claims, tc.table, tc.known)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestReport(t *testing.T) {
	r := report{
		Date: "2026-01-31", Versions: []string{"provider-aws v1", "moto 2"},
		Claims: []claim{{File: "examples/x/network.yaml", Kind: "Network", Name: "x", Says: "a | b\n  c", Resources: 2}},
		Kinds: []row{
			{Kind: "ec2/EIP", Composed: 2, Synced: 1, By: "ministack", Why: "no address is left", AWS: true},
			{Kind: "ec2/VPC", Composed: 2, Synced: 2, Ready: 2, Slowest: 31 * time.Second, By: "ministack", AWS: true},
		},
		Deletion: &deletion{Claims: 1, Resources: 2, Left: []resource{{Group: "ec2.aws.upbound.io", Kind: "VPC", Name: "v", Says: "in use"}}},
	}
	page := &bytes.Buffer{}
	r.writeTo(page)
	for _, want := range []string{
		"On 2026-01-31, ", "\nVersions: provider-aws v1, moto 2.\n",
		"\n| Network x | examples/x/network.yaml | no |  | 2 | a \\| b c |\n",
		"\n| ec2/EIP | 2 | 1 | 0 |  | ministack | no address is left |\n",
		"\n| ec2/VPC | 2 | 2 | 2 | 31 s | ministack |  |\n",
		"Of 2 resources behind them these stayed:", "\n| ec2/VPC | v | in use |\n",
	} {
		if !bytes.Contains(page.Bytes(), []byte(want)) {
			t.Errorf("want %q in\n%s", want, page)
		}
	}
}
