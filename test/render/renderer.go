package render

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/test/toolchain"
)

// A Request says what to render.
type Request struct {
	Claim       string // a file with one claim
	Environment string // takes the place of the claim's; empty keeps that
	Observed    string // a file or folder of composed resources that exist; may be empty
	Required    string // a file or folder of resources that functions may ask for; empty takes the EnvironmentConfigs beside the claim
}

// A Renderer renders the claims of one checkout.
type Renderer struct {
	Root     string    // of the checkout
	Stdout   io.Writer // gets YAML, and nothing else
	Progress io.Writer // is told what takes long
}

// Render the claim. An error is one line, and begins with the claim's field when
// that is what is wrong.
func (r Renderer) Render(ctx context.Context, req Request) error {
	claim, err := readClaim(req.Claim)
	if err != nil {
		return err
	}
	api, err := findAPI(r.Root, claim)
	if err != nil {
		return err
	}
	if req.Environment != "" {
		if err := unstructured.SetNestedField(claim.Object, req.Environment, "spec", "environment"); err != nil {
			return fmt.Errorf("spec: %w", err)
		}
	}
	if err := api.validate(ctx, claim); err != nil {
		return err
	}
	xr, err := api.composite(claim)
	if err != nil {
		return err
	}

	// Functions listen in here. The path of a Unix socket has room for about a
	// hundred characters, so the name is short.
	dir, err := os.MkdirTemp("", "render")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	cli, err := toolchain.Path(ctx, r.Progress, "crossplane-cli")
	if err != nil {
		return err
	}
	functions, err := r.startAll(ctx, dir, api.pipeline)
	defer functions.stop()
	if err != nil {
		return err
	}

	files, err := stage(dir, xr, functions)
	if err != nil {
		return err
	}
	required, err := stageRequired(dir, req)
	if err != nil {
		return err
	}
	return runCLI(ctx, r.Stdout, cli, arguments(api, files, required, req.Observed))
}

// Files that the command line reads.
type files struct{ composite, functions string }

func stage(dir string, xr *unstructured.Unstructured, fns processes) (files, error) {
	f := files{composite: filepath.Join(dir, "composite.yaml"), functions: filepath.Join(dir, "functions.yaml")}
	if err := writeYAML(f.composite, xr); err != nil {
		return files{}, err
	}
	return f, writeYAML(f.functions, fns.objects()...)
}

func arguments(api api, f files, required, observed string) []string {
	args := []string{"render", f.composite, api.composition, f.functions, "--xrd=" + api.definition, "--required-resources=" + required}
	if observed != "" {
		args = append(args, "--observed-resources="+observed)
	}
	return args
}
