package guardrails_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A line of the table: who does what, by which route, and who refuses it.
type line struct {
	who   person
	what  string // KIND is each of the kinds
	route string
	kinds []string // of claims to test the line with; empty where it uses no claim

	// do prepares the scene, and returns the attempt.
	do func(s *scene) func() error

	// refused by a policy, by RBAC or by the schema; empty when it is admitted.
	refused string

	// remedied by the person who runs the command that the refusal names: then the same attempt
	// succeeds. Without a person the refusal names no command.
	remedied person
}

const (
	rbac   = "RBAC"
	schema = "schema"
)

// An outcome is the result of a line.
type outcome struct {
	refused string
	message string
}

// TestGuardrails runs every line of the table, and compares docs/guardrails.md with the results.
// Run it with -update to rewrite the table.
func TestGuardrails(t *testing.T) {
	config := server.Get(t).Config
	root, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for i, l := range table() {
		kinds := l.kinds
		if len(kinds) == 0 {
			kinds = []string{""}
		}
		first := outcome{}
		for j, kind := range kinds {
			t.Run(title(l, kind), func(t *testing.T) {
				s := &scene{T: t, config: config, suffix: fmt.Sprintf("-x%03d", i*len(allKinds())+j), kind: kind, root: root, who: l.who}
				s.me = s.client(l.who)
				got, again := s.run(l)
				if j == 0 { // For another kind the refusal is the same, with its name.
					first = got
					again()
					return
				}
				if diff := cmp.Diff(ofKind(first, kinds[0], kind), got, cmp.AllowUnexported(outcome{})); diff != "" {
					t.Errorf("-as for a %s, +for a %s:\n%s", kinds[0], kind, diff)
				}
			})
		}
		rows = append(rows, row{line: l, got: first})
	}
	if !t.Failed() {
		compareWithPage(t, rows)
	}
}

func title(l line, kind string) string {
	return strings.ReplaceAll(strings.Join([]string{l.who.title, l.what, l.route}, ", "), "KIND", kind)
}

// run a line, and return a function that runs the command of the refusal and tries again.
func (s *scene) run(l line) (got outcome, again func()) {
	s.Helper()
	attempt := l.do(s)
	err := attempt()
	got = outcome{refused: refuser(s.T, err), message: s.plain(err)}
	if got.refused != l.refused {
		s.Fatalf("refused by %q, want %q: %v", got.refused, l.refused, err)
	}
	s.Log(got.message)
	commands, want := commands(err), 0
	if l.remedied.name != "" {
		want = 1
	}
	if len(commands) != want {
		s.Fatalf("the refusal names %d commands, want %d: %v", len(commands), want, err)
	}
	return got, func() {
		for _, command := range commands {
			s.remedy(l, command, attempt)
		}
	}
}

// remedy runs the command of a refusal, as a person who may; then the attempt succeeds. Other lines
// test persons who may not.
func (s *scene) remedy(l line, command string, attempt func() error) {
	s.Helper()
	if out, err := s.kubectl(l.remedied, command); err != nil {
		s.Fatalf("cannot %s: %s", command, out)
	}
	if err := eventually(s.Context(), attempt); err != nil {
		s.Errorf("still refused after %s: %v", command, err)
	}
}

var (
	policyName = regexp.MustCompile(`ValidatingAdmissionPolicy '([^']+)'`)
	uid        = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	command    = regexp.MustCompile(`kubectl (?:annotate|label) [^;]*=[^ ;]+`)
)

// refuser returns who refused.
func refuser(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	if policy := policyName.FindStringSubmatch(err.Error()); policy != nil {
		return policy[1]
	}
	switch status := apierrors.APIStatus(nil); {
	case !errors.As(err, &status):
		t.Fatalf("not an answer of the API server: %v", err)
	case apierrors.IsForbidden(err) && strings.Contains(err.Error(), " cannot "):
		return rbac
	case apierrors.IsInvalid(err):
		return schema
	}
	t.Fatalf("refused for no reason that this test knows: %v", err)
	return ""
}

// plain is kubectl's output, without the parts that differ from run to run.
func (s *scene) plain(err error) string {
	if err == nil {
		return ""
	}
	var ids []string
	text := uid.ReplaceAllStringFunc(err.Error(), func(id string) string {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
		return "UID" + strings.Repeat("-OF-ANOTHER", slices.Index(ids, id))
	})
	return strings.ReplaceAll(text, s.suffix, "")
}

// commands that a refusal names.
func commands(err error) []string {
	if err == nil {
		return nil
	}
	return command.FindAllString(err.Error(), -1)
}

// ofKind is an outcome for a claim of another kind.
func ofKind(o outcome, from, to string) outcome {
	r := strings.NewReplacer(from+" ", to+" ", plural(from), plural(to))
	return outcome{refused: o.refused, message: r.Replace(o.message)}
}

func plural(kind string) string { return strings.ToLower(kind) + "s" }

func allKinds() []string { return []string{"Network", "Cluster", "Database", "Service"} }

func table() []line {
	var all []line
	for _, part := range [][]line{
		namespaceLines(), claimLines(), compositeLines(), protectionLines(), environmentLines(),
		definitionLines(), approvalLines(), placementLines(), imageLines(),
	} {
		all = append(all, part...)
	}
	return all
}
