// Command pin writes an image by its digest into a manifest.
package main

import (
	"fmt"
	"os"

	"github.com/alecthomas/kong"

	"github.com/ausmart/platform/package/pin"
)

// Flags of the command.
type flags struct {
	File  string `required:"" help:"Manifest with one document."`
	Field string `required:"" help:"Field of the manifest, such as spec.image."`
	Image string `required:"" help:"Image by its digest."`
}

func main() {
	var f flags
	kong.Parse(&f)
	if err := run(f); err != nil {
		fmt.Fprintf(os.Stderr, "pin: %s: %v\n", f.File, err)
		os.Exit(1)
	}
}

func run(f flags) error {
	content, err := os.ReadFile(f.File)
	if err != nil {
		return err
	}
	pinned, err := pin.Set(content, f.Field, f.Image)
	if err != nil {
		return err
	}
	return os.WriteFile(f.File, pinned, 0o644)
}
