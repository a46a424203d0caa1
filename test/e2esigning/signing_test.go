package e2esigning

import (
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/ausmart/platform/internal/toolchain"
	"github.com/ausmart/platform/test/controlplane/manifest"
	"github.com/ausmart/platform/test/controlplane/xpkg"
	"github.com/ausmart/platform/test/e2e/harness"
	"github.com/ausmart/platform/test/sigstore"
)

var enabled = flag.Bool("signing", false, "sign packages and install them; cosign and syft are built first when the cache does not have them")

const (
	// The identity of the release workflow at a version, and its issuer.
	release = "https://github.com/ausmart/platform/.github/workflows/release.yml@refs/tags/v0.1.0"
	github  = "https://token.actions.githubusercontent.com"

	// patience is how long Crossplane may take to install or refuse a package. It tries a refused
	// one again, at growing intervals.
	patience = 3 * time.Minute

	// pollInterval is how often the tests read what Crossplane says.
	pollInterval = 200 * time.Millisecond

	// crossplaneNamespace is where Crossplane reads keys.
	crossplaneNamespace = "crossplane-system"
)

func TestSignatures(t *testing.T) {
	if !*enabled {
		t.Skip("make e2e-signing runs this test, and builds cosign and syft first (once, some minutes)")
	}
	sigstore := start(t)
	p, stop, err := harness.Start("e2e-signing", "-bare", "-crossplane-arg=--enable-signature-verification", "-crossplane-arg=--cache-dir="+sigstore.cache)
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	defer func() {
		if t.Failed() {
			harness.KeepLogs(p.Dir)
		}
	}()
	w := newWorld(t, sigstore, p)

	t.Run("WhatGitNames", w.installsWhatGitNames)
	t.Run("SBOM", w.listsWhatIsInside)
	t.Run("Verdicts", w.judges)
}

// A world is a control plane, its registry's addresses from outside and inside, and a Sigstore.
type world struct {
	parts

	client   client.Client
	root     string
	registry string // 127.0.0.1:port/ausmart
	inside   string // the same, for Crossplane
	release  signer
	pushed   []string // by digest
}

func newWorld(t *testing.T, p parts, controlPlane *harness.ControlPlane) *world {
	t.Helper()
	root, err := toolchain.Root()
	if err != nil {
		t.Fatal(err)
	}
	registry, err := controlPlane.Dir.Registry()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{parts: p, client: controlPlane.Client, root: root, registry: registry.Host + "/ausmart"}
	w.release = p.as(t, p.instance, release, github)
	w.inside = w.mirrored(t, registry.Host) + "/ausmart"
	return w
}

// mirrored makes Crossplane pull from the address of the control plane's registry in its own network.
func (w *world) mirrored(t *testing.T, host string) (inside string) {
	t.Helper()
	public := imageConfig("mirror-ghcr.io")
	if err := w.client.Get(t.Context(), client.ObjectKeyFromObject(public), public); err != nil {
		t.Fatal(err)
	}
	prefix, _, _ := unstructured.NestedString(public.Object, "spec", "rewriteImage", "prefix")
	mirror := imageConfig("mirror-loopback")
	mirror.Object["spec"] = map[string]any{
		"matchImages":  []any{map[string]any{"type": "Prefix", "prefix": host + "/"}},
		"rewriteImage": map[string]any{"prefix": prefix},
	}
	w.apply(t, mirror)
	return strings.TrimSuffix(prefix, "/")
}

