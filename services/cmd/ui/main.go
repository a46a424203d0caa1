// Command ui serves the shop's pages.
package main

import (
	"os"

	"github.com/ausmart/platform/services/internal/service"
	"github.com/ausmart/platform/services/ui"
)

func main() { os.Exit(service.Main("ui", ui.Build)) }
