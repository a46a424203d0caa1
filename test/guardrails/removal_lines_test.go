package guardrails_test

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// remove is an attempt to delete an object.
func (s *scene) remove(u *unstructured.Unstructured, opts ...client.DeleteOption) func() error {
	return func() error { return s.me.Delete(s.Context(), u, opts...) }
}

// removeAll is an attempt to delete all claims of the line's kind in a namespace, in one request.
func (s *scene) removeAll(u *unstructured.Unstructured) func() error {
	return func() error {
		return s.me.DeleteAllOf(s.Context(), object(version, s.kind, "", ""), client.InNamespace(u.GetNamespace()))
	}
}

// cascade of kubectl and Argo CD.
func cascade(policy metav1.DeletionPropagation) client.DeleteOption {
	return client.PropagationPolicy(policy)
}

func namespaceLines() []line {
	remove := func(name string, opts ...client.DeleteOption) func(s *scene) func() error {
		return func(s *scene) func() error { return s.remove(s.namespace(name), opts...) }
	}
	unlabel := func(s *scene) func() error {
		ns := s.namespace(production)
		return func() error {
			return s.merge(s.me, ns, `{metadata: {labels: {platform.ausmart.io/environment: null}}}`)
		}
	}
	relabel := func(subresource string) func(s *scene) func() error {
		return func(s *scene) func() error {
			ns := s.namespace(production)
			return func() error {
				ns := ns.DeepCopy()
				ns.SetResourceVersion("") // The version may have changed by then.
				ns.SetLabels(map[string]string{"platform.ausmart.io/environment": "dev"})
				return s.me.SubResource(subresource).Update(s.Context(), ns)
			}
		}
	}
	return []line{
		{who: junior, what: "deletes the namespace production", route: "kubectl delete namespace", do: remove(production, cascade(metav1.DeletePropagationBackground)), refused: "platform-namespaces", remedied: operator},
		{who: developer, what: "deletes the namespace production", route: "kubectl delete namespace", do: remove(production), refused: rbac},
		{who: operator, what: "deletes the namespace production", route: "kubectl delete namespace", do: remove(production), refused: "platform-namespaces", remedied: operator},
		{who: operator, what: "tries to delete the namespace production", route: "kubectl delete namespace --dry-run=server", do: remove(production, client.DryRunAll), refused: "platform-namespaces", remedied: operator},
		{who: argoCD, what: "prunes the namespace production", route: "prune", do: remove(production, cascade(metav1.DeletePropagationForeground)), refused: "platform-namespaces", remedied: operator},
		{who: operator, what: "deletes a namespace that is not production", route: "kubectl delete namespace", do: remove(development)},
		{who: operator, what: "takes the label off the namespace production", route: "kubectl label", do: unlabel, refused: "platform-namespaces", remedied: operator},
		{who: administrator, what: "changes the label of the namespace production", route: "update of namespaces/status", do: relabel("status"), refused: "platform-namespaces", remedied: operator},
		{who: administrator, what: "changes the label of the namespace production", route: "update of namespaces/finalize", do: relabel("finalize"), refused: "platform-namespaces", remedied: operator},
		{who: administrator, what: "adds another label to the namespace production", route: "kubectl label", do: func(s *scene) func() error {
			ns := s.namespace(production)
			return func() error { return s.merge(s.me, ns, `{metadata: {labels: {cost-centre: "7"}}}`) }
		}},
	}
}

