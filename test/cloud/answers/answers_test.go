package answers

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOf(t *testing.T) {
	type params = map[string]any
	cases := map[string]struct {
		reason, kind, id string
		params           params
		want             map[string]any
	}{
		"Unknown": {
			reason: "Most ARNs have one form.",
			kind:   "Thing", id: "thing-1",
			want: map[string]any{"id": "thing-1", "arn": "arn:aws:ec2:eu-west-1:111122223333:thing/thing-1"},
		},
		"OwnForm": {
			reason: "Some have another.",
			kind:   "FlowLog", id: "fl-1",
			want: map[string]any{"id": "fl-1", "arn": "arn:aws:ec2:eu-west-1:111122223333:vpc-flow-log/fl-1"},
		},
		"WithoutARN": {
			reason: "A part of another resource has none, and a parameter of that name stays.",
			kind:   "Route", id: "r-1",
			params: params{"arn": "the target's"},
			want:   map[string]any{"id": "r-1"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := Of(Resource{Service: "ec2", Kind: tc.kind, ID: tc.id, Region: "eu-west-1", Account: "111122223333", Params: tc.params})
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nOf(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestPath has a role at AWS's default path, and one at a path of its own.
func TestPath(t *testing.T) {
	for path, want := range map[string]string{"": "arn:aws:iam::1:role/r", "/shop/": "arn:aws:iam::1:role/shop/r"} {
		if got := Of(Resource{Service: "iam", Kind: "Role", ID: "r", Account: "1", Params: map[string]any{"path": path}})["arn"]; got != want {
			t.Errorf("path %q: arn is %v, want %s", path, got, want)
		}
	}
}

func TestNewest(t *testing.T) {
	cases := []struct{ engine, asked, want string }{
		{"mysql", "8.4", "8.4.6"},
		{"mysql", "8.0.35", "8.0.35"},
		{"postgres", "17", "17.6"},
		{"postgres", "17.4", "17.4"},
		{"redis", "7.1", "7.1.6"},
		{"mysql", "", ""},
	}
	for _, tc := range cases {
		if got := newest(tc.engine, tc.asked); got != tc.want {
			t.Errorf("newest(%s, %s) = %s, want %s", tc.engine, tc.asked, got, tc.want)
		}
	}
}
