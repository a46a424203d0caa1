// Package catalog describes each managed resource kind of provider-aws: where its external name
// comes from, which of its fields are filled from other resources, and which ones stay in AWS when a
// spec leaves them out.
//
// It reads kinds.txt and kept.txt, which its tests derive from the provider's own source (generated
// resolvers, API types, external name configuration, Terraform's schema). It uses no network.
package catalog

import (
	"bufio"
	"embed"
	"fmt"
	"io"
	"strings"
)

//go:embed kinds.txt kept.txt
var files embed.FS

// Suffix is the end of the API group of every kind in the catalog.
const Suffix = ".aws.upbound.io"

// A Naming is where a kind's external name comes from.
type Naming string

const (
	// ByProvider means that AWS assigns the identifier on creation.
	ByProvider Naming = "by-provider"

	// ByName means that the external name is chosen by the user; it defaults to the name of the Kubernetes object.
	ByName Naming = "by-name"
)

// A GroupKind is a service ("ec2") and a kind ("VPC").
type GroupKind struct{ Service, Kind string } //nolint:recvcheck // Only UnmarshalText can need a pointer.

func (gk GroupKind) String() string { return gk.Service + "/" + gk.Kind }

// MarshalText makes kinds readable as JSON values and keys.
func (gk GroupKind) MarshalText() ([]byte, error) { return []byte(gk.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (gk *GroupKind) UnmarshalText(text []byte) (err error) {
	*gk, err = Parse(string(text))
	return err
}

// Parse the form that String makes.
func Parse(s string) (GroupKind, error) {
	service, kind, ok := strings.Cut(s, "/")
	if !ok || service == "" || kind == "" {
		return GroupKind{}, fmt.Errorf("cannot parse kind %q: write it as service/Kind, such as ec2/VPC", s)
	}
	return GroupKind{Service: service, Kind: kind}, nil
}

// A Reference describes how one field is filled from another resource. Paths are relative to spec.forProvider.
type Reference struct {
	// Field holds the value; "[*]" in it means every element of a list.
	Field string

	// Many means that Field, and the reference beside it, are lists.
	Many bool

	// Ref and Selector are the names of the fields beside the last segment of Field.
	Ref, Selector string

	// GoPath is the field's name in errors, as in the provider's generated code.
	GoPath string

	// To is the kind that is referred to.
	To GroupKind

	// Extract is the value that is taken from that resource: "external-name", "id" or a path such
	// as "status.atProvider.arn".
	Extract string
}

// A Kind is one managed resource kind, at its storage version.
type Kind struct {
	GroupKind

	Version    string
	Naming     Naming
	References []Reference

	// Kept are the fields that Terraform leaves as they are in AWS when a spec leaves them out, since
	// its schema calls them optional and computed. A path such as a.b is a field of a block. Only the
	// kinds that the platform composes have them.
	Kept []string
}

// A Catalog holds kinds.
type Catalog struct{ kinds map[GroupKind]Kind }

// New reads the catalog that is part of the program.
func New() (*Catalog, error) {
	f, err := files.Open("kinds.txt")
	if err != nil {
		return nil, fmt.Errorf("cannot open the catalog: %w", err)
	}
	defer f.Close() //nolint:errcheck // An embedded file has nothing to flush.
	c, err := Read(f)
	if err != nil {
		return nil, err
	}
	kept, err := files.Open("kept.txt")
	if err != nil {
		return nil, fmt.Errorf("cannot open the catalog: %w", err)
	}
	defer kept.Close() //nolint:errcheck // See above.
	return c, c.readKept(kept)
}

// Kind finds a kind.
func (c *Catalog) Kind(gk GroupKind) (Kind, bool) {
	k, ok := c.kinds[gk]
	return k, ok
}

// Read parses the text form: a line "service version Kind naming" for each kind, followed by one indented line
// "field ref selector service/Kind extract GoPath" for each of its references.
func Read(r io.Reader) (*Catalog, error) {
	c := &Catalog{kinds: map[GroupKind]Kind{}}
	var current GroupKind
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		line := s.Text()
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || strings.HasPrefix(line, "#"):
		case !strings.HasPrefix(line, "\t") && len(fields) == 4:
			current = GroupKind{Service: fields[0], Kind: fields[2]}
			c.kinds[current] = Kind{GroupKind: current, Version: fields[1], Naming: Naming(fields[3])}
		case strings.HasPrefix(line, "\t") && len(fields) == 6:
			ref, err := reference(fields)
			if err != nil {
				return nil, fmt.Errorf("cannot read line %d of the catalog: %w", n, err)
			}
			k := c.kinds[current]
			k.References = append(k.References, ref)
			c.kinds[current] = k
		default:
			return nil, fmt.Errorf("cannot read line %d of the catalog: it has %d words", n, len(fields))
		}
	}
	return c, s.Err()
}

func reference(fields []string) (Reference, error) {
	to, err := Parse(fields[3])
	if err != nil {
		return Reference{}, err
	}
	field, many := strings.CutSuffix(fields[0], "[]")
	return Reference{
		Field:    field,
		Many:     many,
		Ref:      fields[1],
		Selector: fields[2],
		To:       to,
		Extract:  fields[4],
		GoPath:   fields[5],
	}, nil
}
