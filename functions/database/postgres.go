package database

import "github.com/ausmart/platform/apis/v1alpha1"

// postgres is RDS for PostgreSQL. Every parameter is one of the families
// postgres14 to postgres17 (DescribeEngineDefaultParameters; from memory, 2026-11).
func postgres() server {
	return server{
		engine: v1alpha1.EnginePostgres,
		logs:   []string{"postgresql", "upgrade"},
		parameters: map[string]string{
			// In milliseconds: the same two seconds as MySQL's.
			"log_min_duration_statement": "2000",
			"log_lock_waits":             "1",

			// Also in milliseconds. A transaction that somebody forgot holds its locks
			// and keeps old rows from being cleaned up; an idle connection holds memory.
			"idle_in_transaction_session_timeout": "60000",
			"idle_session_timeout":                "600000",
			"lock_timeout":                        "30000",

			// No password and no customer's data go over the wire in the clear.
			"rds.force_ssl": "1",
		},
		insights: func(string) bool { return true },
	}
}
