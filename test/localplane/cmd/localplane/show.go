package main

import (
	"context"
	"fmt"
	"io"
	"sort"
	"strings"
	"text/tabwriter"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/test/localplane"
	"github.com/ausmart/platform/test/localplane/manifest"
)

const (
	// readyTimeout is how long claims may take; a Network takes seconds.
	readyTimeout = 5 * time.Minute

	// showPoll is how often progress is looked for.
	showPoll = 200 * time.Millisecond
)

// show applies the claims, tells what they wait for until they are Ready, and then what there is.
func show(ctx context.Context, out io.Writer, dir localplane.Dir, claims []string, start time.Time) error {
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
	for _, o := range objs {
		if err := follow(ctx, out, c, o, start); err != nil {
			return err
		}
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

// makeNamespaces of the claims, which an application team finds made for it. A claim without one goes to the default namespace.
func makeNamespaces(ctx context.Context, c client.Client, objs []*unstructured.Unstructured) error {
	for _, o := range objs {
		if o.GetNamespace() == "" {
			o.SetNamespace("default")
		}
		ns := &unstructured.Unstructured{}
		ns.SetAPIVersion("v1")
		ns.SetKind("Namespace")
		ns.SetName(o.GetNamespace())
		if err := manifest.Apply(ctx, c, ns); err != nil {
			return err
		}
	}
	return nil
}

func connect(dir localplane.Dir) (client.Client, error) {
	config, err := clientcmd.BuildConfigFromFlags("", dir.Kubeconfig())
	if err != nil {
		return nil, fmt.Errorf("cannot read the kubeconfig: %w", err)
	}
	c, err := client.New(config, client.Options{})
	if err != nil {
		return nil, fmt.Errorf("cannot reach the plane: %w", err)
	}
	return c, nil
}

// follow a claim until it is Ready.
func follow(ctx context.Context, out io.Writer, c client.Client, claim *unstructured.Unstructured, start time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	name := claim.GetKind() + " " + claim.GetNamespace() + "/" + claim.GetName()
	said := ""
	for {
		if err := c.Get(ctx, client.ObjectKeyFromObject(claim), claim); err != nil && ctx.Err() == nil {
			return fmt.Errorf("cannot read %s: %w", name, err)
		}
		line, ready := progressOf(claim)
		if line != said {
			fmt.Fprintf(out, "%5.1fs  %s: %s\n", time.Since(start).Seconds(), name, line)
			said = line
		}
		if ready {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is not Ready after %s: %s; look at the resources with kubectl get managed", name, readyTimeout, line)
		case <-time.After(showPoll):
		}
	}
}

// progressOf a claim in one line: what its own conditions say, and what Crossplane says where they say nothing yet.
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
	table(out, "RESOURCE\tNAME\tSYNCED\tREADY\tEXTERNAL NAME", func(row func(...any)) {
		for _, r := range resources {
			row(r.GetKind(), r.GetName(), status(r, "Synced"), status(r, "Ready"), r.GetAnnotations()["crossplane.io/external-name"])
		}
	})
	return nil
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
		if err := c.Get(ctx, client.ObjectKey{Name: fmt.Sprint(m["name"])}, u); err != nil {
			return nil, fmt.Errorf("cannot read composed resource %v: %w", m["name"], err)
		}
		all = append(all, u)
	}
	sort.Slice(all, func(i, j int) bool {
		return all[i].GetKind()+"/"+all[i].GetName() < all[j].GetKind()+"/"+all[j].GetName()
	})
	return all, nil
}

func status(u *unstructured.Unstructured, condition string) string {
	c, found := manifest.Condition(u, condition)
	if !found {
		return "-"
	}
	return c.Status
}

func next(out io.Writer, dir localplane.Dir, claims []*unstructured.Unstructured) {
	fmt.Fprintf(out, "\nnext:\n  export KUBECONFIG=%s\n", dir.Kubeconfig())
	fmt.Fprintln(out, "  export PATH=\"$(dirname \"$(go run ./test/toolchain/cmd/toolchain kubectl)\"):$PATH\"    # if you have no kubectl")
	fmt.Fprintln(out, "  kubectl get platform -A")
	fmt.Fprintln(out, "  kubectl get managed")
	if len(claims) > 0 {
		first := claims[0]
		resource := strings.ToLower(first.GetKind())
		fmt.Fprintf(out, "  kubectl get %s %s -n %s -o yaml\n", resource, first.GetName(), first.GetNamespace())
		fmt.Fprintf(out, "  kubectl patch %s %s -n %s --type=merge -p '{\"spec\":{\"environment\":\"prod\"}}'\n", resource, first.GetName(), first.GetNamespace())
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
