package render

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// maxPasses is how often a claim is rendered until nothing may change any more. A Cluster needs the
// most passes: each of its stages waits for the one before it, and some for the names of other
// resources.
const maxPasses = 20

// settle renders a claim until nothing changes, as Crossplane does: after each pass, its composed
// resources become ready. It returns the last pass, as YAML, with the composite first.
func (r Renderer) settle(ctx context.Context, j *job) ([]byte, error) {
	var last []byte
	for range maxPasses {
		out, err := r.pass(ctx, j)
		if err != nil {
			return nil, err
		}
		if bytes.Equal(out, last) {
			return out, nil
		}
		last = out
		if err := j.observe(out); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("cannot settle %s: after %d passes, each one still differs from the one before", j.claim.GetName(), maxPasses)
}

// observe makes the composed resources of a pass the existing ones.
func (j *job) observe(out []byte) error {
	objects, err := parseYAML(out, "what crossplane render printed")
	if err != nil {
		return err
	}
	if len(objects) == 0 {
		return errors.New("crossplane render printed nothing")
	}
	if status, ok := objects[0].Object["status"]; ok {
		j.xr.Object["status"] = status
	}
	composed := objects[1:]
	for i, o := range composed {
		name := o.GetAnnotations()[compositionResourceName]
		was := slices.IndexFunc(j.observed, func(is *unstructured.Unstructured) bool { return is.GetAnnotations()[compositionResourceName] == name })
		if o.GetName() == "" {
			o.SetName(j.xr.GetName() + "-" + name)
		}
		if was >= 0 {
			o.Object["status"] = j.observed[was].Object["status"]
			o.SetAnnotations(j.observed[was].GetAnnotations())
		}
		composed[i] = o
	}
	j.observed = composed
	return j.aws.provide(composed)
}

// ready is the composite once the claim has settled.
func (r Renderer) ready(ctx context.Context, j *job) (*unstructured.Unstructured, error) {
	out, err := r.settle(ctx, j)
	if err != nil {
		return nil, err
	}
	objects, err := parseYAML(out, "what crossplane render printed")
	if err != nil {
		return nil, err
	}
	xr := j.xr.DeepCopy()
	if status, ok := objects[0].Object["status"].(map[string]any); ok {
		status["conditions"] = conditions("Synced", "Ready")
		xr.Object["status"] = status
	}
	return xr, nil
}

// references are the files of the claims that a claim refers to. Claims without a file nearby are
// left out: the function then reports what it waits for.
func references(claim *unstructured.Unstructured, file string) ([]string, error) {
	var out []string
	for kind, names := range named(claim) {
		for _, name := range names {
			found, err := nearby(file, kind, name)
			if err != nil {
				return nil, err
			}
			if found != "" {
				out = append(out, found)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// named are the names of the referenced claims, by kind.
func named(claim *unstructured.Unstructured) map[string][]string {
	out := map[string][]string{}
	for field, kind := range map[string]string{"networkRef": "Network", "clusterRef": "Cluster"} {
		if name, _, _ := unstructured.NestedString(claim.Object, "spec", field, "name"); name != "" {
			out[kind] = append(out[kind], name)
		}
	}
	databases, _, _ := unstructured.NestedSlice(claim.Object, "spec", "databases")
	for _, d := range databases {
		fields, _ := d.(map[string]any)
		if name, _ := fields["name"].(string); name != "" {
			out["Database"] = append(out["Database"], name)
		}
	}
	return out
}

// nearby finds the file of a claim: below the folder of the referring file, or else below its parent folder.
func nearby(file, kind, name string) (string, error) {
	dir := filepath.Dir(file)
	for _, root := range []string{dir, filepath.Join(dir, "..")} {
		found, err := search(root, kind, name)
		if found != "" || err != nil {
			return found, err
		}
	}
	return "", nil
}

func search(root, kind, name string) (string, error) {
	var found string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		objects, err := readYAML(path)
		if err != nil {
			return nil //nolint:nilerr // A file that is no YAML is no claim either.
		}
		if len(objects) == 1 && objects[0].GetKind() == kind && objects[0].GetName() == name {
			found = path
			return fs.SkipAll
		}
		return nil
	})
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	return found, err
}
