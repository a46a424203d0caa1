// Command skipped prints one line that counts the tests that were skipped, by name and reason. It reads what go test -json has
// written to the file that GOTESTSUM_JSONFILE names, and writes nothing else.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Getenv("GOTESTSUM_JSONFILE"), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "cannot count what was skipped:", err)
		os.Exit(1)
	}
}

func run(path string, out io.Writer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // It was only read.
	tests, err := skipped(f)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, summary(tests))
	return nil
}

// An event of go test -json.
type event struct {
	Action  string `json:"Action"`
	Package string `json:"Package"`
	Test    string `json:"Test"`
	Output  string `json:"Output"`
}

// reason is what a test says when it skips, up to the colon that details follow.
var reason = regexp.MustCompile(`^\s+\S+\.go:\d+: ([^:\n]+)`)

// skipped returns the names of the skipped tests by what they said last before they skipped. A seed that a fuzz test skips is input
// that it does not take, not a test that was left out.
func skipped(r io.Reader) (map[string][]string, error) {
	reasons := map[string]string{}
	tests := map[string][]string{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) == 0 && errors.Is(err, io.EOF) {
			return tests, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		var e event
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("%w in %q", err, line)
		}
		id := e.Package + " " + e.Test
		switch {
		case e.Test == "" || strings.HasPrefix(e.Test, "Fuzz"):
		case e.Action == "output":
			if m := reason.FindStringSubmatch(e.Output); m != nil {
				reasons[id] = m[1]
			}
		case e.Action == "skip":
			why := reasons[id]
			if why == "" {
				why = "no reason given"
			}
			tests[why] = append(tests[why], e.Test)
		}
	}
}

func summary(tests map[string][]string) string {
	if len(tests) == 0 {
		return "skipped: no test"
	}
	total := 0
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(tests)) {
		names := tests[why]
		slices.Sort(names)
		total += len(names)
		parts = append(parts, fmt.Sprintf("%d (%s: %s)", len(names), why, strings.Join(names, ", ")))
	}
	return fmt.Sprintf("skipped: %d = %s", total, strings.Join(parts, " + "))
}
