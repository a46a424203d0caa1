// Command checkout runs the checkout service.
package main

import (
	"os"

	"github.com/ausmart/platform/services/checkout"
	"github.com/ausmart/platform/services/internal/service"
)

func main() {
	os.Exit(service.Main("checkout", checkout.Build))
}
