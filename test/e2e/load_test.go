package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/ausmart/platform/test/controlplane"
	"github.com/ausmart/platform/test/controlplane/process"
)

// TestManyNetworks applies many claims at once, and logs time, CPU and memory. It checks that all
// become Ready and are deleted, not how fast.
func TestManyNetworks(t *testing.T) {
	if !*every {
		t.Skip("make e2e runs this test, each night")
	}
	for count := range strings.SplitSeq(*load, ",") {
		n, err := strconv.Atoi(count)
		if err != nil {
			t.Fatalf("cannot read -load=%s: %v", *load, err)
		}
		t.Run(count, func(t *testing.T) { manyNetworks(t, n) })
	}
}

func manyNetworks(t *testing.T, count int) {
	t.Helper()
	all := make([]*environment, 0, count)
	for i := range count {
		all = append(all, newNetwork(t, fmt.Sprintf("many-%d-%d", count, i)))
	}
	before, start := usage(t), time.Now()
	for _, n := range all {
		n.isAppliedWith(spec("dev"))
	}
	for _, n := range all {
		n.becomesReady()
	}
	ready := time.Since(start)
	resources := 0
	for _, n := range all {
		n.hasNothingTwice()
		resources += len(n.inTheCloud())
	}
	t.Logf("%d claims, %d resources: all Ready after %s\n%s", count, resources, ready.Round(time.Second/10), report(t, before))

	start = time.Now()
	for _, n := range all {
		n.isDeleted()
	}
	for _, n := range all {
		n.isGone()
	}
	t.Logf("%d claims: all gone after %s", count, time.Since(start).Round(time.Second/10))
}

func usage(t *testing.T) map[string]process.Usage {
	t.Helper()
	all, err := controlplane.ProcessesOf(theStage.dir)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]process.Usage{}
	for _, p := range all {
		u, err := process.UsageOf(p.PID)
		if err != nil {
			t.Fatal(err)
		}
		used[p.Name] = u
	}
	return used
}

func report(t *testing.T, before map[string]process.Usage) string {
	t.Helper()
	after := usage(t)
	all, err := controlplane.ProcessesOf(theStage.dir)
	if err != nil {
		t.Fatal(err)
	}
	out := &strings.Builder{}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "process\tCPU s\tRSS MB\t")
	for _, p := range all {
		fmt.Fprintf(w, "%s\t%.1f\t%d\t\n", p.Name, (after[p.Name].CPU - before[p.Name].CPU).Seconds(), after[p.Name].RSS>>20)
	}
	_ = w.Flush()
	return out.String()
}
