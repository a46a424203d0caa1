package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/internal/toolchain"
)

// TestRender runs the real command line and the real functions.
func TestRender(t *testing.T) {
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	smallest := filepath.Join(root, "examples", "au-dev", "network.yaml")

	dir := t.TempDir()
	claim := func(spec string) string {
		file := filepath.Join(dir, fmt.Sprintf("%x.yaml", spec))
		write(t, file, "apiVersion: platform.ausmart.io/v1alpha1\nkind: Network\nmetadata: {name: net}\nspec: "+spec+"\n")
		return file
	}
	config := filepath.Join(dir, "required", "config.yaml")
	write(t, config, "apiVersion: apiextensions.crossplane.io/v1beta1\nkind: EnvironmentConfig\nmetadata: {name: dev}\ndata: {flowLogs: true}\n")
	malformed := filepath.Join(dir, "malformed.yaml")
	write(t, malformed, "apiVersion: apiextensions.crossplane.io/v1beta1\nkind: EnvironmentConfig\nmetadata: {name: dev}\ndata: {flowLog: true}\n")
	beside := filepath.Join(dir, "beside", "network.yaml")
	write(t, beside, "apiVersion: platform.ausmart.io/v1alpha1\nkind: Network\nmetadata: {name: net}\nspec: {environment: dev}\n")
	write(t, filepath.Join(dir, "beside", "environmentconfig.yaml"), "apiVersion: apiextensions.crossplane.io/v1beta1\nkind: EnvironmentConfig\nmetadata: {name: dev}\ndata: {flowLogs: true}\n")
	observed := filepath.Join(dir, "observed", "vpc.yaml")
	write(t, observed, `
apiVersion: ec2.aws.upbound.io/v1beta1
kind: VPC
metadata: {name: n-observed, annotations: {crossplane.io/composition-resource-name: vpc}}
status: {atProvider: {id: vpc-0123}}
`)

	type counts map[string]int
	cases := map[string]struct {
		reason string
		req    Request
		kinds  counts // how often these kinds are rendered
		err    string
	}{
		"Dev": {
			reason: "The smallest claim is a small network.",
			req:    Request{Claim: smallest},
			kinds:  counts{"XNetwork": 1, "VPC": 1, "Subnet": 9, "NATGateway": 1, "FlowLog": 0, "Key": 0},
		},
		"Prod": {
			reason: "The same claim in another environment.",
			req:    Request{Claim: smallest, Environment: "prod"},
			kinds:  counts{"XNetwork": 1, "VPC": 1, "Subnet": 9, "NATGateway": 3, "FlowLog": 1, "Key": 1},
		},
		"Required": {
			reason: "A function gets the EnvironmentConfig that it asks for from the file.",
			req:    Request{Claim: smallest, Required: config},
			kinds:  counts{"NATGateway": 1, "FlowLog": 1},
		},
		"RequiredFolder": {
			reason: "Or from a folder.",
			req:    Request{Claim: smallest, Required: filepath.Dir(config)},
			kinds:  counts{"NATGateway": 1, "FlowLog": 1},
		},
		"RequiredBesideClaim": {
			reason: "Or, by default, from the claim's folder.",
			req:    Request{Claim: beside},
			kinds:  counts{"NATGateway": 1, "FlowLog": 1},
		},
		"NoRequired": {
			reason: "A file that is not there is an error, not an empty list.",
			req:    Request{Claim: smallest, Required: "nowhere.yaml"},
			err:    "cannot read required resources: stat nowhere.yaml: no such file or directory",
		},
		"SmallCIDR": {
			reason: "An invalid claim is refused in one line that starts with the field.",
			req:    Request{Claim: claim("{environment: dev, cidr: 10.0.0.0/28}")},
			err:    `spec.cidr: Invalid value: "10.0.0.0/28": must be between /16 (the largest VPC that AWS allows) and /24 (the smallest that holds three tiers)`,
		},
		"Typo": {
			reason: "A field that the API server would drop or refuse is an error.",
			req:    Request{Claim: claim("{environment: dev, natGatway: 1}")},
			err:    "spec.natGatway: there is no such field",
		},
		"Refused": {
			reason: "A function's own error is shown without additions.",
			req:    Request{Claim: smallest, Required: malformed},
			err:    `EnvironmentConfig "dev": data.flowLog: unknown setting`,
		},
		"UnknownEnvironment": {
			reason: "An environment that does not exist is refused.",
			req:    Request{Claim: smallest, Environment: "qa"},
			err:    `spec.environment: Unsupported value: "qa": supported values: "dev", "staging", "prod"`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			temp := t.TempDir()
			t.Setenv("TMPDIR", temp)
			var stdout bytes.Buffer
			r := Renderer{Root: root, Stdout: &stdout, Progress: t.Output()}
			err := r.Render(t.Context(), tc.req)
			if tc.err != "" {
				if !strings.HasPrefix(fmt.Sprint(err), tc.err) || strings.Contains(fmt.Sprint(err), "\n") {
					t.Errorf("%s\nRender(...): want one line that starts with %q, got %q", tc.reason, tc.err, fmt.Sprint(err))
				}
				if stdout.Len() != 0 {
					t.Errorf("%s\nRender(...) failed, but printed:\n%s", tc.reason, stdout.String())
				}
			} else {
				if err != nil {
					t.Fatalf("%s\nRender(...): %v", tc.reason, err)
				}
				if diff := cmp.Diff(tc.kinds, countKinds(t, stdout.Bytes(), tc.kinds)); diff != "" {
					t.Errorf("%s\nRender(...): -want, +got:\n%s", tc.reason, diff)
				}
			}
			if left, err := filepath.Glob(filepath.Join(temp, "*")); err != nil || len(left) != 0 {
				t.Errorf("Render(...) left %v, %v", left, err)
			}
		})
	}

	t.Run("Fresh", func(t *testing.T) {
		for _, fresh := range []bool{false, true} {
			var stdout bytes.Buffer
			r := Renderer{Root: root, Stdout: &stdout, Progress: t.Output()}
			if err := r.Render(t.Context(), Request{Claim: smallest, Fresh: fresh}); err != nil {
				t.Fatalf("Render(...): %v", err)
			}
			if known := bytes.Contains(stdout.Bytes(), []byte("vpcId: vpc-")); known == fresh {
				t.Errorf("An id is in the status when everything is ready, and not at first; fresh %v, id %v", fresh, known)
			}
		}
	})

	t.Run("Observed", func(t *testing.T) {
		var stdout bytes.Buffer
		r := Renderer{Root: root, Stdout: &stdout, Progress: t.Output()}
		if err := r.Render(t.Context(), Request{Claim: smallest, Observed: filepath.Dir(observed)}); err != nil {
			t.Fatalf("Render(...): %v", err)
		}
		if !bytes.Contains(stdout.Bytes(), []byte("name: n-observed")) || !bytes.Contains(stdout.Bytes(), []byte("vpcId: vpc-0123")) {
			t.Errorf("The composite's status takes the id of the observed VPC, which keeps its name; got:\n%s", stdout.String())
		}
	})

	t.Run("Stable", func(t *testing.T) {
		var first, second bytes.Buffer
		for _, out := range []*bytes.Buffer{&first, &second} {
			r := Renderer{Root: root, Stdout: out, Progress: t.Output()}
			if err := r.Render(t.Context(), Request{Claim: smallest}); err != nil {
				t.Fatalf("Render(...): %v", err)
			}
		}
		if diff := cmp.Diff(first.String(), second.String()); diff != "" {
			t.Errorf("Rendered twice: -first, +second:\n%s", diff)
		}
	})
}

