// Package configs holds the configs of a cluster's collectors to the code of the
// components that will read them.
//
// Its module is not the product's: the collector wants other versions of
// Kubernetes' modules. So it imports nothing of the platform, and reads the golden
// files of functions/cluster/telemetry.
package configs
