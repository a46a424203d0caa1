package account

import (
	"errors"
	"fmt"
	"maps"
	"sort"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/ausmart/platform/test/cloud/answers"
	"github.com/ausmart/platform/test/cloud/catalog"
)

// ErrDeleting means that a deletion was accepted and is not done yet.
var ErrDeleting = errors.New("deletion is in progress")

// ErrNotFound means that there is no such resource.
var ErrNotFound = errors.New("no such resource in the account")

// An Account holds all resources. It is safe for use by many goroutines.
type Account struct {
	now     func() time.Time
	models  map[catalog.GroupKind]model
	depends map[catalog.GroupKind][]dependency
	parts   map[catalog.GroupKind][]cascade

	mu        sync.Mutex
	resources map[catalog.GroupKind]map[Key]*Resource
	byARN     map[string]Key
	promises  map[ownerKey]Key
	made      map[nameKey]int
	calls     int
	faults    []*Fault
	delays    []Delay
	journal   journal
}

type ownerKey struct {
	kind  catalog.GroupKind
	owner string
}

type nameKey struct {
	kind catalog.GroupKind
	name string
}

// New makes an empty account that forgets everything when the process ends.
func New(now func() time.Time) *Account {
	a := &Account{
		now:       now,
		models:    models(),
		depends:   map[catalog.GroupKind][]dependency{},
		parts:     map[catalog.GroupKind][]cascade{},
		resources: map[catalog.GroupKind]map[Key]*Resource{},
		byARN:     map[string]Key{},
		promises:  map[ownerKey]Key{},
		made:      map[nameKey]int{},
		journal:   forgetful{},
	}
	for _, d := range dependencies() {
		a.depends[d.holder] = append(a.depends[d.holder], d)
	}
	for _, c := range cascades() {
		a.parts[c.holder] = append(a.parts[c.holder], c)
	}
	return a
}

// Promise checks everything that AWS would check before it creates a resource, and returns the
// resource's identifier. The resource exists only after Create: the caller can record the
// identifier in between, and so never loses a resource. A second Promise before Create returns the
// same resource.
func (a *Account) Promise(req Request) (Resource, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m := modelOf(a.models, req.Kind)
	r := &Resource{
		Key: Key{Kind: req.Kind, Region: req.Region}, Name: req.Name, Owner: req.Owner, Params: req.Params, State: Promised,
	}
	r.ID, r.Within = a.identify(m, r, req.ExternalName), a.Within(req.Kind, req.Params)
	if err := a.fault(m, r, Create); err != nil {
		return Resource{}, err
	}
	if live := a.resources[r.Kind][r.Key]; live != nil && live.State == Live {
		return *live, nil
	}
	if err := a.admit(m, r, Create); err != nil {
		return Resource{}, err
	}
	a.report(m, r)
	owner := ownerKey{r.Kind, r.Owner}
	if old, ok := a.promises[owner]; ok && old != r.Key {
		delete(a.resources[old.Kind], old)
	}
	a.promises[owner] = r.Key
	return *r, a.put(r)
}

// Within names the parent resource in which the identifier of such a resource is unique; it is
// empty for most kinds.
func (a *Account) Within(kind catalog.GroupKind, params map[string]any) string {
	if field := a.models[kind].within; field != "" {
		return (&Resource{Params: params}).text(field)
	}
	return ""
}

// Withdraw cancels a promise whose identifier the owner could not record.
func (a *Account) Withdraw(k Key) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r, ok := a.resources[k.Kind][k]; ok && r.State == Promised {
		delete(a.promises, ownerKey{r.Kind, r.Owner})
		delete(a.resources[k.Kind], k)
	}
}

// Create makes the promised resource.
func (a *Account) Create(k Key) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.resources[k.Kind][k]
	if !ok {
		return fmt.Errorf("cannot create %s %s: %w", k.Kind, k.ID, ErrNotFound)
	}
	if r.State != Promised {
		return nil
	}
	live := *r
	a.calls++
	a.made[nameKey{k.Kind, r.Name}]++
	live.State, live.Created, live.Made = Live, a.calls, a.made[nameKey{k.Kind, r.Name}]
	if d := a.delay(r, Create); d > 0 {
		live.ReadyAt = a.now().Add(d)
	}
	delete(a.promises, ownerKey{r.Kind, r.Owner})
	return a.put(&live)
}

