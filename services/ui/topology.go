package ui

import (
	"context"
	"net/http"
	"sync"

	"github.com/ausmart/platform/services/internal/jsonbody"
	"github.com/ausmart/platform/services/ui/shop"
)

// topology shows how each service is doing and where it keeps its data: a page for people, JSON for everything else.
func (u *UI) topology(w http.ResponseWriter, r *http.Request) error {
	if !wantsPage(r) {
		jsonbody.Write(w, http.StatusOK, topologyAnswer(u.statuses(r.Context())))
		return nil
	}
	var services []shop.Status
	g := u.gather(r)
	g.need(func(ctx context.Context) error {
		services = u.statuses(ctx)
		return nil
	})
	p, err := g.page("How this shop runs", "topology")
	if err != nil {
		return err
	}
	p.Body = services
	u.render(w, r, http.StatusOK, "topology", p)
	return nil
}

// statuses asks all services at the same time.
func (u *UI) statuses(ctx context.Context) []shop.Status {
	services := make([]shop.Status, len(u.Status))
	var wg sync.WaitGroup
	for i, s := range u.Status {
		wg.Go(func() { services[i] = s.Status(ctx) })
	}
	wg.Wait()
	return services
}

// topologyJSON has the form that every service's topology has; the UI itself stores nothing.
type topologyJSON struct {
	PersistenceProvider string            `json:"persistenceProvider"`
	DatabaseEndpoint    string            `json:"databaseEndpoint"`
	Services            map[string]string `json:"services"`
}

func topologyAnswer(services []shop.Status) topologyJSON {
	answer := topologyJSON{PersistenceProvider: "none", DatabaseEndpoint: "N/A", Services: map[string]string{}}
	for _, s := range services {
		switch {
		case s.Mock:
			answer.Services[s.Service] = "mock"
		case s.Healthy:
			answer.Services[s.Service] = "healthy"
		default:
			answer.Services[s.Service] = "unhealthy"
		}
	}
	return answer
}
