package telemetry

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"

	"go.yaml.in/yaml/v2"
	corev1 "k8s.io/api/core/v1"

	"github.com/ausmart/platform/functions/internal/incluster"
)

const configFile = "config.yaml"

// A config of a collector. A component's key is its type, and a name after a slash
// where there are several. test/telemetry runs each through the component's own code.
type config struct {
	Extensions map[string]any
	Receivers  func() (string, error) // Text, which no input changes.
	Processors map[string]any
	Exporters  map[string]any
	Service    collectingService
}

// receiversOf a config as its text, which is made once: it is most of a config.
func receiversOf(receivers func() map[string]any) func() (string, error) {
	return sync.OnceValues(func() (string, error) { return textOf(map[string]any{"receivers": receivers()}) })
}

// text of a config, with its parts in the order of their names.
func (c config) text() (string, error) {
	before, err := textOf(map[string]any{"exporters": c.Exporters, "extensions": c.Extensions, "processors": c.Processors})
	if err != nil {
		return "", err
	}
	receivers, err := c.Receivers()
	if err != nil {
		return "", err
	}
	after, err := textOf(map[string]any{"service": c.Service})
	return before + receivers + after, err
}

// textOf a document as sigs.k8s.io/yaml has it. That goes through JSON, and a parser of YAML reads it: twice the time.
func textOf(document map[string]any) (string, error) {
	plain, err := incluster.Plain(document)
	if err != nil {
		return "", err
	}
	text, err := yaml.Marshal(plain)
	return string(text), err
}

type collectingService struct {
	Extensions []string            `json:"extensions"`
	Pipelines  map[string]pipeline `json:"pipelines"`
	Telemetry  ownTelemetry        `json:"telemetry"`
}

type pipeline struct {
	Receivers  []string `json:"receivers"`
	Processors []string `json:"processors"`
	Exporters  []string `json:"exporters"`
}

// ownTelemetry is a collector's own logs and metrics.
type ownTelemetry struct {
	Logs    ownLogs    `json:"logs"`
	Metrics ownMetrics `json:"metrics"`
}

type ownLogs struct {
	Encoding string `json:"encoding"`
}

type ownMetrics struct {
	Readers []ownReader `json:"readers"`
}

type ownReader struct {
	Pull struct {
		Exporter struct {
			Prometheus ownListener `json:"prometheus"`
		} `json:"exporter"`
	} `json:"pull"`
}

type ownListener struct {
	Host string `json:"host"`
	Port int    `json:"port"`
}

func newOwnTelemetry() ownTelemetry {
	r := ownReader{}
	r.Pull.Exporter.Prometheus = ownListener{Host: "0.0.0.0", Port: ownMetricPort}
	return ownTelemetry{Logs: ownLogs{Encoding: "json"}, Metrics: ownMetrics{Readers: []ownReader{r}}}
}

type endpoint struct {
	Endpoint string `json:"endpoint"`
}

// listenOn a port of all of the pod's addresses.
func listenOn(port int) endpoint { return endpoint{Endpoint: fmt.Sprintf("0.0.0.0:%d", port)} }

// A memoryLimiter refuses new data before the pod would be killed for its memory.
type memoryLimiter struct {
	CheckInterval        string `json:"check_interval"`
	LimitPercentage      int    `json:"limit_percentage"`
	SpikeLimitPercentage int    `json:"spike_limit_percentage"`
}

func limiter() memoryLimiter {
	return memoryLimiter{CheckInterval: "1s", LimitPercentage: 80, SpikeLimitPercentage: 20}
}

type batch struct {
	Timeout       string `json:"timeout"`
	SendBatchSize int    `json:"send_batch_size"`
}

// An awsSession of an exporter. With local_mode it does not call the instance metadata
// service, which pods cannot reach.
type awsSession struct {
	Region    string `json:"region"`
	LocalMode bool   `json:"local_mode"`
}

// configMap holds the config that a collector mounts. It returns the digest of the
// config too.
func configMap(namespace, name string, c config) (incluster.NamedObject, string, error) {
	text, err := c.text()
	if err != nil {
		return incluster.NamedObject{}, "", fmt.Errorf("cannot write config of %s: %w", name, err)
	}
	sum := sha256.Sum256([]byte(text))
	return readyWhenCreated("config-"+name, corev1.ConfigMap{
		ObjectMeta: named(namespace, name),
		Data:       map[string]string{configFile: text},
	}), hex.EncodeToString(sum[:])[:16], nil
}