func claimLines() []line {
	remove := func(environment string, opts ...client.DeleteOption) func(s *scene) func() error {
		return func(s *scene) func() error { return s.remove(s.claim(environment, ""), opts...) }
	}
	removeAll := func(s *scene) func() error { return s.removeAll(s.claim("prod", "")) }
	lines := []line{
		{who: developer, what: "deletes a KIND of prod", route: "kubectl delete", do: remove("prod"), refused: "platform-removal", remedied: operator},
		{who: operator, what: "deletes a KIND of prod", route: "kubectl delete", do: remove("prod"), refused: "platform-removal", remedied: operator},
		{who: operator, what: "deletes every KIND of the namespace", route: "deletecollection", do: removeAll, refused: "platform-removal", remedied: operator},
		{who: developer, what: "deletes every KIND of the namespace", route: "deletecollection", do: removeAll, refused: rbac},
		{who: operator, what: "tries to delete a KIND of prod", route: "kubectl delete --dry-run=server", do: remove("prod", client.DryRunAll), refused: "platform-removal", remedied: operator},
		{who: administrator, what: "deletes a KIND of prod", route: "kubectl delete --cascade=foreground", do: remove("prod", cascade(metav1.DeletePropagationForeground)), refused: "platform-removal", remedied: operator},
		{who: administrator, what: "deletes a KIND of prod", route: "kubectl delete --cascade=orphan", do: remove("prod", cascade(metav1.DeletePropagationOrphan)), refused: "platform-removal", remedied: operator},
		{who: argoCD, what: "prunes a KIND of prod that left Git", route: "prune", do: remove("prod", cascade(metav1.DeletePropagationForeground)), refused: "platform-removal", remedied: operator},
		{who: namespaceController, what: "deletes a KIND of prod in an approved namespace", route: "namespace deletion", do: func(s *scene) func() error {
			u := s.claim("prod", "")
			s.approve(s.namespace(production))
			return s.removeAll(u)
		}, refused: "platform-removal", remedied: operator},
		{who: crossplane, what: "deletes a KIND of prod", route: "deletion of the XRD", do: removeAll, refused: "platform-removal", remedied: operator},
		{who: operator, what: "deletes a KIND of prod that changed after its approval", route: "kubectl delete", do: func(s *scene) func() error {
			u := s.claim("prod", "")
			s.approve(u)
			s.mustMerge(u, `{spec: {tags: {cost-centre: retail}}}`)
			return s.remove(u)
		}, refused: "platform-removal", remedied: operator},
		{who: operator, what: "deletes a KIND of prod that is being deleted", route: "kubectl delete", do: func(s *scene) func() error {
			u := s.draft("prod", "")
			u.SetFinalizers([]string{"finalizer.apiextensions.crossplane.io"})
			s.create(u)
			s.approve(u)
			if err := s.me.Delete(s.Context(), u); err != nil {
				s.Fatal(err)
			}
			return s.remove(u)
		}},
		{who: developer, what: "deletes a KIND of dev", route: "kubectl delete", do: remove("dev")},
		{who: argoCD, what: "prunes a KIND of dev that left Git", route: "prune", do: remove("dev", cascade(metav1.DeletePropagationForeground))},
		{who: viewer, what: "deletes a KIND of dev", route: "kubectl delete", do: remove("dev"), refused: rbac},
		{who: developer, what: "deletes a KIND of dev of another team", route: "kubectl delete", do: func(s *scene) func() error {
			u := s.draftIn(elsewhere, "dev", "")
			s.create(u)
			return s.remove(u)
		}, refused: rbac},
	}
	return ofEveryKind(lines)
}

func compositeLines() []line {
	remove := func(opts ...client.DeleteOption) func(s *scene) func() error {
		return func(s *scene) func() error { return s.remove(s.composite("prod"), opts...) }
	}
	removeAll := func(s *scene) func() error {
		s.composite("prod")
		return func() error {
			return s.me.DeleteAllOf(s.Context(), object(version, "X"+s.kind, "", ""), client.MatchingLabels{"crossplane.io/claim-name": s.name("orders")})
		}
	}
	lines := []line{
		{who: operator, what: "deletes the composite of a KIND of prod", route: "kubectl delete", do: remove(), refused: "platform-removal", remedied: operator},
		{who: operator, what: "deletes every composite of a KIND", route: "deletecollection", do: removeAll, refused: "platform-removal", remedied: operator},
		{who: developer, what: "deletes the composite of a KIND of prod", route: "kubectl delete", do: remove(), refused: rbac},
		{who: argoCD, what: "prunes the composite of a KIND of prod", route: "prune", do: remove(cascade(metav1.DeletePropagationForeground)), refused: "platform-removal", remedied: operator},
		{who: provider, what: "deletes the composite of a KIND of prod", route: "API", do: remove(), refused: "platform-removal", remedied: operator},
		{who: garbageCollector, what: "deletes the composite of a KIND of prod", route: "garbage collection", do: remove(), refused: "platform-removal", remedied: operator},
		{who: operator, what: "deletes the composite of a KIND of prod whose claim is approved", route: "kubectl delete", do: func(s *scene) func() error {
			claim, u := s.claim("prod", ""), s.composite("prod")
			if err := s.annotate(s.client(crossplane), u, approved, approval(claim)); err != nil {
				s.Fatalf("Crossplane cannot copy an annotation: %v", err)
			}
			return s.remove(u)
		}, refused: "platform-removal", remedied: operator},
		{who: crossplane, what: "deletes the composite of a KIND of prod", route: "deletion of the claim", do: remove()},
		{who: crossplane, what: "deletes every composite of a KIND", route: "deletion of the XRD", do: removeAll, refused: "platform-removal", remedied: operator},
	}
	return ofEveryKind(lines)
}

func ofEveryKind(lines []line) []line {
	for i := range lines {
		lines[i].kinds = allKinds()
	}
	return lines
}

func (s *scene) mustMerge(u *unstructured.Unstructured, document string) {
	s.Helper()
	if err := s.merge(s.root, u, document); err != nil {
		s.Fatal(err)
	}
}
