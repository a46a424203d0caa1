package account

import "sort"

// An Inventory lists the account's resources.
type Inventory struct {
	// Made counts every creation, Deleted every deletion that was accepted.
	Made    int `json:"made"`
	Live    int `json:"live"`
	Deleted int `json:"deleted"`

	// Twice lists resources that exist beside an older one of the same owner: something was made
	// again because the identifier of the first one was lost.
	Twice []Resource `json:"twice"`

	// Resources are in the order of creation; deleted ones are among them, with the number of the
	// call that deleted them.
	Resources []Resource `json:"resources"`
}

// Inventory counts and lists.
func (a *Account) Inventory() Inventory {
	a.mu.Lock()
	defer a.mu.Unlock()
	inv := Inventory{Twice: []Resource{}, Resources: []Resource{}}
	for _, kind := range a.resources {
		for _, r := range kind {
			if r.State != Promised {
				inv.Resources = append(inv.Resources, *r)
			}
		}
	}
	for _, n := range a.made {
		inv.Made += n
	}
	sort.Slice(inv.Resources, func(i, j int) bool { return inv.Resources[i].Created < inv.Resources[j].Created })
	owners := map[ownerKey]bool{}
	for _, r := range inv.Resources {
		if r.State != Live {
			inv.Deleted++
			continue
		}
		inv.Live++
		owner := ownerKey{r.Kind, r.Owner}
		if owners[owner] {
			inv.Twice = append(inv.Twice, r)
		}
		owners[owner] = true
	}
	return inv
}
