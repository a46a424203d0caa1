package nodepools

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/conventions"
	"github.com/ausmart/platform/functions/internal/functiontest"
	"github.com/ausmart/platform/functions/internal/incluster"
)

func inputs() Inputs {
	return Inputs{
		Network:         "au-prod",
		InstanceProfile: "au-prod-node",
		Architecture:    "amd64",
		Image:           Newest(),
		DiskGiB:         30,
		Tags:            map[string]string{"ausmart.io/environment": "prod"},
	}
}

// TestGolden compares all manifests whole. test/contract holds the same files to
// Karpenter's CRDs.
func TestGolden(t *testing.T) {
	all, err := All(inputs())
	if err != nil {
		t.Fatalf("cannot make manifests: %v", err)
	}
	for _, m := range all {
		t.Run(m.Name, func(t *testing.T) {
			if _, err := structpb.NewStruct(m.Object); err != nil {
				t.Errorf("Crossplane's protocol cannot carry it: %v", err)
			}
			got, err := yaml.Marshal(m)
			if err != nil {
				t.Fatalf("cannot marshal manifest: %v", err)
			}
			functiontest.CompareFile(t, "The whole manifest.", filepath.Join("testdata", m.Name+".yaml"), string(got))
		})
	}
}

func TestAll(t *testing.T) {
	everything := []string{ClassName, OnDemandName, SpotName}
	cases := map[string]struct {
		reason string
		change func(*Inputs)
		want   []string
		err    string
	}{
		"NothingSaid": {
			reason: "Karpenter is on unless the claim switches it off. The class comes before the pools that refer to it.",
			change: func(*Inputs) {},
			want:   everything,
		},
		"On": {
			reason: "A claim may switch Karpenter on.",
			change: func(in *Inputs) { in.Karpenter = &v1alpha1.Karpenter{Enabled: new(true)} },
			want:   everything,
		},
		"Off": {
			reason: "Without Karpenter there are no manifests.",
			change: func(in *Inputs) { in.Karpenter = &v1alpha1.Karpenter{Enabled: new(false)} },
		},
		"KarpentersTag": {
			reason: "A tag that Karpenter's schema refuses is refused here, and the message names the claim's field.",
			change: func(in *Inputs) { in.Tags = map[string]string{"karpenter.sh/nodepool": "x"} },
			err:    `spec.tags: Karpenter puts "karpenter.sh/nodepool" on nodes itself: remove it`,
		},
		"ClustersTag": {
			reason: "The same holds for a tag that names the cluster of a node.",
			change: func(in *Inputs) { in.Tags = map[string]string{"a": "b", "kubernetes.io/cluster/au-prod": "owned"} },
			err:    `spec.tags: Karpenter puts "kubernetes.io/cluster/au-prod" on nodes itself: remove it`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := inputs()
			tc.change(&in)
			all, err := All(in)
			if diff := cmp.Diff(tc.err, functiontest.Message(err)); diff != "" {
				t.Errorf("%s\nAll(...): -want error, +got error:\n%s", tc.reason, diff)
			}
			var got []string
			for _, m := range all {
				got = append(got, m.Name)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nAll(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	cases := map[string]struct {
		reason string
		limits *v1alpha1.NodePoolLimits
		want   map[string]string
	}{
		"None": {
			reason: "A pool without limits in the claim has default limits.",
			want:   map[string]string{"cpu": "40", "memory": "160Gi"},
		},
		"Empty": {
			reason: "Limits without values are the default limits.",
			limits: &v1alpha1.NodePoolLimits{},
			want:   map[string]string{"cpu": "40", "memory": "160Gi"},
		},
		"Both": {
			reason: "The limits of the claim are used.",
			limits: &v1alpha1.NodePoolLimits{CPU: 8, MemoryGiB: 20},
			want:   map[string]string{"cpu": "8", "memory": "20Gi"},
		},
		"CPUOnly": {
			reason: "Memory follows from the cores at the ratio of m-type instances.",
			limits: &v1alpha1.NodePoolLimits{CPU: 100},
			want:   map[string]string{"cpu": "100", "memory": "400Gi"},
		},
		"MemoryOnly": {
			reason: "Cores follow from the memory at the same ratio.",
			limits: &v1alpha1.NodePoolLimits{MemoryGiB: 64},
			want:   map[string]string{"cpu": "16", "memory": "64Gi"},
		},
		"LittleMemory": {
			reason: "There is at least one core.",
			limits: &v1alpha1.NodePoolLimits{MemoryGiB: 2},
			want:   map[string]string{"cpu": "1", "memory": "2Gi"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, within(tc.limits)); diff != "" {
				t.Errorf("%s\nwithin(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestEveryInputCounts fails on an input that changes nothing, or another
// manifest than it should.
func TestEveryInputCounts(t *testing.T) {
	cases := map[string]struct {
		change func(*Inputs)
		want   []string
	}{
		"Network":         {func(in *Inputs) { in.Network = "other" }, []string{ClassName}},
		"InstanceProfile": {func(in *Inputs) { in.InstanceProfile = "other" }, []string{ClassName}},
		"DiskGiB":         {func(in *Inputs) { in.DiskGiB = 31 }, []string{ClassName}},
		"Tags":            {func(in *Inputs) { in.Tags = nil }, []string{ClassName}},
		"Image":           {func(in *Inputs) { in.Image = Pinned() }, []string{ClassName}},
		"Architecture":    {func(in *Inputs) { in.Architecture = "arm64" }, []string{OnDemandName, SpotName}},
		"OnDemand": {func(in *Inputs) {
			in.Karpenter = &v1alpha1.Karpenter{OnDemand: &v1alpha1.NodePoolLimits{CPU: 7}}
		}, []string{OnDemandName}},
		"Spot": {func(in *Inputs) {
			in.Karpenter = &v1alpha1.Karpenter{Spot: &v1alpha1.NodePoolLimits{MemoryGiB: 7}}
		}, []string{SpotName}},
	}
	before, err := All(inputs())
	if err != nil {
		t.Fatalf("cannot make manifests: %v", err)
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := inputs()
			tc.change(&in)
			after, err := All(in)
			if err != nil {
				t.Fatalf("cannot make manifests: %v", err)
			}
			if diff := cmp.Diff(tc.want, changed(before, after)); diff != "" {
				t.Errorf("changed manifests: -want, +got:\n%s", diff)
			}
		})
	}
}

func changed(before, after []incluster.NamedManifest) []string {
	var out []string
	for i := range before {
		if !cmp.Equal(before[i], after[i]) {
			out = append(out, before[i].Name)
		}
	}
	return out
}

// TestWhoRunsOnSpot fails where the taint of the pool and the toleration for it differ.
func TestWhoRunsOnSpot(t *testing.T) {
	tolerated := func(p nodePool, tolerations ...corev1.Toleration) bool {
		for _, taint := range p.Spec.Template.Spec.Taints {
			if !slices.ContainsFunc(tolerations, func(t corev1.Toleration) bool { return t.ToleratesTaint(logr.Discard(), &taint, false) }) {
				return false
			}
		}
		return true
	}
	cases := map[string]struct {
		reason      string
		pool        nodePool
		tolerations []corev1.Toleration
		want        bool
	}{
		"AnyPodOnSpot":      {"A pod that did not ask for spot stays away from it.", spot("amd64", nil), nil, false},
		"AskingPodOnSpot":   {"One that did may go there.", spot("amd64", nil), []corev1.Toleration{conventions.TolerateSpot()}, true},
		"AnyPodOnDemand":    {"On-demand nodes are for everyone.", onDemand("amd64", nil), nil, true},
		"AskingPodOnDemand": {"Where there is no spot capacity, one that asked for it runs on demand.", onDemand("amd64", nil), []corev1.Toleration{conventions.TolerateSpot()}, true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := tolerated(tc.pool, tc.tolerations...); got != tc.want {
				t.Errorf("%s\ntolerated: %v, want %v", tc.reason, got, tc.want)
			}
		})
	}
	if onDemand("amd64", nil).Spec.Weight >= spot("amd64", nil).Spec.Weight {
		t.Error("a pod that may go to both would not try spot first")
	}
	prefers := conventions.PreferSpot().PreferredDuringSchedulingIgnoredDuringExecution[0].Preference.MatchExpressions
	if diff := cmp.Diff(prefers, spot("amd64", nil).Spec.Template.Spec.Requirements[:1]); diff != "" {
		t.Errorf("what a pod prefers is not what the spot pool makes: -prefers, +makes:\n%s", diff)
	}
}

// TestImages compares the terms by which Karpenter finds an image.
func TestImages(t *testing.T) {
	cases := map[string]struct {
		image Image
		want  amiTerm
	}{
		"Newest": {Newest(), amiTerm{Alias: "al2023@latest"}},
		"Pinned": {Pinned(), amiTerm{Alias: "al2023@" + pinned}},
		"AMD64":  {Of("1.35", "amd64"), amiTerm{SSMParameter: "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/image_id"}},
		"ARM64":  {Of("1.35", "arm64"), amiTerm{SSMParameter: "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/arm64/standard/recommended/image_id"}},
	}
	for name, tc := range cases {
		in := inputs()
		in.Image = tc.image
		if diff := cmp.Diff([]amiTerm{tc.want}, nodeClass(in).Spec.AMISelectorTerms); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", name, diff)
		}
	}
}
