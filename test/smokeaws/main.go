// Command smokeaws tests the platform in a sandbox account: it applies the smallest Network and
// Database through a management cluster, compares them with AWS's own API, deletes them, and proves
// that nothing is left.
//
// It needs KUBECONFIG for the management cluster, and credentials of AWS that may read in the
// account. It runs in the named account only, and starts the deletion early enough to keep the
// costs below a cap. With -imitation it uses a local control plane's imitation of AWS instead, and
// proves nothing about AWS.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := start(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "smoke-aws:", err)
		os.Exit(1)
	}
	fmt.Println("smoke-aws: passed")
}

// options are the flags.
type options struct {
	account, region, config, run, imitation string

	dollars, perHour float64
	onlyDelete       bool
}

func parseFlags(args []string) (options, error) {
	o := options{}
	flags := flag.NewFlagSet("smoke-aws", flag.ContinueOnError)
	flags.StringVar(&o.account, "account", "", "the AWS account to run in; it refuses any other one")
	flags.StringVar(&o.region, "region", pricedIn, "the region; outside "+pricedIn+", -hourly-cost is needed too")
	flags.StringVar(&o.config, "provider-config", "default", "the ProviderConfig of the account")
	flags.StringVar(&o.run, "run", "smoke-"+time.Now().UTC().Format("150405"), "the run's name, for the namespace, the claims and the tag")
	flags.Float64Var(&o.dollars, "cost-cap", 0.50, "how much the run may cost, in US dollars")
	flags.Float64Var(&o.perHour, "hourly-cost", 0, "the cost of an hour; 0 for the prices of "+pricedIn)
	flags.BoolVar(&o.onlyDelete, "delete", false, "only delete the resources of an earlier run: name it with -run")
	flags.StringVar(&o.imitation, "imitation", "", "a local control plane's file with the address of its imitation of AWS")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	switch {
	case o.account == "":
		return options{}, errors.New("say -account: it runs in that one only")
	case o.region != pricedIn && o.perHour <= 0:
		return options{}, fmt.Errorf("say -hourly-cost: the prices here are those of %s, not of %s", pricedIn, o.region)
	}
	return o, nil
}

// prices of the run with these options.
func (o options) prices() []price {
	if o.perHour > 0 {
		return []price{{"everything, by -hourly-cost", o.perHour, time.Hour, time.Hour, "-hourly-cost"}}
	}
	return prices()
}

func start(ctx context.Context, args []string) error {
	o, err := parseFlags(args)
	if err != nil {
		return err
	}
	making, err := deadline(o.prices(), o.dollars)
	if err != nil {
		return err
	}
	cfg, err := awsConfig(ctx, o)
	if err != nil {
		return err
	}
	kubeconfig, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("cannot find the management cluster: set KUBECONFIG: %w", err)
	}
	claims, err := newCluster(kubeconfig, o.run, o.region, o.config)
	if err != nil {
		return err
	}
	s := smoke{
		aws: newAccount(cfg), claims: claims, out: os.Stdout,
		run: o.run, account: o.account, making: making, going: toDelete, poll: 5 * time.Second,
	}
	if o.imitation != "" {
		fmt.Println("this is an imitation of AWS: the result says nothing about AWS itself")
	}
	fmt.Printf("run %s in account %s, %s: at most %.2f dollars, so everything is deleted after %s at the latest\n", o.run, o.account, o.region, o.dollars, making)
	if o.onlyDelete {
		if err := s.checkAccount(ctx); err != nil {
			return err
		}
		return s.Delete(ctx)
	}
	return s.Run(ctx)
}
