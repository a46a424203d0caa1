// Command function-service serves the composition function of Services.
package main

import (
	"github.com/ausmart/platform/functions/internal/grpcserver"
	"github.com/ausmart/platform/functions/service"
)

func main() { grpcserver.Main(service.New) }
