package guardrails_test

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const digest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

func approvalLines() []line {
	approve := func(s *scene) func() error {
		u := s.claim("prod", "")
		return func() error { return s.annotate(s.me, u.DeepCopy(), approved, approval(u)) }
	}
	approveNamespace := func(s *scene) func() error {
		ns := s.namespace(production)
		return func() error { return s.annotate(s.me, ns, approved, approval(ns)) }
	}
	allow := func(s *scene) func() error {
		u := s.claim("dev", "")
		return func() error { return s.annotate(s.me, u, allowRemoval, "logs") }
	}
	with := func(name, value string) func(s *scene) func() error {
		return func(s *scene) func() error {
			u := s.draft("prod", "")
			u.SetAnnotations(map[string]string{name: value})
			return func() error { return s.me.Create(s.Context(), u.DeepCopy()) }
		}
	}
	without := func(name string) func(s *scene) func() error {
		return func(s *scene) func() error {
			u := s.claim("prod", "")
			if err := s.annotate(s.client(operator), u, name, approval(u)); err != nil {
				s.Fatal(err)
			}
			return func() error { return s.merge(s.me, u, fmt.Sprintf(`{metadata: {annotations: {%s: null}}}`, name)) }
		}
	}
	database := []string{"Database"}
	return []line{
		{who: operator, kinds: allKinds(), what: "approves the removal of a KIND of prod", route: "kubectl annotate", do: approve},
		{who: developer, kinds: allKinds(), what: "approves the removal of a KIND of prod", route: "kubectl annotate", do: approve, refused: "platform-approvals"},
		{who: viewer, kinds: allKinds(), what: "approves the removal of a KIND of prod", route: "kubectl annotate", do: approve, refused: rbac},
		{who: argoCD, kinds: allKinds(), what: "approves the removal of a KIND of prod", route: "sync", do: approve, refused: "platform-approvals"},
		{who: argoCD, kinds: database, what: "creates a KIND that carries an approval", route: "sync", do: with(approved, "UID/1"), refused: "platform-approvals"},
		{who: administrator, kinds: database, what: "creates a KIND that carries an approval", route: "kubectl apply", do: with(approved, "UID/1"), refused: "platform-approvals"},
		{who: operator, kinds: database, what: "approves the removal of a KIND as it was before a change", route: "kubectl annotate", do: func(s *scene) func() error {
			u := s.claim("prod", "")
			before := approval(u)
			s.mustMerge(u, `{spec: {tags: {cost-centre: retail}}}`)
			return func() error { return s.annotate(s.me, u, approved, before) }
		}, refused: "platform-approvals"},
		{who: operator, kinds: database, what: "approves by the uid of another KIND", route: "kubectl annotate", do: func(s *scene) func() error {
			u, other := s.claim("prod", ""), s.claimNamed("other")
			return func() error { return s.annotate(s.me, u, approved, approval(other)) }
		}, refused: "platform-approvals"},
		{who: developer, kinds: database, what: "takes the approval of a KIND back", route: "kubectl annotate", do: without(approved)},
		{who: expirer, kinds: allKinds(), what: "takes the approval of a KIND back", route: "CronJob", do: without(approved)},
		{who: expirer, kinds: allKinds(), what: "takes the approval of a KIND back and changes a label", route: "CronJob", do: func(s *scene) func() error {
			u := s.claim("prod", "")
			s.approve(u)
			return func() error {
				return s.merge(s.me, u, fmt.Sprintf(`{metadata: {annotations: {%s: null}, labels: {a: b}}}`, approved))
			}
		}, refused: "platform-expiry"},
		{who: expirer, kinds: allKinds(), what: "changes the spec of a KIND", route: "CronJob", do: func(s *scene) func() error {
			u := s.claim("dev", "")
			return func() error { return s.merge(s.me, u, `{spec: {tags: {a: b}}}`) }
		}, refused: "platform-expiry"},
		{who: expirer, kinds: database, what: "takes allow-removal off a KIND", route: "CronJob", do: without(allowRemoval), refused: "platform-expiry"},
		{who: expirer, kinds: database, what: "deletes a KIND of dev", route: "CronJob", do: func(s *scene) func() error { return s.remove(s.claim("dev", "")) }, refused: rbac},
		{who: operator, what: "approves the removal of the namespace production", route: "kubectl annotate", do: approveNamespace},
		{who: developer, what: "approves the removal of the namespace production", route: "kubectl annotate", do: approveNamespace, refused: rbac},
		{who: argoCD, what: "approves the removal of the namespace production", route: "sync", do: approveNamespace, refused: "platform-approvals"},
		{who: operator, what: "approves the removal of the Configuration", route: "kubectl annotate", do: func(s *scene) func() error {
			u := s.definition(pkg("Configuration"))
			s.create(u)
			return func() error { return s.annotate(s.me, u, approved, approval(u)) }
		}, refused: rbac},
		{who: crossplane, kinds: allKinds(), what: "copies the annotations of a KIND to its composite", route: "change of the claim", do: func(s *scene) func() error {
			claim, u := s.claim("prod", ""), s.composite("prod")
			return func() error { return s.annotate(s.me, u, approved, approval(claim)) }
		}},
		{who: provider, kinds: database, what: "approves the removal of the composite of a KIND of prod", route: "API", do: func(s *scene) func() error {
			u := s.composite("prod")
			return func() error { return s.annotate(s.me, u, approved, approval(u)) }
		}, refused: "platform-approvals"},
		{who: operator, kinds: allKinds(), what: "sets allow-removal on a KIND", route: "kubectl annotate", do: allow},
		{who: developer, kinds: allKinds(), what: "sets allow-removal on a KIND", route: "kubectl annotate", do: allow, refused: "platform-approvals"},
		{who: argoCD, kinds: database, what: "creates a KIND that carries allow-removal", route: "sync", do: with(allowRemoval, "logs"), refused: "platform-approvals"},
		{who: developer, kinds: database, what: "changes allow-removal on a KIND", route: "kubectl annotate", do: func(s *scene) func() error {
			u := s.claim("dev", "")
			if err := s.annotate(s.client(operator), u, allowRemoval, "logs"); err != nil {
				s.Fatal(err)
			}
			return func() error { return s.annotate(s.me, u, allowRemoval, "logs,key") }
		}, refused: "platform-approvals"},
		{who: developer, kinds: database, what: "takes allow-removal off a KIND", route: "kubectl annotate", do: without(allowRemoval)},
	}
}

