package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// readYAML reads the objects in a file. Documents with comments only are no objects.
func readYAML(file string) ([]*unstructured.Unstructured, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parseYAML(content, file)
}

// parseYAML reads the objects in a text; from names its source in errors.
func parseYAML(content []byte, from string) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), len(content)+1)
	for {
		var document json.RawMessage
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			return objects, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s is not YAML: %w", from, err)
		}
		if len(document) == 0 {
			continue // Nothing but comments.
		}
		fields := map[string]any{}
		// Whole numbers must stay whole: schemas and rules distinguish 1 from 1.0.
		if err := utiljson.Unmarshal(document, &fields); err != nil {
			return nil, fmt.Errorf("%s holds something else than objects: %w", from, err)
		}
		if len(fields) > 0 {
			objects = append(objects, &unstructured.Unstructured{Object: fields})
		}
	}
}

// readOne reads a file of this checkout that holds one object.
func readOne(file string) (*unstructured.Unstructured, error) {
	objects, err := readYAML(file)
	if err != nil {
		return nil, err
	}
	if len(objects) != 1 {
		return nil, fmt.Errorf("%s holds %d objects, want one", file, len(objects))
	}
	return objects[0], nil
}

func writeYAML(file string, objects ...*unstructured.Unstructured) error {
	var stream bytes.Buffer
	for _, o := range objects {
		document, err := yaml.Marshal(o.Object)
		if err != nil {
			return err
		}
		stream.WriteString("---\n")
		stream.Write(document)
	}
	return os.WriteFile(file, stream.Bytes(), 0o600)
}