// installsWhatGitNames pushes the packages as a release does, signs them, writes the
// Configuration's digest to argocd/, and applies argocd/'s manifests of it and of signatures. One
// function is signed only after Crossplane has refused it.
func (w *world) installsWhatGitNames(t *testing.T) {
	out := w.make(t, "push", "REGISTRY="+w.registry, "VERSION=v0.1.0", "PLATFORMS="+runtime.GOARCH)
	w.pushed = strings.Fields(out)
	forgotten := w.image(t, "function-network")
	for _, image := range w.pushed {
		if image != forgotten {
			w.release.sign(t, image)
		}
	}

	signatures := w.read(t, "argocd/platform/signatures.yaml")
	content := strings.ReplaceAll(signatures, "ghcr.io/ausmart/", w.inside+"/")
	w.apply(t, w.parse(t, content)...)

	file := filepath.Join(t.TempDir(), "configuration.yaml")
	write(t, file, []byte(w.read(t, "argocd/platform/configuration.yaml")))
	w.run(t, "go", "run", "./package/cmd/pin", "--file="+file, "--field=spec.package", "--image="+w.image(t, "platform"))
	objs, err := manifest.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	w.apply(t, objs...)

	reason := w.refusal(t)
	if !strings.Contains(reason, "no signatures found") {
		t.Errorf("a function that no one has signed: want no signatures found, got %s", reason)
	}
	t.Logf("refused, since one function is not signed: %s", reason)
	w.release.sign(t, forgotten)

	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := manifest.WaitFor(ctx, w.client, objs, "Installed", "Healthy"); err != nil {
		t.Fatal(err)
	}
	for _, f := range w.list(t, "pkg.crossplane.io/v1", "Function") {
		if err := manifest.WaitFor(ctx, w.client, []*unstructured.Unstructured{f}, "Installed", "Healthy"); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("the Configuration and its functions are installed and healthy after %s", time.Since(began).Round(time.Second))
}

// refusal returns why a dependency is refused: the message of the dependency resolver, or of the
// package itself.
func (w *world) refusal(t *testing.T) string {
	t.Helper()
	reason := ""
	err := wait.PollUntilContextTimeout(t.Context(), pollInterval, patience, true, func(context.Context) (bool, error) {
		for _, gvk := range [][2]string{{"pkg.crossplane.io/v1beta1", "Lock"}, {"pkg.crossplane.io/v1", "Function"}} {
			for _, o := range w.list(t, gvk[0], gvk[1]) {
				for _, c := range manifest.Conditions(o) {
					if strings.Contains(c.Message, "signature verification failed") {
						reason = fmt.Sprintf("%s %s: %s", gvk[1], o.GetName(), c.Message)
						return true, nil
					}
				}
			}
		}
		return false, nil
	})
	if err != nil {
		t.Fatalf("Crossplane has not refused a dependency that no one has signed: %v", err)
	}
	return reason
}

// listsWhatIsInside checks that the SBOM of a pushed image lists the modules of its program.
func (w *world) listsWhatIsInside(t *testing.T) {
	syft, err := toolchain.Path(t.Context(), t.Output(), "syft")
	if err != nil {
		t.Fatal(err)
	}
	found, file := w.image(t, "function-network"), filepath.Join(t.TempDir(), "sbom.json")
	w.run(t, syft, "scan", "registry:"+found, "--platform=linux/"+runtime.GOARCH, "--output=spdx-json="+file, "--quiet")
	sbom, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range []string{"github.com/crossplane/function-sdk-go", "github.com/upbound/provider-aws/v2", "k8s.io/apimachinery"} {
		if !strings.Contains(string(sbom), `"name":"`+module+`"`) {
			t.Errorf("the SBOM of %s does not name %s", found, module)
		}
	}
	w.release.attest(t, found, "spdxjson", file)
	w.parts.run(t, "verify-attestation", "--new-bundle-format=false", "--offline", "--type=spdxjson", "--certificate-oidc-issuer="+github, "--certificate-identity="+release, found)
}

// judges checks packages that only differ in how they are signed.
func (w *world) judges(t *testing.T) {
	stranger, err := sigstore.New()
	if err != nil {
		t.Fatal(err)
	}
	key, other := w.newKey(t), w.newKey(t)
	w.knows(t, key)
	cases := map[string]struct {
		reason  string
		in      string // the part of the registry
		prepare func(t *testing.T, image string) string
		refusal string // empty: it is installed
	}{
		"Signed": {
			reason:  "The release workflow signed it.",
			prepare: w.signedBy(w.release),
		},
		"Unsigned": {
			reason:  "No one signed it.",
			prepare: func(_ *testing.T, image string) string { return image },
			refusal: "no signatures found",
		},
		"AnotherWorkflow": {
			reason:  "Another workflow of the same repository is not the release workflow.",
			prepare: w.signedBy(w.as(t, w.instance, strings.Replace(release, "release.yml", "nightly.yml", 1), github)),
			refusal: "none of the expected identities matched what was in the certificate, got subjects [" + strings.Replace(release, "release.yml", "nightly.yml", 1) + "]",
		},
		"ABranch": {
			reason:  "The release workflow on a branch is no release.",
			prepare: w.signedBy(w.as(t, w.instance, strings.Replace(release, "refs/tags/v0.1.0", "refs/heads/main", 1), github)),
			refusal: "none of the expected identities matched",
		},
		"AnotherIssuer": {
			reason:  "Anyone can write a workflow's address into their own token.",
			prepare: w.signedBy(w.as(t, w.instance, release, "https://accounts.example.org")),
			refusal: "with issuer https://accounts.example.org",
		},
		"AnotherAuthority": {
			reason:  "A certificate of another authority than Sigstore's is not trusted.",
			prepare: w.signedBy(w.as(t, stranger, release, github)),
			refusal: "cert verification failed: x509: certificate signed by unknown authority",
		},
		"NotInTheLog": {
			reason:  "A signature that is in no log could be made in secret, and long after the certificate expired.",
			prepare: w.signedBy(w.release, "--tlog-upload=false"),
			refusal: "rekor client not provided for online verification",
		},
		"Changed": {
			reason:  "A changed package has the signature of the original.",
			prepare: w.changed,
			refusal: "invalid or missing digest in claim",
		},
		"SignedByKey": {
			reason: "A key instead of an identity, for a team that signs its own packages.", in: "keyed/",
			prepare: w.signedBy(key),
		},
		"SignedByAnotherKey": {
			reason: "Another key.", in: "keyed/",
			prepare: w.signedBy(other),
			refusal: "error verifying bundle: comparing public key PEMs",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := configuration(strings.ToLower(name), tc.prepare(t, w.push(t, tc.in+strings.ToLower(name), "v1")))
			w.apply(t, c)
			defer w.remove(t, c)
			if verdict := w.verdict(t, c); tc.refusal == "" && verdict != "" || !strings.Contains(verdict, tc.refusal) {
				t.Errorf("%s\nwant %q, got: %s", tc.reason, tc.refusal, verdict)
			} else if verdict != "" {
				t.Logf("refused: %s", verdict)
			}
		})
	}
}

