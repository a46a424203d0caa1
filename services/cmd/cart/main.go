// Command cart runs the cart service. Its settings are environment variables: see package cart.
package main

import (
	"os"

	"github.com/ausmart/platform/services/cart"
	"github.com/ausmart/platform/services/internal/service"
)

func main() { os.Exit(service.Main("cart", cart.Build)) }
