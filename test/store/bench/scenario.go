package main

import "net/http"

// customers share the load of a scenario: enough for no two connections to wait for the same one.
const customers = 1000

// scenario is one request, sent again and again. {n} in its path is the number of a customer.
type scenario struct {
	service string
	prepare *scenario // Sent once for each customer before.
	method  string
	path    string
	body    string
	status  int
	goal    float64 // CPU milliseconds for a request; 0 for none.
}

func (s scenario) name() string { return s.method + " " + s.path }

const (
	cartItem = `{"itemId":"631a3db5-ac07-492c-a994-8cd56923c112","quantity":1,"unitPrice":40}`
	address  = `{"firstName":"John","lastName":"Doe","email":"john_doe@example.com","address1":"100 Main Street","city":"Anytown","state":"CA"`
	checkout = `{"items":[{"id":"631a3db5-ac07-492c-a994-8cd56923c112","name":"Campfire Mug","quantity":1,"price":40}],"shippingAddress":` + address + `,"zip":"11111"}}`
	order    = `{"items":[{"productId":"631a3db5-ac07-492c-a994-8cd56923c112","quantity":1,"unitCost":40,"totalCost":40}],"shippingAddress":` + address + `,"zipCode":"11111"}}`
)

func scenarios() []scenario {
	addItem := scenario{service: "cart", method: http.MethodPost, path: "/carts/customer-{n}/items", body: cartItem, status: http.StatusCreated}
	update := scenario{service: "checkout", method: http.MethodPost, path: "/checkout/customer-{n}/update", body: checkout, status: http.StatusCreated}
	return []scenario{
		{service: "catalog", method: http.MethodGet, path: "/catalog/products", status: http.StatusOK, goal: .09},
		{service: "catalog", method: http.MethodGet, path: "/catalog/products/631a3db5-ac07-492c-a994-8cd56923c112", status: http.StatusOK},
		{service: "catalog", method: http.MethodGet, path: "/catalog/search?keyword=campfire", status: http.StatusOK},
		addItem,
		{service: "cart", prepare: &addItem, method: http.MethodGet, path: "/carts/customer-{n}", status: http.StatusOK},
		update,
		{service: "checkout", prepare: &update, method: http.MethodGet, path: "/checkout/customer-{n}", status: http.StatusOK, goal: .15},
		{service: "orders", method: http.MethodPost, path: "/orders", body: order, status: http.StatusOK},
		{service: "ui", method: http.MethodGet, path: "/home", status: http.StatusOK},
		{service: "ui", method: http.MethodGet, path: "/catalog", status: http.StatusOK},
	}
}
