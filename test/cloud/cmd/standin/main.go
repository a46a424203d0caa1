// Command standin plays the providers of a control plane without any cloud: see package standin.
package main

import (
	"github.com/alecthomas/kong"
)

func main() {
	cli := cli{}
	k := kong.Parse(&cli, kong.Name("standin"), kong.Description("Plays the providers of a control plane. There is no AWS behind it."))
	k.FatalIfErrorf(k.Run())
}
