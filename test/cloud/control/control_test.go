package control_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/cloud/catalog"
	"github.com/ausmart/platform/test/cloud/control"
)

// serve runs a server for an account and returns a client of it.
func serve(t *testing.T, a *account.Account) *control.Client {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	// A killed process leaves its socket behind.
	left, err := control.Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	l, err := control.Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	_ = left
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- control.NewServer(l, a).Start(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server ended with an error: %v", err)
		}
	})
	return control.NewClient(socket)
}

func vpcs(t *testing.T, names ...string) *account.Account {
	t.Helper()
	a := account.New(time.Now)
	for _, name := range names {
		r, err := a.Promise(account.Request{
			Kind: catalog.GroupKind{Service: "ec2", Kind: "VPC"}, Name: name, Owner: name, Params: map[string]any{"cidrBlock": "10.0.0.0/16"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Create(r.Key); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func TestChanges(t *testing.T) {
	a := vpcs(t, "a", "b")
	c := serve(t, a)
	ctx := t.Context()
	fault := account.Fault{Target: account.Target{Kind: "ec2/VPC", Operation: account.Create}, Code: "VpcLimitExceeded", Times: 2}
	for what, err := range map[string]error{
		"Fail":  c.Fail(ctx, fault),
		"Delay": c.Delay(ctx, account.Delay{Target: account.Target{Name: "a"}, Duration: account.Duration(time.Second)}),
		"Drift": c.Drift(ctx, account.Target{Name: "a"}, map[string]any{"enableDnsSupport": false}),
		"Lose":  c.Lose(ctx, account.Target{Kind: "ec2/VPC", Name: "b"}),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	faults, err := c.Faults(ctx)
	if diff := cmp.Diff([]account.Fault{fault}, faults); err != nil || diff != "" {
		t.Errorf("Faults(): %v, -want, +got:\n%s", err, diff)
	}
	inv, err := c.Inventory(ctx)
	if diff := cmp.Diff(a.Inventory(), inv); err != nil || diff != "" {
		t.Errorf("Inventory(): %v, -want, +got:\n%s", err, diff)
	}
	got := map[string]any{}
	for _, r := range inv.Resources {
		got[r.Name] = []any{r.State, r.Params["enableDnsSupport"]}
	}
	want := map[string]any{"a": []any{account.Live, false}, "b": []any{account.Gone, nil}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after the changes: -want, +got:\n%s", diff)
	}
	if err := c.Clear(ctx); err != nil {
		t.Errorf("Clear(): %v", err)
	}
	if faults, err := c.Faults(ctx); err != nil || len(faults) != 0 {
		t.Errorf("after Clear() there are faults %v, error %v", faults, err)
	}
}

func TestRefusals(t *testing.T) {
	cases := map[string]struct {
		reason string
		do     func(context.Context, *control.Client) error
		want   string
	}{
		"FaultWithoutCode": {
			reason: "A fault without a code is refused.",
			do:     func(ctx context.Context, c *control.Client) error { return c.Fail(ctx, account.Fault{}) },
			want:   "cannot add a fault without a code: use one of AWS's, such as ThrottlingException",
		},
		"DriftOfNothing": {
			reason: "A drift must match a resource, or a test would test nothing.",
			do: func(ctx context.Context, c *control.Client) error {
				return c.Drift(ctx, account.Target{Kind: "ec2/VPC", Name: "x"}, map[string]any{"a": "b"})
			},
			want: `cannot find ec2/VPC "x": no such resource in the account`,
		},
		"NoOneListens": {
			reason: "Without a simulator the error names the socket.",
			do: func(ctx context.Context, _ *control.Client) error {
				return control.NewClient("/nowhere/s").Clear(ctx)
			},
			want: `cannot ask the simulator: Delete "http://simulator/faults": dial unix /nowhere/s: connect: no such file or directory`,
		},
	}
	c := serve(t, account.New(time.Now))
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := ""
			if err := tc.do(t.Context(), c); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
