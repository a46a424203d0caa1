// Command derive prints the CustomResourceDefinitions that Crossplane makes of
// the CompositeResourceDefinitions in the given files: one for composite
// resources and one for claims, as YAML documents on stdout.
//
// It calls Crossplane's own library, so a test of schema rules on an API server needs no running
// Crossplane. It writes no file.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/crossplane/crossplane-runtime/v2/pkg/xcrd"
	xpv1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	if err := derive(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "derive:", err)
		os.Exit(1)
	}
}

func derive(to io.Writer, definitions []string) error {
	for _, path := range definitions {
		if err := deriveOne(to, path); err != nil {
			return fmt.Errorf("cannot derive from %s: %w", path, err)
		}
	}
	return nil
}

func deriveOne(to io.Writer, path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	xrd := &xpv1.CompositeResourceDefinition{}
	if err := yaml.UnmarshalStrict(raw, xrd); err != nil {
		return err
	}
	composite, err := xcrd.ForCompositeResource(xrd)
	if err != nil {
		return err
	}
	claim, err := xcrd.ForCompositeResourceClaim(xrd)
	if err != nil {
		return err
	}
	for _, crd := range []*extv1.CustomResourceDefinition{composite, claim} {
		if err := writeManifest(to, crd); err != nil {
			return err
		}
	}
	return nil
}

func writeManifest(to io.Writer, crd *extv1.CustomResourceDefinition) error {
	crd.SetGroupVersionKind(extv1.SchemeGroupVersion.WithKind("CustomResourceDefinition"))
	// The owner is an object on Crossplane's API server; here there is none.
	crd.SetOwnerReferences(nil)
	out, err := yaml.Marshal(crd)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(to, "---\n%s", out)
	return err
}
