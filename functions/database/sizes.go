package database

import (
	"cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// A size has the classes at AWS of a t-shirt size.
type size struct {
	// rds and cache are the classes of an RDS instance and an ElastiCache node.
	rds, cache string
}

// sizes of databases. Memory is AWS's own figure: Hardware specifications for DB
// instance classes in the RDS User Guide (its edition of 2023-06), and for caches
// maxmemory in Redis OSS node-type specific parameters of the ElastiCache User Guide;
// both read 2026-11-29. Of maxmemory ElastiCache keeps a quarter for backups and
// failover (reserved-memory-percent, DescribeCacheParameters of the AWS CLI's
// examples, read 2026-11-29).
//
//	         RDS             vCPU  memory   ElastiCache        maxmemory
//	micro    db.t3.micro     2     1 GiB    cache.t3.micro     0.5 GiB
//	small    db.t4g.small    2     2 GiB    cache.t4g.small    1.4 GiB
//	medium   db.t4g.medium   2     4 GiB    cache.t4g.medium   3.1 GiB
//	large    db.m7g.large    2     8 GiB    cache.m7g.large    6.4 GiB
//	xlarge   db.m7g.xlarge   4     16 GiB   cache.m7g.xlarge   12.9 GiB
//
// micro is the class of the project that this one comes from. The others run on
// Graviton, which costs less for the same memory (not confirmed). From large on there
// are no CPU credits to run out of.
//
// MySQL 8.4 and later are made with any class of the current generation (Major
// version upgrades for RDS for MySQL); MySQL 8.0 and PostgreSQL 13 to 15 have all of
// these classes (Supported DB engines for DB instance classes, edition of 2023-06);
// Redis has T4g from 5.0.6 on (CreateReplicationGroup API). All read 2026-11-29;
// PostgreSQL 16 to 18 on them could not be confirmed.
func sizes() map[v1alpha1.DatabaseSize]size {
	return map[v1alpha1.DatabaseSize]size{
		"micro":  {"db.t3.micro", "cache.t3.micro"},
		"small":  {"db.t4g.small", "cache.t4g.small"},
		"medium": {"db.t4g.medium", "cache.t4g.medium"},
		"large":  {"db.m7g.large", "cache.m7g.large"},
		"xlarge": {"db.m7g.xlarge", "cache.m7g.xlarge"},
	}
}

// defaultSize of a claim that gives neither size nor class.
const defaultSize = v1alpha1.DatabaseSize("micro")

func (d *database) size() size { return sizes()[cmp.Or(d.spec.Size, defaultSize)] }

// instanceClass of an RDS instance.
func (d *database) instanceClass() string {
	return cmp.Or(d.spec.InstanceClass, d.size().rds)
}

// nodeType of an ElastiCache node.
func (d *database) nodeType() string {
	return cmp.Or(d.spec.InstanceClass, d.size().cache)
}
