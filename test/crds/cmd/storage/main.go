// Storage fails when the newest release of provider-aws, or the one that it is given, such as v2.8.0,
// stores a kind that the platform composes in another version than the release whose CRDs the tests
// use. It asks Go's module proxy for the release, reads the CRDs of both, and writes nothing but what
// it found.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/crds/storage"
)

const module = "github.com/upbound/provider-aws/v2"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	version := "latest"
	if len(os.Args) > 1 {
		version = os.Args[1]
	}
	moves, err := run(ctx, version)
	if err != nil {
		fmt.Fprintln(os.Stderr, "storage:", err)
		os.Exit(1) //nolint:gocritic // Nothing is left to stop.
	}
	if moves != "" {
		fmt.Println(moves)
		os.Exit(2)
	}
}

// run describes what has moved; it is empty when nothing has.
func run(ctx context.Context, version string) (string, error) {
	root, err := toolchain.Root()
	if err != nil {
		return "", err
	}
	names, err := storage.Composed(filepath.Join(root, "argocd", "platform", "activation.yaml"))
	if err != nil {
		return "", err
	}
	ours, err := toolchain.Source(ctx, "provider-aws-crds", module)
	if err != nil {
		return "", err
	}
	newest, version, err := release(ctx, version)
	if err != nil {
		return "", err
	}
	older, err := storage.Read(ours, names)
	if err != nil {
		return "", err
	}
	newer, err := storage.Read(newest, names)
	if err != nil {
		return "", err
	}
	moves := storage.Moves(older, newer)
	if len(moves) == 0 {
		fmt.Printf("provider-aws %s stores all %d composed kinds as the platform composes them.\n", version, len(names))
		return "", nil
	}
	return fmt.Sprintf("provider-aws %s stores %d composed kinds in another version:\n%s", version, len(moves), strings.Join(moves, "\n")), nil
}

// release: its source and its version, which Go knows where it is asked for latest.
func release(ctx context.Context, query string) (source, version string, err error) {
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", module+"@"+query)
	cmd.Dir = os.TempDir() // Outside of a module Go takes any version.
	out, err := cmd.Output()
	if err != nil {
		return "", "", fmt.Errorf("cannot download %s@%s: %w\n%s", module, query, err, out)
	}
	var found struct{ Dir, Version string }
	if err := json.Unmarshal(out, &found); err != nil {
		return "", "", fmt.Errorf("cannot read what go says about %s: %w", module, err)
	}
	return found.Dir, found.Version, nil
}
