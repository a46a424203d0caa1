package main

import (
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/ausmart/platform/test/cloud/account"
	"github.com/ausmart/platform/test/cloud/control"
	"github.com/ausmart/platform/test/cloud/helm"
	"github.com/ausmart/platform/test/cloud/simulator"
)

type cli struct {
	Kubeconfig string        `help:"How to reach the API server." required:"" type:"existingfile"`
	State      string        `help:"File that keeps what exists, so that a restart loses nothing." type:"path"`
	Control    string        `help:"Socket file of the control API." required:"" type:"path"`
	Groups     []string      `help:"Suffixes of the API groups to simulate, such as .helm.crossplane.io; provider-aws's when there are none."`
	Clusters   string        `help:"Folder with the kubeconfigs of EKS clusters, as region/name.kubeconfig: what a ClusterAuth gets." type:"path"`
	Charts     string        `help:"Folder with the CRDs of Helm charts, as chart/file.yaml. Without one, Releases are not simulated." type:"path"`
	Certs      string        `help:"Folder with tls.crt and tls.key, for the conversion webhook." type:"path"`
	Webhook    int           `help:"Port of the conversion webhook on loopback; none when it is 0."`
	Poll       time.Duration `help:"How often a Ready resource is compared with what exists." default:"30s"`
	MaxRetry   time.Duration `help:"The longest pause after failures." default:"10s"`
	Workers    int           `help:"How many resources are worked on at once." default:"8"`
}

// Run simulates the providers until it is told to stop.
func (c cli) Run() error {
	log := logr.FromSlogHandler(slog.NewTextHandler(os.Stderr, nil))
	ctrl.SetLogger(log)
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig)
	if err != nil {
		return fmt.Errorf("cannot read the kubeconfig: %w", err)
	}
	acct := account.New(time.Now)
	if c.State != "" {
		if acct, err = account.Open(c.State, time.Now); err != nil {
			return err
		}
	}
	listener, err := control.Listen(c.Control)
	if err != nil {
		return err
	}
	o := simulator.Options{
		Log: log, Account: acct, Listener: listener, Groups: c.Groups, Clusters: c.Clusters, Poll: c.Poll, MaxRetry: c.MaxRetry, Workers: c.Workers,
		Certs: c.Certs, Webhook: c.Webhook,
	}
	if c.Charts != "" {
		o.Beside = append(o.Beside, c.releases)
	}
	return simulator.Run(ctrl.SetupSignalHandler(), config, o)
}

// firstRetry is the pause after the first failure of a release. It is as short as that of simulated AWS.
const firstRetry = 200 * time.Millisecond

func (c cli) releases(mgr ctrl.Manager) error {
	return helm.Setup(mgr, helm.Options{Charts: c.Charts, Poll: c.Poll, FirstRetry: firstRetry, MaxRetry: c.MaxRetry, Workers: c.Workers})
}
