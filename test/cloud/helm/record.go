package helm

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The states of a revision that Helm writes and that are needed here.
const (
	deployed   = "deployed"
	superseded = "superseded"
)

// A record is Helm's record of a revision, with the fields that its commands show.
type record struct {
	Name      string         `json:"name"`
	Namespace string         `json:"namespace"`
	Version   int            `json:"version"` // the revision
	Info      info           `json:"info"`
	Chart     recordedChart  `json:"chart"`
	Config    map[string]any `json:"config"`
	Manifest  string         `json:"manifest"`
}

type info struct {
	FirstDeployed time.Time `json:"first_deployed"`
	LastDeployed  time.Time `json:"last_deployed"`
	Description   string    `json:"description"`
	Status        string    `json:"status"`
}

type recordedChart struct {
	Metadata metadata `json:"metadata"`
}

type metadata struct {
	APIVersion string `json:"apiVersion"`
	Name       string `json:"name"`
	Version    string `json:"version"`
}

// secret with the record, named and labelled as Helm's own.
func (r record) secret() (*unstructured.Unstructured, error) {
	payload, err := r.encode()
	if err != nil {
		return nil, fmt.Errorf("cannot encode revision %d of %s: %w", r.Version, r.Name, err)
	}
	s := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1", "data": map[string]any{"release": payload},
	}}
	s.SetName(fmt.Sprintf("sh.helm.release.v1.%s.v%d", r.Name, r.Version))
	s.SetNamespace(r.Namespace)
	s.SetLabels(map[string]string{"owner": "helm", "name": r.Name, "status": r.Info.Status, "version": strconv.Itoa(r.Version)})
	return s, nil
}

// encode as Helm does: JSON, compressed, in base64; and once more, as every value of a Secret.
func (r record) encode() (string, error) {
	buf := &bytes.Buffer{}
	w := gzip.NewWriter(buf)
	if err := json.NewEncoder(w).Encode(r); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	inner := base64.StdEncoding.EncodeToString(buf.Bytes())
	return base64.StdEncoding.EncodeToString([]byte(inner)), nil
}

// decodeRecord reads what secret wrote.
func decodeRecord(s *unstructured.Unstructured) (record, error) {
	payload, _, _ := unstructured.NestedString(s.Object, "data", "release")
	r := record{}
	inner, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		return r, fmt.Errorf("cannot decode %s: %w", s.GetName(), err)
	}
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(inner)))
	if err != nil {
		return r, fmt.Errorf("cannot decode %s: %w", s.GetName(), err)
	}
	content, err := io.ReadAll(z)
	if err != nil {
		return r, fmt.Errorf("cannot decode %s: %w", s.GetName(), err)
	}
	if err := json.Unmarshal(content, &r); err != nil {
		return r, fmt.Errorf("cannot decode %s: %w", s.GetName(), err)
	}
	return r, nil
}

// next revision of a release with these parameters; false when the last one already has them.
func next(last record, name string, p parameters, now time.Time) (record, bool) {
	r := record{
		Name: name, Namespace: p.Namespace, Version: last.Version + 1, Config: p.Values,
		Info:  info{FirstDeployed: now, LastDeployed: now, Status: deployed, Description: "Install complete"},
		Chart: recordedChart{metadata{"v2", p.Chart.Name, p.Chart.Version}},
	}
	if last.Version == 0 {
		return r, true
	}
	r.Info.FirstDeployed, r.Info.Description = last.Info.FirstDeployed, "Upgrade complete"
	if r.Chart == last.Chart && same(r.Config, last.Config) {
		return last, false
	}
	return r, true
}

// same compares as JSON: values that were read have other number types than those of a Release.
func same(a, b map[string]any) bool {
	if len(a) == 0 && len(b) == 0 {
		return true
	}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
