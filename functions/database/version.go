package database

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// A version as its numbers. It may name a series and no more, such as 8.4.
type version []int

// defaultVersion of a new database, by engine: the newest series that AWS had
// under standard support for at least a year, from memory in 2026-11, as in the release
// calendars of RDS for MySQL, RDS for PostgreSQL and ElastiCache.
func defaultVersion(e v1alpha1.DatabaseEngine) version {
	switch e {
	case v1alpha1.EngineMySQL:
		return version{8, 4}
	case v1alpha1.EnginePostgres:
		return version{17}
	default:
		return version{7, 1}
	}
}

// seriesLength is how many numbers of a version name its series. A change of it
// is a major upgrade, which has no way back.
func seriesLength(e v1alpha1.DatabaseEngine) int {
	if e == v1alpha1.EngineMySQL {
		return 2
	}
	return 1
}

// askedLength is the least number of numbers that AWS takes.
func askedLength(e v1alpha1.DatabaseEngine) int {
	if e == v1alpha1.EnginePostgres {
		return 1
	}
	return 2
}

func parse(text string) (version, error) {
	if text == "" {
		return nil, nil
	}
	v := make(version, 0, 3)
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("%q is not a version: write numbers with dots between them, such as 8.4", text)
		}
		v = append(v, n)
	}
	return v, nil
}

func (v version) String() string {
	parts := make([]string, len(v))
	for i, n := range v {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ".")
}

// first numbers of a version.
func (v version) first(n int) version { return v[:min(n, len(v))] }

// series of a version.
func (v version) series(e v1alpha1.DatabaseEngine) version { return v.first(seriesLength(e)) }

// next is the version to ask AWS for: the claim's where it gives one, else the
// series that runs, else the default. Asked is what AWS was asked for last, and
// runs is what runs; both are empty before there is a database.
func next(spec v1alpha1.DatabaseSpec, asked, runs version) (version, error) {
	e := spec.Engine
	want, err := parse(spec.Version)
	if err != nil {
		return nil, fmt.Errorf("spec.version: %w", err)
	}
	if err := offered(e, want); err != nil {
		return nil, fmt.Errorf("spec.version: %w", err)
	}
	switch {
	case want == nil && runs != nil:
		return runs.first(askedLength(e)), nil
	case want == nil && asked != nil:
		return asked.first(askedLength(e)), nil
	case want == nil:
		return defaultVersion(e), nil
	case runs == nil:
		return want, nil
	}
	from, to := runs.series(e), want.series(e)
	switch c := slices.Compare(to, from); {
	case c < 0:
		return nil, fmt.Errorf("spec.version: %s runs, and AWS cannot go back to %s: set %s, or restore a backup into a new claim", runs, want, from)
	case c > 0 && !allowed(spec):
		return nil, fmt.Errorf("spec.version: %s runs, and %s is a new major version: set spec.allowMajorVersionUpgrade: true too, since there is no way back", runs, want)
	case slices.Compare(want, runs.first(len(want))) < 0:
		// AWS has gone on to a newer minor version, as the claim lets it.
		return runs.first(len(want)), nil
	default:
		return want, nil
	}
}

func allowed(spec v1alpha1.DatabaseSpec) bool {
	return spec.AllowMajorVersionUpgrade != nil && *spec.AllowMajorVersionUpgrade
}

// offered refuses what no AWS has, as far as that can be known without a list
// that grows old: the rest is refused by AWS, in the claim's condition.
func offered(e v1alpha1.DatabaseEngine, v version) error {
	switch {
	case v == nil:
		return nil
	case len(v) < askedLength(e):
		return fmt.Errorf("%s is not enough: a version of %s begins with two numbers, such as %s", v, e, defaultVersion(e))
	case e == v1alpha1.EngineRedis && v[0] < 6:
		return errors.New("ElastiCache no longer makes Redis older than 6.2: use 7.1")
	default:
		return nil
	}
}

// family of AWS's parameters that a version belongs to
// (DescribeEngineDefaultParameters and DescribeCacheParameterGroups; from memory, 2026-11).
func family(e v1alpha1.DatabaseEngine, v version) string {
	name := string(e) + v.series(e).String()
	if e == v1alpha1.EngineRedis && v[0] == 6 {
		name += ".x"
	}
	return name
}

// exact says whether the claim names one version, and not a series of which AWS
// may choose the newest.
func (d *database) exact() bool {
	want, err := parse(d.spec.Version)
	return err == nil && len(want) > askedLength(d.spec.Engine)
}
