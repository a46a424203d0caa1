// Command function-network serves the composition function of Networks.
package main

import (
	"github.com/ausmart/platform/functions/internal/grpcserver"
	"github.com/ausmart/platform/functions/network"
)

func main() { grpcserver.Main(network.New) }
