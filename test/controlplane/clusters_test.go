package controlplane

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// eks is an EKS Cluster that exists in the cloud.
func eks(uid, region, name string) unstructured.Unstructured {
	u := unstructured.Unstructured{Object: map[string]any{
		"spec":   map[string]any{"forProvider": map[string]any{"region": region}},
		"status": map[string]any{"atProvider": map[string]any{"status": "ACTIVE"}},
	}}
	u.SetUID(types.UID(uid))
	u.SetAnnotations(map[string]string{"crossplane.io/external-name": name})
	return u
}

// A record of the clusters' actions.
type record struct {
	mu     sync.Mutex
	events []string
}

func (r *record) add(s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, s)
}

func (r *record) has(s string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.events, s)
}

func TestClustersLiveApart(t *testing.T) {
	stuck, fine := eks("1", "ap-southeast-2", "stuck"), eks("2", "ap-southeast-2", "fine")
	again := eks("3", "ap-southeast-2", "stuck")
	elsewhere := eks("4", "us-west-2", "fine")
	r := &record{}
	release := make(chan struct{})
	c := &clusters{
		dir: Dir(t.TempDir()), running: map[string]*cluster{}, credential: time.Hour,
		up: func(ctx context.Context, k *cluster) error {
			if k.uid == "1" {
				<-ctx.Done()
				return errors.New("it never came up")
			}
			r.add("up " + k.uid + " " + k.member.name + " " + k.manager)
			return nil
		},
		down: func(k *cluster) {
			if k.uid == "1" {
				<-release // It takes a while.
			}
			r.add("down " + k.uid)
		},
	}
	ctx, cancel := context.WithCancel(t.Context())
	expect := func(what string, all ...unstructured.Unstructured) {
		t.Helper()
		for deadline := time.Now().Add(patience); !r.has(what); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("want %q, got %q", what, r.events)
			}
			c.follow(ctx, all)
		}
	}
	expect("up 2 kube-apiserver-ap-southeast-2-fine kube-controller-manager-ap-southeast-2-fine", stuck, fine)
	expect("up 4 kube-apiserver-us-west-2-fine kube-controller-manager-us-west-2-fine", stuck, fine, elsewhere)
	expect("down 2", stuck, elsewhere)

	// A cluster with the same name and region shares the files: it waits until the first has ended.
	expect("down 4", again)
	if r.has("up 3 kube-apiserver-ap-southeast-2-stuck kube-controller-manager-ap-southeast-2-stuck") {
		t.Error("want the second cluster of one name to wait for the end of the first")
	}
	close(release)
	expect("down 1", again)
	expect("up 3 kube-apiserver-ap-southeast-2-stuck kube-controller-manager-ap-southeast-2-stuck", again)

	cancel()
	for _, k := range c.running {
		<-k.done
	}
	if !r.has("down 3") {
		t.Errorf("want every cluster ended with the control plane, got %q", r.events)
	}
}

func TestClusterKubeconfig(t *testing.T) {
	dir := Dir(t.TempDir())
	for _, region := range []string{"us-west-2", "ap-southeast-2"} {
		file := dir.clusterKubeconfig(region, "shop")
		if err := makeDirs(filepath.Dir(file)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cases := map[string]struct {
		reason string
		name   string
		want   string
	}{
		"There":    {reason: "A cluster is found without its region.", name: "shop", want: dir.path("clusters", "ap-southeast-2", "shop.kubeconfig")},
		"NotThere": {reason: "A missing cluster has a path too, for the error of the caller.", name: "bank", want: dir.path("clusters", "bank.kubeconfig")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, dir.ClusterKubeconfig(tc.name)); diff != "" {
				t.Errorf("\n%s\nClusterKubeconfig(%q): -want, +got:\n%s", tc.reason, tc.name, diff)
			}
		})
	}
}
