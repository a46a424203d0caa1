package database

import (
	"strings"

	"github.com/ausmart/platform/functions/internal/awsname"
)

// The longest names that AWS takes, each read 2026-11-29.
const (
	// instanceNameMax letters has an instance (CreateDBInstance API). A snapshot may
	// have 255 (DeleteDBInstance API); it is named as the instance is.
	instanceNameMax = 63

	// elasticacheNameMax letters has a replication group (CreateReplicationGroup
	// API). The APIs of users and their groups name no limit: they get no more.
	elasticacheNameMax = 40

	// otherNameMax letters have groups of parameters and subnets
	// (CreateDBParameterGroup, CreateDBSubnetGroup and CreateCacheSubnetGroup APIs;
	// Creating an ElastiCache parameter group) and tables (CreateTable API).
	otherNameMax = 255

	// digestDigits tell two names apart that are the same once they are cut.
	digestDigits = 8
)

// awsName is a name for AWS: the composite's, and what a part of it is called. RDS
// and ElastiCache require a letter first, then letters, digits and single hyphens, and
// none at the end (CreateDBInstance and CreateReplicationGroup APIs, read
// 2026-11-29). All other services accept such a name, too.
func (d *database) awsName(longest int, part string) string {
	if part != "" {
		part = "-" + part
	}
	plain := letters(d.Name)
	return awsname.Name{Plain: plain, Digest: d.digest(), Changed: plain != d.Name}.Fit(part, longest)
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
	return awsname.Digest(digestDigits, d.spec.Region+"/"+d.UID+"/"+d.Name)
}

// finalSnapshot is the name of the snapshot that is taken when the database is deleted. It
// follows the object that is deleted: one that is made anew, for this claim or for another of
// the same name, has another snapshot, since AWS deletes nothing whose snapshot has the name of
// one that exists (DBSnapshotAlreadyExists of the DeleteDBInstance API, read 2026-11-30).
func (d *database) finalSnapshot() string {
	digest := d.digest()
	if uid := d.Observed.UID(primaryName(d.spec.Engine)); uid != "" {
		digest = awsname.Digest(digestDigits, d.spec.Region+"/"+uid+"/"+d.Name)
	}
	return d.awsName(instanceNameMax, "final-"+digest)
}
