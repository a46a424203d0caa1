package e2eaws

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/cloud/catalog"
	"github.com/ausmart/platform/test/controlplane"
	"github.com/ausmart/platform/test/e2e/harness"
	"github.com/ausmart/platform/test/iampolicy"
	"github.com/ausmart/platform/test/pypi"
)

var (
	enabled = flag.Bool("provider", false, "run against the real provider-aws; it is built first when the cache does not have it")
	options = harness.ControlPlaneFlag()
)

const (
	// quiet is how long nothing may change before the run ends: longer than the provider's longest
	// pause between two attempts, a minute, and than its longest wait for an imitation that is slow
	// on purpose.
	quiet = 4 * time.Minute

	// poll is the pause between two checks, and checks is how many must have the same result before
	// that counts as quiet: on a busy machine one check takes minutes.
	poll   = 3 * time.Second
	checks = 4

	// deleted is the environment whose claims are deleted in the end. The others' are protected.
	deleted = "au-dev"
)

// TestEveryKind brings the examples up, writes a report on each kind, and deletes an environment.
func TestEveryKind(t *testing.T) {
	if !*enabled {
		t.Skip("make e2e-aws runs this test, and builds provider-aws first (once, about 75 minutes of CPU and 16 GB of memory)")
	}
	p := options.Connect(t, "e2e-aws", "-cloud=provider")
	if *options.ControlPlane == "" {
		t.Cleanup(func() { harness.KeepLogs(p.Dir) }) // The provider's log is useful after a good run too.
	}
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	envs, err := environments(root, "au-dev", "au-prod")
	if err != nil {
		t.Fatal(err)
	}
	w := world{t: t, client: p.Client}
	w.apply(envs)
	w.settle(envs)

	r := report{Date: time.Now().UTC().Format(time.DateOnly), Versions: versions(t), Claims: w.claims(envs)}
	r.Kinds = rows(w.resources(envs), installedKinds(t, root), exceptions())
	r.Changes = changesOf(t, p.Dir)
	foughtOver := w.foughtOver(envs)
	write(t, root, r) // Also when deletion then hangs.
	r.Deletion = w.delete(envs[slices.IndexFunc(envs, func(e environment) bool { return e.name == deleted })])
	write(t, root, r)
	record(t, p.Dir, root, r)

	for _, f := range slices.Concat(foughtOver, failures(r.Claims, r.Kinds, exceptions()), churnFailures(r.Changes, churn())) {
		t.Error(f)
	}
	for _, l := range r.Deletion.Left {
		t.Errorf("%s %s was not deleted: %s", l.kind(), l.Name, l.Says)
	}
}

// installedKinds are the kinds with a CRD on the control plane: all kinds that the platform composes.
func installedKinds(t *testing.T, root string) []string {
	t.Helper()
	list, err := os.ReadFile(filepath.Join(root, "test", "controlplane", "cmd", "controlplane", "crds.txt"))
	if err != nil {
		t.Fatal(err)
	}
	aws, err := toolchain.Source(t.Context(), "", "github.com/upbound/provider-aws/v2")
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for name := range strings.FieldsSeq(string(list)) {
		group, _, _ := strings.Cut(name, "_")
		service, composed := strings.CutSuffix(group, catalog.Suffix)
		if !composed {
			continue // A ProviderConfig.
		}
		kind, err := kindOf(filepath.Join(aws, "package", "crds", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, service+"/"+kind)
	}
	return kinds
}

func versions(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, module := range []struct{ name, tool, path string }{
		{"provider-aws", "provider-aws", "github.com/upbound/provider-aws/v2"},
		{"Crossplane", "crossplane", "github.com/crossplane/crossplane/v2"},
	} {
		dir, err := toolchain.Source(t.Context(), module.tool, module.path)
		if err != nil {
			t.Fatal(err)
		}
		_, version, _ := strings.Cut(filepath.Base(dir), "@")
		all = append(all, module.name+" "+version)
	}
	for _, program := range []string{pypi.Ministack, pypi.Moto} {
		version, err := pypi.Version(program, program)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, program+" "+version)
	}
	return all
}

func write(t *testing.T, root string, r report) {
	t.Helper()
	page := &bytes.Buffer{}
	r.writeTo(page)
	path := filepath.Join(root, "docs", "real-provider.md")
	if err := os.WriteFile(path, page.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Log("wrote", path)
}

// record the provider's calls, from its first request to its last: test/iampolicy compares the
// role's policy with them.
func record(t *testing.T, dir controlplane.Dir, root string, r report) {
	t.Helper()
	log, err := os.Open(filepath.Join(string(dir), "logs", "awsapi.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	recording, err := iampolicy.Record(log, r.Date+", "+strings.Join(r.Versions, ", "))
	if err != nil {
		t.Errorf("cannot record every call of the provider: %v", err)
	}
	path := filepath.Join(root, iampolicy.RecordingFile)
	if err := recording.Write(path); err != nil {
		t.Fatal(err)
	}
	t.Log("wrote", path)
}

// waitForQuiet calls check until it is done, or until its message has not changed for long. It logs
// every change.
func waitForQuiet(ctx context.Context, t *testing.T, check func(context.Context) (says string, done bool, err error)) {
	t.Helper()
	start := time.Now()
	last, since, same := "", start, 0
	err := wait.PollUntilContextCancel(ctx, poll, true, func(ctx context.Context) (bool, error) {
		says, done, err := check(ctx)
		if err != nil {
			says = err.Error() // A busy server is asked again.
		}
		if says != last {
			t.Logf("%4.0f s  %s", time.Since(start).Seconds(), says)
			last, since, same = says, time.Now(), 0
		}
		same++
		return done || same > checks && time.Since(since) > quiet, nil
	})
	if err != nil {
		t.Fatalf("cannot wait any longer: %s: %v", last, err)
	}
}
