// Command function-service serves the composition function of Services.
package main

import (
	"github.com/ausmart/platform/functions/internal/shell"
	"github.com/ausmart/platform/functions/service"
)

func main() { shell.Main(service.New) }
