package main

import (
	"errors"
	"fmt"
	"path"

	"golang.org/x/tools/go/packages"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-tools/pkg/crd"
	"sigs.k8s.io/controller-tools/pkg/deepcopy"
	"sigs.k8s.io/controller-tools/pkg/genall"
	"sigs.k8s.io/yaml"
)

// typesDir is the package of Go types, from the root of the repository.
const typesDir = "apis/v1alpha1"

// Generate returns the contents of every generated file by its path from root.
func Generate(root string) (Files, error) {
	var copies genall.Generator = deepcopy.Generator{}
	var definitions genall.Generator = definitionGenerator{}

	runtime, err := genall.Generators{&copies, &definitions}.ForRootsWithConfig(&packages.Config{Dir: root}, "./"+typesDir)
	if err != nil {
		return nil, fmt.Errorf("cannot load %s: %w", typesDir, err)
	}
	files := Files{}
	runtime.OutputRules = genall.OutputRules{Default: files}

	// The runtime prints each error with its position in the source to stderr.
	if failed := runtime.Run(); failed {
		return nil, errors.New("cannot generate from " + typesDir + ": see the errors above")
	}
	return files, nil
}

// A definitionGenerator writes one CompositeResourceDefinition, and one reference page, for each kind.
// Loading, markers and type checks are those of the CRD generator.
type definitionGenerator struct {
	crd.Generator
}

// Generate implements genall.Generator.
func (definitionGenerator) Generate(ctx *genall.GenerationContext) error {
	parser := &crd.Parser{Collector: ctx.Collector, Checker: ctx.Checker}
	crd.AddKnownTypes(parser)
	for _, root := range ctx.Roots {
		parser.NeedPackage(root)
	}
	for _, kind := range crd.FindKubeKinds(parser, crd.FindMetav1(ctx.Roots)) {
		if err := writeDefinition(ctx, parser, kind); err != nil {
			return fmt.Errorf("cannot write definition of %s: %w", kind.Kind, err)
		}
	}
	return nil
}

func writeDefinition(ctx *genall.GenerationContext, parser *crd.Parser, kind schema.GroupKind) error {
	parser.NeedCRDFor(kind, nil)
	claim := parser.CustomResourceDefinitions[kind]

	definition, err := Definition(claim)
	if err != nil {
		return err
	}
	out, err := yaml.Marshal(definition)
	if err != nil {
		return err
	}
	file, err := ctx.Open(nil, path.Join("apis", claim.Spec.Names.Plural, "definition.yaml"))
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err = file.Write(append([]byte(header), out...)); err != nil {
		return err
	}
	return writeReference(ctx, claim)
}

func writeReference(ctx *genall.GenerationContext, claim extv1.CustomResourceDefinition) error {
	file, err := ctx.Open(nil, path.Join("docs/reference", claim.Spec.Names.Singular+".md"))
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = file.Write(Reference(claim))
	return err
}

const header = "# Generated from the Go types in " + typesDir + " by make generate. Do not edit.\n"