// countKinds counts the kinds that want asks about. All of the stream must be
// objects.
func countKinds[M ~map[string]int](t *testing.T, stream []byte, want M) M {
	t.Helper()
	file := filepath.Join(t.TempDir(), "stream.yaml")
	if err := os.WriteFile(file, stream, 0o600); err != nil {
		t.Fatal(err)
	}
	objects, err := readYAML(file)
	if err != nil {
		t.Fatalf("stdout has something else than YAML: %v", err)
	}
	got := M{}
	for kind := range want {
		got[kind] = 0
	}
	for _, o := range objects {
		if _, ok := want[o.GetKind()]; ok {
			got[o.GetKind()]++
		}
	}
	return got
}

func TestStartProcess(t *testing.T) {
	stubborn := filepath.Join(t.TempDir(), "stubborn")
	if err := os.WriteFile(stubborn, []byte("#!/bin/sh\nexec sleep 600\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken")
	if err := os.WriteFile(broken, []byte("#!/bin/sh\necho 'no such flag' >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(t.TempDir(), "s")

	t.Run("EndsAtOnce", func(t *testing.T) {
		_, err := startProcess(t.Context(), broken, socket)
		if diff := cmp.Diff("it ended before it listened: no such flag", fmt.Sprint(err)); diff != "" {
			t.Errorf("A function that fails says why: -want, +got:\n%s", diff)
		}
	})
	t.Run("Cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := startProcess(ctx, stubborn, socket); !errors.Is(err, context.Canceled) {
			t.Errorf("A render that is stopped stops the function that it waits for: %v", err)
		}
	})
}
