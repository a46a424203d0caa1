package database

import (
	"fmt"

	"k8s.io/utils/ptr"

	"github.com/ausmart/platform/functions/internal/progress"
)

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

// conditionVolume shows whether the volume has the size that the claim asks for.
const conditionVolume = "VolumeAsClaimed"

// storage of the volume, and the size that AWS may enlarge it to; nil where it may not. A
// volume that AWS has enlarged, by itself or by rounding up to a tenth, keeps that size
// (ModifyDBInstance API, read 2026-11-29), since AWS shrinks none: a claim whose bound is
// below it is refused, and the bound stays as it is.
func (d *database) storage() (float64, *float64) {
	is, storage, most := d.state.storageGiB, float64(d.firstStorage()), float64(d.mostStorage())
	grows := (most-storage)*leastGrowth >= storage
	if d.checkVolume() != nil {
		most = d.state.maxStorageGiB
		grows = most > 0
	}
	if !grows {
		return max(storage, is), nil
	}
	return max(storage, is), &most
}

// checkVolume refuses a claim that allows a smaller volume than there is, and names the field that
// says so.
func (d *database) checkVolume() error {
	storage, most := float64(d.firstStorage()), float64(d.mostStorage())
	if d.state.storageGiB <= max(most, storage+storage/leastGrowth) {
		return nil
	}
	name := "spec.maxStorageGiB"
	if d.spec.MaxStorageGiB == nil {
		name = "spec.storageGiB"
	}
	return fmt.Errorf("%[1]s: the volume has %.0[2]f GiB, and RDS cannot shrink it to %[3]d: set spec.maxStorageGiB: %.0[2]f, or more", name, d.state.storageGiB, d.mostStorage())
}

func (d *database) firstStorage() int32 { return ptr.Deref(d.spec.StorageGiB, defaultStorageGiB) }

func (d *database) mostStorage() int32 {
	return ptr.Deref(d.spec.MaxStorageGiB, d.maxStorage(d.firstStorage()))
}

// volumeCondition shows why a volume is larger than the claim's first size.
func (d *database) volumeCondition() progress.Condition {
	c := progress.Condition{Type: conditionVolume, True: true, Reason: progress.ReasonAvailable}
	switch is := d.state.storageGiB; {
	case is == 0:
		c.True, c.Reason = false, progress.ReasonCreating
	case is > float64(d.firstStorage()):
		c.True, c.Reason = false, "Larger"
		c.Message = fmt.Sprintf("the volume has %.0f GiB, more than spec.storageGiB: %d, its first size: RDS enlarges a volume and never shrinks it", is, d.firstStorage())
	}
	return c
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
