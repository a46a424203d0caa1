package ui

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/ausmart/platform/services/ui/session"
	"github.com/ausmart/platform/services/ui/shop"
)

// cartNotice is what a page says when it cannot show the cart.
const cartNotice = "Your cart is not answering at the moment. It is safe, and will be back shortly."

// patience is how long a page waits for an optional part: one slow service must not make every page slow.
const patience = time.Second

// gather fetches the parts of a page in parallel. A required part that fails is the page's error;
// an optional one leaves a notice on the page.
type gather struct {
	u    *UI
	ctx  context.Context //nolint:containedctx // A gather lives as long as one request.
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu      sync.Mutex
	err     error
	notices []string
	cart    shop.Cart
	cartOK  bool
}

// gather starts with the cart, because every page shows a badge of it.
func (u *UI) gather(r *http.Request) *gather {
	ctx, stop := context.WithCancel(r.Context())
	g := &gather{u: u, ctx: ctx, stop: stop}
	g.want(cartNotice, func(ctx context.Context) error {
		cart, err := u.Carts.Cart(ctx, session.ID(ctx))
		if err != nil {
			return err
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		g.cart, g.cartOK = cart, true
		return nil
	})
	return g
}

// need fetches something without which there is no page. The first failure ends the other calls.
func (g *gather) need(fetch func(context.Context) error) {
	g.wg.Go(func() {
		err := fetch(g.ctx)
		if err == nil {
			return
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.err == nil {
			g.err = err
		}
		g.stop()
	})
}

// want fetches something that the page can do without; it then shows the notice, unless that is empty.
func (g *gather) want(notice string, fetch func(context.Context) error) {
	g.wg.Go(func() {
		ctx, stop := context.WithTimeout(g.ctx, patience)
		defer stop()
		err := fetch(ctx)
		if err == nil || g.ctx.Err() != nil {
			return
		}
		g.u.log.WarnContext(g.ctx, "page goes without a part", "error", err)
		g.mu.Lock()
		defer g.mu.Unlock()
		if notice != "" {
			g.notices = append(g.notices, notice)
		}
	})
}

// page waits for everything and returns the page so far.
func (g *gather) page(title, menu string) (*page, error) {
	g.wg.Wait()
	g.stop()
	if g.err != nil {
		return nil, g.err
	}
	return &page{Title: title, Menu: menu, Cart: g.cart, CartOK: g.cartOK, Notices: g.notices}, nil
}
