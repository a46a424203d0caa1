package gitops

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// healthKey is the start of a health check's key in the settings, before GROUP_KIND.
const healthKey = "resource.customizations.health."

// kinds with a health check: the claims, their composites, and applications.
func kinds() []string {
	claims := []string{"Network", "Cluster", "Database", "Service"}
	all := []string{"argoproj.io_Application"}
	for _, k := range claims {
		all = append(all, "platform.ausmart.io_"+k, "platform.ausmart.io_X"+k)
	}
	slices.Sort(all)
	return all
}

// A health is the result of a check.
type health struct{ Status, Message string }

// TestEveryKindHasItsHealth fails when a kind has no key of its own: the managed Argo CD supports no wildcards.
func TestEveryKindHasItsHealth(t *testing.T) {
	var got []string
	for key := range settings(t) {
		if kind, is := strings.CutPrefix(key, healthKey); is {
			got = append(got, kind)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(kinds(), got); diff != "" {
		t.Errorf("health checks in argocd-cm: -want, +got:\n%s", diff)
	}
}

type condition struct{ Type, Status, Reason, Message string }

func TestHealthOfClaims(t *testing.T) {
	synced := condition{"Synced", "True", "ReconcileSuccess", ""}
	ready := condition{"Ready", "True", "Available", ""}
	unready := condition{"Ready", "False", "Waiting", "Claim is waiting for composite resource to become Ready"}
	resolved := condition{"SettingsResolved", "True", "Resolved", ""}
	own := func(status, reason, message string) condition { return condition{"OWN", status, reason, message} }
	unsynced := condition{"Synced", "False", "ReconcileError", "cannot bind composite resource: no"}
	protected := condition{"DeletionProtected", "True", "Protected", "to delete this database, first set …"}

	cases := map[string]struct {
		reason     string
		conditions []condition
		metadata   map[string]any
		status     map[string]any
		want       health
	}{
		"New": {
			reason: "Crossplane has not reconciled it yet.",
			want:   health{"Progressing", "waiting for Crossplane"},
		},
		"Healthy": {
			reason:     "Everything is True. A condition that is none of the four does not count.",
			conditions: []condition{protected, synced, ready, resolved, own("True", "Available", "")},
			want:       health{"Healthy", "everything behind it is ready"},
		},
		"ReadyNotSynced": {
			reason:     "A Ready claim that cannot be changed any more is degraded.",
			conditions: []condition{ready, unsynced, resolved, own("True", "Available", "")},
			want:       health{"Degraded", "not synced: cannot bind composite resource: no"},
		},
		"RefusedAndReady": {
			reason:     "A refused change leaves Ready and Synced as they were.",
			conditions: []condition{synced, ready, resolved, own("False", "Refused", "spec.cidr: 10.0.0.0/30 is too small")},
			want:       health{"Degraded", "Refused: spec.cidr: 10.0.0.0/30 is too small"},
		},
		"SettingsRefused": {
			reason:     "So does a setting that cannot be resolved.",
			conditions: []condition{synced, ready, {"SettingsResolved", "False", "InvalidSettings", `EnvironmentConfig "dev": data.kmss: unknown`}, own("True", "Available", "")},
			want:       health{"Degraded", `refused: EnvironmentConfig "dev": data.kmss: unknown`},
		},
		"Creating": {
			reason:     "A claim that goes on by itself is progressing, and says what is pending.",
			conditions: []condition{synced, unready, resolved, own("False", "Creating", "vpc, subnet-app-a and 12 more")},
			want:       health{"Progressing", "vpc, subnet-app-a and 12 more"},
		},
		"Waiting": {
			reason:     "So is a reference that is not there yet.",
			conditions: []condition{synced, unready, resolved, own("False", "WaitingForReference", `waiting for Network "au-dev"`)},
			want:       health{"Progressing", `waiting for Network "au-dev"`},
		},
		"PendingInStatus": {
			reason:     "Without the kind's own condition, status.waitingFor has the message.",
			conditions: []condition{synced, unready, resolved, own("False", "Creating", "")},
			status:     map[string]any{"waitingFor": "the VPC"},
			want:       health{"Progressing", "the VPC"},
		},
		"OwnConditionMissing": {
			reason:     "Ready comes from Crossplane, and says nothing of what the function has not composed yet.",
			conditions: []condition{synced, ready, resolved},
			want:       health{"Progressing", "waiting for Crossplane"},
		},
		"SettingsMissing": {
			reason:     "A claim is not healthy while its settings are not known.",
			conditions: []condition{synced, ready, own("True", "Available", "")},
			want:       health{"Progressing", "waiting for Crossplane"},
		},
		"QuotaExceeded": {
			reason:     "A person has to act: the message has the remedy.",
			conditions: []condition{synced, unready, resolved, own("False", "QuotaExceeded", "an AWS quota is used up: ask for more")},
			want:       health{"Degraded", "QuotaExceeded: an AWS quota is used up: ask for more"},
		},
		"Throttled": {
			reason:     "It goes on by itself.",
			conditions: []condition{synced, unready, resolved, own("False", "Throttled", "AWS asks to slow down")},
			want:       health{"Progressing", "AWS asks to slow down"},
		},
		"Paused": {
			reason:     "A person paused it.",
			conditions: []condition{ready, {"Synced", "False", "ReconcilePaused", "paused"}, resolved, own("True", "Available", "")},
			want:       health{"Suspended", "paused: remove the annotation crossplane.io/paused to go on"},
		},
		"Deleting": {
			reason:     "It is being deleted, and says what holds it.",
			conditions: []condition{unsynced, unready, resolved, own("True", "Available", "")},
			metadata:   map[string]any{"deletionTimestamp": "2026-01-31T00:00:00Z"},
			want:       health{"Progressing", "being deleted, with everything behind it. cannot bind composite resource: no"},
		},
	}
	scripts := settings(t)
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			for _, kind := range kinds() {
				group, kind, _ := strings.Cut(kind, "_")
				if group != "platform.ausmart.io" {
					continue
				}
				for _, order := range orders(tc.conditions) {
					got := check(t, scripts, claim(kind, order, tc.metadata, tc.status))
					if diff := cmp.Diff(tc.want, got); diff != "" {
						t.Fatalf("%s\n%s with conditions %v: -want, +got:\n%s", tc.reason, kind, order, diff)
					}
				}
			}
		})
	}
}

