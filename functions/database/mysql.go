package database

import (
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// mysql is RDS for MySQL. Every parameter is one of the families mysql8.0 and
// mysql8.4 (DescribeEngineDefaultParameters; from memory, 2026-11).
func mysql() server {
	return server{
		engine: v1alpha1.EngineMySQL,
		logs:   []string{"error", "slowquery"},
		parameters: map[string]string{
			// Queries that take two seconds are worth a look; RDS exports logs from
			// files only.
			"slow_query_log":  "1",
			"long_query_time": "2",
			"log_output":      "FILE",

			// Connections that nobody uses are closed after ten minutes, and not after
			// the eight hours of the default: small classes have few. Whoever waits for
			// a lock learns of it before the person in front of the screen gives up.
			"wait_timeout":             "600",
			"interactive_timeout":      "600",
			"innodb_lock_wait_timeout": "30",

			// No password and no customer's data go over the wire in the clear.
			"require_secure_transport": "1",
		},
		insights: mysqlInsights,
	}
}

// mysqlInsights says which classes have the memory for Performance Insights of
// MySQL: all but the smallest
// (docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html; from memory, 2026-11).
func mysqlInsights(class string) bool {
	for _, family := range []string{"db.t2.", "db.t3.", "db.t4g."} {
		if size, ok := strings.CutPrefix(class, family); ok {
			return size != "micro" && size != "small"
		}
	}
	return true
}
