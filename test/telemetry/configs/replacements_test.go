package configs

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/prometheus/prometheus/config"
	_ "github.com/prometheus/prometheus/discovery/kubernetes" // the configs find their targets with it
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/receiver"
	"gopkg.in/yaml.v3"
)

// Three components need internal modules (internal/aws/cwlogs, internal/aws/xray,
// internal/k8sconfig) that the module proxy does not have at this version. This file replaces their
// options, as their config.go names them at v0.156.0: a config that sets another option is refused,
// as by the real component. It does not check values; test/telemetry/names checks the components'
// names.

type awsSession struct {
	Region    string `mapstructure:"region"`
	LocalMode bool   `mapstructure:"local_mode"`
}

type xrayConfig struct {
	awsSession `mapstructure:",squash"`

	IndexedAttributes []string `mapstructure:"indexed_attributes"`
	LogGroupNames     []string `mapstructure:"aws_log_groups"`
}

type cloudWatchConfig struct {
	awsSession `mapstructure:",squash"`

	LogGroupName  string `mapstructure:"log_group_name"`
	LogStreamName string `mapstructure:"log_stream_name"`
}

type podAttributesConfig struct {
	Extract struct {
		Metadata []string `mapstructure:"metadata"`
	} `mapstructure:"extract"`
	Association []struct {
		Sources []struct {
			From string `mapstructure:"from"`
			Name string `mapstructure:"name"`
		} `mapstructure:"sources"`
	} `mapstructure:"pod_association"`
}

// The Prometheus receiver contains the discovery of every cloud, which takes longer to compile than
// all the rest. This is only the part that reads its config, which is Prometheus' own.
type prometheusConfig struct {
	Config map[string]any `mapstructure:"config"`
}

// Validate gives the config to Prometheus, as the receiver does.
func (c *prometheusConfig) Validate() error {
	text, err := yaml.Marshal(c.Config)
	if err != nil {
		return fmt.Errorf("cannot marshal config: %w", err)
	}
	loaded, err := config.Load(string(text), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	_, err = loaded.GetScrapeConfigs()
	return err
}

func newPrometheusFactory() receiver.Factory {
	return receiver.NewFactory(component.MustNewType("prometheus"),
		func() component.Config { return &prometheusConfig{} },
		receiver.WithMetrics(func(context.Context, receiver.Settings, component.Config, consumer.Metrics) (receiver.Metrics, error) {
			return newNowhere(), nil
		}, component.StabilityLevelBeta))
}

// nowhere is a component that drops everything.
type nowhere struct {
	component.StartFunc
	component.ShutdownFunc
	consumertest.Consumer
}

func newNowhere() nowhere { return nowhere{Consumer: consumertest.NewNop()} }

func newXRayFactory() exporter.Factory {
	return exporter.NewFactory(component.MustNewType("awsxray"),
		func() component.Config { return &xrayConfig{} },
		exporter.WithTraces(func(context.Context, exporter.Settings, component.Config) (exporter.Traces, error) {
			return newNowhere(), nil
		}, component.StabilityLevelBeta))
}

func newCloudWatchFactory() exporter.Factory {
	return exporter.NewFactory(component.MustNewType("awscloudwatchlogs"),
		func() component.Config { return &cloudWatchConfig{} },
		exporter.WithLogs(func(context.Context, exporter.Settings, component.Config) (exporter.Logs, error) {
			return newNowhere(), nil
		}, component.StabilityLevelBeta))
}

func newPodAttributesFactory() processor.Factory {
	return processor.NewFactory(component.MustNewType("k8s_attributes"),
		func() component.Config { return &podAttributesConfig{} },
		processor.WithTraces(func(context.Context, processor.Settings, component.Config, consumer.Traces) (processor.Traces, error) {
			return newNowhere(), nil
		}, component.StabilityLevelBeta))
}
