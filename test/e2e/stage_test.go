package e2e

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/cloud/control"
	"github.com/ausmart/platform/test/controlplane"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/e2e/harness"
)

var (
	options      = harness.Flags()
	environments = flag.String("environments", "au-dev", "which folders of examples/ to bring up whole, such as au-dev,au-prod")
	every        = flag.Bool("every", false, "run those tests too that no commit waits for, as make e2e does each night")
	load         = flag.String("load", "10", "how many Network claims to apply at once, such as 10,50,100")

	theStage *stage // The only way from TestMain to the tests.
)

// clusterCredential is how long a credential for an EKS cluster is valid on a control plane that
// these tests start. That is shorter than a test, so what works at the end of a test uses a renewed
// one.
const clusterCredential = time.Minute

// A stage is a running control plane, and simulated AWS behind it.
type stage struct {
	dir    controlplane.Dir
	client client.Client
	cloud  *control.Client
}

// hasNamespace creates a namespace before any claim: objects that are applied at once have no order.
func (s *stage) hasNamespace(t *testing.T, name string) {
	t.Helper()
	ns := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace"}}
	ns.SetName(name)
	if err := manifest.Apply(t.Context(), s.client, ns); err != nil {
		t.Fatal(err)
	}
}

func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "4") // A default that -parallel overrides: the tests mostly wait.
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	p, stop, err := startOrConnect()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stop()
	theStage = &stage{dir: p.Dir, client: p.Client, cloud: p.Dir.Cloud()}
	code := m.Run()
	if code != 0 {
		harness.KeepLogs(p.Dir)
	}
	return code
}

func startOrConnect() (p *harness.ControlPlane, stop func(), err error) {
	if *options.ControlPlane == "" {
		return harness.Start("e2e", "-cluster-credential="+clusterCredential.String())
	}
	p, err = harness.Connect(controlplane.Dir(*options.ControlPlane))
	return p, func() {}, err
}
