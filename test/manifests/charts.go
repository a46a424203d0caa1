package manifests

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"

	"github.com/ausmart/platform/internal/toolchain"
)

// charts are the values of the Helm charts that Applications install, by the chart's name.
type charts struct{ read map[string]map[string]any }

// A release is a Helm release of an Application.
type release struct {
	chart  string
	values map[string]any
	path   *field.Path // of the values
}

// values checks the values that an Application gives to a chart: Helm accepts any, and a misspelled
// one changes nothing.
func (c *Checker) values(ctx context.Context, object map[string]any) (field.ErrorList, error) {
	var faults field.ErrorList
	for _, r := range releases(object) {
		known, err := c.charts.of(ctx, r.chart)
		if err != nil {
			faults = append(faults, field.Forbidden(r.path, err.Error()))
			continue
		}
		faults = append(faults, compareValues(r.path, r.values, known)...)
	}
	return faults, nil
}

// of returns a chart's own values.yaml, from the module that publishes the chart.
func (c *charts) of(ctx context.Context, chart string) (map[string]any, error) {
	if values, ok := c.read[chart]; ok {
		return values, nil
	}
	if chart != "crossplane" {
		return nil, fmt.Errorf("the values of chart %q are not known: add the place of its values.yaml to test/manifests/charts.go", chart)
	}
	dir, err := toolchain.Source(ctx, "crossplane", "github.com/crossplane/crossplane/v2")
	if err != nil {
		return nil, err
	}
	content, err := os.ReadFile(filepath.Join(dir, "cluster/charts", chart, "values.yaml"))
	if err != nil {
		return nil, err
	}
	values, err := readValues(content)
	if err != nil {
		return nil, fmt.Errorf("cannot read the values of chart %s: %w", chart, err)
	}
	if c.read == nil {
		c.read = map[string]map[string]any{}
	}
	c.read[chart] = values
	return values, nil
}

// compareValues finds the keys that the chart does not have, and values of another kind than the
// chart's. A value that the chart leaves empty may have any kind.
func compareValues(at *field.Path, given, known map[string]any) field.ErrorList {
	var faults field.ErrorList
	for key, value := range given {
		at := at.Child(key)
		def, ok := known[key]
		if !ok {
			faults = append(faults, field.Forbidden(at, "the chart has no such value"))
			continue
		}
		if def == nil || fmt.Sprintf("%T", def) == fmt.Sprintf("%T", value) {
			below, _ := def.(map[string]any)
			if nested, ok := value.(map[string]any); ok && len(below) > 0 {
				faults = append(faults, compareValues(at, nested, below)...)
			}
			continue
		}
		faults = append(faults, field.Forbidden(at, "the chart's own value is "+kindOf(def)))
	}
	slices.SortFunc(faults, func(a, b *field.Error) int { return strings.Compare(a.Field, b.Field) })
	return faults
}

func kindOf(value any) string {
	switch value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "a string"
	case bool:
		return "true or false"
	default:
		return "a number"
	}
}

func readValues(content []byte) (map[string]any, error) {
	content, err := yaml.YAMLToJSONStrict(content)
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	return values, json.Unmarshal(content, &values)
}

// releases of Helm of an Application, or of an ApplicationSet's template.
func releases(object map[string]any) []release {
	u := unstructured.Unstructured{Object: object}
	if u.GroupVersionKind().Group != "argoproj.io" {
		return nil
	}
	at := []string{"spec"}
	if u.GetKind() == "ApplicationSet" {
		at = []string{"spec", "template", "spec"}
	}
	spec, _, _ := unstructured.NestedMap(object, at...)
	path := field.NewPath(at[0], at[1:]...)

	var all []release
	if source, ok := spec["source"].(map[string]any); ok {
		all = append(all, releaseOf(source, path.Child("source"))...)
	}
	sources, _ := spec["sources"].([]any)
	for i, s := range sources {
		source, _ := s.(map[string]any)
		all = append(all, releaseOf(source, path.Child("sources").Index(i))...)
	}
	return all
}

// releaseOf a source with a chart. Its values are an object, or the text of one.
func releaseOf(source map[string]any, path *field.Path) []release {
	chart, _ := source["chart"].(string)
	helm, _ := source["helm"].(map[string]any)
	if chart == "" || helm == nil {
		return nil
	}
	var all []release
	if values, ok := helm["valuesObject"].(map[string]any); ok {
		all = append(all, release{chart, values, path.Child("helm", "valuesObject")})
	}
	if text, ok := helm["values"].(string); ok {
		values, err := readValues([]byte(text))
		if err != nil {
			values = map[string]any{"": err.Error()} // No chart has a value without a name.
		}
		all = append(all, release{chart, values, path.Child("helm", "values")})
	}
	return all
}
