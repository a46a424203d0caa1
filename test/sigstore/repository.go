package sigstore

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// The files of a TUF repository, https://theupdateframework.github.io/specification/latest/ (read
// 2026-11-30). A client with these files trusts the keys in the targets until the metadata expires.
const (
	rootFile = "root.json"
	targets  = "targets"
)

// Repository writes the TUF repository with the trusted keys into a folder, and returns its root
// file, which a client must get first.
func (s *Instance) Repository(dir string) (root string, err error) {
	if err := os.MkdirAll(filepath.Join(dir, targets), 0o755); err != nil {
		return "", err
	}
	r, err := newRepository(dir)
	if err != nil {
		return "", err
	}
	if err := r.addTarget("fulcio.crt.pem", "Fulcio", s.Root()); err != nil {
		return "", err
	}
	for name, key := range map[string]struct {
		usage string
		log   func() ([]byte, error)
	}{
		"ctfe.pub":  {"CTFE", func() ([]byte, error) { return publicKey(s.certificates) }},
		"rekor.pub": {"Rekor", func() ([]byte, error) { return publicKey(s.signatures) }},
	} {
		content, err := key.log()
		if err != nil {
			return "", err
		}
		if err := r.addTarget(name, key.usage, content); err != nil {
			return "", err
		}
	}
	return filepath.Join(dir, rootFile), r.write()
}

type repository struct {
	dir     string
	key     ed25519.PrivateKey
	public  map[string]any
	keyID   string
	targets map[string]any
}

func newRepository(dir string) (*repository, error) {
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("cannot make the repository's key: %w", err)
	}
	r := &repository{dir: dir, key: key, targets: map[string]any{}, public: map[string]any{
		"keytype": "ed25519", "scheme": "ed25519", "keyval": map[string]any{"public": hex.EncodeToString(public)},
	}}
	canonical, err := json.Marshal(r.public)
	if err != nil {
		return nil, err
	}
	r.keyID = hash(canonical)
	return r, nil
}

// addTarget with its usage, by which Sigstore's clients find it.
func (r *repository) addTarget(name, usage string, content []byte) error {
	r.targets[name] = map[string]any{
		"length": len(content), "hashes": map[string]any{"sha256": hash(content)},
		"custom": map[string]any{"sigstore": map[string]any{"usage": usage, "status": "Active"}},
	}
	return os.WriteFile(filepath.Join(r.dir, targets, name), content, 0o600)
}

// write the metadata: one key signs all of it.
func (r *repository) write() error {
	role := map[string]any{"keyids": []string{r.keyID}, "threshold": 1}
	root := map[string]any{
		"consistent_snapshot": false,
		"keys":                map[string]any{r.keyID: r.public},
		"roles":               map[string]any{"root": role, targets: role, "snapshot": role, "timestamp": role},
	}
	if err := r.writeRole("root", root); err != nil {
		return err
	}
	if err := r.writeRole(targets, map[string]any{targets: r.targets}); err != nil {
		return err
	}
	if err := r.writeRole("snapshot", map[string]any{"meta": map[string]any{"targets.json": map[string]any{"version": 1}}}); err != nil {
		return err
	}
	return r.writeRole("timestamp", map[string]any{"meta": map[string]any{"snapshot.json": map[string]any{"version": 1}}})
}

func (r *repository) writeRole(name string, signed map[string]any) error {
	signed["_type"], signed["spec_version"], signed["version"] = name, "1.0", 1
	signed["expires"] = time.Now().Add(rootLifetime).UTC().Format(time.RFC3339)
	canonical, err := json.Marshal(signed) // Sorted keys, and no values that canonical JSON would write in another form.
	if err != nil {
		return err
	}
	content, err := json.Marshal(map[string]any{
		"signed":     signed,
		"signatures": []any{map[string]any{"keyid": r.keyID, "sig": hex.EncodeToString(ed25519.Sign(r.key, canonical))}},
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(r.dir, name+".json"), content, 0o600)
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
