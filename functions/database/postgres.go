package database

import "github.com/ausmart/platform/apis/v1alpha1"

// postgres is RDS for PostgreSQL. The parameters of the log are those of Working
// with parameters on your RDS for PostgreSQL DB instance, TLS's of Using SSL with a
// PostgreSQL DB instance (RDS User Guide, edition of 2023-06, read 2026-11-29). Both
// timeouts are PostgreSQL's own since 14; that they are in the families postgres14 to
// postgres18 could not be confirmed but from others' groups. lock_timeout is missing
// from that page's list and from Aurora's (DescribeDBClusterParameters of the AWS
// CLI's examples), and a group with a parameter that
// its family lacks is never made: set it in the session where it is needed.
func postgres() server {
	return server{
		engine: v1alpha1.EnginePostgres,
		logs:   []string{"postgresql", "upgrade"},
		parameters: map[string]string{
			// In milliseconds: the same two seconds as MySQL's.
			"log_min_duration_statement": "2000",
			"log_lock_waits":             "1",

			// Also in milliseconds. A forgotten transaction holds its locks
			// and keeps old rows from being cleaned up; an idle connection holds memory.
			"idle_in_transaction_session_timeout": "60000",
			"idle_session_timeout":                "600000",

			// No password and no customer's data cross the network in clear text.
			"rds.force_ssl": "1",
		},
		// The default is 0 in 14, and 1 from 15 on. RDS once had it as static, and takes
		// no other method for that.
		fromStart: []string{"rds.force_ssl"},
		// The page that names MySQL's classes names none for PostgreSQL.
		insights: func(string) bool { return true },
	}
}
