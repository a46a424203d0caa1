package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"sort"
	"strings"
	"text/tabwriter"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/controlplane"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/controlplane/process"
)

const (
	// readyTimeout is how long claims may take; a Network takes seconds, a whole environment about a minute.
	readyTimeout = 10 * time.Minute

	// showPoll is how often progress is read.
	showPoll = 500 * time.Millisecond

	// steadyPolls is for how many polls in a row all claims must be Ready. Crossplane (v2.4.0)
	// applies a composite's conditions again from its cache, so a composite that just became Ready
	// can be unready once more, for a second.
	steadyPolls = 3
)

// show applies the claims, prints what they wait for until they are Ready, and then what exists.
func show(ctx context.Context, out io.Writer, dir controlplane.Dir, claims []string, start time.Time) error {
	c, err := connect(dir)
	if err != nil {
		return err
	}
	objs, err := manifest.Read(claims...)
	if err != nil {
		return err
	}
	if err := makeNamespaces(ctx, c, objs); err != nil {
		return err
	}
	if err := manifest.Apply(ctx, c, objs...); err != nil {
		return err
	}
	if err := follow(ctx, out, c, objs, start); err != nil {
		all, _ := controlplane.ProcessesOf(dir) // A process that died may be the reason.
		if died := process.Restarted(all); died != "" {
			return fmt.Errorf("%w\n%s", err, died)
		}
		return err
	}
	for _, o := range objs {
		if err := describe(ctx, out, c, o); err != nil {
			return err
		}
	}
	next(out, dir, objs)
	fmt.Fprintf(out, "\nready in %s\n", time.Since(start).Round(100*time.Millisecond))
	return nil
}

// makeNamespaces creates the claims' namespaces, which a platform team would prepare. A claim
// without one goes to the default namespace.
func makeNamespaces(ctx context.Context, c client.Client, objs []*unstructured.Unstructured) error {
	namespaces := map[string]*unstructured.Unstructured{}
	for _, o := range objs {
		if o.GetNamespace() == "" {
			o.SetNamespace("default")
		}
		ns := &unstructured.Unstructured{}
		ns.SetAPIVersion("v1")
		ns.SetKind("Namespace")
		ns.SetName(o.GetNamespace())
		namespaces[ns.GetName()] = ns
	}
	return manifest.Apply(ctx, c, slices.Collect(maps.Values(namespaces))...)
}

func connect(dir controlplane.Dir) (client.Client, error) {
	config, err := clientcmd.BuildConfigFromFlags("", dir.Kubeconfig())
	if err != nil {
		return nil, fmt.Errorf("cannot read the kubeconfig: %w", err)
	}
	config.QPS = -1 // Hundreds of resources are read one by one: with the default of 20 a second that takes half a minute.
	c, err := client.New(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("cannot reach the control plane: %w", err)
	}
	return c, nil
}

// follow claims until all of them are Ready.
func follow(ctx context.Context, out io.Writer, c client.Client, claims []*unstructured.Unstructured, start time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	printed := make([]string, len(claims))
	ready := 0
	var waits []string
	err := wait.PollUntilContextCancel(ctx, showPoll, true, func(ctx context.Context) (bool, error) {
		waits = nil
		for i, claim := range claims {
			name := claim.GetKind() + " " + claim.GetNamespace() + "/" + claim.GetName()
			if err := c.Get(ctx, client.ObjectKeyFromObject(claim), claim); err != nil && ctx.Err() == nil {
				return false, fmt.Errorf("cannot read %s: %w", name, err)
			}
			line, done := progressOf(claim)
			if line != printed[i] {
				fmt.Fprintf(out, "%5.1fs  %s: %s\n", time.Since(start).Seconds(), name, line)
				printed[i] = line
			}
			if !done {
				waits = append(waits, name+": "+line)
			}
		}
		if ready++; len(waits) > 0 {
			ready = 0
		}
		return ready == steadyPolls, nil
	})
	if wait.Interrupted(err) {
		return fmt.Errorf("not Ready after %s:\n  %s\nlook at the resources with kubectl get managed", readyTimeout, strings.Join(waits, "\n  "))
	}
	return err
}

// progressOf a claim in one line: its own conditions, or Crossplane's where it has none yet.
func progressOf(claim *unstructured.Unstructured) (line string, ready bool) {
	missing := manifest.Missing(claim, "Synced", "Ready")
	if missing == "" {
		return "Ready", true
	}
	for _, cond := range manifest.Conditions(claim) {
		if cond.Status != "True" && cond.Type != "Synced" && cond.Type != "Ready" {
			return cond.Message, false
		}
	}
	return missing, false
}

