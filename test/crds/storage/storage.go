// Package storage compares the versions in which two releases of provider-aws store the kinds that
// the platform composes.
//
// It reads the CRDs in the releases' sources, and the list of the kinds in
// argocd/platform/activation.yaml. It knows no API server.
package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

// group is the end of the API groups of provider-aws.
const group = ".aws.upbound.io"

// Versions are the storage versions of kinds by the names of their CRDs, such as vpcs.ec2.aws.upbound.io.
type Versions map[string]string

// Composed are the names of the CRDs of provider-aws that an activation policy activates.
func Composed(policy string) ([]string, error) {
	raw, err := os.ReadFile(policy)
	if err != nil {
		return nil, err
	}
	var p struct {
		Spec struct {
			Activate []string `json:"activate"`
		} `json:"spec"`
	}
	if err := yaml.Unmarshal(raw, &p); err != nil {
		return nil, fmt.Errorf("cannot decode %s: %w", policy, err)
	}
	names := slices.DeleteFunc(p.Spec.Activate, func(name string) bool { return !strings.HasSuffix(name, group) })
	if len(names) == 0 {
		return nil, fmt.Errorf("%s activates no kind of provider-aws", policy)
	}
	return names, nil
}

// Read the storage versions of the named kinds in the source of a release. A kind that the release
// does not have has none.
func Read(source string, names []string) (Versions, error) {
	out := Versions{}
	for _, name := range names {
		plural, group, _ := strings.Cut(name, ".")
		raw, err := os.ReadFile(filepath.Join(source, "package", "crds", group+"_"+plural+".yaml"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		crd := extv1.CustomResourceDefinition{}
		if err := yaml.Unmarshal(raw, &crd); err != nil {
			return nil, fmt.Errorf("cannot decode the CRD %s: %w", name, err)
		}
		for _, v := range crd.Spec.Versions {
			if v.Storage {
				out[name] = v.Name
			}
		}
	}
	return out, nil
}

// Moves are the kinds whose storage version differs in a newer release, sorted, one to a line.
func Moves(older, newer Versions) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(older)) {
		switch now := newer[name]; now {
		case older[name]:
		case "":
			out = append(out, name+": "+older[name]+" -> gone")
		default:
			out = append(out, name+": "+older[name]+" -> "+now)
		}
	}
	return out
}
