package guardrails_test

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

func protectionLines() []line {
	change := func(environment, from, to string) func(s *scene) func() error {
		return func(s *scene) func() error {
			u := s.claim(environment, from)
			return func() error { return s.merge(s.me, u.DeepCopy(), to) }
		}
	}
	changeComposite := func(to string) func(s *scene) func() error {
		return func(s *scene) func() error {
			u := s.composite("prod")
			return func() error { return s.merge(s.me, u.DeepCopy(), to) }
		}
	}
	protected, database := []string{"Database", "Cluster"}, []string{"Database"}
	return []line{
		{who: developer, kinds: allKinds(), what: "turns a KIND of prod into one of dev", route: "kubectl edit", do: change("prod", "", `{spec: {environment: dev}}`), refused: "platform-protection", remedied: operator},
		{who: developer, kinds: protected, what: "sets deletionProtection: false in a KIND of prod", route: "kubectl edit", do: change("prod", "", `{spec: {deletionProtection: false}}`), refused: "platform-protection", remedied: operator},
		{who: argoCD, kinds: protected, what: "sets deletionProtection: false in a KIND of prod", route: "sync (server-side apply)", do: func(s *scene) func() error {
			s.claim("prod", "")
			u := s.draft("prod", `{deletionProtection: false}`)
			return func() error {
				return s.me.Apply(s.Context(), client.ApplyConfigurationFromUnstructured(u.DeepCopy()), client.FieldOwner("argocd-controller"), client.ForceOwnership)
			}
		}, refused: "platform-protection", remedied: operator},
		{who: developer, kinds: protected, what: "sets deletionProtection: false in a KIND of prod, from true", route: "kubectl edit", do: change("prod", `{deletionProtection: true}`, `{spec: {deletionProtection: false}}`), refused: "platform-protection", remedied: operator},
		{who: developer, kinds: protected, what: "leaves deletionProtection of a KIND of prod to the environment", route: "kubectl edit", do: change("prod", `{deletionProtection: true}`, `{spec: {deletionProtection: null}}`)},
		{who: developer, kinds: protected, what: "changes an unprotected KIND of prod otherwise", route: "kubectl edit", do: change("prod", `{deletionProtection: false}`, `{spec: {tags: {a: b}}}`)},
		{who: developer, kinds: database, what: "sets finalSnapshot: false in a KIND of prod", route: "kubectl edit", do: change("prod", "", `{spec: {finalSnapshot: false}}`), refused: "platform-protection", remedied: operator},
		{who: developer, kinds: database, what: "sets backupRetentionDays: 0 in a KIND of prod", route: "kubectl edit", do: change("prod", "", `{spec: {backupRetentionDays: 0}}`), refused: "platform-protection", remedied: operator},
		{who: developer, kinds: database, what: "switches off all that protects a KIND of prod", route: "kubectl edit", do: change("prod", "", `{spec: {environment: dev, deletionProtection: false, finalSnapshot: false, backupRetentionDays: 0}}`), refused: "platform-protection", remedied: operator},
		{who: developer, kinds: database, what: "sets backupRetentionDays: 7 in a KIND of prod", route: "kubectl edit", do: change("prod", "", `{spec: {backupRetentionDays: 7}}`)},
		{who: developer, kinds: protected, what: "sets deletionProtection: false in a KIND of staging", route: "kubectl edit", do: change("staging", "", `{spec: {deletionProtection: false}}`)},
		{who: operator, kinds: protected, what: "deletes a KIND of prod by the approval with which its protection was switched off", route: "kubectl delete", do: func(s *scene) func() error {
			u := s.claim("prod", "")
			s.approve(u)
			if err := s.merge(s.me, u, `{spec: {deletionProtection: false}}`); err != nil {
				s.Fatal(err)
			}
			return s.remove(u)
		}, refused: "platform-removal", remedied: operator},
		{who: operator, kinds: allKinds(), what: "turns the composite of a KIND of prod into one of dev", route: "kubectl edit", do: changeComposite(`{spec: {environment: dev}}`), refused: "platform-protection", remedied: operator},
		{who: crossplane, kinds: allKinds(), what: "turns the composite of a KIND of prod into one of dev", route: "change of the claim", do: changeComposite(`{spec: {environment: dev}}`)},
	}
}

