package simulator_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"github.com/google/go-cmp/cmp"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/apiserver"
	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/cloud/catalog"
	"github.com/ausmart/platform/test/cloud/control"
	"github.com/ausmart/platform/test/cloud/simulator"
)

const (
	// patience bounds a wait that should end in well under a second; only a failing test waits for so long.
	patience = 60 * time.Second

	poll = 200 * time.Millisecond
)

var requestID = regexp.MustCompile(`RequestID: [0-9a-f-]+`)

var server = apiserver.Shared{Setup: installCRDs}

func TestMain(m *testing.M) { os.Exit(server.Main(m)) }

// installCRDs installs the provider's own definitions, from its module.
func installCRDs(s *apiserver.Server) error {
	out, err := exec.Command("go", "mod", "download", "-json", "github.com/upbound/provider-aws/v2").Output()
	if err != nil {
		return fmt.Errorf("cannot find the CRDs of provider-aws: %w", err)
	}
	module := struct{ Dir string }{}
	if err := json.Unmarshal(out, &module); err != nil {
		return fmt.Errorf("cannot read what go says about provider-aws: %w", err)
	}
	var files []string
	for _, name := range []string{
		"ec2.*_vpcs", "ec2.*_subnets", "ec2.*_internetgateways", "ec2.*_eips", "ec2.*_natgateways", "ec2.*_routetables", "ec2.*_routes",
		"ec2.*_routetableassociations", "ec2.*_vpcendpoints", "ec2.*_vpcendpointroutetableassociations", "ec2.*_securitygroups",
		"ec2.*_defaultsecuritygroups", "ec2.*_securitygroupingressrules", "ec2.*_securitygroupegressrules", "ec2.*_flowlogs",
		"iam.*_roles", "iam.*_rolepolicies", "kms.*_keys", "kms.*_aliases", "cloudwatchlogs.*_groups", "s3.*_buckets",
		"s3.*_bucketserversideencryptionconfigurations", "s3.*_bucketpublicaccessblocks", "ecr.*_repositories", "sqs.*_queues",
	} {
		found, err := filepath.Glob(filepath.Join(module.Dir, "package", "crds", name+".yaml"))
		if err != nil || len(found) == 0 {
			return fmt.Errorf("no CRD %s in provider-aws", name)
		}
		for _, f := range found {
			if !strings.Contains(filepath.Base(f), ".m.upbound.io") {
				files = append(files, f)
			}
		}
	}
	return s.InstallFiles(files...)
}

// A world is an API server with a simulator. Tests share the server and run one after the other;
// each removes its objects.
type world struct {
	t      testing.TB
	kube   client.Client
	cloud  *control.Client
	stop   func()
	wanted []*unstructured.Unstructured
}

// newWorld starts a simulator for an account. The returned world deletes its objects when the test ends.
func newWorld(t *testing.T, acct *account.Account) *world {
	t.Helper()
	w := &world{t: t, kube: newClient(t)}
	w.start(acct)
	t.Cleanup(w.end)
	return w
}

func newClient(t testing.TB) client.Client {
	t.Helper()
	config := rest.CopyConfig(server.Get(t).Config)
	config.QPS = -1 // The default of 5 a second would make waiting slow.
	kube, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return kube
}

// end deletes all objects.
func (w *world) end() {
	w.clearFaults()
	w.delete(w.wanted...)
	w.gone(w.wanted...)
	w.stop()
}

// start a simulator in this process.
func (w *world) start(acct *account.Account) {
	w.t.Helper()
	socket := filepath.Join(w.t.TempDir(), "s")
	l, err := control.Listen(socket)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- simulator.Run(ctx, server.Get(w.t).Config, simulator.Options{
			Log: logr.FromSlogHandler(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), Account: acct, Listener: l, Poll: poll, MaxRetry: 2 * poll, Workers: 4,
		})
	}()
	w.cloud = control.NewClient(socket)
	w.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			w.t.Errorf("the simulator ended with an error: %v", err)
		}
	}
}

func (w *world) apply(objects ...*unstructured.Unstructured) {
	w.t.Helper()
	for _, o := range objects {
		w.wanted = append(w.wanted, o)
		if err := w.kube.Create(w.t.Context(), o, client.FieldValidation("Strict")); err != nil {
			w.t.Fatal(err)
		}
	}
}

// edit changes the newest version of an object.
func (w *world) edit(o *unstructured.Unstructured, change func(o map[string]any)) {
	w.t.Helper()
	w.eventually("edit "+title(o), func() error {
		now := w.get(o)
		change(now.Object)
		return w.kube.Update(w.t.Context(), now)
	})
}

