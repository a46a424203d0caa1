package database

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"k8s.io/utils/ptr"

	"github.com/ausmart/platform/apis/v1alpha1"
	"github.com/ausmart/platform/functions/internal/progress"
)

// A version as its numbers. It may name a series only, such as 8.4.
type version []int

// defaultVersion of a new database, by engine: the newest series that AWS has had
// under standard support for at least a year. The dates of it are AWS's release
// calendars' as endoflife.date had them on 2026-08-22, read 2026-11-29; MySQL 9.7
// came to RDS after that day.
func defaultVersion(e v1alpha1.DatabaseEngine) version {
	switch e {
	case v1alpha1.EngineMySQL:
		return version{8, 4} // 2024-11-21 to 2029-07-31
	case v1alpha1.EnginePostgres:
		return version{18} // 2025-11-14 to 2031-02-28
	default:
		return version{7, 1} // From 2023-11-14, without an end so far. There is no newer Redis at AWS.
	}
}

// seriesLength is how many numbers of a version name its series. A change of it
// is a major upgrade, which has no way back (MySQL on Amazon RDS versions; Choosing a
// major version for an RDS for PostgreSQL upgrade; Major engine version behavior and
// compatibility differences with Redis OSS; read 2026-11-29). MySQL goes up one
// series at a time, 8.0 to 8.4 to 9.7; PostgreSQL and Redis may skip some.
func seriesLength(e v1alpha1.DatabaseEngine) int {
	if e == v1alpha1.EngineMySQL {
		return 2
	}
	return 1
}

// minLength is the least number of numbers that AWS takes: RDS a series where
// minor upgrades are automatic (provider-aws, Instance.engineVersion), ElastiCache a
// series and its minor version (terraform-provider-aws, validRedisVersionString; read
// 2026-11-29).
func minLength(e v1alpha1.DatabaseEngine) int {
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

// next is the version to request of AWS: that of the claim, or else the series that runs,
// or else the default. Requested is the last request, and running is
// what AWS reports; both are empty before there is a database.
func next(spec v1alpha1.DatabaseSpec, requested, running version) (version, error) {
	e := spec.Engine
	want, err := parse(spec.Version)
	if err != nil {
		return nil, fmt.Errorf("spec.version: %w", err)
	}
	if err := checkOffered(e, want, requested, running); err != nil {
		return nil, fmt.Errorf("spec.version: %w", err)
	}
	switch {
	case want == nil && running != nil:
		return running.first(minLength(e)), nil
	case want == nil && requested != nil:
		return requested.first(minLength(e)), nil
	case want == nil:
		return defaultVersion(e), nil
	case running == nil:
		return want, nil
	}
	from, to := running.series(e), want.series(e)
	switch c := slices.Compare(to, from); {
	case c > 0 && !ptr.Deref(spec.AllowMajorVersionUpgrade, false):
		return nil, fmt.Errorf("spec.version: %s runs, and %s is a new major version: set spec.allowMajorVersionUpgrade: true too, since there is no way back", running, want)
	case slices.Compare(want, running.first(len(want))) < 0:
		// AWS upgraded the database, and cannot go back: versionCondition says so.
		return running.first(max(len(want), minLength(e))), nil
	default:
		return want, nil
	}
}

// versionCondition shows whether the database runs the version that the claim names. AWS
// upgrades a database by itself when the standard support of its version ends, and for
// security fixes also to another minor version
// (docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html and
// USER_UpgradeDBInstance.Maintenance.html; ElastiCache Extended Support; read 2026-11-29): the
// claim is late then, and the rest goes on.
func (d *database) versionCondition() progress.Condition {
	out := progress.Condition{Type: "VersionAsClaimed", True: true, Reason: "AsClaimed"}
	want, err := parse(d.spec.Version)
	usual := defaultVersion(d.spec.Engine)
	switch running := d.state.running; {
	case err != nil || running == nil:
	case want == nil && !slices.Equal(running.first(len(usual)), usual):
		out.Message = fmt.Sprintf("spec.version is left out, and %s goes on: a new database would get %s; to upgrade this one, name a version", running, usual)
	case slices.Compare(want, running.first(len(want))) < 0:
		out.True, out.Reason = false, "RaisedByAWS"
		out.Message = fmt.Sprintf("%s runs and the claim says %s: AWS upgrades a database when the standard support of its version ends, and cannot go back; set spec.version: %s",
			running, want, running.first(len(want)))
	}
	return out
}

// oldestRedis is the first one that writes an engine log (Log delivery in the
// ElastiCache User Guide). ElastiCache still makes 4 and 5, and bills Extended Support
// for them since 2026-02-01; from 2027-02-01 it does so for 6, and nothing but an
// upgrade opts out (ElastiCache Extended Support; all read 2026-11-29).
func oldestRedis() version { return version{6, 2} }

// offered are the series that AWS makes new databases of without Extended Support, on 2026-11-30
// (endoflife.date's copy of AWS's release calendars, 2026-08-22, with MySQL 9.7, which came later;
// Supported engines and versions in the ElastiCache User Guide: what follows Redis 7.1 there is
// Valkey, another engine).
func offered(e v1alpha1.DatabaseEngine) []version {
	switch e {
	case v1alpha1.EngineMySQL:
		return []version{{8, 4}, {9, 7}}
	case v1alpha1.EnginePostgres:
		return []version{{14}, {15}, {16}, {17}, {18}}
	default:
		return []version{{6, 2}, {7, 0}, {7, 1}}
	}
}

// checkOffered fails for versions that AWS makes no new database of. One that runs or was asked for
// stays, as does one that AWS has left behind; AWS decides about one that is newer than the list,
// but for Redis.
func checkOffered(e v1alpha1.DatabaseEngine, v version, exists ...version) error {
	switch {
	case v == nil:
		return nil
	case len(v) < minLength(e):
		return fmt.Errorf("%s is not enough: a version of %s starts with two numbers, such as %s", v, e, defaultVersion(e))
	case e == v1alpha1.EngineRedis && slices.Compare(v, oldestRedis()) < 0:
		return fmt.Errorf("ElastiCache gives Redis older than %s no engine log, and bills Extended Support for 5 and older: use %s", oldestRedis(), defaultVersion(e))
	}
	series, known := v.first(minLength(e)), offered(e)
	compare := func(o version) int { return slices.Compare(series, o.first(minLength(e))) }
	newer := e != v1alpha1.EngineRedis && compare(known[len(known)-1]) > 0
	if newer || slices.ContainsFunc(known, func(o version) bool { return compare(o) == 0 }) ||
		slices.ContainsFunc(exists, func(o version) bool { return o != nil && compare(o) <= 0 }) {
		return nil
	}
	texts := make([]string, len(known))
	for i, o := range known {
		texts[i] = o.String()
	}
	return fmt.Errorf("AWS makes no new %s %s: use one of %s", e, v, strings.Join(texts, ", "))
}

// family of AWS's parameters that a version belongs to: mysql8.4 (Parameters for
// MySQL in the RDS User Guide), postgres18 (public listings of
// DescribeDBParameterGroups), redis6.x and redis7 (CreateCacheParameterGroup API);
// read 2026-11-29.
func family(e v1alpha1.DatabaseEngine, v version) string {
	name := string(e) + v.series(e).String()
	if e == v1alpha1.EngineRedis && v[0] == 6 {
		name += ".x"
	}
	return name
}

// exact reports whether the claim names one version, and not a series of which AWS
// may choose the newest.
func (d *database) exact() bool {
	want, err := parse(d.spec.Version)
	return err == nil && len(want) > minLength(d.spec.Engine)
}
