package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed static
var static embed.FS

const (
	// forever is for addresses that carry the content's hash: they never change their meaning.
	forever = "public, max-age=31536000, immutable"
	// revalidate is for bare addresses: browsers keep the file, and ask whether it is still the same.
	revalidate = "public, no-cache"
)

// assets are the style sheets and pictures, hashed and compressed once at start.
type assets struct{ files map[string]asset }

type asset struct {
	kind   string
	hash   string
	plain  []byte
	zipped []byte
}

func loadAssets() (*assets, error) {
	a := &assets{files: map[string]asset{}}
	// One writer for all files: each would take another megabyte.
	zw, err := gzip.NewWriterLevel(nil, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(static, "static", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := loadAsset(name, zw)
		a.files[strings.TrimPrefix(name, "static/")] = file
		return err
	})
	return a, err
}

func loadAsset(name string, zw *gzip.Writer) (asset, error) {
	data, err := static.ReadFile(name)
	if err != nil {
		return asset{}, fmt.Errorf("cannot read asset: %w", err)
	}
	kind, ok := map[string]string{
		".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
	}[path.Ext(name)]
	if !ok {
		return asset{}, fmt.Errorf("cannot serve asset %q: its type is not known", name)
	}
	zipped, err := compress(data, zw)
	if err != nil {
		return asset{}, fmt.Errorf("cannot compress asset %q: %w", name, err)
	}
	sum := sha256.Sum256(data)
	return asset{kind: kind, hash: hex.EncodeToString(sum[:6]), plain: data, zipped: zipped}, nil
}

func compress(data []byte, zw *gzip.Writer) ([]byte, error) {
	var buf bytes.Buffer
	zw.Reset(&buf)
	if _, err := zw.Write(data); err != nil {
		return nil, err
	}
	err := zw.Close()
	return buf.Bytes(), err
}

// url returns an address for the file that browsers may keep for ever.
func (a *assets) url(name string) (string, error) {
	file, ok := a.files[name]
	if !ok {
		return "", fmt.Errorf("there is no asset %q", name)
	}
	return "/assets/" + name + "?v=" + file.hash, nil
}

// picture returns the address of a product's picture, or of a parcel for a product without one.
func (a *assets) picture(id string) (string, error) {
	name := "products/" + id + ".svg"
	if _, ok := a.files[name]; !ok {
		name = "products/parcel.svg"
	}
	return a.url(name)
}

// ServeHTTP answers with the file. It finds names in a map, so no path can reach another file.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, ok := a.files[strings.TrimPrefix(r.URL.Path, "/assets/")]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", file.kind)
	h.Set("ETag", `"`+file.hash+`"`)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", revalidate)
	if r.URL.Query().Get("v") == file.hash {
		h.Set("Cache-Control", forever)
	}
	if strings.Contains(r.Header.Get("If-None-Match"), file.hash) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	data := file.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		data = file.zipped
	}
	_, _ = w.Write(data) // The browser has gone.
}
