package harness

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/ausmart/platform/test/controlplane"
)

// Options are the flags that tests of a control plane have.
type Options struct {
	ControlPlane *string
	Patience     *time.Duration
}

// Flags registers both options with the test binary.
func Flags() Options {
	return Options{ControlPlane: ControlPlaneFlag().ControlPlane, Patience: PatienceFlag().Patience}
}

// ControlPlaneFlag registers the one option of a test that has its own way of waiting.
func ControlPlaneFlag() Options {
	return Options{ControlPlane: flag.String("control-plane", "", "the folder of a control plane that runs already, such as _output/controlplane after make up")}
}

// PatienceFlag registers the one option of a test that always starts its own control plane.
func PatienceFlag() Options {
	return Options{Patience: flag.Duration("patience", 15*time.Minute,
		"after how long a step that hangs is ended; it says nothing about how fast anything should be")}
}

// Connect to the control plane that the flag names, or start one as Start does, which ends with the
// test. The logs of a test that failed are the caller's to keep.
func (o Options) Connect(t *testing.T, name string, args ...string) *ControlPlane {
	t.Helper()
	if *o.ControlPlane != "" {
		p, err := Connect(controlplane.Dir(*o.ControlPlane))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p, stop, err := Start(name, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return p
}

// Eventually tries at every interval until it works, for as long as the patience lasts. The error is
// that of the last try.
func (o Options) Eventually(ctx context.Context, interval time.Duration, try func(context.Context) error) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, interval, *o.Patience, true, func(ctx context.Context) (bool, error) {
		last = try(ctx)
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("%w (for %s)", cmp.Or(last, err), *o.Patience)
	}
	return nil
}
