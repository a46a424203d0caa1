package database

import "github.com/ausmart/platform/apis/v1alpha1"

// A size is what a t-shirt size means at AWS.
type size struct {
	// rds and cache are the classes of an RDS instance and an ElastiCache node.
	rds, cache string
}

// sizes of databases. Memory is AWS's own figure, from memory in 2026-11, as in
// aws.amazon.com/rds/instance-types and, for caches, the maxmemory of the class in
// docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html:
//
//	         RDS             vCPU  memory   ElastiCache        maxmemory
//	micro    db.t3.micro     2     1 GiB    cache.t3.micro     0.5 GiB
//	small    db.t4g.small    2     2 GiB    cache.t4g.small    1.4 GiB
//	medium   db.t4g.medium   2     4 GiB    cache.t4g.medium   3.1 GiB
//	large    db.m7g.large    2     8 GiB    cache.m7g.large    6.4 GiB
//	xlarge   db.m7g.xlarge   4     16 GiB   cache.m7g.xlarge   12.9 GiB
//
// micro is the class of the project that this one comes from. The others run on
// Graviton, which costs less for the same memory and which all three engines
// support in every version that is offered here. From large on there are no CPU
// credits to run out of.
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

func (d *database) sized() size {
	s := d.spec.Size
	if s == "" {
		s = defaultSize
	}
	return sizes()[s]
}

// instanceClass of an RDS instance.
func (d *database) instanceClass() string {
	if c := d.spec.InstanceClass; c != "" {
		return c
	}
	return d.sized().rds
}

// nodeType of an ElastiCache node.
func (d *database) nodeType() string {
	if c := d.spec.InstanceClass; c != "" {
		return c
	}
	return d.sized().cache
}
