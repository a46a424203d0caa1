package pypi_test

import (
	"strings"
	"testing"

	"github.com/ausmart/platform/test/pypi"
)

func TestPathOfUnknownProgram(t *testing.T) {
	_, err := pypi.Path(t.Context(), t.Output(), "localstack")
	if err == nil || !strings.Contains(err.Error(), "there are ministack and moto") {
		t.Errorf("Path(localstack): want an error that lists what there is, got %v", err)
	}
}

func TestVersion(t *testing.T) {
	cases := map[string]struct {
		reason       string
		program, pkg string
		want         string
		err          string
	}{
		"Ministack": {reason: "The version is the pin.", program: pypi.Ministack, pkg: "ministack", want: "1.5.33"},
		"Moto":      {reason: "The version is the pin.", program: pypi.Moto, pkg: "moto", want: "5.2.5"},
		"Prefix":    {reason: "jsonschema-path is not jsonschema.", program: pypi.Moto, pkg: "json", err: "cannot find json"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := pypi.Version(tc.program, tc.pkg)
			if got != tc.want || (err == nil) != (tc.err == "") || (err != nil && !strings.Contains(err.Error(), tc.err)) {
				t.Errorf("%s\nVersion(%q, %q): want %q and error %q, got %q and %v", tc.reason, tc.program, tc.pkg, tc.want, tc.err, got, err)
			}
		})
	}
}
