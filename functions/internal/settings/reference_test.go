package settings

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ausmart/platform/apis/v1alpha1"
)

var update = flag.Bool("update", false, "write docs/reference/settings.md anew")

// TestReference compares docs/reference/settings.md with the table. The page is also
// where a reviewer sees that a built-in value changes.
func TestReference(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "reference", "settings.md")
	want := reference(t)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s: -table, +page (-update writes it anew):\n%s", path, diff)
	}
}

const intro = `# Settings

<!-- Generated from functions/internal/settings/table.go: go test ./functions/internal/settings -update -->

A setting has a value for each environment. Three layers can set it, and the first that does wins:

1. The claim's own field. The second table lists it for each kind of claim.
2. The ` + "`EnvironmentConfig`" + ` that has the environment's name: ` + "`dev`, `staging` or `prod`" + `. Its ` + "`data`" + ` holds settings by
   their names, and only those that it changes. A name or value that the platform does not know stops the composition;
   the claim's ` + "`SettingsResolved`" + ` condition names the field.
3. The built-in value, which is in the first table.

` + "`status.settings`" + ` of a claim shows the values in effect and the origin of each: ` + "`claim`, `EnvironmentConfig/<name>`" + ` or
` + "`built-in`" + `.

`

func reference(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(intro + "## Built-in values\n\n| setting | meaning | dev | staging | prod |\n|---|---|---|---|---|\n")
	environments := map[v1alpha1.Environment]map[Name]v1alpha1.EffectiveSetting{}
	for _, env := range []v1alpha1.Environment{"dev", "staging", "prod"} {
		s, err := Resolve("", env, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		environments[env] = all(s)
	}
	for _, r := range table {
		meaning, _ := r.description()
		value := func(env v1alpha1.Environment) string { return environments[env][r.Name()].Value }
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", r.Name(), meaning, value("dev"), value("staging"), value("prod"))
	}

	b.WriteString("\n## Fields of the claims\n\nEach field is below `spec`. A kind with \"yes\" acts on the setting, but its claim cannot change it.\n\n")
	fmt.Fprintf(&b, "| setting | %s |\n|---%s|\n", strings.Join(kinds(), " | "), strings.Repeat("|---", len(kinds())))
	for _, r := range table {
		fmt.Fprintf(&b, "| `%s` |", r.Name())
		for _, kind := range kinds() {
			path, acts := r.field(kind)
			switch {
			case path != noField:
				fmt.Fprintf(&b, " `%s` |", path)
			case acts:
				b.WriteString(" yes |")
			default:
				b.WriteString(" |")
			}
		}
		b.WriteString("\n")
	}

	b.WriteString("\n## Values\n\nA claim and an `EnvironmentConfig` take the same values: " + onOff().words + ", but for these.\n\n")
	for _, r := range table {
		if _, words := r.description(); words != onOff().words {
			b.WriteString(wrap(fmt.Sprintf("- `%s`: %s.", r.Name(), words)))
		}
	}
	return b.String()
}

// wrap an item of a list.
func wrap(item string) string {
	const width = 120
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(item) {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteString("\n ")
			column = 1
			fallthrough
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String() + "\n"
}