// Describe finds a resource that exists. Its maps must not be changed.
func (a *Account) Describe(k Key) (Resource, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.resources[k.Kind][k]
	if !ok {
		r = &Resource{Key: k}
	}
	if err := a.fault(modelOf(a.models, k.Kind), r, Describe); err != nil {
		return Resource{}, false, err
	}
	if !ok || r.State != Live {
		return Resource{}, false, nil
	}
	return *r, true, nil
}

// Immutable is the refusal of a change that the provider cannot make in place; nil for a change that it can. held and
// asked are the parameters before and after.
func Immutable(kind catalog.GroupKind, held, asked map[string]any) error {
	return immutable(known()[kind], &Resource{Params: held}, &Resource{Params: asked})
}

// Update changes a resource to new parameters, unless it would have to be replaced.
func (a *Account) Update(k Key, params map[string]any) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.resources[k.Kind][k]
	if !ok || r.State != Live {
		return fmt.Errorf("cannot update %s %s: %w", k.Kind, k.ID, ErrNotFound)
	}
	m := modelOf(a.models, k.Kind)
	changed := *r
	changed.Params = params
	if err := immutable(m, r, &changed); err != nil {
		return err
	}
	if err := a.fault(m, r, Update); err != nil {
		return err
	}
	if err := a.needed(m, &changed, Update); err != nil {
		return err
	}
	holds, refused := answers.Change(r.Kind.String(), r.Params, params)
	if refused != nil {
		return a.refused(m, r, Update, &refusal{refused.Code, refused.Message})
	}
	changed.Params = holds
	a.calls++
	a.report(m, &changed)
	return a.put(&changed)
}

// Delete removes a resource, unless AWS would refuse. A resource that does not exist is no error.
func (a *Account) Delete(k Key) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	r, ok := a.resources[k.Kind][k]
	if !ok || r.State != Live {
		return nil
	}
	m := modelOf(a.models, k.Kind)
	if err := a.fault(m, r, Delete); err != nil {
		return err
	}
	if refused := a.inUse(r); refused != nil {
		return a.refused(m, r, Delete, refused)
	}
	if m.checkDeletion != nil {
		if refused := m.checkDeletion(r); refused != nil {
			return a.refused(m, r, Delete, refused)
		}
	}
	if wait, err := a.deleting(r); wait || err != nil {
		return errors.Join(err, ErrDeleting)
	}
	return a.remove(r)
}

// deleting reports whether a delay postpones the deletion.
func (a *Account) deleting(r *Resource) (bool, error) {
	if r.GoneAt.IsZero() {
		d := a.delay(r, Delete)
		if d <= 0 {
			return false, nil
		}
		marked := *r
		marked.GoneAt = a.now().Add(d)
		return true, a.put(&marked)
	}
	return a.now().Before(r.GoneAt), nil
}

func (a *Account) remove(r *Resource) error {
	for _, c := range a.parts[r.Kind] {
		for _, part := range a.users(c.part, c.field, r) {
			if err := a.markGone(part); err != nil {
				return err
			}
		}
	}
	return a.markGone(r)
}

// markGone marks a resource as gone, or a key as scheduled for deletion.
func (a *Account) markGone(r *Resource) error {
	a.calls++
	gone := Resource{Key: r.Key, Name: r.Name, Owner: r.Owner, State: Gone, Created: r.Created, Deleted: a.calls, Made: r.Made}
	if modelOf(a.models, r.Kind).schedules {
		gone.State = Scheduled
	}
	delete(a.byARN, r.arn())
	return a.put(&gone)
}

// Drift changes fields of a resource without its owner.
func (a *Account) Drift(t Target, fields map[string]any) error {
	return a.behind(t, func(r *Resource) error {
		changed := *r
		changed.Params = maps.Clone(r.Params)
		maps.Copy(changed.Params, fields)
		return a.put(&changed)
	})
}

// Lose deletes a resource without its owner, even when others depend on it.
func (a *Account) Lose(t Target) error { return a.behind(t, a.markGone) }

func (a *Account) behind(t Target, do func(*Resource) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	found := 0
	for _, r := range a.live() {
		if !t.matches(r, t.Operation) {
			continue
		}
		found++
		if err := do(r); err != nil {
			return err
		}
	}
	if found == 0 {
		return fmt.Errorf("cannot find %s %q: %w", t.Kind, t.Name, ErrNotFound)
	}
	return nil
}

// identify returns the identifier of the request's resource.
func (a *Account) identify(m model, r *Resource, externalName string) string {
	n := a.made[nameKey{r.Kind, r.Name}]
	switch {
	case externalName != "":
		return externalName
	case m.identify != nil:
		return m.identify(view{a}, r, n)
	}
	return m.prefix + hexOf(16, r.Kind, r.Name, n)
}

