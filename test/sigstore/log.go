package sigstore

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// maxEntry is larger than any signature's entry.
const maxEntry = 1 << 20

// entry of the log, as in Rekor's API. The log signs the canonical JSON of all fields except the
// verification: with sorted keys, as Go writes these.
type entry struct {
	Body           string `json:"body"`
	IntegratedTime int64  `json:"integratedTime"`
	LogID          string `json:"logID"`
	LogIndex       int64  `json:"logIndex"`
}

// Log is the log of signatures: it accepts any entry, and signs a promise to keep it. It stores
// nothing: an offline verifier trusts the promise, which is part of the signature.
func (s *Instance) Log() (http.Handler, error) {
	id, err := logID(s.signatures)
	if err != nil {
		return nil, err
	}
	var next atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/log/entries", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxEntry))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		index := next.Add(1)
		rsp, err := s.enter(body, hex.EncodeToString(id), index)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		uuid := fmt.Sprintf("%064x", index)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Etag", uuid)
		w.Header().Set("Location", "/api/v1/log/entries/"+uuid)
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]any{uuid: rsp}) // The client detects an incomplete response.
	})
	return mux, nil
}

func (s *Instance) enter(body []byte, log string, index int64) (map[string]any, error) {
	e := entry{
		Body: base64.StdEncoding.EncodeToString(body), IntegratedTime: time.Now().Unix(), LogID: log, LogIndex: index,
	}
	signed, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	promise, err := signHash(s.signatures, signed)
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"body": e.Body, "integratedTime": e.IntegratedTime, "logID": e.LogID, "logIndex": e.LogIndex,
		"verification": map[string]any{
			"signedEntryTimestamp": base64.StdEncoding.EncodeToString(promise),
			// A proof for a tree with this one leaf. cosign requires a proof, and its older layout
			// of signatures has no place for it.
			"inclusionProof": map[string]any{
				"logIndex": 0, "treeSize": 1, "rootHash": hash(append([]byte{0}, body...)), "hashes": []string{}, "checkpoint": "none",
			},
		},
	}, nil
}
