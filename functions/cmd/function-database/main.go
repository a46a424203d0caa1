// Command function-database serves the composition function of Databases.
package main

import (
	"github.com/ausmart/platform/functions/database"
	"github.com/ausmart/platform/functions/internal/grpcserver"
)

func main() { grpcserver.Main(database.New) }
