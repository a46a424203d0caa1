package ui

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/gorilla/mux"

	"github.com/ausmart/platform/services/internal/server"
	"github.com/ausmart/platform/services/internal/service"
	"github.com/ausmart/platform/services/ui/backend"
	"github.com/ausmart/platform/services/ui/proxy"
	"github.com/ausmart/platform/services/ui/session"
)

// UI is the shop.
type UI struct {
	Backends

	log    *slog.Logger
	config Config
	mocked []string
	pages  pages
	assets *assets
	facts  facts
	proxy  http.Handler
}

// Build makes the UI out of a kit and its variables.
func Build(_ context.Context, k *service.Kit) (server.App, error) {
	cfg, err := ReadConfig(k.Env)
	if err != nil {
		return server.App{}, err
	}
	cfg.Debug = k.Chaos != nil
	transport := k.Transport(backend.Transport())
	backends, err := Connect(cfg.Endpoints, transport)
	if err != nil {
		return server.App{}, err
	}
	u, err := New(k.Log, cfg, backends, transport)
	if err != nil {
		return server.App{}, err
	}
	if len(u.mocked) > 0 {
		k.Log.Warn("a built-in mock answers where no endpoint is configured: set RETAIL_UI_ENDPOINTS_*", "mocked", u.mocked)
	}
	return server.App{Handler: u.Routes(k)}, nil
}

// New returns a UI over backends; its proxy calls by transport.
func New(log *slog.Logger, cfg Config, b Backends, transport http.RoundTripper) (*UI, error) {
	files, err := loadAssets()
	if err != nil {
		return nil, fmt.Errorf("cannot load assets: %w", err)
	}
	parsed, err := parsePages(files)
	if err != nil {
		return nil, fmt.Errorf("cannot parse pages: %w", err)
	}
	return &UI{
		Backends: b, log: log, config: cfg, mocked: cfg.Endpoints.mocked(), pages: parsed, assets: files, facts: readFacts(cfg),
		proxy: proxy.New(log, transport, cfg.Endpoints.byService()),
	}, nil
}

// Routes returns the handler of all pages, with what the kit adds around them.
func (u *UI) Routes(k *service.Kit) http.Handler {
	root, api := k.Router(service.Options{
		NotFound: session.Middleware(u.handle(u.notFound)),
		Headers:  headers,
	})
	api.PathPrefix("/assets/").Handler(u.assets).Methods(http.MethodGet, http.MethodHead)
	if u.config.Debug {
		u.debugRoutes(api)
	}
	shop := api.NewRoute().Subrouter()
	shop.Use(session.Middleware, u.sameOrigin)
	u.shopRoutes(shop)
	return root
}

func (u *UI) shopRoutes(r *mux.Router) {
	get := func(path string, page func(http.ResponseWriter, *http.Request) error) {
		r.Handle(path, u.handle(page)).Methods(http.MethodGet, http.MethodHead)
	}
	post := func(path string, page func(http.ResponseWriter, *http.Request) error) {
		r.Handle(path, u.handle(page)).Methods(http.MethodPost)
	}
	get("/", u.root)
	get("/home", u.home)
	get("/catalog", u.catalog)
	get("/catalog/search", u.search)
	get("/catalog/{id}", u.product)
	get("/cart", u.cart)
	post("/cart", u.addToCart)
	post("/cart/remove", u.removeFromCart)
	get("/checkout", u.address)
	post("/checkout", u.postAddress)
	get("/checkout/delivery", u.delivery)
	post("/checkout/delivery", u.postDelivery)
	get("/checkout/payment", u.payment)
	post("/checkout/payment", u.postPayment)
	get("/orders/{id}", u.order)
	get("/topology", u.topology)
	get("/info", u.info)
}

func (u *UI) debugRoutes(r *mux.Router) {
	r.PathPrefix(proxy.Prefix+"/").Handler(u.proxy).Methods(http.MethodGet, http.MethodHead)
	r.PathPrefix("/utility/").Handler(newUtility(crash).routes())
}