// describe a claim's conditions and the resources behind it.
func describe(ctx context.Context, out io.Writer, c client.Client, claim *unstructured.Unstructured) error {
	fmt.Fprintf(out, "\n%s %s/%s\n", claim.GetKind(), claim.GetNamespace(), claim.GetName())
	table(out, "CONDITION\tSTATUS\tREASON\tMESSAGE", func(row func(...any)) {
		for _, cond := range manifest.Conditions(claim) {
			row(cond.Type, cond.Status, cond.Reason, cond.Message)
		}
	})
	resources, err := composed(ctx, c, claim)
	if err != nil {
		return err
	}
	fmt.Fprintln(out)
	table(out, "RESOURCE\tREADY\tEXTERNAL NAME", func(row func(...any)) {
		for _, k := range byKind(resources) {
			row(k.kind, fmt.Sprintf("%d of %d", k.ready, k.all), k.names())
		}
	})
	return nil
}

// A kind counts the resources of one kind behind a claim.
type kind struct {
	kind       string
	ready, all int
	external   []string
}

// names of a few of them: kubectl get managed has the rest.
func (k kind) names() string {
	const few = 3
	if len(k.external) > few {
		return strings.Join(k.external[:few], ", ") + ", ..."
	}
	return strings.Join(k.external, ", ")
}

// byKind counts resources, which are sorted by kind.
func byKind(resources []*unstructured.Unstructured) []kind {
	var kinds []kind
	for _, r := range resources {
		if len(kinds) == 0 || kinds[len(kinds)-1].kind != r.GetKind() {
			kinds = append(kinds, kind{kind: r.GetKind()})
		}
		k := &kinds[len(kinds)-1]
		k.all++
		if isReady(r) {
			k.ready++
		}
		if name := r.GetAnnotations()["crossplane.io/external-name"]; name != "" {
			k.external = append(k.external, name)
		}
	}
	return kinds
}

// isReady reports whether a resource is Ready. A ProviderConfig has no conditions: it is ready when it exists.
func isReady(u *unstructured.Unstructured) bool {
	return len(manifest.Conditions(u)) == 0 && u.GetKind() == "ProviderConfig" || manifest.Missing(u, "Ready") == ""
}

// composed resources of a claim, by kind and name.
func composed(ctx context.Context, c client.Client, claim *unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	xr := &unstructured.Unstructured{}
	ref, _, _ := unstructured.NestedStringMap(claim.Object, "spec", "resourceRef")
	xr.SetAPIVersion(ref["apiVersion"])
	xr.SetKind(ref["kind"])
	if err := c.Get(ctx, client.ObjectKey{Name: ref["name"]}, xr); err != nil {
		return nil, fmt.Errorf("cannot read the composite resource: %w", err)
	}
	refs, _, _ := unstructured.NestedSlice(xr.Object, "spec", "resourceRefs")
	all := make([]*unstructured.Unstructured, 0, len(refs))
	for _, r := range refs {
		m, _ := r.(map[string]any)
		u := &unstructured.Unstructured{}
		u.SetGroupVersionKind(schema.FromAPIVersionAndKind(fmt.Sprint(m["apiVersion"]), fmt.Sprint(m["kind"])))
		namespace, _ := m["namespace"].(string)
		if err := c.Get(ctx, client.ObjectKey{Namespace: namespace, Name: fmt.Sprint(m["name"])}, u); err != nil {
			return nil, fmt.Errorf("cannot read composed resource %v: %w", m["name"], err)
		}
		all = append(all, u)
	}
	sort.Slice(all, func(i, j int) bool {
		return all[i].GetKind()+"/"+all[i].GetName() < all[j].GetKind()+"/"+all[j].GetName()
	})
	return all, nil
}

func next(out io.Writer, dir controlplane.Dir, claims []*unstructured.Unstructured) {
	fmt.Fprintf(out, "\nnext:\n  export KUBECONFIG=%s\n", dir.Kubeconfig())
	fmt.Fprintln(out, "  export PATH=\"$(dirname \"$(go run ./internal/toolchain/cmd/toolchain kubectl)\"):$PATH\"    # if you have no kubectl")
	fmt.Fprintln(out, "  kubectl get claim -A")
	fmt.Fprintln(out, "  kubectl get managed")
	for _, claim := range claims {
		switch resource := strings.ToLower(claim.GetKind()); resource {
		case "network":
			fmt.Fprintf(out, "  kubectl patch %s %s -n %s --type=merge -p '{\"spec\":{\"natGateways\":\"PerZone\"}}'    # a NAT gateway for each zone\n",
				resource, claim.GetName(), claim.GetNamespace())
		case "cluster":
			name, _, _ := unstructured.NestedString(claim.Object, "status", "clusterName")
			fmt.Fprintf(out, "  kubectl --kubeconfig %s get all -A    # inside the cluster\n", dir.ClusterKubeconfig(name))
		}
	}
	fmt.Fprintln(out, "  make down")
}

func table(out io.Writer, header string, fill func(row func(...any))) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, header)
	fill(func(cells ...any) {
		texts := make([]string, 0, len(cells))
		for _, c := range cells {
			texts = append(texts, fmt.Sprint(c))
		}
		fmt.Fprintln(w, strings.Join(texts, "\t"))
	})
	_ = w.Flush()
}
