package manifests

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const checkout = "../.."

// folders of the checkout with YAML files that Git, Argo CD or GitHub uses.
var folders = []string{".github", "argocd", "examples"}

func TestNoFileHasAFault(t *testing.T) {
	found, err := NewChecker(checkout).Check(t.Context(), folders...)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

// TestAFaultInAnyFileIsFound adds an unknown field to each document of each file, and expects a
// fault with its place.
func TestAFaultInAnyFileIsFound(t *testing.T) {
	c := NewChecker(checkout)
	for _, folder := range folders {
		files, err := yamlFiles(checkout, folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if name, _ := format(file); name == workflow {
				continue // TestActionlintFindsAFaultInEachWorkflow
			}
			content, err := os.ReadFile(filepath.Join(checkout, file))
			if err != nil {
				t.Fatal(err)
			}
			documents, err := parse(content)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range documents {
				for _, p := range plant(d.object) {
					found, err := c.document(t.Context(), file, document{node: d.node, object: p.object})
					if err != nil {
						t.Fatal(err)
					}
					if !slices.ContainsFunc(found, func(e *field.Error) bool { return e.Field == p.path && problem(e) == "there is no such field" }) {
						t.Errorf("%s, line %d: %s is planted, and this is found: %v", file, d.node.Line, p.path, found)
					}
				}
			}
		}
	}
}

type planted struct {
	path   string
	object map[string]any
}

// plant a field into the document itself, its metadata, and its spec where it has one.
func plant(object map[string]any) []planted {
	all := []planted{{"planted", with(object, nil)}}
	for _, parent := range []string{"metadata", "spec"} {
		if _, ok := object[parent].(map[string]any); ok {
			all = append(all, planted{parent + ".planted", with(object, []string{parent})})
		}
	}
	return all
}

func with(object map[string]any, at []string) map[string]any {
	out := maps.Clone(object)
	if len(at) == 0 {
		out["planted"] = "by a test"
		return out
	}
	out[at[0]] = with(object[at[0]].(map[string]any), at[1:])
	return out
}

func TestFaults(t *testing.T) {
	cases := map[string]struct {
		reason string
		file   string
		beside map[string]string
		text   string
		want   []string
	}{
		"UnknownFieldOfArgoCD": {
			reason: "Argo CD's own schema.",
			file:   "argocd/apps/a.yaml",
			text: `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a}
spec:
  project: platform
  destination: {name: in-cluster}
  source: {repoURL: https://example.org/a.git, path: a}
  syncPolicy:
    automated:
      prun: true
`,
			want: []string{"argocd/apps/a.yaml:10: spec.syncPolicy.automated.prun: there is no such field"},
		},
		"ValueThatTheChartDoesNotHave": {
			reason: "Helm takes any value, and a misspelled one changes nothing.",
			file:   "argocd/platform/crossplane.yaml",
			text: `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: crossplane}
spec:
  project: platform
  destination: {name: in-cluster}
  sources:
    - repoURL: https://charts.crossplane.io/stable
      chart: crossplane
      targetRevision: 2.4.3
      helm:
        valuesObject:
          arg: [--debug]
          args: --debug
          rbacManager: {deploi: true}
`,
			want: []string{
				"argocd/platform/crossplane.yaml:13: spec.sources[0].helm.valuesObject.arg: the chart has no such value",
				"argocd/platform/crossplane.yaml:14: spec.sources[0].helm.valuesObject.args: the chart's own value is a list",
				"argocd/platform/crossplane.yaml:15: spec.sources[0].helm.valuesObject.rbacManager.deploi: the chart has no such value",
			},
		},
		"ValuesOfAnUnknownChart": {
			reason: "A chart that cannot be checked is refused.",
			file:   "argocd/apps/a.yaml",
			text: `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: a}
spec:
  project: platform
  destination: {name: in-cluster}
  source: {repoURL: https://example.org, chart: other, targetRevision: 1.0.0, helm: {values: "a: b"}}
`,
			want: []string{`argocd/apps/a.yaml:7: spec.source.helm.values: the values of chart "other" are not known: ` +
				"add the place of its values.yaml to test/manifests/charts.go"},
		},
		"MissingFieldOfKubernetes": {
			reason: "Kubernetes' OpenAPI.",
			file:   "argocd/guardrails/a.yaml",
			text: `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: viewer}
rules:
  - apiGroups: [""]
    resources: [pods]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: viewer}
subjects:
  - {kind: Group, name: viewers, apiGroup: rbac.authorization.k8s.io}
`,
			want: []string{
				"argocd/guardrails/a.yaml:5: rules[0].verbs: Required value",
				"argocd/guardrails/a.yaml:8: roleRef: Required value",
			},
		},
		"FieldInATemplate": {
			reason: "A pod's template is far down in a CronJob.",
			file:   "argocd/guardrails/a.yaml",
			text: `apiVersion: batch/v1
kind: CronJob
metadata: {name: a}
spec:
  schedule: "* * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: a
              image: example.org/a@sha256:0
              comand: [a]
`,
			want: []string{
				"argocd/guardrails/a.yaml:14: spec.jobTemplate.spec.template.spec.containers[0].comand: there is no such field",
			},
		},
		"QuantityThatIsNone": {
			reason: "A quantity is a string to the schema; only Kubernetes' types know better.",
			file:   "argocd/guardrails/a.yaml",
			text: `apiVersion: v1
kind: ResourceQuota
metadata: {name: a}
spec: {hard: {cpu: many}}
`,
			want: []string{"argocd/guardrails/a.yaml:1: quantities must match the regular expression " +
				"'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"},
		},
		"EnumOfCrossplane": {
			reason: "Crossplane's CRDs.",
			file:   "argocd/platform/a.yaml",
			text: `apiVersion: pkg.crossplane.io/v1beta1
kind: ImageConfig
metadata: {name: signatures}
spec:
  matchImages:
    - prefix: ghcr.io/ausmart/
  verification:
    provider: Notary
    cosign: {authorities: [{name: a}]}
`,
			want: []string{`argocd/platform/a.yaml:8: spec.verification.provider: Unsupported value: "Notary": supported values: "Cosign"`},
		},
		"ProviderConfig": {
			reason: "The provider's CRDs.",
			file:   "argocd/platform/a.yaml",
			text: `apiVersion: aws.upbound.io/v1beta1
kind: ProviderConfig
metadata: {name: dev}
spec:
  credentials: {source: PodIdentity, roleARN: arn}
`,
			want: []string{"argocd/platform/a.yaml:5: spec.credentials.roleARN: there is no such field"},
		},
		"RuleOfOurs": {
			reason: "The rules in our definitions, with their words.",
			file:   "examples/au-dev/a.yaml",
			text: `apiVersion: platform.ausmart.io/v1alpha1
kind: Network
metadata: {name: a}
spec:
  environment: dev
  cidr: 10.0.0.0/8
`,
			want: []string{`examples/au-dev/a.yaml:6: spec.cidr: Invalid value: "10.0.0.0/8": must be between /16 (the largest VPC that AWS allows) and ` +
				"/24 (the smallest that holds three tiers)"},
		},
		"UnknownKind": {
			reason: "A kind in the wrong group is found too.",
			file:   "examples/au-dev/a.yaml",
			text:   "apiVersion: platform.ausmart.io/v1alpha1\nkind: Netwrk\nmetadata: {name: a}\n",
			want:   []string{`examples/au-dev/a.yaml:2: kind: unknown kind: apis/ does not define Netwrk`},
		},
		"KeyTwice": {
			reason: "The last duplicate would win without an error.",
			file:   "examples/au-dev/a.yaml",
			text:   "apiVersion: v1\nkind: ConfigMap\nkind: Secret\n",
			want:   []string{`examples/au-dev/a.yaml:3: this is not YAML: unmarshal errors:  line 3: mapping key "kind" already defined at line 2`},
		},
		"NoYAML": {
			reason: "A tab, for instance.",
			file:   "examples/au-dev/a.yaml",
			text:   "apiVersion: v1\n\tkind: ConfigMap\n",
			want:   []string{"examples/au-dev/a.yaml:2: this is not YAML: line 2: found a tab character that violates indentation"},
		},
		"Kustomization": {
			reason: "A file that is not listed would not be applied, and a missing one stops all of them.",
			file:   "argocd/guardrails/kustomization.yaml",
			beside: map[string]string{"b.yaml": "apiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n"},
			text:   "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - c.yaml\nprune: true\n",
			want: []string{
				"argocd/guardrails/kustomization.yaml:5: prune: there is no such field",
				`argocd/guardrails/kustomization.yaml:4: resources[0]: Not found: "c.yaml"`,
				"argocd/guardrails/kustomization.yaml:3: resources: b.yaml is not in the list, and would not be applied",
			},
		},
		"IssueForm": {
			reason: "GitHub does not show a form with a mistake.",
			file:   ".github/ISSUE_TEMPLATE/bug.yml",
			text:   "name: Bug\ndescription: A bug\nbody:\n  - type: textbox\n    attributes: {label: What}\n  - type: input\n    attributes: {}\n",
			want: []string{
				`.github/ISSUE_TEMPLATE/bug.yml:4: body[0].type: Unsupported value: "textbox": supported values: "dropdown", "input", "markdown", "textarea"`,
			},
		},
		"QuestionWithoutLabel": {
			reason: "Rules between fields come once the fields are right.",
			file:   ".github/ISSUE_TEMPLATE/bug.yml",
			text:   "name: Bug\ndescription: A bug\nbody:\n  - type: input\n    attributes: {}\n",
			want:   []string{`.github/ISSUE_TEMPLATE/bug.yml:4: body[0]: Invalid value: a question needs attributes.label`},
		},
		"Chooser": {
			reason: "The page from which a person chooses a form.",
			file:   ".github/ISSUE_TEMPLATE/config.yml",
			text:   "blank_issue_enabled: false\n",
			want:   []string{".github/ISSUE_TEMPLATE/config.yml:1: blank_issue_enabled: there is no such field"},
		},
		"Workflow": {
			reason: "actionlint finds none of these.",
			file:   ".github/workflows/a.yml",
			text: `on: push
permissions: {contents: write}
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-go@b7ad1dad31e06c5925ef5d2fc7ad053ef454303e # newest
      - run: make tset
`,
			want: []string{
				".github/workflows/a.yml:2: permissions: write permissions: {} here, and in each job what that job needs",
				".github/workflows/a.yml:4: jobs.a.permissions: Required value: say what the job may do",
				".github/workflows/a.yml:4: jobs.a.timeout-minutes: Required value: a job that hangs costs six hours",
				`.github/workflows/a.yml:7: jobs.a.steps[0].uses: Invalid value: "actions/checkout@v4": a tag can be moved: name the commit`,
				".github/workflows/a.yml:7: jobs.a.steps[0].with.persist-credentials: Required value: say whether later steps push",
				`.github/workflows/a.yml:8: jobs.a.steps[1].uses: Invalid value: "actions/setup-go@b7ad1dad31e06c5925ef5d2fc7ad053ef454303e": ` +
					"say the commit's version behind it, as # v1.2.3",
				".github/workflows/a.yml:9: jobs.a.steps[2].run: make has no target tset",
			},
		},
		"UnknownFile": {
			reason: "A file without a schema would look checked.",
			file:   ".github/labels.yml",
			text:   "a: b\n",
			want:   []string{".github/labels.yml:1: no schema is known for this file: add one to test/manifests/formats"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for beside, text := range tc.beside {
				write(t, filepath.Join(dir, filepath.Dir(tc.file), beside), text)
			}
			write(t, filepath.Join(dir, tc.file), tc.text)
			c := NewChecker(checkout)
			c.root = dir
			if diff := cmp.Diff(tc.want, check(t.Context(), t, c, tc.file)); diff != "" {
				t.Errorf("%s -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func check(ctx context.Context, t *testing.T, c *Checker, file string) []string {
	found, err := c.file(ctx, file)
	if err != nil {
		t.Fatal(err)
	}
	texts := make([]string, 0, len(found))
	for _, f := range found {
		texts = append(texts, strings.ReplaceAll(f.String(), "\n", ""))
	}
	return texts
}

func write(t *testing.T, path, text string) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestActionlintFindsAFaultInEachWorkflow runs make lint's actionlint on each workflow with an unknown key.
func TestActionlintFindsAFaultInEachWorkflow(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(checkout, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^ACTIONLINT = (\S+)$`).FindSubmatch(makefile)
	if found == nil {
		t.Fatal("the Makefile names no actionlint")
	}
	workflows, err := filepath.Glob(filepath.Join(checkout, ".github/workflows/*.yml"))
	if err != nil || len(workflows) == 0 {
		t.Fatalf("cannot find workflows: %v", err)
	}
	for _, file := range workflows {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			broken := filepath.Join(t.TempDir(), "planted.yml")
			text := strings.Replace(string(content), "runs-on: ubuntu-24.04", "run-on: ubuntu-24.04", 1)
			line := strings.Count(strings.SplitN(text, "run-on:", 2)[0], "\n") + 1
			write(t, broken, text)
			out, err := exec.CommandContext(t.Context(), "go", "run", string(found[1]), broken).CombinedOutput()
			want := fmt.Sprintf(`%s:%d:5: unexpected key "run-on" for "job" section`, "planted.yml", line)
			if err == nil || !strings.Contains(string(out), want) {
				t.Errorf("actionlint does not find the fault: %v\nwant %q in:\n%s", err, want, out)
			}
		})
	}
}

func TestFormatsAreYAMLSchemas(t *testing.T) {
	entries, err := formats.ReadDir("formats")
	if err != nil || len(entries) == 0 {
		t.Fatalf("cannot find formats: %v", err)
	}
	f := files{}
	for _, e := range entries {
		if _, err := f.of(strings.TrimSuffix(e.Name(), ".yaml")); err != nil {
			t.Error(err)
		}
	}
}
