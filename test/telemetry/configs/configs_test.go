package configs

import (
	"path/filepath"
	"testing"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/confmap/provider/envprovider"
	"go.opentelemetry.io/collector/confmap/provider/fileprovider"
	"go.opentelemetry.io/collector/exporter"
	"go.opentelemetry.io/collector/extension"
	"go.opentelemetry.io/collector/otelcol"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/batchprocessor"
	"go.opentelemetry.io/collector/processor/memorylimiterprocessor"
	"go.opentelemetry.io/collector/receiver"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/service/telemetry/otelconftelemetry"

	"github.com/open-telemetry/opentelemetry-collector-contrib/exporter/prometheusremotewriteexporter"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/healthcheckextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/sigv4authextension"
	"github.com/open-telemetry/opentelemetry-collector-contrib/extension/storage/filestorage"
	"github.com/open-telemetry/opentelemetry-collector-contrib/processor/resourceprocessor"
	"github.com/open-telemetry/opentelemetry-collector-contrib/receiver/filelogreceiver"
)

// goldens are the configs of clusters.
const goldens = "../../../functions/cluster/telemetry/testdata"

// components are those of AWS' build that the configs use, at its versions
// (aws-otel-collector v0.49.0, pkg/defaultcomponents and go.mod).
func components() (otelcol.Factories, error) {
	f := otelcol.Factories{Telemetry: otelconftelemetry.NewFactory()}
	var err error
	if f.Extensions, err = otelcol.MakeFactoryMap[extension.Factory](
		healthcheckextension.NewFactory(), sigv4authextension.NewFactory(), filestorage.NewFactory(),
	); err != nil {
		return f, err
	}
	if f.Receivers, err = otelcol.MakeFactoryMap[receiver.Factory](
		otlpreceiver.NewFactory(), newPrometheusFactory(), filelogreceiver.NewFactory(),
	); err != nil {
		return f, err
	}
	if f.Processors, err = otelcol.MakeFactoryMap[processor.Factory](
		batchprocessor.NewFactory(), memorylimiterprocessor.NewFactory(),
		newPodAttributesFactory(), resourceprocessor.NewFactory(),
	); err != nil {
		return f, err
	}
	f.Exporters, err = otelcol.MakeFactoryMap[exporter.Factory](
		newXRayFactory(), newCloudWatchFactory(), prometheusremotewriteexporter.NewFactory(),
	)
	return f, err
}

// TestConfigs loads each config into a collector, as at its start. The collector refuses what a
// component does not know, and builds the pipelines without running them.
func TestConfigs(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(goldens, "configs", "*.yaml"))
	if err != nil || len(paths) != 3 {
		t.Fatalf("found configs %v (%v), want those of the three collectors", paths, err)
	}
	t.Setenv("NODE_NAME", "ip-10-0-10-11")
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			collector, err := otelcol.NewCollector(otelcol.CollectorSettings{
				BuildInfo: component.NewDefaultBuildInfo(),
				Factories: components,
				ConfigProviderSettings: otelcol.ConfigProviderSettings{ResolverSettings: confmap.ResolverSettings{
					URIs:              []string{"file:" + path},
					ProviderFactories: []confmap.ProviderFactory{fileprovider.NewFactory(), envprovider.NewFactory()},
				}},
			})
			if err != nil {
				t.Fatalf("cannot make a collector: %v", err)
			}
			if err := collector.DryRun(t.Context()); err != nil {
				t.Errorf("the collector refuses it: %v", err)
			}
		})
	}
}
