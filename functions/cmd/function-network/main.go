// Command function-network serves the composition function of Networks.
package main

import (
	"github.com/ausmart/platform/functions/internal/shell"
	"github.com/ausmart/platform/functions/network"
)

func main() { shell.Main(network.New) }
