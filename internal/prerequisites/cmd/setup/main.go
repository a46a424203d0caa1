// Command setup installs the programs that the tests need and this machine lacks, where it may, and else ends with the command that
// does. With SKIP_MISSING it only names them.
//
// With -find it prints where one program is; with -missing, the names of those that are missing, between commas.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/ausmart/platform/internal/prerequisites"
)

func main() {
	find := flag.String("find", "", "print the path of this program and end")
	list := flag.Bool("missing", false, "print the names of the missing programs and end")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, *find, *list)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "setup:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, find string, list bool) error {
	if find != "" {
		path, err := prerequisites.Path(ctx, find)
		if err == nil {
			fmt.Println(path)
		}
		return err
	}
	if list {
		fmt.Println(strings.Join(prerequisites.Missing(ctx), ","))
		return nil
	}
	if os.Getenv(prerequisites.SkipMissing) == "" {
		return prerequisites.Ensure(ctx, os.Stderr)
	}
	if names := prerequisites.Missing(ctx); len(names) > 0 {
		fmt.Fprintf(os.Stderr, "setup: %s is set: tests that need %s skip\n", prerequisites.SkipMissing, strings.Join(names, ", "))
	}
	return nil
}
