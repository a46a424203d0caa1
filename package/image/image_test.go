package image_test

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/ausmart/platform/package/image"
)

// limit of a service's image in bytes.
const limit = 25 << 20

// TestServiceImages builds each service's image for this architecture and reads
// it back: one static binary, an unprivileged user, a bounded size.
func TestServiceImages(t *testing.T) {
	for _, service := range []string{"ui", "catalog", "cart", "orders", "checkout"} {
		t.Run(service, func(t *testing.T) {
			img, err := image.Build(t.Context(), "../..", image.Command{Package: "./services/cmd/" + service, Ports: []string{"8080/tcp"}}, "amd64")
			if err != nil {
				t.Fatal(err)
			}
			config, err := img.ConfigFile()
			if err != nil {
				t.Fatal(err)
			}
			want := v1.Config{User: "65532:65532", Entrypoint: []string{"/" + service}, ExposedPorts: map[string]struct{}{"8080/tcp": {}}}
			if diff := cmp.Diff(want, config.Config); diff != "" {
				t.Errorf("configuration: -want, +got:\n%s", diff)
			}
			files := content(t, img)
			if len(files) != 1 || len(files[service]) == 0 {
				t.Fatalf("want the one file %s, got %d files", service, len(files))
			}
			if n := len(files[service]); n > limit {
				t.Errorf("%s has %d bytes, more than %d", service, n, limit)
			}
			static(t, files[service])
		})
	}
}

func content(t *testing.T, img v1.Image) map[string][]byte {
	t.Helper()
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, l := range layers {
		r, err := l.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		for archive := tar.NewReader(r); ; {
			h, err := archive.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if h.Mode != 0o555 {
				t.Errorf("%s has mode %o: no user may write it", h.Name, h.Mode)
			}
			if files[h.Name], err = io.ReadAll(archive); err != nil {
				t.Fatal(err)
			}
		}
	}
	return files
}

// static fails when the binary needs a dynamic loader, which the image does not have.
func static(t *testing.T, binary []byte) {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(binary))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			t.Error("the binary is not static")
		}
	}
}