func (w *world) get(o *unstructured.Unstructured) *unstructured.Unstructured {
	w.t.Helper()
	now := &unstructured.Unstructured{}
	now.SetGroupVersionKind(o.GroupVersionKind())
	if err := w.kube.Get(context.Background(), client.ObjectKeyFromObject(o), now); err != nil {
		w.t.Fatal(err)
	}
	return now
}

func (w *world) delete(objects ...*unstructured.Unstructured) {
	w.t.Helper()
	for _, o := range objects {
		if err := w.kube.Delete(context.Background(), o); client.IgnoreNotFound(err) != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) ready(objects ...*unstructured.Unstructured) {
	w.t.Helper()
	for _, o := range objects {
		w.says(o, "Ready", "True", "Available", "")
		w.says(o, "Synced", "True", "ReconcileSuccess", "")
	}
}

func (w *world) gone(objects ...*unstructured.Unstructured) {
	w.t.Helper()
	for _, o := range objects {
		now := o.DeepCopy()
		w.eventually(title(o)+" is gone", func() error {
			if err := w.kube.Get(context.Background(), client.ObjectKeyFromObject(o), now); !kerrors.IsNotFound(err) {
				return fmt.Errorf("it is still there: %w, %s", err, conditions(now))
			}
			return nil
		})
	}
}

// says waits for a condition. In messages, X matches any request id.
func (w *world) says(o *unstructured.Unstructured, kind, status, reason, message string) {
	w.t.Helper()
	want := map[string]any{"type": kind, "status": status, "reason": reason}
	if message != "" {
		want["message"] = message
	}
	w.eventually(title(o)+" says "+reason, func() error {
		now := w.get(o)
		for _, c := range list(now.Object, "status", "conditions") {
			c := c.(map[string]any)
			delete(c, "lastTransitionTime")
			delete(c, "observedGeneration")
			if m, ok := c["message"].(string); ok {
				c["message"] = requestID.ReplaceAllString(m, "RequestID: X")
			}
			if cmp.Equal(want, c) {
				return nil
			}
		}
		return fmt.Errorf("want %v, it says %s", want, conditions(now))
	})
}

func (w *world) eventually(what string, check func() error) {
	w.t.Helper()
	var last error
	// Not the test's context: that has ended when the test cleans up, which waits too.
	err := wait.PollUntilContextTimeout(context.Background(), poll/10, patience, true, func(context.Context) (bool, error) {
		last = check()
		return last == nil, nil
	})
	if err != nil {
		w.t.Fatalf("%s: gave up after %s: %v", what, patience, errors.Join(last, err))
	}
}

func (w *world) inventory() account.Inventory {
	w.t.Helper()
	inv, err := w.cloud.Inventory(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return inv
}

func (w *world) fail(f account.Fault) {
	w.t.Helper()
	if err := w.cloud.Fail(w.t.Context(), f); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) clearFaults() {
	w.t.Helper()
	if err := w.cloud.Clear(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

func load(t testing.TB, path string) []*unstructured.Unstructured {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() //nolint:errcheck // It was only read.
	var out []*unstructured.Unstructured
	d := yaml.NewYAMLOrJSONDecoder(f, 4096)
	for {
		o := &unstructured.Unstructured{}
		if err := d.Decode(o); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, o)
	}
}

// object makes an object whose spec.forProvider has the fields and a region.
func object(kind, name string, fields map[string]any) *unstructured.Unstructured {
	gk, err := catalog.Parse(kind)
	if err != nil {
		panic(err)
	}
	if gk.Service != "iam" {
		fields["region"] = "ap-southeast-2"
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": gk.Service + catalog.Suffix + "/v1beta1",
		"kind":       gk.Kind,
		"metadata":   map[string]any{"name": name},
		"spec":       map[string]any{"forProvider": fields},
	}}
}

func vpc(name string) *unstructured.Unstructured {
	return object("ec2/VPC", name, map[string]any{"cidrBlock": "10.0.0.0/16"})
}

func subnetOf(vpc, name string) *unstructured.Unstructured {
	return object("ec2/Subnet", name, map[string]any{"cidrBlock": "10.0.1.0/24", "vpcIdRef": map[string]any{"name": vpc}})
}

func title(o *unstructured.Unstructured) string { return o.GetKind() + " " + o.GetName() }

func externalName(o *unstructured.Unstructured) string {
	return o.GetAnnotations()["crossplane.io/external-name"]
}

func text(o *unstructured.Unstructured, path ...string) string {
	s, _, _ := unstructured.NestedString(o.Object, path...)
	return s
}

func list(o map[string]any, path ...string) []any {
	l, _, _ := unstructured.NestedSlice(o, path...)
	return l
}

func conditions(o *unstructured.Unstructured) string {
	b, _ := json.Marshal(list(o.Object, "status", "conditions"))
	return string(b)
}
