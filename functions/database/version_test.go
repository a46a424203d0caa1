package database

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

func TestNextVersion(t *testing.T) {
	const mysql, postgres, redis = v1alpha1.EngineMySQL, v1alpha1.EnginePostgres, v1alpha1.EngineRedis
	cases := map[string]struct {
		reason string
		engine v1alpha1.DatabaseEngine
		given  string
		allow  bool
		asked  string
		runs   string
		want   string
		family string
		err    string
	}{
		"DefaultMySQL":    {reason: "A new database gets the default.", engine: mysql, want: "8.4", family: "mysql8.4"},
		"DefaultPostgres": {reason: "A new database gets the default.", engine: postgres, want: "18", family: "postgres18"},
		"DefaultRedis":    {reason: "A new database gets the default.", engine: redis, want: "7.1", family: "redis7"},
		"Given":           {reason: "The claim's version wins.", engine: postgres, given: "16.4", want: "16.4", family: "postgres16"},
		"OldRedis":        {reason: "Redis 6 has a family of its own.", engine: redis, given: "6.2", want: "6.2", family: "redis6.x"},
		"StaysMySQL":      {reason: "A later default upgrades no database that runs.", engine: mysql, asked: "8.0", runs: "8.0.43", want: "8.0", family: "mysql8.0"},
		"StaysPostgres":   {reason: "A later default upgrades no database that runs.", engine: postgres, asked: "15", runs: "15.12", want: "15", family: "postgres15"},
		"StaysRedis":      {reason: "A later default upgrades no database that runs.", engine: redis, asked: "7.0", runs: "7.0.7", want: "7.0", family: "redis7"},
		"StaysWhileMade":  {reason: "A later default changes no database that is being made.", engine: postgres, asked: "15", want: "15", family: "postgres15"},
		"MinorIsAsked":    {reason: "A newer minor version needs no permission.", engine: mysql, given: "8.4.6", asked: "8.4.5", runs: "8.4.5", want: "8.4.6", family: "mysql8.4"},
		"MinorWentOn": {
			reason: "AWS upgraded the minor version: the older one of the claim is no downgrade.", engine: mysql,
			given: "8.4.5", asked: "8.4.5", runs: "8.4.7", want: "8.4.7", family: "mysql8.4",
		},
		"RedisWentOn": {reason: "The same holds for Redis.", engine: redis, given: "7.0", asked: "7.0", runs: "7.1.0", want: "7.1", family: "redis7"},
		"SeriesRuns":  {reason: "A claim that names a series gets that series, not the exact version.", engine: mysql, given: "8.4", asked: "8.4", runs: "8.4.7", want: "8.4", family: "mysql8.4"},
		"Numbers":     {reason: "10 is newer than 9.", engine: mysql, given: "8.4.10", asked: "8.4.9", runs: "8.4.9", want: "8.4.10", family: "mysql8.4"},
		"Major":       {reason: "A major upgrade that is allowed is asked for.", engine: postgres, given: "17", allow: true, asked: "16", runs: "16.9", want: "17", family: "postgres17"},
		"MajorRedis":  {reason: "A major upgrade that is allowed is asked for.", engine: redis, given: "7.1", allow: true, asked: "6.2", runs: "6.2.6", want: "7.1", family: "redis7"},
		"MajorNotAllowed": {
			reason: "A major upgrade that is not allowed is refused.", engine: mysql, given: "8.4", asked: "8.0", runs: "8.0.43",
			err: "spec.version: 8.0.43 runs, and 8.4 is a new major version: set spec.allowMajorVersionUpgrade: true too, since there is no way back",
		},
		"Down": {
			reason: "There is no way back, also where major upgrades are allowed: a condition says so.", engine: postgres, given: "16", allow: true, asked: "17", runs: "17.5",
			want: "17", family: "postgres17",
		},
		"RaisedMySQL": {reason: "AWS raised the series at the end of its support.", engine: mysql, given: "8.0.43", asked: "8.0.43", runs: "8.4.7", want: "8.4.7", family: "mysql8.4"},
		"RaisedRedis": {reason: "AWS raised the series at the end of its support.", engine: redis, given: "6.2", asked: "6.2", runs: "7.1.0", want: "7.1", family: "redis7"},
		"TooShort":    {reason: "8 does not name a series: there are 8.0 and 8.4.", engine: mysql, given: "8", err: "spec.version: 8 is not enough: a version of mysql starts with two numbers, such as 8.4"},
		"TooOld": {
			reason: "AWS bills Extended Support for it.", engine: redis, given: "5.0",
			err: "spec.version: ElastiCache gives Redis older than 6.2 no engine log, and bills Extended Support for 5 and older: use 7.1",
		},
		"NoEngineLog": {
			reason: "It writes no engine log.", engine: redis, given: "6.0",
			err: "spec.version: ElastiCache gives Redis older than 6.2 no engine log, and bills Extended Support for 5 and older: use 7.1",
		},
		"Valkey": {
			reason: "Redis ends at 7.1 at AWS.", engine: redis, given: "7.2", asked: "7.1", runs: "7.1.0",
			err: "spec.version: AWS makes no new redis 7.2: use one of 6.2, 7.0, 7.1",
		},
		"Redis8":      {reason: "Redis ends at 7.1 at AWS.", engine: redis, given: "8.0", err: "spec.version: AWS makes no new redis 8.0: use one of 6.2, 7.0, 7.1"},
		"Ended":       {reason: "Its standard support has ended.", engine: mysql, given: "8.0.46", err: "spec.version: AWS makes no new mysql 8.0.46: use one of 8.4, 9.7"},
		"NotAtAWS":    {reason: "AWS has long-term series only.", engine: mysql, given: "9.1", err: "spec.version: AWS makes no new mysql 9.1: use one of 8.4, 9.7"},
		"Ancient":     {reason: "Its standard support has ended.", engine: postgres, given: "13", err: "spec.version: AWS makes no new postgres 13: use one of 14, 15, 16, 17, 18"},
		"Stays":       {reason: "One that runs is not refused.", engine: postgres, given: "13", asked: "13", runs: "13.20", want: "13", family: "postgres13"},
		"StaysToo":    {reason: "Nor one that is being made.", engine: mysql, given: "8.0", asked: "8.0", want: "8.0", family: "mysql8.0"},
		"Newer":       {reason: "A version that is newer than the list is AWS's to refuse.", engine: postgres, given: "19", want: "19", family: "postgres19"},
		"NotAVersion": {reason: "AWS has no latest.", engine: mysql, given: "latest", err: `spec.version: "latest" is not a version: write numbers with dots between them, such as 8.4`},
		"OwnBuild":    {reason: "AWS names its builds as it likes.", engine: postgres, asked: "13", runs: "13.20-rds.20250404", want: "13", family: "postgres13"},
		"Unreadable":  {reason: "A version that cannot be read counts as unknown.", engine: postgres, asked: "15", runs: "unknown", want: "15", family: "postgres15"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var s state
			s.readVersions(&tc.asked, &tc.runs)
			v, err := next(v1alpha1.DatabaseSpec{Engine: tc.engine, Version: tc.given, AllowMajorVersionUpgrade: &tc.allow}, s.requested, s.running)
			got := [3]string{v.String(), "", ""}
			if err != nil {
				got[2] = err.Error()
			} else {
				got[1] = family(tc.engine, v)
			}
			if diff := cmp.Diff([3]string{tc.want, tc.family, tc.err}, got); diff != "" {
				t.Errorf("%s\nversion, family, error: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestRaisedByAWS has AWS raise a database past its claim: the rest goes on, and stays so.
func TestRaisedByAWS(t *testing.T) {
	const message = " runs and the claim says %s: AWS upgrades a database when the standard support of its version ends, and cannot go back; set spec.version: "
	cases := map[string]struct{ engine, claimed, runs, requested, condition string }{
		"Series":   {"postgres", "16", "17.5", "17", "False RaisedByAWS: 17.5" + fmt.Sprintf(message, "16") + "17"},
		"MySQL":    {"mysql", "8.4", "9.7.1", "9.7", "False RaisedByAWS: 9.7.1" + fmt.Sprintf(message, "8.4") + "9.7"},
		"Minor":    {"mysql", "8.4.5", "8.4.7", "8.4.7", "False RaisedByAWS: 8.4.7" + fmt.Sprintf(message, "8.4.5") + "8.4.7"},
		"Redis":    {"redis", "6.2", "7.1.0", "7.1", "False RaisedByAWS: 7.1.0" + fmt.Sprintf(message, "6.2") + "7.1"},
		"InSeries": {"mysql", "8.4", "8.4.7", "8.4", "True AsClaimed"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			primary := primaryName(v1alpha1.DatabaseEngine(tc.engine))
			p := kit().New(t, "raised", map[string]any{"engine": tc.engine, "version": tc.claimed})
			p.Settle(t)
			p.AtProvider(primary)["engineVersionActual"] = tc.runs
			for range 3 {
				rsp := p.Reconcile(t)
				got := []any{functiontest.Refusal(rsp), p.ForProvider(primary)["engineVersion"], functiontest.ConditionText(rsp, "VersionAsClaimed")}
				if diff := cmp.Diff([]any{"", tc.requested, tc.condition}, got); diff != "" {
					t.Fatalf("fatal result, version, condition: -want, +got:\n%s", diff)
				}
			}
		})
	}
}

// TestMajorUpgrade has an upgrade that waits for a maintenance window: the old parameter
// group stays until the database uses the new one.
func TestMajorUpgrade(t *testing.T) {
	cases := map[string]struct {
		spec       map[string]any
		to         string
		old, later string
	}{
		"Postgres": {map[string]any{"engine": "postgres", "version": "16"}, "17", "parameter-group-postgres16", "parameter-group-postgres17"},
		"MySQL":    {map[string]any{"engine": "mysql", "version": "8.4"}, "9.7", "parameter-group-mysql8.4", "parameter-group-mysql9.7"},
		"Redis":    {map[string]any{"engine": "redis", "version": "6.2"}, "7.1", "parameter-group-redis6.x", "parameter-group-redis7"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			others := func(name string) bool { return name != tc.old && name != tc.later }
			p := kit().New(t, "upgrade", tc.spec)
			p.Settle(t)
			p.XR["spec"] = functiontest.With(functiontest.With(p.Spec(), "version", tc.to), "allowMajorVersionUpgrade", true)
			for range 3 {
				p.Reconcile(t)
				p.MarkReady(tc.later) // And the database not yet.
				if diff := cmp.Diff([]string{tc.old, tc.later}, slices.DeleteFunc(p.Names(), others)); diff != "" {
					t.Fatalf("while the upgrade waits both groups exist: -want, +got:\n%s", diff)
				}
			}
			p.MarkReady()
			p.Settle(t)
			if diff := cmp.Diff([]string{tc.later}, slices.DeleteFunc(p.Names(), others)); diff != "" {
				t.Errorf("after the upgrade the old group is deleted: -want, +got:\n%s", diff)
			}
		})
	}
}

// TestExactVersion has AWS raise the minor version of a series, and not of a version that
// the claim names exactly.
func TestExactVersion(t *testing.T) {
	for version, raised := range map[string]bool{"8.4": true, "8.4.6": false} {
		p := kit().New(t, "exact", map[string]any{"engine": "mysql", "version": version})
		p.Settle(t)
		if got := p.ForProvider(instanceName)["autoMinorVersionUpgrade"]; got != raised {
			t.Errorf("version %s: autoMinorVersionUpgrade is %v", version, got)
		}
	}
}
