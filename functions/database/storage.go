package database

import "k8s.io/utils/ptr"

const (
	// defaultStorageGiB is the smallest volume of gp3. maxStorageTimes its first size is
	// what a volume may grow to by default, and maxStorageGiB is AWS's limit
	// (CreateDBInstance API, read 2026-11-29).
	defaultStorageGiB = 20
	maxStorageTimes   = 5
	maxStorageGiB     = 65536

	// leastGrowth is the part of a volume, a tenth, that it must be allowed to grow by
	// if it may grow at all (Managing capacity automatically with Amazon RDS storage
	// autoscaling in the RDS User Guide, read 2026-11-29).
	leastGrowth = 10
)

// storage of the volume, and the size that AWS may enlarge it to; nil where it may not. A
// volume that AWS has enlarged, by itself or by rounding up to a tenth, keeps that size
// (ModifyDBInstance API, read 2026-11-29).
func (d *database) storage() (float64, *float64) {
	storage := ptr.Deref(d.spec.StorageGiB, defaultStorageGiB)
	most := ptr.Deref(d.spec.MaxStorageGiB, d.maxStorage(storage))
	if (most-storage)*leastGrowth < storage {
		return max(float64(storage), d.state.storageGiB), nil
	}
	return max(float64(storage), min(d.state.storageGiB, float64(most))), new(float64(most))
}

// maxStorage of a claim that names none. A volume that is made of a snapshot has the snapshot's size
// first, where that is larger; what it may grow to is kept once it is decided.
func (d *database) maxStorage(storage int32) int32 {
	most := min(storage, maxStorageGiB/maxStorageTimes) * maxStorageTimes
	switch {
	case d.snapshot() == "":
		return most
	case d.state.maxStorageGiB > 0:
		return max(most, int32(d.state.maxStorageGiB))
	default:
		return min(max(storage, int32(d.state.storageGiB)), maxStorageGiB/maxStorageTimes) * maxStorageTimes
	}
}