// signedBy a signer, with additional flags of cosign.
func (*world) signedBy(s signer, flags ...string) func(*testing.T, string) string {
	return func(t *testing.T, image string) string {
		t.Helper()
		s.sign(t, image, flags...)
		return image
	}
}

// changed copies a package's signature to another package.
func (w *world) changed(t *testing.T, image string) string {
	t.Helper()
	w.release.sign(t, image)
	repository, digest, _ := strings.Cut(image, "@")
	after := w.push(t, strings.TrimPrefix(repository, w.registry+"/"), "v2")
	_, changed, _ := strings.Cut(after, "@")
	signature, err := remote.Image(tag(t, repository, signatureTag(digest)), remote.WithContext(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(tag(t, repository, signatureTag(changed)), signature, remote.WithContext(t.Context())); err != nil {
		t.Fatal(err)
	}
	return after
}

// signatureTag is the tag of a digest's signatures in cosign's older layout.
func signatureTag(digest string) string { return strings.Replace(digest, ":", "-", 1) + ".sig" }

func tag(t *testing.T, repository, version string) name.Tag {
	t.Helper()
	ref, err := name.NewTag(repository + ":" + version)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// push an empty package. Each version has another digest.
func (w *world) push(t *testing.T, repository, version string) string {
	t.Helper()
	p, err := xpkg.Empty("Configuration", filepath.Base(repository))
	if err != nil {
		t.Fatal(err)
	}
	img, err := mutate.Config(p.Image, v1.Config{Labels: map[string]string{"version": repository + version}})
	if err != nil {
		t.Fatal(err)
	}
	ref := tag(t, w.registry+"/"+repository, version)
	if err := remote.Write(ref, img, remote.WithContext(t.Context())); err != nil {
		t.Fatal(err)
	}
	digest, err := img.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return ref.Context().Digest(digest.String()).Name()
}

// knows makes Crossplane trust a key, for one part of the registry.
func (w *world) knows(t *testing.T, s signer) {
	t.Helper()
	secret := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "data": map[string]any{"cosign.pub": base64.StdEncoding.EncodeToString(s.public)},
	}}
	secret.SetNamespace(crossplaneNamespace)
	secret.SetName("signer")
	c := imageConfig("keyed")
	c.Object["spec"] = map[string]any{
		"matchImages": []any{map[string]any{"type": "Prefix", "prefix": w.inside + "/keyed/"}},
		"verification": map[string]any{"provider": "Cosign", "cosign": map[string]any{"authorities": []any{map[string]any{
			"name": "key",
			"key":  map[string]any{"hashAlgorithm": "sha256", "secretRef": map[string]any{"name": "signer", "key": "cosign.pub"}},
		}}}},
	}
	w.apply(t, secret, c)
}

// verdict returns Crossplane's reason to refuse a package, or nothing when it is installed and healthy.
func (w *world) verdict(t *testing.T, c *unstructured.Unstructured) string {
	t.Helper()
	now, refusal := c.DeepCopy(), ""
	err := wait.PollUntilContextTimeout(t.Context(), pollInterval, patience, true, func(ctx context.Context) (bool, error) {
		if err := w.client.Get(ctx, client.ObjectKeyFromObject(c), now); err != nil {
			return false, err
		}
		if installed, _ := manifest.Condition(now, "Installed"); strings.Contains(installed.Message, "signature verification failed") {
			refusal = installed.Message
		}
		return refusal != "" || manifest.Missing(now, "Installed", "Healthy") == "", nil
	})
	if err != nil {
		t.Fatalf("Crossplane has neither installed nor refused it: %v: %v", err, now.Object["status"])
	}
	return refusal
}

func (w *world) apply(t *testing.T, objs ...*unstructured.Unstructured) {
	t.Helper()
	if err := manifest.Apply(t.Context(), w.client, objs...); err != nil {
		t.Fatal(err)
	}
}

func (w *world) remove(t *testing.T, o *unstructured.Unstructured) {
	t.Helper()
	if err := client.IgnoreNotFound(w.client.Delete(t.Context(), o)); err != nil {
		t.Error(err)
	}
}

func (w *world) list(t *testing.T, apiVersion, kind string) []*unstructured.Unstructured {
	t.Helper()
	l := &unstructured.UnstructuredList{}
	l.SetAPIVersion(apiVersion)
	l.SetKind(kind + "List")
	if err := w.client.List(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	all := make([]*unstructured.Unstructured, 0, len(l.Items))
	for i := range l.Items {
		all = append(all, &l.Items[i])
	}
	return all
}

// image returns a pushed image by its digest.
func (w *world) image(t *testing.T, repository string) string {
	t.Helper()
	for _, image := range w.pushed {
		if strings.HasPrefix(image, w.registry+"/"+repository+"@") {
			return image
		}
	}
	t.Fatalf("%s was not pushed: %v", repository, w.pushed)
	return ""
}

func (w *world) read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(w.root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func (w *world) parse(t *testing.T, content string) []*unstructured.Unstructured {
	t.Helper()
	objs, err := manifest.Parse([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return objs
}

func configuration(name, image string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "pkg.crossplane.io/v1", "kind": "Configuration", "spec": map[string]any{"package": image},
	}}
	u.SetName(name)
	return u
}

func imageConfig(name string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "pkg.crossplane.io/v1beta1", "kind": "ImageConfig"}}
	u.SetName(name)
	return u
}

// run a command in the checkout.
func (w *world) run(t *testing.T, command string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command, args...)
	cmd.Dir, cmd.Stderr = w.root, t.Output()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", command, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (w *world) make(t *testing.T, args ...string) string {
	t.Helper()
	return w.run(t, "make", args...)
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
