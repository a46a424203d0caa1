// Package xpkg reads and builds Crossplane packages: OCI images with a package.yaml and, for a
// function, its program.
//
// It reads .xpkg files and writes images to a registry on loopback. It never talks to a registry elsewhere.
package xpkg

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

const (
	// streamFile has the package's objects; Crossplane reads it. The first object is the metadata.
	streamFile = "package.yaml"

	// baseAnnotation marks the layer with the stream file, so that Crossplane does not unpack the program to find it.
	baseAnnotation, baseValue = "io.crossplane.xpkg", "base"

	// program is where Build puts a function's binary.
	program = "function"
)

// A Package is an image and its metadata.
type Package struct {
	Image        v1.Image
	Kind         string // Function, Configuration or Provider
	Name         string
	Dependencies []Dependency
}

// A Dependency is another package, with its accepted versions.
type Dependency struct {
	Kind    string // Provider, or anything else
	Source  string // without a tag
	Version string // a constraint, such as ">=v0.5.0"
}

// Lowest version that the constraint names: the first one in ">=v0.5.0, <v1.0.0".
func (d Dependency) Lowest() string {
	return strings.Trim(strings.Fields(d.Version)[0], ">=<~^,")
}

// Open reads an .xpkg file.
func Open(file string) (Package, error) {
	img, err := tarball.ImageFromPath(file, nil)
	if err != nil {
		return Package{}, fmt.Errorf("cannot read package %s: %w", file, err)
	}
	stream, err := extract(img, streamFile)
	if err != nil {
		return Package{}, fmt.Errorf("cannot read package %s: %w", file, err)
	}
	return read(img, stream)
}

// Build makes the package of a function from its metadata and its program.
func Build(meta []byte, binary string) (Package, error) {
	content, err := os.ReadFile(binary)
	if err != nil {
		return Package{}, fmt.Errorf("cannot build a package: %w", err)
	}
	img, err := mutate.Config(empty.Image, v1.Config{Entrypoint: []string{"/" + program}})
	if err != nil {
		return Package{}, fmt.Errorf("cannot build a package: %w", err)
	}
	runtime, err := layer(program, 0o755, content)
	if err != nil {
		return Package{}, fmt.Errorf("cannot build a package: %w", err)
	}
	if img, err = mutate.AppendLayers(img, runtime); err != nil {
		return Package{}, fmt.Errorf("cannot build a package: %w", err)
	}
	return build(meta, img)
}

// Empty makes a package that has only metadata.
func Empty(kind, name string) (Package, error) {
	meta := fmt.Sprintf("apiVersion: meta.pkg.crossplane.io/v1\nkind: %s\nmetadata:\n  name: %s\n", kind, name)
	return build([]byte(meta), empty.Image)
}

// Program returns the binary that the image starts, as a container runtime would find it.
func Program(img v1.Image) ([]byte, error) {
	config, err := img.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("cannot read the image's configuration: %w", err)
	}
	command := slices.Concat(config.Config.Entrypoint, config.Config.Cmd)
	if len(command) == 0 {
		return nil, errors.New("cannot find the image's program: it has neither entrypoint nor command")
	}
	return extract(img, path.Clean(strings.TrimPrefix(command[0], "/")))
}

// read the metadata, the first object of the stream.
func read(img v1.Image, stream []byte) (Package, error) {
	first, _, _ := bytes.Cut(bytes.TrimPrefix(bytes.TrimSpace(stream), []byte("---\n")), []byte("\n---"))
	meta := struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              struct {
			DependsOn []struct{ Kind, Package, Function, Provider, Configuration, Version string } `json:"dependsOn"`
		} `json:"spec"`
	}{}
	if err := yaml.Unmarshal(first, &meta); err != nil {
		return Package{}, fmt.Errorf("cannot read the package's metadata: %w", err)
	}
	p := Package{Image: img, Kind: meta.Kind, Name: meta.Name}
	for _, d := range meta.Spec.DependsOn {
		kind := d.Kind
		if d.Provider != "" {
			kind = "Provider"
		}
		// Only one of the four is set.
		p.Dependencies = append(p.Dependencies, Dependency{kind, d.Package + d.Function + d.Provider + d.Configuration, d.Version})
	}
	return p, nil
}

// build adds the stream file to an image.
func build(meta []byte, img v1.Image) (Package, error) {
	base, err := layer(streamFile, 0o644, meta)
	if err != nil {
		return Package{}, fmt.Errorf("cannot build a package: %w", err)
	}
	img, err = mutate.Append(img, mutate.Addendum{Layer: base, Annotations: map[string]string{baseAnnotation: baseValue}})
	if err != nil {
		return Package{}, fmt.Errorf("cannot build a package: %w", err)
	}
	return read(img, meta)
}

// extract one file from the image's layers, the topmost first.
func extract(img v1.Image, name string) ([]byte, error) {
	layers, err := img.Layers()
	if err != nil {
		return nil, err
	}
	for i := len(layers) - 1; i >= 0; i-- {
		content, err := fromLayer(layers[i], name)
		if err != nil || content != nil {
			return content, err
		}
	}
	return nil, fmt.Errorf("the image has no file %s", name)
}

func fromLayer(l v1.Layer, name string) ([]byte, error) {
	r, err := l.Uncompressed()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	for files := tar.NewReader(r); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if path.Clean(strings.TrimPrefix(header.Name, "/")) == name && header.Typeflag == tar.TypeReg {
			return io.ReadAll(files)
		}
	}
}

func layer(name string, mode int64, content []byte) (v1.Layer, error) {
	buf := &bytes.Buffer{}
	w := tar.NewWriter(buf)
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(content)), Typeflag: tar.TypeReg}); err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	opener := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(buf.Bytes())), nil }
	// The image travels over loopback only: speed matters, size does not.
	return tarball.LayerFromOpener(opener, tarball.WithCompressionLevel(gzip.BestSpeed))
}
