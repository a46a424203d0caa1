package build

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// configuration builds the package that a platform engineer installs.
//
// The command line packs every YAML file that it finds, and no flag excludes a folder. So it gets a
// folder with only the files of the package.
func (b Builder) configuration(ctx context.Context, functions []string) (Package, error) {
	b.sayf("building the Configuration")
	stage, err := os.MkdirTemp("", "package")
	if err != nil {
		return Package{}, err
	}
	defer func() { _ = os.RemoveAll(stage) }()

	if err := b.stageConfiguration(stage, functions); err != nil {
		return Package{}, err
	}
	file := filepath.Join(b.Output, fmt.Sprintf("%s-%s.xpkg", configuration, b.Version))
	return Package{Name: configuration, Files: []string{file}}, b.xpkg(ctx, stage, file)
}

func (b Builder) stageConfiguration(stage string, functions []string) error {
	meta, err := readObject(filepath.Join(b.Root, "crossplane.yaml"))
	if err != nil {
		return err
	}
	renamed, err := b.relocate(meta, functions)
	if err != nil {
		return err
	}
	if err := writeObject(filepath.Join(stage, "crossplane.yaml"), meta); err != nil {
		return err
	}

	if err := b.each("apis/*/definition.yaml", func(path string, xrd *unstructured.Unstructured) error {
		return writeObject(filepath.Join(stage, path), xrd)
	}); err != nil {
		return err
	}
	return b.each("compositions/*/composition.yaml", func(path string, c *unstructured.Unstructured) error {
		if err := rename(c, renamed); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return writeObject(filepath.Join(stage, path), c)
	})
}

// each calls do with every object that the pattern finds in the checkout, and its path.
func (b Builder) each(pattern string, do func(path string, o *unstructured.Unstructured) error) error {
	files, err := filepath.Glob(filepath.Join(b.Root, pattern))
	if err != nil {
		return err
	}
	for _, file := range files {
		o, err := readObject(file)
		if err != nil {
			return err
		}
		path, err := filepath.Rel(b.Root, file)
		if err != nil {
			return err
		}
		if err := do(path, o); err != nil {
			return err
		}
	}
	return nil
}

func readObject(file string) (*unstructured.Unstructured, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	o := &unstructured.Unstructured{}
	if err := yaml.UnmarshalStrict(content, &o.Object); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", file, err)
	}
	return o, nil
}

func writeObject(file string, o *unstructured.Unstructured) error {
	content, err := yaml.Marshal(o.Object)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o600)
}

func copyFile(from, to string) error {
	o, err := readObject(from)
	if err != nil {
		return err
	}
	return writeObject(to, o)
}
