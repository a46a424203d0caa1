// Command prices writes functions/cost/prices/prices.yaml anew from AWS's public price list. It
// downloads several GB, and needs no AWS account. `make prices` runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/ausmart/platform/functions/cost/prices"
	"github.com/ausmart/platform/internal/pricelist"
)

func main() {
	file := flag.String("file", "functions/cost/prices/prices.yaml", "the table of prices")
	flag.Parse()
	if err := run(context.Background(), *file); err != nil {
		fmt.Fprintln(os.Stderr, "prices:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, file string) error {
	raw, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	table, err := prices.Parse(raw)
	if err != nil {
		return err
	}
	left, err := pricelist.Update(table, time.Now().UTC().Format(time.DateOnly), func(offer, region string) (io.ReadCloser, error) {
		return download(ctx, offer, region)
	})
	if err != nil {
		return err
	}
	for _, l := range left {
		fmt.Fprintln(os.Stderr, "left as it was:", l)
	}
	return os.WriteFile(file, []byte(table.YAML()), 0o644)
}

func download(ctx context.Context, offer, region string) (io.ReadCloser, error) {
	address := pricelist.Origin + "/" + offer + "/current/" + region + "/index.json"
	fmt.Fprintln(os.Stderr, "reading", address)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	rsp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	if rsp.StatusCode != http.StatusOK {
		_ = rsp.Body.Close()
		return nil, fmt.Errorf("%s: %s", address, rsp.Status)
	}
	return rsp.Body, nil
}
