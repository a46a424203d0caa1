package memory_test

import (
	"testing"

	"github.com/ausmart/platform/services/catalog/memory"
	"github.com/ausmart/platform/services/catalog/product"
	"github.com/ausmart/platform/services/catalog/storetest"
)

func TestStore(t *testing.T) {
	seed, err := product.Seed()
	if err != nil {
		t.Fatal(err)
	}
	storetest.Run(t, memory.New(seed))
}
