package checkout

import (
	"net/http"

	"github.com/ausmart/platform/services/internal/health"
	"github.com/ausmart/platform/services/internal/jsonbody"
)

type component struct {
	Status string `json:"status"`
}

// healthBody is the form that the sample's framework gives to GET /health.
type healthBody struct {
	Status  string               `json:"status"`
	Info    map[string]component `json:"info"`
	Error   map[string]component `json:"error"`
	Details map[string]component `json:"details"`
}

func (a *API) health(w http.ResponseWriter, r *http.Request) {
	down := a.kit.Health.Down(r.Context())
	jsonbody.Write(w, health.Status(down), newHealth(down))
}

// newHealth always lists chaos, as the sample does, and every other component only when it is down.
func newHealth(down map[string]bool) healthBody {
	body := healthBody{Status: "ok", Info: map[string]component{}, Error: map[string]component{}, Details: map[string]component{}}
	for name := range down {
		body.Status = "error"
		body.Error[name] = component{"down"}
		body.Details[name] = component{"down"}
	}
	if !down["chaos"] {
		body.Info["chaos"] = component{"up"}
		body.Details["chaos"] = component{"up"}
	}
	return body
}
