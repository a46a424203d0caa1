package database

import (
	"testing"

	"github.com/ausmart/platform/functions/internal/functiontest"
)

// FuzzClaim sends specs with any values, and observed states in which any of the
// claim's resources exist and any version runs. What holds state is never left out.
func FuzzClaim(f *testing.F) {
	f.Add("dev", "mysql", "8.4", "8.4.6", "", "db.t3.micro", int64(20), int64(1), uint8(0), uint64(0))
	f.Add("prod", "postgres", "17", "16.9", "large", "", int64(65536), int64(35), uint8(255), ^uint64(0))
	f.Add("prod", "redis", "7.1", "7.1.0", "small", "", int64(0), int64(30), uint8(85), uint64(1)<<20-1)
	f.Add("staging", "dynamodb", "", "", "", "", int64(0), int64(0), uint8(170), uint64(3))
	f.Fuzz(func(t *testing.T, env, engine, version, runs, size, class string, storage, days int64, flags uint8, exist uint64) {
		p := kit().New(t, "fuzz", fuzzedSpec(env, engine, version, size, class, storage, days, flags))
		p.Answer(func(kind string, at map[string]any) {
			if kind == "Instance" || kind == "ReplicationGroup" {
				at["engineVersionActual"] = runs
			}
		})
		functiontest.FuzzedSteps(t, p, exist, kit().Stateless...)
	})
}

func fuzzedSpec(env, engine, version, size, class string, storage, days int64, flags uint8) map[string]any {
	spec := map[string]any{"environment": env, "engine": engine, "backupRetentionDays": days % 36}
	functiontest.Optional(flags,
		func() { spec["version"] = version },
		func() { spec["size"] = size },
		func() { spec["instanceClass"] = class },
		func() { spec["storageGiB"] = storage },
		func() { spec["kms"] = map[string]any{"enabled": days%2 == 0} },
		func() { spec["deletionProtection"] = days%3 == 0 },
		func() { spec["multiAZ"] = days%5 == 0 },
		func() { spec["maxStorageGiB"] = storage + days },
	)
	if engine == "dynamodb" {
		spec["table"] = map[string]any{"partitionKey": map[string]any{"name": size, "type": class}}
	}
	return spec
}
