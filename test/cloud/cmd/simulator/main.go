// Command simulator simulates the providers of a control plane, and AWS behind them: see package simulator.
package main

import (
	"github.com/alecthomas/kong"
)

func main() {
	cli := cli{}
	k := kong.Parse(&cli, kong.Name("simulator"), kong.Description("Simulates the providers of a control plane, and AWS behind them."))
	k.FatalIfErrorf(k.Run())
}