func environmentLines() []line {
	change := func(to string) func(s *scene) func() error {
		return func(s *scene) func() error {
			s.suffix = "" // An EnvironmentConfig has a fixed name.
			u := object("apiextensions.crossplane.io/v1beta1", "EnvironmentConfig", "", "prod")
			u.Object["data"] = map[string]any{"retentionDays": int64(90)}
			s.create(u)
			s.Cleanup(func() { _ = s.root.Delete(context.Background(), u) }) // The test's own context has ended by then.
			return func() error { return s.merge(s.me, u.DeepCopy(), to) }
		}
	}
	create := func(name string) func(s *scene) func() error {
		return func(s *scene) func() error {
			u := object("apiextensions.crossplane.io/v1beta1", "EnvironmentConfig", "", name)
			u.Object["data"] = map[string]any{"deletionProtection": false}
			return func() error { return s.me.Create(s.Context(), u.DeepCopy(), client.DryRunAll) }
		}
	}
	return []line{
		{who: argoCD, what: "sets deletionProtection: false in the EnvironmentConfig prod", route: "sync", do: change(`{data: {deletionProtection: false}}`), refused: "platform-environments", remedied: operator},
		{who: administrator, what: "sets finalSnapshot: false and backupRetentionDays: 0 in the EnvironmentConfig prod", route: "kubectl edit", do: change(`{data: {finalSnapshot: false, backupRetentionDays: 0}}`), refused: "platform-environments", remedied: operator},
		{who: argoCD, what: "creates the EnvironmentConfig prod with deletionProtection: false", route: "sync", do: create("prod"), refused: "platform-environments"},
		{who: argoCD, what: "creates the EnvironmentConfig dev with deletionProtection: false", route: "sync", do: create("dev")},
		{who: argoCD, what: "changes another setting in the EnvironmentConfig prod", route: "sync", do: change(`{data: {retentionDays: 120}}`)},
	}
}

func definitionLines() []line {
	remove := func(document string) func(s *scene) func() error {
		return func(s *scene) func() error {
			u := s.definition(document)
			s.create(u)
			return s.remove(u)
		}
	}
	return []line{
		{who: administrator, what: "deletes a CustomResourceDefinition of the platform", route: "kubectl delete", do: remove(crd("platform.ausmart.io")), refused: "platform-definitions", remedied: administrator},
		{who: garbageCollector, what: "deletes a CustomResourceDefinition of AWS resources", route: "garbage collection, after the provider's package", do: remove(crd("ec2.aws.upbound.io")), refused: "platform-definitions", remedied: administrator},
		{who: administrator, what: "deletes a CustomResourceDefinition of Crossplane", route: "kubectl delete", do: remove(crd("apiextensions.crossplane.io")), refused: "platform-definitions", remedied: administrator},
		{who: administrator, what: "deletes a CustomResourceDefinition of something else", route: "kubectl delete", do: remove(crd("notcrossplane.io"))},
		{who: crossplane, what: "deletes a CustomResourceDefinition of the platform", route: "deletion of the XRD", do: remove(crd("platform.ausmart.io"))},
		{who: administrator, what: "deletes an XRD", route: "kubectl delete", do: remove(xrd), refused: "platform-definitions", remedied: administrator},
		{who: garbageCollector, what: "deletes an XRD", route: "garbage collection, after the Configuration", do: remove(xrd), refused: "platform-definitions", remedied: administrator},
		{who: argoCD, what: "prunes the Configuration", route: "prune", do: remove(pkg("Configuration")), refused: "platform-definitions", remedied: administrator},
		{who: administrator, what: "deletes a Provider", route: "kubectl delete", do: remove(pkg("Provider")), refused: "platform-definitions", remedied: administrator},
		{who: administrator, what: "deletes a Function", route: "kubectl delete", do: remove(pkg("Function")), refused: "platform-definitions", remedied: administrator},
		{who: operator, what: "deletes the Configuration", route: "kubectl delete", do: remove(pkg("Configuration")), refused: rbac},
		{who: developer, what: "deletes the Configuration", route: "kubectl delete", do: remove(pkg("Configuration")), refused: rbac},
	}
}
