package helm

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestNext(t *testing.T) {
	first, now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	installed := func(version int, chart string, values map[string]any, when info) record {
		return record{
			Name: "web", Namespace: "store", Version: version, Config: values, Info: when, Chart: recordedChart{metadata{"v2", "web", chart}},
		}
	}
	wanted := func(chartVersion string, values map[string]any) parameters {
		return parameters{Chart: chart{Name: "web", Version: chartVersion}, Namespace: "store", Values: values}
	}
	last := installed(1, "1.0.0", map[string]any{"replicas": 2.0}, info{FirstDeployed: first, LastDeployed: first, Status: deployed, Description: "Install complete"})
	upgraded := info{FirstDeployed: first, LastDeployed: now, Status: deployed, Description: "Upgrade complete"}
	cases := map[string]struct {
		reason string
		last   record
		wanted parameters
		want   record
		news   bool
	}{
		"First": {
			reason: "There was none.", wanted: wanted("1.0.0", nil),
			want: installed(1, "1.0.0", nil, info{FirstDeployed: now, LastDeployed: now, Status: deployed, Description: "Install complete"}), news: true,
		},
		"Same": {
			reason: "A number from YAML has another type than one from a record, and is equal to it.",
			last:   last, wanted: wanted("1.0.0", map[string]any{"replicas": int64(2)}), want: last,
		},
		"OtherValues": {
			reason: "Other values are another revision.", last: last, wanted: wanted("1.0.0", map[string]any{"replicas": int64(3)}),
			want: installed(2, "1.0.0", map[string]any{"replicas": int64(3)}, upgraded), news: true,
		},
		"OtherChart": {
			reason: "So is another chart.", last: last, wanted: wanted("1.1.0", map[string]any{"replicas": int64(2)}),
			want: installed(2, "1.1.0", map[string]any{"replicas": int64(2)}, upgraded), news: true,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, news := next(tc.last, "web", tc.wanted, now)
			if diff := cmp.Diff(tc.want, got); diff != "" || news != tc.news {
				t.Errorf("\n%s\nnext(...): news is %t, -want, +got:\n%s", tc.reason, news, diff)
			}
		})
	}
}

func TestRecordIsReadAsItWasWritten(t *testing.T) {
	want, _ := next(record{}, "web", parameters{
		Chart: chart{Name: "web", Version: "1.0.0"}, Namespace: "store", Values: map[string]any{"a": "b"},
	}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	s, err := want.secret()
	if err != nil {
		t.Fatal(err)
	}
	if name := s.GetName(); name != "sh.helm.release.v1.web.v1" {
		t.Errorf("Helm would not look for a Secret %s", name)
	}
	got, err := decodeRecord(s)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("decodeRecord(...): %v, -want, +got:\n%s", err, diff)
	}
}
