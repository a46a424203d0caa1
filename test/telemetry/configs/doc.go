// Package configs checks the configs of a cluster's collectors with the code of the components that read them.
//
// It is a separate module, because the collector needs other versions of Kubernetes' modules. So it
// imports nothing of the platform, and reads the golden files of functions/cluster/telemetry.
package configs
