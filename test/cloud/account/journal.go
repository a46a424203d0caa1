package account

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// A journal records each change of a resource.
type journal interface{ write(r *Resource) error }

type forgetful struct{}

func (forgetful) write(*Resource) error { return nil }

// lines appends one JSON object a change. It does not sync: a killed process loses nothing that it
// has written, only a machine that loses power does.
type lines struct{ w io.Writer }

func (l lines) write(r *Resource) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = l.w.Write(append(b, '\n'))
	return err
}

// Open makes an account that keeps its state in a file: it reads the file, rewrites it without what is out of date, and
// appends every change to it.
func Open(path string, now func() time.Time) (*Account, error) {
	a := New(now)
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("cannot read the state file: %w", err)
	}
	if err := a.replay(b); err != nil {
		return nil, fmt.Errorf("cannot read the state file %s: %w; delete it to start with an empty account", path, err)
	}
	if err := a.compact(path); err != nil {
		return nil, fmt.Errorf("cannot rewrite the state file: %w", err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the state file: %w", err)
	}
	a.journal = lines{f}
	return a, nil
}

// replay applies each line. The last one may have been cut off by a kill: its change was never confirmed.
func (a *Account) replay(b []byte) error {
	s := bufio.NewScanner(bytes.NewReader(b))
	s.Buffer(nil, len(b)+1)
	for n := 1; s.Scan(); n++ {
		var r Resource
		if err := json.Unmarshal(s.Bytes(), &r); err != nil {
			if !s.Scan() && !bytes.HasSuffix(b, []byte("\n")) {
				return nil
			}
			return fmt.Errorf("line %d: %w", n, err)
		}
		a.restore(&r)
	}
	return s.Err()
}

func (a *Account) restore(r *Resource) {
	a.remember(r)
	owner, name := ownerKey{r.Kind, r.Owner}, nameKey{r.Kind, r.Name}
	if r.State == Promised {
		a.promises[owner] = r.Key
	} else if a.promises[owner] == r.Key {
		delete(a.promises, owner)
	}
	a.made[name] = max(a.made[name], r.Made)
	a.calls = max(a.calls, r.Created, r.Deleted)
}

func (a *Account) compact(path string) error {
	var out bytes.Buffer
	for _, kind := range a.resources {
		for _, r := range kind {
			if err := (lines{&out}).write(r); err != nil {
				return err
			}
		}
	}
	if err := os.WriteFile(path+".new", out.Bytes(), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
