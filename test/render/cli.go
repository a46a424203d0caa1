package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
)

// runCLI runs Crossplane's command line and returns what it prints.
func runCLI(ctx context.Context, cli string, args []string) ([]byte, error) {
	var out, problem bytes.Buffer
	cmd := exec.CommandContext(ctx, cli, args...)
	cmd.Stdout, cmd.Stderr = &out, &problem
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if problem.Len() == 0 {
			return nil, fmt.Errorf("cannot run crossplane render: %w", err)
		}
		return nil, errors.New(problemOf(problem.String()))
	}
	return out.Bytes(), nil
}

// problemOf extracts the function's message from the command line's error, and makes it one line.
func problemOf(stderr string) string {
	line := oneLine(stderr)
	if _, result, ok := strings.Cut(line, "returned a fatal result: "); ok {
		return result
	}
	return strings.TrimPrefix(line, "crossplane: error: ")
}

func oneLine(text string) string {
	return strings.TrimSpace(regexp.MustCompile(`\s*\n\s*`).ReplaceAllString(strings.TrimSpace(text), "; "))
}
