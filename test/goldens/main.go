// Command goldens compares the resources that the composition functions make now with
// those of another revision: what the golden responses in functions/ had there, and
// what they have here. It is the proof that a change of structure changes no
// behaviour. Conditions and the composite's status are left out, since their messages
// may change.
//
//	go run ./test/goldens REVISION
//
// It prints each resource that differs, and how many are the same. It fails when one
// differs, or when one of the two has a golden response that the other has not.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: goldens REVISION, such as main~10")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "goldens:", err)
		os.Exit(1)
	}
}

func run(revision string) error {
	files, err := goldens(revision)
	if err != nil {
		return err
	}
	same, different := 0, 0
	for _, file := range files {
		before, err := git("show", revision+":"+file)
		if err != nil {
			return err
		}
		now, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("cannot read golden response: %w", err)
		}
		s, d, err := compare(file, before, now)
		if err != nil {
			return err
		}
		same, different = same+s, different+d
	}
	fmt.Printf("%d golden responses: %d resources are the same to the byte, %d differ\n", len(files), same, different)
	if different > 0 || same == 0 {
		return errors.New("the functions do not compose what they did")
	}
	return nil
}

// goldens of the revision, which must be those of the working tree.
func goldens(revision string) ([]string, error) {
	const pattern = "functions/*/testdata/*/response.yaml"
	before, err := git("ls-tree", "-r", "--name-only", revision, "functions")
	if err != nil {
		return nil, err
	}
	now, err := git("ls-files", "--cached", "--others", "--exclude-standard", pattern)
	if err != nil {
		return nil, err
	}
	was := slices.DeleteFunc(strings.Fields(string(before)), func(f string) bool {
		return !strings.Contains(f, "/testdata/") || !strings.HasSuffix(f, "/response.yaml")
	})
	is := strings.Fields(string(now))
	slices.Sort(was)
	slices.Sort(is)
	if diff := cmp.Diff(was, is); diff != "" {
		return nil, fmt.Errorf("other golden responses than in %s: -before, +now:\n%s", revision, diff)
	}
	return is, nil
}

// compare two responses, resource by resource, as the bytes of their YAML.
func compare(file string, before, now []byte) (same, different int, err error) {
	was, err := resources(before)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", file, err)
	}
	is, err := resources(now)
	if err != nil {
		return 0, 0, fmt.Errorf("%s: %w", file, err)
	}
	names := maps.Clone(was)
	maps.Copy(names, is)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if bytes.Equal(was[name], is[name]) {
			same++
			continue
		}
		different++
		fmt.Printf("%s: %s: -before, +now:\n%s\n", file, name, cmp.Diff(string(was[name]), string(is[name])))
	}
	return same, different, nil
}

// resources that a response desires, as YAML by name.
func resources(response []byte) (map[string][]byte, error) {
	var rsp struct {
		Desired struct {
			Resources map[string]any `json:"resources"`
		} `json:"desired"`
	}
	if err := yaml.Unmarshal(response, &rsp); err != nil {
		return nil, fmt.Errorf("cannot parse golden response: %w", err)
	}
	out := make(map[string][]byte, len(rsp.Desired.Resources))
	for name, r := range rsp.Desired.Resources {
		raw, err := yaml.Marshal(r)
		if err != nil {
			return nil, fmt.Errorf("cannot write resource %q: %w", name, err)
		}
		out[name] = raw
	}
	return out, nil
}

func git(args ...string) ([]byte, error) {
	out, err := exec.Command("git", args...).Output()
	if err != nil {
		return nil, fmt.Errorf("cannot run git %s: %w", args[0], err)
	}
	return out, nil
}
