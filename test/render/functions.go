package render

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/ausmart/platform/internal/toolchain"
)

// Processes are the running functions, by their names in the pipeline.
type processes map[string]*process

// startAll builds and starts the functions. Those that started are returned
// beside an error too, so that they can be stopped.
func (r Renderer) startAll(ctx context.Context, dir string, names []string) (processes, error) {
	running := processes{}
	for _, name := range names {
		binary, err := r.binary(ctx, name)
		if err != nil {
			return running, err
		}
		socket := filepath.Join(dir, fmt.Sprintf("%d.sock", len(running)))
		p, err := startProcess(ctx, binary, socket)
		if err != nil {
			return running, fmt.Errorf("cannot start function %q: %w", name, err)
		}
		running[name] = p
	}
	return running, nil
}

// binary of a function: built from this checkout, or else a pinned tool. A name in a pipeline
// starts with the organisation that publishes the function.
func (r Renderer) binary(ctx context.Context, name string) (string, error) {
	i := strings.Index(name, "function-")
	if i < 0 {
		return "", fmt.Errorf("cannot find function %q: its name has no \"function-\"", name)
	}
	command := name[i:]
	if !exists(filepath.Join(r.Root, "functions", "cmd", command)) {
		return toolchain.Path(ctx, r.Progress, command)
	}
	return r.build(ctx, command)
}

// objects with each function's address, for the command line.
func (p processes) objects() []*unstructured.Unstructured {
	var out []*unstructured.Unstructured
	for name, process := range p {
		out = append(out, &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "pkg.crossplane.io/v1",
			"kind":       "Function",
			"metadata": map[string]any{
				"name": name,
				"annotations": map[string]any{
					"render.crossplane.io/runtime":                    "Development",
					"render.crossplane.io/runtime-development-target": "unix:" + process.socket,
				},
			},
			"spec": map[string]any{"package": name},
		}})
	}
	return out
}

func (p processes) stop() {
	for _, process := range p {
		process.stop()
	}
}
