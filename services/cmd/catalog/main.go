// Command catalog runs the catalog service. Its settings are environment variables: see package catalog.
package main

import (
	"os"

	"github.com/ausmart/platform/services/catalog"
	"github.com/ausmart/platform/services/internal/service"
)

func main() { os.Exit(service.Main("catalog", catalog.Build)) }