// TestHealthOfAnOldCondition checks that a condition of an older generation does not count.
func TestHealthOfAnOldCondition(t *testing.T) {
	all := []condition{{"Synced", "True", "", ""}, {"Ready", "True", "", ""}, {"SettingsResolved", "True", "", ""}, {"OWN", "True", "", ""}}
	u := claim("Network", all, map[string]any{"generation": int64(3)}, nil)
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for generation, want := range map[int64]string{2: "Progressing", 3: "Healthy"} {
		for _, c := range conditions {
			c.(map[string]any)["observedGeneration"] = generation
		}
		if err := unstructured.SetNestedSlice(u.Object, conditions, "status", "conditions"); err != nil {
			t.Fatal(err)
		}
		if got := check(t, settings(t), u); got.Status != want {
			t.Errorf("observed at generation %d of 3: want %s, got %v", generation, want, got)
		}
	}
}

func TestHealthOfApplications(t *testing.T) {
	healthy := map[string]any{"status": "Healthy"}
	inSync := map[string]any{"status": "Synced"}
	cases := map[string]struct {
		reason string
		status map[string]any
		want   health
	}{
		"New": {
			reason: "A wave must wait for an application without a status.",
			want:   health{"Progressing", "not in sync yet: waiting"},
		},
		"OutOfSync": {
			reason: "With nothing applied, nothing is unhealthy.",
			status: map[string]any{"health": healthy, "sync": map[string]any{"status": "OutOfSync"}, "operationState": map[string]any{"message": "one or more tasks are running"}},
			want:   health{"Progressing", "not in sync yet: one or more tasks are running"},
		},
		"Healthy": {
			reason: "Both.",
			status: map[string]any{"health": healthy, "sync": inSync},
			want:   health{"Healthy", ""},
		},
		"Degraded": {
			reason: "The reason is passed on.",
			status: map[string]any{"health": map[string]any{"status": "Degraded", "message": "no"}, "sync": inSync},
			want:   health{"Degraded", "no"},
		},
		"Missing": {
			reason: "The managed Argo CD knows four results. Missing and Unknown are not among them.",
			status: map[string]any{"health": map[string]any{"status": "Missing"}, "sync": inSync},
			want:   health{"Progressing", ""},
		},
		"Lost": {
			reason: "A missing folder makes an application without resources, which would count as healthy.",
			status: map[string]any{
				"health": healthy, "sync": map[string]any{"status": "Unknown"},
				"conditions": []any{map[string]any{"type": "ComparisonError", "message": "app path does not exist"}},
			},
			want: health{"Degraded", "app path does not exist"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "argoproj.io/v1alpha1", "kind": "Application"}}
			if tc.status != nil {
				u.Object["status"] = tc.status
			}
			if diff := cmp.Diff(tc.want, check(t, settings(t), u)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// claim of a kind. OWN is the kind's own condition.
func claim(kind string, conditions []condition, metadata, status map[string]any) *unstructured.Unstructured {
	list := make([]any, 0, len(conditions))
	for _, c := range conditions {
		typ := strings.Replace(c.Type, "OWN", strings.TrimPrefix(kind, "X")+"Ready", 1)
		m := map[string]any{"type": typ, "status": c.Status, "reason": c.Reason}
		if c.Message != "" {
			m["message"] = c.Message
		}
		list = append(list, m)
	}
	all := map[string]any{}
	maps.Copy(all, status)
	if len(list) > 0 {
		all["conditions"] = list
	}
	if metadata == nil {
		metadata = map[string]any{"name": "x"}
	}
	u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "platform.ausmart.io/v1alpha1", "kind": kind, "metadata": metadata}}
	if len(all) > 0 {
		u.Object["status"] = all
	}
	return u
}

// orders returns every order of the conditions.
func orders(conditions []condition) [][]condition {
	if len(conditions) < 2 {
		return [][]condition{conditions}
	}
	var all [][]condition
	for i, first := range conditions {
		for _, rest := range orders(slices.Concat(conditions[:i], conditions[i+1:])) {
			all = append(all, slices.Concat([]condition{first}, rest))
		}
	}
	return all
}

// check an object as Argo CD does, without Lua's libraries: the managed Argo CD has no standard library.
func check(t *testing.T, scripts map[string]string, u *unstructured.Unstructured) health {
	t.Helper()
	script := scripts[healthKey+u.GroupVersionKind().Group+"_"+u.GetKind()]
	l := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer l.Close()
	l.SetGlobal("obj", toLua(l, u.Object))
	if err := l.DoString(script); err != nil {
		t.Fatalf("cannot run the health check of %s: %v", u.GetKind(), err)
	}
	answer, is := l.Get(-1).(*lua.LTable)
	if !is {
		t.Fatalf("the health check of %s returns %s, not a table", u.GetKind(), l.Get(-1).Type())
	}
	got := health{lua.LVAsString(answer.RawGetString("status")), lua.LVAsString(answer.RawGetString("message"))}
	if !slices.Contains([]string{"Healthy", "Progressing", "Degraded", "Suspended"}, got.Status) {
		t.Fatalf("the health check of %s returns the status %q", u.GetKind(), got.Status)
	}
	return got
}

func toLua(l *lua.LState, v any) lua.LValue {
	switch v := v.(type) {
	case string:
		return lua.LString(v)
	case bool:
		return lua.LBool(v)
	case int64:
		return lua.LNumber(v)
	case []any:
		table := l.CreateTable(len(v), 0)
		for _, item := range v {
			table.Append(toLua(l, item))
		}
		return table
	case map[string]any:
		table := l.CreateTable(0, len(v))
		for key, item := range v {
			table.RawSetString(key, toLua(l, item))
		}
		return table
	default:
		return lua.LNil
	}
}
