package main

import (
	"fmt"
	"math"
	"time"
)

// A price of a run's resource.
type price struct {
	what    string
	perHour float64 // dollars
	least   time.Duration
	step    time.Duration // that AWS bills by; a started step counts as a whole one
	source  string
}

// pricedIn is the region of the prices. For another region, -hourly-cost has the cost of an hour.
const pricedIn = "us-east-1"

// hoursOfMonth is AWS's number of hours for monthly prices.
const hoursOfMonth = 730

// prices on demand in us-east-1, in US dollars. A gateway endpoint, security groups, log groups and
// an almost empty bucket cost nothing or next to nothing. They were read on 2026-11-30 in public
// write-ups of 2026-05 and 2026-06 that quote the pages named here, and not on these pages
// themselves. Only the bill is exact.
func prices() []price {
	const (
		vpc     = "aws.amazon.com/vpc/pricing, as of 2026-06"
		rds     = "aws.amazon.com/rds/mysql/pricing, as of 2026-05"
		secrets = "aws.amazon.com/secrets-manager/pricing, as of 2026-05"
	)
	return []price{
		{"NAT gateway", 0.045, time.Hour, time.Hour, vpc},
		{"public IPv4 address", 0.005, time.Hour, time.Hour, vpc},
		{"db.t3.micro, MySQL", 0.017, 10 * time.Minute, time.Second, rds},
		{"20 GB of gp3", 20 * 0.115 / hoursOfMonth, 10 * time.Minute, time.Second, rds},
		{"secret of the database", 0.40 / hoursOfMonth, time.Hour, time.Hour, secrets},
	}
}

// cost of all resources for a time.
func cost(of []price, d time.Duration) float64 {
	sum := 0.0
	for _, p := range of {
		steps := math.Ceil(float64(max(d, p.least)) / float64(p.step))
		sum += p.perHour * steps * p.step.Hours()
	}
	return sum
}

// longest time, in whole minutes, that does not cost more than a cap.
func longest(of []price, dollars float64) time.Duration {
	const most = 24 * time.Hour
	d := time.Duration(0)
	for d < most && cost(of, d+time.Minute) <= dollars {
		d += time.Minute
	}
	return d
}

// The time that a run needs: to create everything, and to delete it. On AWS a database takes the
// longest for both.
const (
	toMake   = 45 * time.Minute
	toDelete = 30 * time.Minute
)

// deadline is when the deletion has to start, so that it ends before the cap.
func deadline(of []price, dollars float64) (time.Duration, error) {
	all := longest(of, dollars)
	if all < toMake+toDelete {
		return 0, fmt.Errorf("cannot run for %.2f dollars: that is enough for %s, and a run may take %s: raise -cost-cap to %.2f",
			dollars, all, toMake+toDelete, math.Ceil(cost(of, toMake+toDelete)*100)/100)
	}
	return all - toDelete, nil
}
