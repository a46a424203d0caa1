// Command bench measures each service of the store, on its in-memory store and in a process of its
// own: how long it takes to start, how much memory it uses, how many requests it answers in a
// second and how much CPU time each of them costs.
//
// The load comes from this process, over loopback, on the same cores: requests/s is what client and
// service reach together. The CPU time is the service's own, as the kernel counts it, and hardly
// depends on the machine's other load. Memory is the resident set, shared pages of the program's
// file included.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() { os.Exit(realMain()) }

func realMain() int {
	requests := flag.Int("requests", 20_000, "requests to measure in each scenario")
	connections := flag.Int("connections", 16, "connections that send them")
	programs := flag.String("programs", "_output/bin", "where to put the services' programs")
	out := flag.String("out", "_output/bench/store.json", "where to write the figures")
	flag.Parse()
	if flag.NArg() > 0 || *requests < 1 || *connections < 1 {
		fmt.Fprintln(os.Stderr, "bench: want positive numbers and no arguments: see -help")
		return 2
	}
	figures, err := measureAll(*programs, load{*requests, *connections}, os.Stdout)
	if err == nil {
		err = write(*out, figures)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return 1
	}
	return 0
}
