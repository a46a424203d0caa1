package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const screens = root + "/_output/screens"

// viewport is a screen size.
type viewport struct {
	name          string
	width, height int64
	scale         float64
	mobile        bool
}

var (
	desktop = viewport{name: "desktop", width: 1280, height: 800, scale: 1}
	phone   = viewport{name: "phone", width: 390, height: 844, scale: 2, mobile: true}
)

// browser is one tab of a Chromium with a profile of its own.
type browser struct {
	t    *testing.T
	ctx  context.Context
	view viewport
	base string

	mu         sync.Mutex
	complaints []string
}

func open(t *testing.T, view viewport, base string, options ...chromedp.Action) *browser {
	t.Helper()
	alloc, stopAlloc := chromedp.NewExecAllocator(t.Context(), flags(t)...)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(func() { stop(); stopAlloc() })
	b := &browser{t: t, ctx: ctx, view: view, base: base}
	chromedp.ListenTarget(ctx, b.listen)
	b.do(log.Enable(), emulation.SetDeviceMetricsOverride(view.width, view.height, view.scale, view.mobile))
	b.do(options...)
	return b
}

// flags keep Chromium from calling its vendor's services, which test machines may not reach. The
// profile is left to chromedp, which removes it once the last of Chromium's processes has gone.
func flags(t *testing.T) []chromedp.ExecAllocatorOption {
	t.Helper()
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("hide-scrollbars", true),
	)
}

// chromium asks the product's module, which knows where programs are and what to do when they are missing.
func chromium(t *testing.T) string {
	t.Helper()
	find := exec.CommandContext(t.Context(), "go", "run", "./internal/prerequisites/cmd/setup", "-find=chromium")
	find.Dir = root
	var complaint strings.Builder
	find.Stderr = &complaint
	path, err := find.Output()
	if err == nil {
		return strings.TrimSpace(string(path))
	}
	message := strings.TrimPrefix(complaint.String(), "setup: ")
	if os.Getenv("SKIP_MISSING") != "" {
		t.Skip(message)
	}
	t.Fatal(message)
	return ""
}

// listen collects what the console would show: refused style sheets, broken pictures, script errors.
func (b *browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Source == log.SourceNetwork && !strings.Contains(e.Entry.URL, "/assets/") {
			return // The text of a page with an error status is checked instead.
		}
		b.complaints = append(b.complaints, fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL))
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Error())
	}
}

// quiet fails the test when the console would show anything.
func (b *browser) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, complaint := range b.complaints {
		b.t.Errorf("console: %s", complaint)
	}
}

func (b *browser) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *browser) visit(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base + path))
}

// press clicks the first element that matches and waits for the page that follows.
func (b *browser) press(selector string) {
	b.t.Helper()
	_, err := chromedp.RunResponse(b.ctx, chromedp.Click(selector, chromedp.ByQuery))
	if err != nil {
		b.t.Fatalf("cannot press %s: %v", selector, err)
	}
}

func (b *browser) path() string {
	b.t.Helper()
	var location string
	b.do(chromedp.Location(&location))
	return strings.TrimPrefix(location, b.base)
}

func (b *browser) text(selector string) string {
	b.t.Helper()
	var text string
	b.do(chromedp.Text(selector, &text, chromedp.ByQuery))
	return strings.Join(strings.Fields(text), " ")
}

func (b *browser) count(selector string) int {
	b.t.Helper()
	var n int
	b.do(chromedp.Evaluate(fmt.Sprintf("document.querySelectorAll(%q).length", selector), &n))
	return n
}

// check tests what must hold for every page.
func (b *browser) check() {
	b.t.Helper()
	var wide, broken []string
	b.do(chromedp.Evaluate(overflowing, &wide), chromedp.Evaluate(brokenImages, &broken))
	if len(wide) > 0 {
		b.t.Errorf("%s is wider than a %s screen because of %s", b.path(), b.view.name, strings.Join(wide, ", "))
	}
	if len(broken) > 0 {
		b.t.Errorf("%s has pictures that do not load: %s", b.path(), strings.Join(broken, ", "))
	}
	if n := b.count("script"); n > 0 {
		b.t.Errorf("%s has %d scripts; the shop promises none", b.path(), n)
	}
}

const (
	overflowing = `[...document.querySelectorAll("main *, header *, footer *")]
		.filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".hidden, .hero-picture, svg"))
		.map(e => e.tagName + "." + e.className)`
	brokenImages = `[...document.images].filter(i => i.complete && i.naturalWidth === 0).map(i => i.src)`
	// loadAll scrolls through the page, so that pictures below the fold are there for the screenshot.
	loadAll = `(async () => {
		document.querySelectorAll("img[loading=lazy]").forEach(i => i.loading = "eager");
		await Promise.all([...document.images].map(i => i.decode().catch(() => {})));
		return true;
	})()`
)

// shoot writes a screenshot of the whole page.
func (b *browser) shoot(name string) {
	b.t.Helper()
	var loaded bool
	var picture []byte
	b.do(
		chromedp.Evaluate(loadAll, &loaded, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }),
		chromedp.ActionFunc(func(ctx context.Context) (err error) {
			picture, err = page.CaptureScreenshot().WithCaptureBeyondViewport(true).WithFormat(page.CaptureScreenshotFormatPng).Do(ctx)
			return err
		}),
	)
	b.check()
	if err := os.MkdirAll(screens, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(screens, b.view.name+"-"+name+".png"), picture, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
