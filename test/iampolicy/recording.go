package iampolicy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

// RecordingFile is where make e2e-aws writes the recording, below the root of the repository.
const RecordingFile = "docs/iam/recorded-actions.json"

// A Recording has the real provider's calls in a run, as IAM actions. It has no names, ids or accounts.
type Recording struct {
	// From describes the run.
	From string `json:"from"`

	// Actions in order, by service.
	Actions map[string][]string `json:"actions"`
}

// Record reads the router's log: one JSON object a line, of which requests have an action. All
// calls that cannot be translated are in one error.
func Record(log io.Reader, from string) (Recording, error) {
	called, unknown := map[string]bool{}, map[string]error{}
	lines := bufio.NewScanner(log)
	lines.Buffer(nil, 1<<20) // A line has a path.
	for lines.Scan() {
		c := Call{}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil || c.Action == "" || c.Service == "" {
			continue // It is no request, or one that no AWS client signed.
		}
		taken, err := ActionsOf(c)
		if err != nil {
			unknown[err.Error()] = err
		}
		for _, a := range taken {
			called[a] = true
		}
	}
	if err := lines.Err(); err != nil {
		return Recording{}, fmt.Errorf("cannot read the proxy's log: %w", err)
	}
	r := Recording{From: from, Actions: map[string][]string{}}
	for _, a := range slices.Sorted(maps.Keys(called)) {
		r.Actions[ServiceOf(a)] = append(r.Actions[ServiceOf(a)], a)
	}
	var errs []error
	for _, text := range slices.Sorted(maps.Keys(unknown)) {
		errs = append(errs, unknown[text])
	}
	return r, errors.Join(errs...)
}

// Has reports whether an action was recorded.
func (r Recording) Has(action string) bool {
	return slices.Contains(r.Actions[ServiceOf(action)], action)
}

// All recorded actions.
func (r Recording) All() []string {
	return slices.Sorted(func(yield func(string) bool) {
		for of := range maps.Values(r.Actions) {
			for _, a := range of {
				if !yield(a) {
					return
				}
			}
		}
	})
}

// Write it to a file.
func (r Recording) Write(path string) error {
	b := &bytes.Buffer{}
	e := json.NewEncoder(b)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

// ReadRecording of a file.
func ReadRecording(path string) (Recording, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return Recording{}, fmt.Errorf("cannot read what was recorded: %w; make e2e-aws writes it", err)
	}
	r := Recording{}
	if err := json.Unmarshal(raw, &r); err != nil {
		return Recording{}, fmt.Errorf("cannot read %s: %w", path, err)
	}
	return r, nil
}
