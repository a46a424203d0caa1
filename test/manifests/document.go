package manifests

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/util/json"
	sigsyaml "sigs.k8s.io/yaml"
)

// root is the name of a document in field paths: the validation libraries need one.
const root = "<nil>"

// A document of a YAML file, with its lines.
type document struct {
	node   *yaml.Node
	object map[string]any
}

// parse the documents of a file, without empty ones.
func parse(content []byte) ([]document, error) {
	var all []document
	for d := yaml.NewDecoder(bytes.NewReader(content)); ; {
		node := &yaml.Node{}
		err := d.Decode(node)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		top := node.Content[0]
		if top.Tag == "!!null" {
			continue
		}
		object, err := toObject(top)
		if err != nil {
			return nil, err
		}
		all = append(all, document{node: top, object: object})
	}
}

// toObject decodes as an API server does, which converts YAML to JSON.
func toObject(node *yaml.Node) (map[string]any, error) {
	// Into a map, because only then the decoder refuses a duplicate key.
	if err := node.Decode(&map[string]any{}); err != nil {
		return nil, err
	}
	content, err := yaml.Marshal(node)
	if err != nil {
		return nil, err
	}
	if content, err = sigsyaml.YAMLToJSONStrict(content); err != nil {
		return nil, err
	}
	object := map[string]any{}
	return object, json.Unmarshal(content, &object)
}

// syntax makes a fault of the parser's error, which has a line if possible.
func syntax(file string, err error) Fault {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if found := regexp.MustCompile(`line ([0-9]+)`).FindStringSubmatch(message); found != nil {
		line, _ = strconv.Atoi(found[1])
	}
	return Fault{File: file, Line: line, Problem: "this is not YAML: " + message}
}

// line of a field, or of the innermost parent that exists.
func (d document) line(path string) int {
	node, line := d.node, d.node.Line
	for _, step := range steps(path) {
		key, value := child(node, step)
		if value == nil {
			break
		}
		node, line = value, key.Line
	}
	return line
}

// steps of a path such as spec.containers[0].env[name].value.
func steps(path string) []string {
	path = strings.TrimPrefix(path, root)
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' })
}

// child of a node by its name or index, and the node with its line. A name with dots is several
// steps and is not found; the line is then that of the parent.
func child(node *yaml.Node, step string) (key, value *yaml.Node) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i], node.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i < len(node.Content) {
			return node.Content[i], node.Content[i]
		}
	default: // A value has no children.
	}
	return nil, nil
}
