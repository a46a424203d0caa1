// Package pin writes a digest into a manifest in Git, where a person or a workflow would edit it:
// it changes one value of one field, and nothing else of the file. It reads no registry.
package pin

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"go.yaml.in/yaml/v3"
)

// Set the field, such as spec.package, to an image by its digest. The file has one document, in
// which the field already has a value; comments and order stay.
func Set(content []byte, field, image string) ([]byte, error) {
	if _, err := name.NewDigest(image, name.StrictValidation); err != nil {
		return nil, fmt.Errorf("%q does not name an image by its digest: use one such as ghcr.io/ausmart/platform@sha256:<digest>", image)
	}
	old, err := find(content, field)
	if err != nil {
		return nil, err
	}
	lines := bytes.SplitAfter(content, []byte("\n"))
	line := lines[old.Line-1]
	before, after := line[:old.Column-1], line[old.Column-1:]
	if !bytes.HasPrefix(after, []byte(old.Value)) {
		return nil, fmt.Errorf("cannot replace %s in line %d: write its value there, without quotes, in one line", field, old.Line)
	}
	lines[old.Line-1] = bytes.Join([][]byte{before, []byte(image), after[len(old.Value):]}, nil)
	return bytes.Join(lines, nil), nil
}

// find the field's value.
func find(content []byte, field string) (*yaml.Node, error) {
	documents := yaml.NewDecoder(bytes.NewReader(content))
	top := &yaml.Node{}
	if err := documents.Decode(top); err != nil {
		return nil, fmt.Errorf("cannot read the file: %w", err)
	}
	if err := documents.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return nil, errors.New("the file has more than one document: use a file with one")
	}
	node := top.Content[0]
	for step := range strings.SplitSeq(field, ".") {
		if node = value(node, step); node == nil {
			return nil, fmt.Errorf("the file has no field %s: write it there first", field)
		}
	}
	if node.Kind != yaml.ScalarNode {
		return nil, fmt.Errorf("field %s holds more than one value", field)
	}
	return node, nil
}

func value(node *yaml.Node, key string) *yaml.Node {
	if node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}
