package render

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/internal/toolchain"
)

// A Request describes what to render.
type Request struct {
	Claim       string // a file with one claim
	Environment string // replaces the claim's; empty keeps the claim's
	Observed    string // a file or folder of composed resources that exist, and the composite; empty renders until all composed resources are ready
	Required    string // a file or folder of resources that functions may ask for; empty takes the EnvironmentConfigs beside the claim
	Fresh       bool   // renders once, when nothing exists yet
}

// A Renderer renders the claims of one checkout.
type Renderer struct {
	Root     string    // of the checkout
	Stdout   io.Writer // for YAML only
	Progress io.Writer // for messages about long steps
}

// Render the claim. An error is one line, and starts with the claim's field when a field is wrong.
//
// Referenced claims with a file near the claim's own are rendered first, and count as ready.
func (r Renderer) Render(ctx context.Context, req Request) error {
	aws, err := newCloud()
	if err != nil {
		return err
	}
	j, err := r.prepare(ctx, req, aws)
	if err != nil {
		return err
	}
	defer j.stop()

	var out []byte
	if req.Observed != "" || req.Fresh {
		out, err = r.pass(ctx, j)
	} else {
		out, err = r.settle(ctx, j)
	}
	if err != nil {
		return err
	}
	_, err = r.Stdout.Write(out) // All at once: a part of the stream would look complete.
	return err
}

// A job is the rendering of one claim.
type job struct {
	api       api
	claim, xr *unstructured.Unstructured
	functions processes
	cli       string
	aws       *cloud

	required []*unstructured.Unstructured // what functions may ask for
	observed []*unstructured.Unstructured // composed resources that exist

	// dir is a folder of the job's own. Functions listen in it. Its name is short, because the path
	// of a Unix socket has about a hundred characters at most.
	dir string
}

func (j *job) stop() {
	j.functions.stop()
	_ = os.RemoveAll(j.dir)
}

// prepare a job in an account that it shares with the referenced claims; stop ends it.
func (r Renderer) prepare(ctx context.Context, req Request, aws *cloud) (*job, error) {
	claim, err := readClaim(req.Claim)
	if err != nil {
		return nil, err
	}
	j := &job{claim: claim, aws: aws}
	if j.api, err = findAPI(r.Root, claim); err != nil {
		return nil, err
	}
	if req.Environment != "" {
		if err := unstructured.SetNestedField(claim.Object, req.Environment, "spec", "environment"); err != nil {
			return nil, fmt.Errorf("spec: %w", err)
		}
	}
	var old map[string]any
	if old, j.observed, err = j.api.existing(req.Observed, claim); err != nil {
		return nil, err
	}
	if err := j.api.validate(ctx, claim, old); err != nil {
		return nil, err
	}
	if j.xr, err = j.api.composite(claim); err != nil {
		return nil, err
	}
	if j.required, err = r.required(ctx, req, claim, aws); err != nil {
		return nil, err
	}
	if j.cli, err = toolchain.Path(ctx, r.Progress, "crossplane-cli"); err != nil {
		return nil, err
	}
	if j.dir, err = os.MkdirTemp("", "render"); err != nil {
		return nil, err
	}
	if j.functions, err = r.startAll(ctx, j.dir, j.api.pipeline); err != nil {
		j.stop()
		return nil, err
	}
	return j, nil
}

// required are the resources that functions may ask for, with the composites of the referenced claims.
func (r Renderer) required(ctx context.Context, req Request, claim *unstructured.Unstructured, aws *cloud) ([]*unstructured.Unstructured, error) {
	objects, err := required(req)
	if err != nil {
		return nil, err
	}
	files, err := references(claim, req.Claim)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		fmt.Fprintf(r.Progress, "rendering %s first, which the claim names\n", file)
		j, err := r.prepare(ctx, Request{Claim: file, Environment: req.Environment, Required: req.Required}, aws)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		xr, err := r.ready(ctx, j)
		j.stop()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		objects = append(objects, xr)
	}
	return objects, nil
}

// pass runs the command line once.
func (r Renderer) pass(ctx context.Context, j *job) ([]byte, error) {
	files := map[string][]*unstructured.Unstructured{
		"composite.yaml": {j.xr}, "functions.yaml": j.functions.objects(), "required.yaml": j.required, "observed.yaml": j.observed,
	}
	for name, objects := range files {
		if err := writeYAML(filepath.Join(j.dir, name), objects...); err != nil {
			return nil, err
		}
	}
	file := func(name string) string { return filepath.Join(j.dir, name) }
	args := []string{
		"render", file("composite.yaml"), j.api.composition, file("functions.yaml"),
		"--xrd=" + j.api.definition, "--required-resources=" + file("required.yaml"),
	}
	if len(j.observed) > 0 {
		args = append(args, "--observed-resources="+file("observed.yaml"))
	}
	out, err := runCLI(ctx, j.cli, args)
	if err != nil {
		return nil, err
	}
	return out, j.refusal(out)
}

// refusal of a claim that a pass refused: its own condition says why. The functions keep what exists
// of such a claim, and render would print that.
func (j *job) refusal(out []byte) error {
	objects, err := parseYAML(out, "what crossplane render printed")
	if err != nil || len(objects) == 0 {
		return err
	}
	all, _, _ := unstructured.NestedSlice(objects[0].Object, "status", "conditions")
	for _, c := range all {
		c, _ := c.(map[string]any)
		if c["type"] == j.claim.GetKind()+"Ready" && c["reason"] == "Refused" {
			return errors.New(oneLine(fmt.Sprint(c["message"])))
		}
	}
	return nil
}
