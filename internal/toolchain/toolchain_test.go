package toolchain

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPath(t *testing.T) {
	assets := t.TempDir()
	etcd := filepath.Join(assets, "etcd")
	if err := os.WriteFile(etcd, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		reason string
		tool   string
		want   string
		err    string
	}{
		"Unknown": {reason: "The error lists the known names.", tool: "etdc", err: "there are crossplane-cli"},
		"Asset":   {reason: "KUBEBUILDER_ASSETS saves a build.", tool: "etcd", want: etcd},
		"NoAsset": {reason: "An incomplete folder of assets is a mistake, not a reason to build.", tool: "kube-apiserver", err: "unset the variable"},
	}
	t.Setenv("KUBEBUILDER_ASSETS", assets)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Path(t.Context(), io.Discard, tc.tool)
			if got != tc.want {
				t.Errorf("%s\nwant %q, got %q, %v", tc.reason, tc.want, got, err)
			}
			if tc.err != "" && (err == nil || !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("%s\nwant %q in: %v", tc.reason, tc.err, err)
			}
		})
	}
}

// TestEveryToolHasItsPlace checks that the cache's folder changes with the inputs of the binary,
// and with nothing else.
func TestEveryToolHasItsPlace(t *testing.T) {
	t.Setenv("AUSMART_CACHE", t.TempDir())
	owners := map[string]string{}
	for _, tool := range tools() {
		b, err := newBuild(t.Context(), tool)
		if err != nil {
			t.Fatalf("%s: %v", tool.name, err)
		}
		again, err := newBuild(t.Context(), tool)
		if err != nil || again.binary != b.binary {
			t.Errorf("%s: want the same place twice, got %s and %s, %v", tool.name, b.binary, again.binary, err)
		}
		changed := tool
		changed.version = append([]string{"x=y"}, tool.version...)
		other, err := newBuild(t.Context(), changed)
		if err != nil || other.binary == b.binary {
			t.Errorf("%s: want another place for another version stamp, got %s, %v", tool.name, other.binary, err)
		}
		if owner, taken := owners[b.binary]; taken {
			t.Errorf("%s and %s have the same place", tool.name, owner)
		}
		owners[b.binary] = tool.name
	}
}

func TestLockIsHeldOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := Lock(t.Context(), io.Discard, path, "tool")
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan error, 1)
	waiting, told := io.Pipe()
	go func() {
		release, err := Lock(t.Context(), told, path, "tool")
		if err == nil {
			release()
		}
		got <- err
	}()
	if _, err := waiting.Read(make([]byte, 64)); err != nil { // It prints that it waits, so it does not have the lock.
		t.Fatal(err)
	}
	unlock()
	if err := <-got; err != nil {
		t.Errorf("want the lock after it was given back, got %v", err)
	}
}
