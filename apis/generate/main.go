// Command generate writes the files that are derived from the Go types in apis/v1alpha1: their deep
// copies (apis/v1alpha1/zz_generated.deepcopy.go), the CompositeResourceDefinitions
// (apis/<plural>/definition.yaml) and the reference pages (docs/reference/<kind>.md).
//
// It reads the source of apis/v1alpha1 and nothing else. With -check it writes nothing, and fails
// when a file would change.
//
// It is a separate module so that controller-tools stays out of the product's go.mod.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	root := flag.String("root", "../..", "root of the repository")
	check := flag.Bool("check", false, "write nothing; fail when a file would change")
	flag.Parse()

	act := Write
	if *check {
		act = Check
	}

	files, err := Generate(*root)
	if err == nil {
		err = act(*root, files)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
