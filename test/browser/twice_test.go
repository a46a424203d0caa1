package browser

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// TestPressTwice places an order from many tabs at once, and once more afterwards: it is one order.
func TestPressTwice(t *testing.T) {
	const tabs = 10
	s := startShop(t)
	c := customer(t)
	press := func(path string, form url.Values) string {
		rsp, err := c.PostForm(s.ui.url()+path, form)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer rsp.Body.Close()
		if rsp.StatusCode != http.StatusSeeOther && rsp.StatusCode != http.StatusConflict {
			t.Errorf("POST %s: got status %d", path, rsp.StatusCode)
		}
		return rsp.Header.Get("Location")
	}
	press("/cart", url.Values{"productId": {strings.TrimPrefix(rucksack, "/catalog/")}})
	press("/checkout", nil)
	press("/checkout/delivery", nil)

	var wg sync.WaitGroup
	led := make(chan string, tabs)
	for range tabs {
		wg.Go(func() { led <- press("/checkout/payment", nil) })
	}
	wg.Wait()
	close(led)
	places := map[string]bool{}
	for place := range led {
		if place != "" { // A tab that came too late is told that there is nothing to pay for.
			places[place] = true
		}
	}
	places[press("/checkout/payment", nil)] = true
	if len(places) != 1 {
		t.Errorf("all presses lead to one order, got %v", places)
	}
	if got := s.placed(t); got != 1 {
		t.Errorf("orders placed: got %d, want 1", got)
	}
}

// customer is a client with cookies that shows redirects instead of following them.
func customer(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
}
