package ui

import (
	"context"
	"net/http"

	"github.com/ausmart/platform/services/ui/backend"
	"github.com/ausmart/platform/services/ui/mock"
	"github.com/ausmart/platform/services/ui/shop"
)

// Catalog has the products for the pages.
type Catalog interface {
	Products(ctx context.Context, q shop.Query) ([]shop.Product, error)
	Product(ctx context.Context, id string) (shop.Product, error)
	Size(ctx context.Context, tag string) (int, error)
	Tags(ctx context.Context) ([]shop.Tag, error)
	Search(ctx context.Context, keyword string, limit int) ([]shop.Product, error)
}

// Carts keeps what customers have collected.
type Carts interface {
	Cart(ctx context.Context, customer string) (shop.Cart, error)
	Add(ctx context.Context, customer string, item shop.CartItem) error
	Remove(ctx context.Context, customer, item string) error
	Clear(ctx context.Context, customer string) error
}

// Checkouts turns carts into orders.
type Checkouts interface {
	Checkout(ctx context.Context, customer string) (shop.Checkout, error)
	Update(ctx context.Context, customer string, update shop.CheckoutUpdate) (shop.Checkout, error)
	Submit(ctx context.Context, customer string) (shop.Submitted, error)
}

// Orders knows what was ordered.
type Orders interface {
	Order(ctx context.Context, id string) (shop.Order, error)
}

// Statuser reports a backend's health.
type Statuser interface {
	Status(ctx context.Context) shop.Status
}

// Backends are the services behind the pages. Status lists them in the order in which the topology page shows them.
type Backends struct {
	Catalog   Catalog
	Carts     Carts
	Checkouts Checkouts
	Orders    Orders
	Status    []Statuser
}

// Connect returns a client for each endpoint, and a mock where there is none.
func Connect(e Endpoints, transport http.RoundTripper) (Backends, error) {
	b, err := mocks()
	if err != nil {
		return Backends{}, err
	}
	if e.Catalog != nil {
		c := backend.NewCatalog(e.Catalog, transport)
		b.Catalog, b.Status[0] = c, c
	}
	if e.Carts != nil {
		c := backend.NewCarts(e.Carts, transport)
		b.Carts, b.Status[1] = c, c
	}
	if e.Checkout != nil {
		c := backend.NewCheckouts(e.Checkout, transport)
		b.Checkouts, b.Status[2] = c, c
	}
	if e.Orders != nil {
		c := backend.NewOrders(e.Orders, transport)
		b.Orders, b.Status[3] = c, c
	}
	return b, nil
}

func mocks() (Backends, error) {
	catalog, err := mock.NewCatalog()
	if err != nil {
		return Backends{}, err
	}
	carts, orders := &mock.Carts{}, &mock.Orders{}
	checkouts := mock.NewCheckouts(orders)
	return Backends{
		Catalog: catalog, Carts: carts, Checkouts: checkouts, Orders: orders,
		Status: []Statuser{catalog, carts, checkouts, orders},
	}, nil
}
