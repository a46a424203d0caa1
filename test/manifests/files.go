package manifests

import (
	"context"
	"embed"
	"fmt"
	"path"

	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"
)

// formats are the schemas of files that are no Kubernetes objects, in the form of a CRD's schema.
// The official ones are web pages or JSON schemas of some megabytes; these have only what our files
// may use.
//
//go:embed formats/*.yaml
var formats embed.FS

// files has the schemas of formats, each read once.
type files struct{ made map[string]*kindSchema }

// Names of formats. That of a workflow is actionlint's.
const (
	workflow      = "workflow"
	kustomization = "kustomization"
)

// format of a file that is no Kubernetes object.
func format(file string) (name string, known bool) {
	switch {
	case path.Dir(file) == ".github/workflows":
		return workflow, true
	case path.Base(file) == "kustomization.yaml":
		return kustomization, true
	case file == ".github/renovate.json":
		return "renovate", true
	case path.Dir(file) == ".github/ISSUE_TEMPLATE" && path.Base(file) == "config.yml":
		return "issue-chooser", true
	case path.Dir(file) == ".github/ISSUE_TEMPLATE":
		return "issue-form", true
	default:
		return "", false
	}
}

func (f *files) check(ctx context.Context, format string, d document) (field.ErrorList, error) {
	if format == "" {
		return field.ErrorList{field.Forbidden(nil, "no schema is known for this file: add one to test/manifests/formats")}, nil
	}
	schema, err := f.of(format)
	if err != nil {
		return nil, err
	}
	return schema.check(ctx, runtime.DeepCopyJSON(d.object)), nil
}

func (f *files) of(name string) (*kindSchema, error) {
	if made, ok := f.made[name]; ok {
		return made, nil
	}
	content, err := formats.ReadFile("formats/" + name + ".yaml")
	if err != nil {
		return nil, err
	}
	props := &extv1.JSONSchemaProps{}
	if err := yaml.UnmarshalStrict(content, props); err != nil {
		return nil, fmt.Errorf("cannot read format %s: %w", name, err)
	}
	made, err := newKindSchema(props)
	if err != nil {
		return nil, fmt.Errorf("cannot use format %s: %w", name, err)
	}
	if f.made == nil {
		f.made = map[string]*kindSchema{}
	}
	f.made[name] = made
	return made, nil
}
