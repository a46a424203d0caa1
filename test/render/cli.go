package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
)

// runCLI runs Crossplane's command line. Its output is held back until it has
// succeeded: half a stream would look like a whole one.
func runCLI(ctx context.Context, stdout io.Writer, cli string, args []string) error {
	var out, problem bytes.Buffer
	cmd := exec.CommandContext(ctx, cli, args...)
	cmd.Stdout, cmd.Stderr = &out, &problem
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if problem.Len() == 0 {
			return fmt.Errorf("cannot run crossplane render: %w", err)
		}
		return errors.New(problemOf(problem.String()))
	}
	_, err := io.Copy(stdout, &out)
	return err
}

// problemOf takes what the function said out of what the command line wrapped
// around it, and makes it one line.
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
