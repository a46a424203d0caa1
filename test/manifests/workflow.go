package manifests

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// actionlint checks the syntax of a workflow. These are the project's own rules: only reviewed code
// runs, with no right that it does not need.
var (
	pinned  = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	version = regexp.MustCompile(`^# v[0-9]+\.[0-9]+\.[0-9]+$`)
	makes   = regexp.MustCompile(`\bmake ([a-z][a-z0-9-]*)`)
	target  = regexp.MustCompile(`(?m)^([a-z0-9-]+):`)
)

// workflow checks one by the project's rules.
func (c *Checker) workflow(d document) field.ErrorList {
	var faults field.ErrorList
	if rights, ok := d.object["permissions"].(map[string]any); !ok || len(rights) > 0 {
		faults = append(faults, field.Forbidden(field.NewPath("permissions"), "write permissions: {} here, and in each job what that job needs"))
	}
	jobs, _ := d.object["jobs"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(jobs)) {
		job, _ := jobs[name].(map[string]any)
		faults = append(faults, c.job(field.NewPath("jobs", name), job, d)...)
	}
	return faults
}

func (c *Checker) job(at *field.Path, job map[string]any, d document) field.ErrorList {
	var faults field.ErrorList
	if _, ok := job["permissions"].(map[string]any); !ok {
		faults = append(faults, field.Required(at.Child("permissions"), "say what the job may do"))
	}
	if uses, ok := job["uses"].(string); ok {
		return append(faults, action(at.Child("uses"), uses, d)...)
	}
	if job["timeout-minutes"] == nil {
		faults = append(faults, field.Required(at.Child("timeout-minutes"), "a job that hangs costs six hours"))
	}
	steps, _ := job["steps"].([]any)
	for i, s := range steps {
		step, _ := s.(map[string]any)
		faults = append(faults, c.step(at.Child("steps").Index(i), step, d)...)
	}
	return faults
}

func (c *Checker) step(at *field.Path, step map[string]any, d document) field.ErrorList {
	var faults field.ErrorList
	if uses, ok := step["uses"].(string); ok {
		faults = append(faults, action(at.Child("uses"), uses, d)...)
		with, _ := step["with"].(map[string]any)
		if strings.HasPrefix(uses, "actions/checkout@") && with["persist-credentials"] == nil {
			faults = append(faults, field.Required(at.Child("with", "persist-credentials"), "say whether later steps push"))
		}
	}
	run, _ := step["run"].(string)
	for _, call := range makes.FindAllStringSubmatch(run, -1) {
		if !slices.Contains(c.makeTargets(), call[1]) {
			faults = append(faults, field.Forbidden(at.Child("run"), "make has no target "+call[1]))
		}
	}
	return faults
}

// action that a step or a job uses: one of this repository, or another's at a commit.
func action(at *field.Path, uses string, d document) field.ErrorList {
	if strings.HasPrefix(uses, "./") {
		return nil
	}
	if !pinned.MatchString(uses) {
		return field.ErrorList{field.Invalid(at, uses, "a tag can be moved: name the commit")}
	}
	if !version.MatchString(comment(d, at.String())) {
		return field.ErrorList{field.Invalid(at, uses, "say the commit's version behind it, as # v1.2.3")}
	}
	return nil
}

// comment after a field.
func comment(d document, path string) string {
	node := d.node
	for _, step := range steps(path) {
		if _, node = child(node, step); node == nil {
			return ""
		}
	}
	return node.LineComment
}

// makeTargets are the targets of the checkout's makefiles.
func (c *Checker) makeTargets() []string {
	if c.targets != nil {
		return c.targets
	}
	for _, pattern := range []string{"Makefile", "*/*.mk", "*/*/*.mk"} {
		files, _ := filepath.Glob(filepath.Join(c.schemas.finder.Root, pattern)) // The pattern is right.
		for _, file := range files {
			content, _ := os.ReadFile(file) // What cannot be read has no targets.
			for _, found := range target.FindAllSubmatch(content, -1) {
				c.targets = append(c.targets, string(found[1]))
			}
		}
	}
	return c.targets
}
