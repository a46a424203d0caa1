// Command mutation changes the composition functions in small ways, one at a time, and
// reports the changes that no test notices. A change is a mutant: a condition negated,
// a statement dropped, a number one higher, an option left out.
//
//	go run ./test/mutation [-seed 1] [-n 400] [-match functions/network] [-timeout 30s] [-own]
//
// It draws a sample of all mutants in functions/ (but not of its commands and its test
// kit), the same one for the same seed and code. A mutant is tested with the tests of its
// package. If it survives those, a mutant of functions/internal is tested with each
// kind's, and one of a package within a kind's folder with that kind's; all with -short.
//
// Linking a kind's tests takes longer than running them, so each test program is built
// once, with all mutants of the sample in it: a copy of each file, given to the
// compiler with -overlay, asks an environment variable which of them is active. Hence
// constants are not mutated. Nothing in the working tree is written.
//
// It ends with an error only when it cannot do its work: a survivor is for a person to
// judge. Interrupted, it reports what it has.
package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"strings"
	"time"
)

func main() {
	seed := flag.Uint64("seed", 1, "seed of the sample")
	size := flag.Int("n", 400, "mutants in the sample")
	match := flag.String("match", "", "test only those mutants of the sample whose file:line matches this expression")
	timeout := flag.Duration("timeout", 30*time.Second, "processor time that a test program gets for one mutant")
	own := flag.Bool("own", false, "test each mutant with its own package's tests only, which is quick for functions/internal")
	list := flag.Bool("list", false, "print the sample and test nothing")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *seed, *size, *match, *timeout, *own, *list)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutation:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, seed uint64, size int, match string, timeout time.Duration, own, list bool) error {
	matches, err := regexp.Compile(match)
	if err != nil {
		return fmt.Errorf("cannot read -match: %w", err)
	}
	packages, err := load(ctx, "./functions/...")
	if err != nil {
		return err
	}
	sample, invalid, err := draw(packages, seed, size)
	if err != nil {
		return err
	}
	chosen := slices.DeleteFunc(slices.Clone(sample), func(m *mutant) bool { return !matches.MatchString(m.position()) })
	if list {
		for _, m := range chosen {
			fmt.Println(m)
		}
		return nil
	}
	t, err := newTester(packages, sample, timeout)
	if err != nil {
		return err
	}
	if own {
		t.kinds = nil
	}
	defer t.close()
	results, err := t.test(ctx, chosen)
	if err != nil {
		return err
	}
	fmt.Printf("seed %d: %d mutants, %d drawn for this run, %d tested; %d others do not compile\n",
		seed, len(sample), len(chosen), len(results), invalid)
	fmt.Print(report(results))
	return nil
}

// draw a sample of the mutants that compile, in the order in which they are tested:
// functions/internal first, since those test programs are small. It counts those that
// it drew and that do not compile.
func draw(packages []*source, seed uint64, size int) (sample []*mutant, invalid int, err error) {
	var all []*mutant
	for _, p := range packages {
		all = append(all, p.mutants()...)
	}
	random := rand.New(rand.NewPCG(seed, 0))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for _, m := range all {
		if len(sample) == size {
			break
		}
		ok, err := m.in.compiles(m)
		switch {
		case err != nil:
			return nil, 0, err
		case ok:
			sample = append(sample, m)
		default:
			invalid++
		}
	}
	slices.SortFunc(sample, func(a, b *mutant) int {
		switch {
		case a.in.isShared() == b.in.isShared():
			return compare(a, b)
		case a.in.isShared():
			return -1
		default:
			return 1
		}
	})
	for i, m := range sample {
		m.id = i + 1
	}
	return sample, invalid, nil
}

// report how many mutants of each package had which end, and list the survivors.
func report(results []result) string {
	type count map[outcome]int
	counts, total := map[string]count{}, count{}
	var names []string
	for _, r := range results {
		name := r.mutant.in.dir
		if counts[name] == nil {
			counts[name] = count{}
			names = append(names, name)
		}
		counts[name][r.outcome]++
		total[r.outcome]++
	}
	var b strings.Builder
	row := func(name string, c count) {
		fmt.Fprintf(&b, "%-34s %8d %8d %10d\n", name, c[killed], c[survived], c[timedOut])
	}
	fmt.Fprintf(&b, "%-34s %8s %8s %10s\n", "package", killed, survived, timedOut)
	for _, name := range names {
		row(name, counts[name])
	}
	row("all", total)
	for _, r := range results {
		if r.outcome == survived {
			fmt.Fprintf(&b, "survived: %s%s\n", r.mutant, r.note)
		}
	}
	return b.String()
}