// claimNamed is another claim of prod in a scene.
func (s *scene) claimNamed(name string) *unstructured.Unstructured {
	s.Helper()
	u := s.draft("prod", "")
	u.SetName(s.name(name))
	s.create(u)
	return u
}

func placementLines() []line {
	create := func(namespace, environment string) func(s *scene) func() error {
		return func(s *scene) func() error {
			u := s.draftIn(namespace, environment, "")
			return func() error { return s.me.Create(s.Context(), u.DeepCopy()) }
		}
	}
	lines := []line{
		{who: developer, what: "creates a KIND of prod in a production namespace", route: "kubectl apply", do: create(production, "prod")},
		{who: developer, what: "creates a KIND of prod in another namespace", route: "kubectl apply", do: create(development, "prod"), refused: "platform-placement", remedied: administrator},
		{who: argoCD, what: "creates a KIND of prod in another namespace", route: "sync", do: create(development, "prod"), refused: "platform-placement", remedied: administrator},
		{who: developer, what: "turns a KIND of dev into one of prod, in another namespace", route: "kubectl edit", do: func(s *scene) func() error {
			u := s.claim("dev", "")
			return func() error { return s.merge(s.me, u.DeepCopy(), `{spec: {environment: prod}}`) }
		}, refused: "platform-placement", remedied: administrator},
		{who: developer, what: "creates a KIND of dev in a production namespace", route: "kubectl apply", do: create(production, "dev"), refused: "platform-placement"},
		{who: developer, what: "creates a KIND of dev in a namespace of no team", route: "kubectl apply", do: create(teamless, "dev"), refused: "platform-placement", remedied: administrator},
		{who: developer, what: "changes a KIND of prod whose namespace has lost its label", route: "kubectl edit", do: func(s *scene) func() error {
			u, ns := s.claim("prod", ""), s.namespace(production)
			s.approve(ns)
			s.mustMerge(ns, `{metadata: {labels: {platform.ausmart.io/environment: null, platform.ausmart.io/team: null}}}`)
			return func() error { return s.merge(s.me, u, `{spec: {tags: {a: b}}}`) }
		}},
	}
	return ofEveryKind(lines)
}

func imageLines() []line {
	create := func(image string) func(s *scene) func() error {
		return func(s *scene) func() error {
			u := s.draft("dev", fmt.Sprintf("{image: %q}", image))
			return func() error { return s.me.Create(s.Context(), u) }
		}
	}
	lines := []line{
		{what: "by digest", do: create("ghcr.io/ausmart/cart@" + digest)},
		{what: "by tag and digest", do: create("ghcr.io/ausmart/cart:latest@" + digest)},
		{what: "v1.2.3", do: create("ghcr.io/ausmart/cart:v1.2.3")},
		{what: "1.2.3-rc.1", do: create("ghcr.io/ausmart/cart:1.2.3-rc.1")},
		{what: "sha-3f2a91c of an ECR", do: create("111122223333.dkr.ecr.ap-southeast-2.amazonaws.com/cart:sha-3f2a91c")},
		{what: "latest", do: create("ghcr.io/ausmart/cart:latest"), refused: schema},
		{what: "without a tag", do: create("ghcr.io/ausmart/cart"), refused: schema},
		{what: "main", do: create("ghcr.io/ausmart/cart:main"), refused: "platform-images"},
		{what: "v1", do: create("ghcr.io/ausmart/cart:v1"), refused: "platform-images"},
		{what: "v1.2", do: create("ghcr.io/ausmart/cart:v1.2"), refused: "platform-images"},
		{what: "of Docker Hub", do: create("nginx:1.27.0"), refused: "platform-images"},
		{what: "of a registry with a similar name", do: create("ghcr.io/ausmart-shop/cart:v1.2.3"), refused: "platform-images"},
		{what: "of a registry with a known one in its path", do: create("registry.example.org/ghcr.io/ausmart/cart:v1.2.3"), refused: "platform-images"},
		{what: "of a host that starts like an ECR", do: create("1.dkr.ecr.example.org/x.amazonaws.com/cart:v1.2.3"), refused: "platform-images"},
	}
	for i := range lines {
		lines[i].who, lines[i].route, lines[i].kinds = developer, "kubectl apply", []string{"Service"}
		lines[i].what = "creates a KIND with an image " + lines[i].what
	}
	return append(lines,
		line{who: argoCD, kinds: []string{"Service"}, what: "changes the image of a KIND to main", route: "sync", do: func(s *scene) func() error {
			u := s.claim("dev", "")
			return func() error { return s.merge(s.me, u, `{spec: {image: "ghcr.io/ausmart/cart:main"}}`) }
		}, refused: "platform-images"},
	)
}
