package database

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/ausmart/platform/functions/internal/observed"
)

// The longest names that AWS takes, each read 2026-11-29.
const (
	// instanceNameMax letters has an instance (CreateDBInstance API). A snapshot may
	// have 255 (DeleteDBInstance API); it is named as the instance is.
	instanceNameMax = 63

	// elasticacheNameMax letters has a replication group (CreateReplicationGroup
	// API). The APIs of users and their groups name no limit: they get no more.
	elasticacheNameMax = 40

	// aliasNameMax is what alias/ leaves of a key's alias (CreateAlias API: 256).
	aliasNameMax = 250

	// otherNameMax letters have groups of parameters and subnets
	// (CreateDBParameterGroup, CreateDBSubnetGroup and CreateCacheSubnetGroup APIs;
	// Creating an ElastiCache parameter group) and tables (CreateTable API).
	otherNameMax = 255

	// digestSize is how many bytes tell two names apart that look the same once they
	// are cut.
	digestSize = 4
)

// awsName is a name for AWS: the composite's, and what a part of it is called. RDS
// and ElastiCache want a letter first, then letters, digits and single hyphens, and
// none at the end (CreateDBInstance and CreateReplicationGroup APIs, read
// 2026-11-29), which suits everyone else. A name that has to
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
