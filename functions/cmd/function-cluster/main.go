// Command function-cluster serves the composition function of Clusters.
package main

import (
	"github.com/ausmart/platform/functions/cluster"
	"github.com/ausmart/platform/functions/internal/grpcserver"
)

func main() { grpcserver.Main(cluster.New) }
