package iampolicy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
)

// A Document is a policy of IAM.
type Document struct {
	Version   string      `json:"Version"`
	Statement []Statement `json:"Statement"`
}

// A Statement of a policy.
type Statement struct {
	Sid       string              `json:"Sid"`
	Effect    string              `json:"Effect"`
	Principal map[string][]string `json:"Principal,omitempty"`
	Action    []string            `json:"Action,omitempty"`
	NotAction []string            `json:"NotAction,omitempty"`
	Resource  []string            `json:"Resource,omitempty"`
	Condition Conditions          `json:"Condition,omitempty"`
}

// Conditions by operator, then key.
type Conditions map[string]map[string][]string

const (
	version = "2012-10-17" // The newest version of the policy language.

	allow = "Allow"
	deny  = "Deny"
)

// MostCharacters of a managed policy, white space aside
// (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, read 2026-11-30).
const MostCharacters = 6144

// MostPolicies of a role, unless AWS raises the quota (the same page).
const MostPolicies = 10

func document(statements ...Statement) Document {
	return Document{Version: version, Statement: statements}
}

// JSON of a document, for a file.
func (d Document) JSON() ([]byte, error) {
	b := &bytes.Buffer{}
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		return nil, fmt.Errorf("cannot write a policy: %w", err)
	}
	return b.Bytes(), nil
}

// characters counts those that count against MostCharacters.
func characters(policy []byte) int {
	n := 0
	for _, r := range string(policy) {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}
