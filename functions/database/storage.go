package database

import "k8s.io/utils/ptr"

const (
	// defaultStorageGiB is the smallest volume of gp3, maxStorageTimes how often a
	// volume may grow to its first size by itself, and maxStorageGiB AWS's limit
	// (CreateDBInstance API, read 2026-11-29).
	defaultStorageGiB = 20
	maxStorageTimes   = 5
	maxStorageGiB     = 65536

	// leastGrowth is the part of a volume, a tenth, that it must be allowed to grow by
	// if it may grow at all (Managing capacity automatically with Amazon RDS storage
	// autoscaling in the RDS User Guide, read 2026-11-29).
	leastGrowth = 10
)

// storage of the volume, and what it may grow to by itself; nil where it may not.
// A volume that has grown, by itself or since RDS rounds growth up to a tenth, is not
// told to shrink (ModifyDBInstance API, read 2026-11-29).
func (d *database) storage() (float64, *float64) {
	storage := ptr.Deref(d.spec.StorageGiB, defaultStorageGiB)
	most := ptr.Deref(d.spec.MaxStorageGiB, min(storage, maxStorageGiB/maxStorageTimes)*maxStorageTimes)
	if (most-storage)*leastGrowth < storage {
		return max(float64(storage), d.state.storageGiB), nil
	}
	return max(float64(storage), min(d.state.storageGiB, float64(most))), new(float64(most))
}
