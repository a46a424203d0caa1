// Package manifest reads Kubernetes objects from YAML files and applies them to an API server.
//
// It never deletes. It knows nothing of the kinds that it applies, except the conditions that a
// caller waits for.
package manifest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

const (
	// owner is the field manager of applied objects.
	owner = "controlplane"

	// parallel is how many objects are applied at once. More make a small API server slower, not faster.
	parallel = 8

	// poll is how often a condition is read.
	poll = 100 * time.Millisecond
)

// Read the objects of files, and of the .yaml files in folders and their subfolders, in the order
// of their names.
func Read(paths ...string) ([]*unstructured.Unstructured, error) {
	var all []*unstructured.Unstructured
	for _, path := range paths {
		files, err := yamlFiles(path)
		if err != nil {
			return nil, fmt.Errorf("cannot read objects: %w", err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				return nil, fmt.Errorf("cannot read objects: %w", err)
			}
			objs, err := Parse(content)
			if err != nil {
				return nil, fmt.Errorf("cannot read objects in %s: %w", file, err)
			}
			all = append(all, objs...)
		}
	}
	return all, nil
}

// Parse the objects of a YAML stream.
func Parse(stream []byte) ([]*unstructured.Unstructured, error) {
	var objs []*unstructured.Unstructured
	for r := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(stream))); ; {
		doc, err := r.Read()
		if errors.Is(err, io.EOF) {
			return objs, nil
		}
		if err != nil {
			return nil, err
		}
		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(doc, &u.Object); err != nil {
			return nil, err
		}
		if len(u.Object) > 0 {
			objs = append(objs, u)
		}
	}
}

// Apply objects, several at a time.
func Apply(ctx context.Context, c client.Client, objs ...*unstructured.Unstructured) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for _, o := range objs {
		g.Go(func() error {
			err := c.Apply(ctx, client.ApplyConfigurationFromUnstructured(o.DeepCopy()), client.FieldOwner(owner), client.ForceOwnership)
			if err != nil {
				return fmt.Errorf("cannot apply %s %s: %w", o.GetKind(), o.GetName(), err)
			}
			return nil
		})
	}
	return g.Wait()
}

// WaitFor waits until all the objects have all the conditions. When the context ends first, the
// error names an object that has not.
func WaitFor(ctx context.Context, c client.Client, objs []*unstructured.Unstructured, conditions ...string) error {
	for _, o := range objs {
		u := &unstructured.Unstructured{}
		u.SetGroupVersionKind(o.GroupVersionKind())
		var missing string
		var last error
		err := wait.PollUntilContextCancel(ctx, poll, true, func(ctx context.Context) (bool, error) {
			last = c.Get(ctx, client.ObjectKeyFromObject(o), u)
			missing = Missing(u, conditions...)
			return last == nil && missing == "", nil
		})
		if err != nil {
			return fmt.Errorf("%s %s is not ready: %s %w", o.GetKind(), o.GetName(), missing, errors.Join(last, err))
		}
	}
	return nil
}

// Missing describes the first of the conditions that the object does not have; it is empty when the
// object has all of them.
func Missing(u *unstructured.Unstructured, conditions ...string) string {
	for _, want := range conditions {
		c, found := Condition(u, want)
		if !found {
			return "it has no condition " + want + " yet"
		}
		if c.Status != "True" {
			return fmt.Sprintf("%s is %s: %s %s", want, c.Status, c.Reason, c.Message)
		}
	}
	return ""
}

// A Cond is a condition of an object's status.
type Cond struct{ Type, Status, Reason, Message, Since string }

// Conditions of an object.
func Conditions(u *unstructured.Unstructured) []Cond {
	list, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	all := make([]Cond, 0, len(list))
	for _, item := range list {
		m, _ := item.(map[string]any)
		field := func(name string) string { s, _ := m[name].(string); return s }
		all = append(all, Cond{field("type"), field("status"), field("reason"), field("message"), field("lastTransitionTime")})
	}
	return all
}

// Condition of that type.
func Condition(u *unstructured.Unstructured, kind string) (Cond, bool) {
	all := Conditions(u)
	i := slices.IndexFunc(all, func(c Cond) bool { return c.Type == kind })
	if i < 0 {
		return Cond{}, false
	}
	return all[i], true
}

func yamlFiles(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(file) == ".yaml" {
			files = append(files, file)
		}
		return err
	})
	return files, err
}
