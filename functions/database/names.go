package database

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/ausmart/platform/functions/internal/observed"
)

// The longest names that AWS takes (CreateDBInstance, CreateReplicationGroup,
// CreateUser, CreateDBParameterGroup, CreateTable; from memory, 2026-11). A name is shorter
// than that, so that nobody finds out which service counts otherwise.
const (
	instanceNameMax    = 63
	elasticacheNameMax = 40
	otherNameMax       = 255

	// digestSize is how many bytes tell two names apart that look the same once they
	// are cut.
	digestSize = 4
)

// awsName is a name for AWS: the composite's, and what a part of it is called. AWS
// wants a letter first, then letters, digits and single hyphens. A name that has to
// be changed for that ends with a digest of the original, or another one could be
// changed into the same.
func (d *database) awsName(limit int, part string) string {
	base := letters(d.name)
	suffix := ""
	if part != "" {
		suffix = "-" + part
	}
	if base == d.name && len(base)+len(suffix) <= limit {
		return base + suffix
	}
	suffix = "-" + d.digest() + suffix
	if room := limit - len(suffix); len(base) > room {
		base = strings.TrimRight(base[:room], "-")
	}
	return base + suffix
}

// letters is a name with nothing but a letter first, then letters, digits and
// single hyphens.
func letters(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	out := strings.Join(words, "-")
	if out == "" || out[0] < 'a' {
		out = "db-" + out
	}
	return strings.TrimRight(out, "-")
}

// digest of the database: another claim of the same name has another one.
func (d *database) digest() string {
	sum := sha256.Sum256([]byte(d.spec.Region + "/" + d.uid + "/" + d.name))
	return hex.EncodeToString(sum[:digestSize])
}

// finalSnapshot is the name of the snapshot that is taken when the database is
// deleted. A database of the same name that comes later has another one.
func (d *database) finalSnapshot() string {
	return d.awsName(instanceNameMax, "final-"+d.digest())
}

// externalName is annotated on a resource whose name in AWS is ours to choose.
// A resource that has one keeps it.
func (d *database) externalName(resource, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Annotations: map[string]string{observed.ExternalNameAnnotation: d.named(resource, name)}}
}

// named is the name that a resource has in AWS, or else the given one.
func (d *database) named(resource, name string) string {
	if is := d.obs.ExternalName(resource); is != "" {
		return is
	}
	return name
}