// admit makes the checks of a call that creates.
func (a *Account) admit(m model, r *Resource, op Operation) error {
	if err := a.needed(m, r, op); err != nil {
		return err
	}
	if m.check == nil {
		return nil
	}
	if refused := m.check(view{a}, r); refused != nil {
		return a.refused(m, r, op, refused)
	}
	return nil
}

func (a *Account) needed(m model, r *Resource, op Operation) error {
	for _, n := range m.needs {
		for _, value := range r.texts(n.field) {
			if !(view{a}).anyOf(n.kinds, r.Region, value) {
				return a.refused(m, r, op, &refusal{n.code, strings.ReplaceAll(n.message, "%s", value)})
			}
		}
	}
	return nil
}

// report computes what AWS reports about a resource.
func (a *Account) report(m model, r *Resource) {
	attributes := answers.Of(r.answers())
	if m.attributes != nil {
		maps.Copy(attributes, m.attributes(view{a}, r))
	}
	r.Attributes = attributes
}

// inUse returns the refusal of the first dependency that prevents a deletion.
func (a *Account) inUse(r *Resource) *refusal {
	for _, d := range a.depends[r.Kind] {
		for _, user := range a.users(d.user, d.field, r, d.through) {
			if d.except == nil || !d.except(r, user) {
				return &refusal{d.code, fill(d.message, r)}
			}
		}
	}
	return nil
}

// users lists the live resources of a kind whose field names the holder: by identifier, by ARN, or
// through a field of it.
func (a *Account) users(kind catalog.GroupKind, field string, holder *Resource, through ...string) []*Resource {
	names := []string{holder.ID, holder.arn()}
	if len(through) == 1 && through[0] != "" {
		names = []string{holder.text(through[0])}
	}
	var out []*Resource
	for _, r := range (view{a}).all(kind) {
		if r.State != Live {
			continue
		}
		for _, value := range r.texts(field) {
			if value == names[0] || value == names[len(names)-1] {
				out = append(out, r)
				break
			}
		}
	}
	return out
}

// refused returns a refusal as the SDK's error. The request's id is derived from the call, so that
// a repeated error has the same text.
func (a *Account) refused(m model, r *Resource, op Operation, f *refusal) error {
	verb := map[Operation]string{Create: "creating", Describe: "reading", Update: "updating", Delete: "deleting"}[op]
	subject := m.label
	if op != Create {
		subject += " (" + r.ID + ")"
	}
	return fmt.Errorf("%s %s: %w", verb, subject, &APIError{
		Service: m.service, Operation: m.operation(op), Code: f.code, Message: f.message,
		RequestID: uuidOf(r.Kind, r.Name, r.ID, op, f.code),
	})
}

// immutable finds a change that AWS cannot make in place.
func immutable(m model, from, to *Resource) error {
	for _, field := range m.immutable {
		after, ok := to.Params[field]
		before, had := from.Params[field]
		if !had {
			before, had = from.Attributes[field]
		}
		if ok && had && fmt.Sprint(before) != fmt.Sprint(after) {
			return &ImmutableError{Field: snake(field), From: fmt.Sprint(before), To: fmt.Sprint(after)}
		}
	}
	return nil
}

// snake is the name of a field in Terraform: the provider's errors use it.
func snake(camel string) string {
	var out strings.Builder
	for _, c := range camel {
		if unicode.IsUpper(c) {
			out.WriteByte('_')
			c = unicode.ToLower(c)
		}
		out.WriteRune(c)
	}
	return out.String()
}

func (a *Account) put(r *Resource) error {
	a.remember(r)
	if err := a.journal.write(r); err != nil {
		return fmt.Errorf("cannot write the state file: %w", err)
	}
	return nil
}

func (a *Account) remember(r *Resource) {
	if a.resources[r.Kind] == nil {
		a.resources[r.Kind] = map[Key]*Resource{}
	}
	a.resources[r.Kind][r.Key] = r
	if arn := r.arn(); arn != "" && r.State == Live {
		a.byARN[arn] = r.Key
	}
}

// live lists what exists, in the order of creation.
func (a *Account) live() []*Resource {
	var out []*Resource
	for kind := range a.resources {
		for _, r := range (view{a}).all(kind) {
			if r.State == Live {
				out = append(out, r)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Created < out[j].Created })
	return out
}
