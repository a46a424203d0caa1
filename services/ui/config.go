package ui

import (
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/ausmart/platform/services/internal/env"
)

// Config is what an operator can choose.
type Config struct {
	Theme     string
	Endpoints Endpoints
	// Debug adds /utility and /proxy. They are not safe to offer to customers.
	Debug bool
}

// Endpoints are the addresses of the backends; nil means the built-in mock.
type Endpoints struct {
	Catalog, Carts, Checkout, Orders *url.URL
}

// byService returns the endpoints by the first segment of their API.
func (e Endpoints) byService() map[string]*url.URL {
	return map[string]*url.URL{"catalog": e.Catalog, "carts": e.Carts, "checkout": e.Checkout, "orders": e.Orders}
}

// mocked returns the names of the backends for which a mock answers.
func (e Endpoints) mocked() []string {
	var names []string
	for name, endpoint := range e.byService() {
		if endpoint == nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// ReadConfig reads RETAIL_UI_THEME and RETAIL_UI_ENDPOINTS_*. What is wrong with the theme is noted on e.
func ReadConfig(e *env.Env) (Config, error) {
	var errs []error
	endpoint := func(name string) *url.URL {
		u, err := parseEndpoint("RETAIL_UI_ENDPOINTS_"+name, e.String("RETAIL_UI_ENDPOINTS_"+name, ""))
		errs = append(errs, err)
		return u
	}
	cfg := Config{
		Theme: e.OneOf("RETAIL_UI_THEME", "default", "green", "orange", "teal"),
		Endpoints: Endpoints{
			Catalog: endpoint("CATALOG"), Carts: endpoint("CARTS"), Checkout: endpoint("CHECKOUT"), Orders: endpoint("ORDERS"),
		},
	}
	return cfg, errors.Join(errs...)
}

func parseEndpoint(key, value string) (*url.URL, error) {
	if value == "" || value == "false" { // Older charts of the sample say false for none.
		return nil, nil //nolint:nilnil // No endpoint is an answer: the mock serves.
	}
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil {
		return nil, fmt.Errorf("cannot use %s: it must be an address such as http://catalog or http://10.0.0.7:8080", key)
	}
	return u, nil
}
