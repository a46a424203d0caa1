package ui

import (
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/ausmart/platform/services/internal/jsonbody"
)

// facts are shown on the information page. None of them is secret.
type facts struct {
	started time.Time
	list    []fact
}

type fact struct{ Name, Value string }

// readFacts reads them once: they do not change while the process runs.
func readFacts(cfg Config) facts {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	f := facts{started: time.Now(), list: []fact{
		{"Host", host}, {"Theme", cfg.Theme}, {"Version", version()},
		{"Go", runtime.Version()}, {"Platform", runtime.GOOS + "/" + runtime.GOARCH},
	}}
	// The downward API puts these into a pod's environment; outside Kubernetes they are not there.
	for _, e := range []struct{ name, key string }{{"Pod", "POD_NAME"}, {"Namespace", "POD_NAMESPACE"}, {"Node", "NODE_NAME"}, {"Region", "AWS_REGION"}} {
		if value := os.Getenv(e.key); value != "" {
			f.list = append(f.list, fact{e.name, value})
		}
	}
	return f
}

func (f facts) now() []fact {
	up := time.Since(f.started).Truncate(time.Second).String()
	return append(f.list[:len(f.list):len(f.list)], fact{"Up for", up})
}

func version() string {
	build, ok := debug.ReadBuildInfo()
	if !ok || build.Main.Version == "" {
		return "unknown"
	}
	return build.Main.Version
}

// info shows which process answers: a page for people, JSON for everything else.
func (u *UI) info(w http.ResponseWriter, r *http.Request) error {
	if !wantsPage(r) {
		answer := map[string]string{}
		for _, f := range u.facts.now() {
			answer[f.Name] = f.Value
		}
		jsonbody.Write(w, http.StatusOK, answer)
		return nil
	}
	p, err := u.gather(r).page("Information", "info")
	if err != nil {
		return err
	}
	p.Body = u.facts.now()
	u.render(w, r, http.StatusOK, "info", p)
	return nil
}
