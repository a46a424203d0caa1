package main

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

//go:embed claims.yaml
var claimsFile string

// fieldOwner is the field manager of the objects that this program applies.
const fieldOwner = "ausmart-smoke"

// A cluster is the management cluster, with the claims of one run in a namespace of their own.
type cluster struct {
	client client.Client
	run    string
	claims []*unstructured.Unstructured // the network first
}

func newCluster(config *rest.Config, run, region, providerConfig string) (cluster, error) {
	c, err := client.New(config, client.Options{})
	if err != nil {
		return cluster{}, fmt.Errorf("cannot reach the management cluster: %w", err)
	}
	claims, err := parse(run, region, providerConfig)
	return cluster{c, run, claims}, err
}

// parse the claims of a run.
func parse(run, region, providerConfig string) ([]*unstructured.Unstructured, error) {
	text := strings.NewReplacer("RUN", run, "REGION", region, "CONFIG", providerConfig).Replace(claimsFile)
	var all []*unstructured.Unstructured
	for document := range bytes.SplitSeq([]byte(text), []byte("\n---\n")) {
		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &u.Object); err != nil {
			return nil, fmt.Errorf("cannot read claims.yaml: %w", err)
		}
		all = append(all, u)
	}
	return all, nil
}

// Apply the claims.
func (c cluster) Apply(ctx context.Context) error {
	ns := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace"}}
	ns.SetName(c.run)
	for _, u := range append([]*unstructured.Unstructured{ns}, c.claims...) {
		if err := c.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(u.DeepCopy()), client.FieldOwner(fieldOwner)); err != nil {
			return fmt.Errorf("cannot apply %s %s: %w", u.GetKind(), u.GetName(), err)
		}
	}
	return nil
}

// Pending claims, each with its message; none when all are Ready.
func (c cluster) Pending(ctx context.Context) ([]string, error) {
	var pending []string
	for _, claim := range c.claims {
		now, err := c.get(ctx, claim)
		if err != nil {
			return nil, err
		}
		if says := missing(now, "Synced", "Ready"); says != "" {
			pending = append(pending, claim.GetKind()+": "+says)
		}
	}
	return pending, nil
}

// Delete the claims, without waiting until they are gone. The deletion of one is refused until that
// of all who name it has begun: that takes seconds.
func (c cluster) Delete(ctx context.Context) error {
	for _, claim := range slices.Backward(c.claims) {
		var refused error
		err := wait.PollUntilContextTimeout(ctx, time.Second, time.Minute, true, func(ctx context.Context) (bool, error) {
			refused = client.IgnoreNotFound(c.client.Delete(ctx, claim.DeepCopy()))
			return refused == nil, nil
		})
		if err != nil {
			return fmt.Errorf("cannot delete %s %s: %w", claim.GetKind(), claim.GetName(), cmp.Or(refused, err))
		}
	}
	return nil
}

// Remaining claims, which exist until everything behind them is gone. The namespace is deleted with the last.
func (c cluster) Remaining(ctx context.Context) ([]string, error) {
	var remaining []string
	for _, claim := range c.claims {
		now, err := c.get(ctx, claim)
		if kerrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		remaining = append(remaining, claim.GetKind()+": "+missing(now, "Synced", "Ready"))
	}
	if len(remaining) > 0 {
		return remaining, nil
	}
	ns := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Namespace"}}
	ns.SetName(c.run)
	return nil, client.IgnoreNotFound(c.client.Delete(ctx, ns))
}

// Network returns the ids in the claim's status: the VPC, and the subnets in order.
func (c cluster) Network(ctx context.Context) (vpc string, subnets []string, err error) {
	now, err := c.get(ctx, c.claims[0])
	if err != nil {
		return "", nil, err
	}
	vpc, _, _ = unstructured.NestedString(now.Object, "status", "vpcId")
	for _, tier := range []string{"app", "data", "public"} {
		of, _, _ := unstructured.NestedStringMap(now.Object, "status", "subnets", tier)
		subnets = slices.AppendSeq(subnets, maps.Values(of))
	}
	slices.Sort(subnets)
	return vpc, subnets, nil
}

func (c cluster) get(ctx context.Context, of *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(of.GroupVersionKind())
	return u, c.client.Get(ctx, client.ObjectKeyFromObject(of), u)
}

// missing returns the first of the conditions that a claim does not have; it is empty when it has all.
func missing(u *unstructured.Unstructured, conditions ...string) string {
	list, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, want := range conditions {
		i := slices.IndexFunc(list, func(item any) bool { m, _ := item.(map[string]any); return m["type"] == want })
		if i < 0 {
			return "it has no condition " + want + " yet"
		}
		m, _ := list[i].(map[string]any)
		if m["status"] != "True" {
			return fmt.Sprintf("%s is %v: %v %v", want, m["status"], m["reason"], m["message"])
		}
	}
	return ""
}
