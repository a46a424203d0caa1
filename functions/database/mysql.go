package database

import (
	"strings"

	"github.com/ausmart/platform/apis/v1alpha1"
)

// mysql is RDS for MySQL. The parameters of the log are those of Overview of RDS for
// MySQL database logs, TLS's of Requiring SSL/TLS for all connections to a MySQL DB
// instance (RDS User Guide, read 2026-11-29); that RDS lets the three timeouts be
// changed, in the families mysql8.0 and mysql8.4, could not be confirmed.
func mysql() server {
	return server{
		engine: v1alpha1.EngineMySQL,
		logs:   []string{"error", "slowquery"},
		parameters: map[string]string{
			// A slow query takes two seconds. RDS exports logs from files only
			// (Publishing MySQL logs to CloudWatch Logs, read 2026-11-29).
			"slow_query_log":  "1",
			"long_query_time": "2",
			"log_output":      "FILE",

			// An idle connection is closed after ten minutes, and not after the eight
			// hours of the default: small classes have few. A query that waits for a lock
			// fails before its user gives up.
			"wait_timeout":             "600",
			"interactive_timeout":      "600",
			"innodb_lock_wait_timeout": "30",

			// No password and no customer's data cross the network in clear text.
			"require_secure_transport": "1",
		},
		// The default is 0 up to 8.4, and 1 in 9.7.
		fromStart: []string{"require_secure_transport"},
		insights:  mysqlInsights,
	}
}

// mysqlInsights reports whether a class has the memory for Database Insights of MySQL:
// all but the smallest (Amazon RDS DB engine, Region, and instance class support for
// Database Insights in the RDS User Guide, read 2026-11-29).
func mysqlInsights(class string) bool {
	for _, family := range []string{"db.t2.", "db.t3.", "db.t4g."} {
		if size, ok := strings.CutPrefix(class, family); ok {
			return size != "micro" && size != "small"
		}
	}
	return true
}
