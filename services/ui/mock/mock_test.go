package mock

import (
	"errors"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/services/ui/shop"
)

func catalog(t *testing.T) *Catalog {
	t.Helper()
	c, err := NewCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func names(products []shop.Product) []string {
	list := []string{}
	for _, p := range products {
		list = append(list, p.Name)
	}
	return list
}

func TestProducts(t *testing.T) {
	cases := map[string]struct {
		reason string
		query  shop.Query
		want   []string
	}{
		"ByName":  {"Products come by name.", shop.Query{Page: 1, Size: 3}, []string{"Brass Compass", "Campfire Mug", "Gully Rucksack"}},
		"Second":  {"The second page goes on where the first ends.", shop.Query{Page: 2, Size: 2}, []string{"Gully Rucksack", "Kestrel Binoculars"}},
		"Cheap":   {"The cheapest come first when asked.", shop.Query{Page: 1, Size: 2, Order: "price_asc"}, []string{"Lamington Box", "Campfire Mug"}},
		"Dear":    {"The dearest come first when asked.", shop.Query{Page: 1, Size: 2, Order: "price_desc"}, []string{"Nomad Teardrop Caravan", "Saltbush Sailing Dinghy"}},
		"Tagged":  {"A tag filters.", shop.Query{Page: 1, Size: 6, Tag: "food"}, []string{"Lamington Box"}},
		"PastEnd": {"Past the end there is nothing.", shop.Query{Page: 3, Size: 6}, []string{}},
		"Huge":    {"A huge page number does not overflow.", shop.Query{Page: 1 << 62, Size: 6}, []string{}},
		"Below":   {"A page below one is the first.", shop.Query{Page: -4, Size: 1}, []string{"Brass Compass"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := catalog(t).Products(t.Context(), tc.query)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, names(got)); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestSeed keeps the ids, prices and tags that public load scripts post.
func TestSeed(t *testing.T) {
	type seed struct {
		Price shop.Money
		Tag   string
	}
	want := map[string]seed{
		"cc789f85-1476-452a-8100-9e74502198e0": {250, "accessories"}, "87e89b11-d319-446d-b9be-50adcca5224a": {125, "clothing"},
		"4f18544b-70a5-4352-8e19-0d070f46745d": {210, "clothing"}, "79bce3f3-935f-4912-8c62-0d2f3e059405": {70, "clothing"},
		"d27cf49f-b689-4a75-a249-d373e0330bb5": {150, "accessories"}, "1ca35e86-4b4c-4124-b6b5-076ba4134d0d": {225, "accessories"},
		"631a3db5-ac07-492c-a994-8cd56923c112": {40, "accessories"}, "8757729a-c518-4356-8694-9e795a9b3237": {20, "food"},
		"d4edfedb-dbe9-4dd9-aae8-009489394955": {190, "accessories"}, "a1258cd2-176c-4507-ade6-746dab5ad625": {10000, "vehicles"},
		"d3104128-1d14-4465-99d3-8ab9267c687b": {9000, "vehicles"}, "d77f9ae6-e9a8-4a3e-86bd-b72af75cbc49": {15000, "vehicles"},
	}
	got := map[string]seed{}
	for _, p := range catalog(t).products {
		got[p.ID] = seed{p.Price, p.Tags[0].Name}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	tags, err := catalog(t).Tags(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]shop.Tag{{Name: "accessories", DisplayName: "Accessories"}, {Name: "clothing", DisplayName: "Clothing"}, {Name: "food", DisplayName: "Food"}, {Name: "vehicles", DisplayName: "Vehicles"}}, tags); diff != "" {
		t.Errorf("tags, -want +got:\n%s", diff)
	}
}

func TestCart(t *testing.T) {
	ctx, c := t.Context(), &Carts{}
	for range 2 {
		if err := c.Add(ctx, "me", shop.CartItem{ItemID: "a", Quantity: 2, UnitPrice: 5}); err != nil {
			t.Fatal(err)
		}
	}
	got, _ := c.Cart(ctx, "me")
	want := shop.Cart{CustomerID: "me", Items: []shop.CartItem{{ItemID: "a", Quantity: 4, UnitPrice: 5}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("adding twice adds up\n-want +got:\n%s", diff)
	}
	if err := c.Remove(ctx, "me", "b"); !errors.Is(err, shop.ErrNotFound) {
		t.Errorf("removing what is not there: got %v", err)
	}
	if err := c.Remove(ctx, "me", "a"); err != nil {
		t.Error(err)
	}
	if got, _ = c.Cart(ctx, "me"); len(got.Items) != 0 {
		t.Errorf("what was removed is gone: got %v", got)
	}
}

// TestSubmitOnce lets many requests submit the same checkout: there is one order.
func TestSubmitOnce(t *testing.T) {
	ctx, orders := t.Context(), &Orders{}
	c := NewCheckouts(orders)
	update := shop.CheckoutUpdate{Items: []shop.CheckoutItem{{ID: "a", Quantity: 2, Price: 40}}}
	if _, err := c.Update(ctx, "me", update); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Submit(ctx, "me"); !errors.Is(err, shop.ErrInvalid) {
		t.Errorf("without an address: got %v", err)
	}
	update.Address, update.DeliveryToken = &shop.Address{FirstName: "Jo", Zip: "2000"}, "priority-mail-express"
	if _, err := c.Update(ctx, "me", update); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	placed := make(chan shop.Submitted, 50)
	for range 50 {
		wg.Go(func() {
			if s, err := c.Submit(ctx, "me"); err == nil {
				placed <- s
			} else if !errors.Is(err, shop.ErrNotFound) {
				t.Errorf("got %v, want not found", err)
			}
		})
	}
	wg.Wait()
	close(placed)
	if len(placed) != 1 {
		t.Fatalf("orders placed: got %d, want 1", len(placed))
	}
	got := <-placed
	order, err := orders.Order(ctx, got.OrderID)
	if err != nil || order.Subtotal() != 80 || order.Address.ZipCode != "2000" {
		t.Errorf("the order is there: got %+v, %v", order, err)
	}
	if got.OrderID = ""; got != (shop.Submitted{Subtotal: 80, Shipping: 25, Tax: 5, Total: 110}) {
		t.Errorf("the sums add up: got %+v", got)
	}
}

func TestBounded(t *testing.T) {
	ctx, c := t.Context(), &Carts{}
	for i := range 2 * capacity {
		if err := c.Add(ctx, strconv.Itoa(i), shop.CartItem{ItemID: "a", Quantity: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.carts.values); n != capacity {
		t.Errorf("carts kept: got %d, want %d", n, capacity)
	}
	if got, _ := c.Cart(ctx, "0"); len(got.Items) != 0 {
		t.Error("the oldest cart is forgotten")
	}
	if got, _ := c.Cart(ctx, strconv.Itoa(2*capacity-1)); len(got.Items) != 1 {
		t.Error("the newest cart is kept")
	}
}
