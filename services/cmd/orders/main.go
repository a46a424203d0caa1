// Command orders runs the orders service.
package main

import (
	"os"

	"github.com/ausmart/platform/services/internal/service"
	"github.com/ausmart/platform/services/orders"
)

func main() {
	os.Exit(service.Main("orders", orders.Build))
}
