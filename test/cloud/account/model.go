package account

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"maps"
	"strings"
	"sync"

	"github.com/ausmart/platform/test/cloud/answers"
	"github.com/ausmart/platform/test/cloud/catalog"
)

// A model describes one kind. The zero model is for an unknown kind, which gets a made-up identifier and ARN.
type model struct {
	// label is how the provider names the kind in errors, such as "EC2 VPC".
	label string

	// service is the name of the API; create, update and remove are its operations.
	service                          string
	create, describe, update, remove string

	// prefix is the start of an identifier that AWS assigns.
	prefix string

	// identify replaces the default identifier. n counts how often this name was created.
	identify func(v view, r *Resource, n int) string

	// within is the field with the resource that the identifier is unique in, when that is not the whole region.
	within string

	// immutable are the fields that AWS cannot change in place.
	immutable []string

	// needs are the resources that must exist first.
	needs []need

	// check refuses a creation for reasons that the other fields cannot express.
	check func(v view, r *Resource) *refusal

	// checkDeletion refuses a deletion because of the resource's own settings.
	checkDeletion func(r *Resource) *refusal

	// attributes are what AWS reports in addition to the requested parameters.
	attributes func(v view, r *Resource) map[string]any

	// schedules means that deletion starts a waiting period.
	schedules bool
}

// A need is a field that must hold the identifier (or ARN) of an existing resource.
type need struct {
	field   string
	kinds   []catalog.GroupKind
	code    string
	message string // %s in it is the value.
}

// models holds every kind that is known exactly.
func models() map[catalog.GroupKind]model {
	out := map[catalog.GroupKind]model{}
	for _, service := range []map[catalog.GroupKind]model{
		ec2Models(), iamModels(), kmsModels(), s3Models(), eksModels(), rdsModels(), elasticacheModels(), dynamodbModels(), otherModels(), watchModels(),
	} {
		maps.Copy(out, service)
	}
	return out
}

// known are the models, made once.
var known = sync.OnceValue(models) //nolint:gochecknoglobals // A constant table.

// modelOf returns the model of a kind with its defaults filled in, or one for an unknown kind.
func modelOf(known map[catalog.GroupKind]model, gk catalog.GroupKind) model {
	m := known[gk]
	service := strings.ToUpper(gk.Service)
	setDefault(&m.service, service)
	setDefault(&m.label, service+" "+gk.Kind)
	setDefault(&m.create, "Create"+gk.Kind)
	setDefault(&m.describe, "Describe"+gk.Kind)
	setDefault(&m.update, "Update"+gk.Kind)
	setDefault(&m.remove, "Delete"+gk.Kind)
	setDefault(&m.prefix, strings.ToLower(gk.Kind)+"-0")
	return m
}

func setDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

func (m model) operation(op Operation) string {
	return map[Operation]string{Create: m.create, Describe: m.describe, Update: m.update, Delete: m.remove}[op]
}

// fill replaces each {field} of a template.
func fill(template string, r *Resource) string {
	return answers.Fill(template, func(name string) string {
		switch name {
		case "region":
			return r.Region
		case "account":
			return ID
		case "id":
			return r.ID
		default:
			return r.text(name)
		}
	})
}

// hexOf derives n hexadecimal digits from parts, the same ones each time.
func hexOf(n int, parts ...any) string {
	sum := sha256.Sum256(fmt.Append(nil, parts...))
	return hex.EncodeToString(sum[:])[:n]
}

// uuidOf derives an identifier of that form from parts.
func uuidOf(parts ...any) string {
	h := hexOf(32, parts...)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// stringHash is Terraform's number for a resource without an identifier of AWS.
func stringHash(s string) int { return int(crc32.ChecksumIEEE([]byte(s))) }
