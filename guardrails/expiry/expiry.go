// Package expiry ends approvals of removals. Admission policies read the approvals and have no clock; this has one.
//
// It lists the metadata of everything that can be approved, and takes the annotation off where it is too old or approves nothing any more. It
// reads no spec, changes nothing else, and never gives an approval.
package expiry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Annotation is an approval: the uid of the object, a slash, and its generation.
const Annotation = "platform.ausmart.io/approved-removal"

// pageSize bounds how many objects are held at once.
const pageSize = 500

// kinds that can be approved.
func kinds() []schema.GroupVersionKind {
	var all []schema.GroupVersionKind
	add := func(group, version string, names ...string) {
		for _, name := range names {
			all = append(all, schema.GroupVersionKind{Group: group, Version: version, Kind: name})
		}
	}
	add("platform.ausmart.io", "v1alpha1", "Network", "Cluster", "Database", "Service", "XNetwork", "XCluster", "XDatabase", "XService")
	add("", "v1", "Namespace")
	add("apiextensions.crossplane.io", "v1beta1", "EnvironmentConfig")
	add("apiextensions.crossplane.io", "v1", "CompositeResourceDefinition")
	add("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
	add("pkg.crossplane.io", "v1", "Configuration", "Provider", "Function")
	return all
}

// An Expirer ends approvals.
type Expirer struct {
	// Client of the API server that they are on.
	Client client.Client

	// Lifetime of an approval.
	Lifetime time.Duration

	// Now is the time.
	Now time.Time

	// Log is told what ended and why.
	Log *slog.Logger
}

// Run ends what has to end now. One kind that cannot be read keeps no other from being looked at.
func (e Expirer) Run(ctx context.Context) error {
	var errs []error
	for _, kind := range kinds() {
		if err := e.kind(ctx, kind); err != nil {
			errs = append(errs, fmt.Errorf("cannot end approvals of %s: %w", kind.Kind, err))
		}
	}
	return errors.Join(errs...)
}

func (e Expirer) kind(ctx context.Context, kind schema.GroupVersionKind) error {
	var errs []error
	for page := ""; ; {
		list := &metav1.PartialObjectMetadataList{}
		list.SetGroupVersionKind(kind.GroupVersion().WithKind(kind.Kind + "List"))
		err := e.Client.List(ctx, list, client.Limit(pageSize), client.Continue(page))
		if meta.IsNoMatchError(err) {
			return nil // Not installed here.
		}
		if err != nil {
			return err
		}
		for i := range list.Items {
			errs = append(errs, e.object(ctx, kind.Kind, &list.Items[i]))
		}
		if page = list.Continue; page == "" {
			return errors.Join(errs...)
		}
	}
}

func (e Expirer) object(ctx context.Context, kind string, o *metav1.PartialObjectMetadata) error {
	why := ended(o, e.Now, e.Lifetime)
	if why == "" {
		return nil
	}
	before := o.DeepCopy()
	delete(o.Annotations, Annotation)
	// With the resource version: an approval that is given meanwhile stays.
	err := e.Client.Patch(ctx, o, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return nil // It is looked at again the next time.
	}
	if err != nil {
		return fmt.Errorf("%s: %w", client.ObjectKeyFromObject(o), err)
	}
	e.Log.Info("approval ended", "kind", kind, "namespace", o.Namespace, "name", o.Name, "approval", before.Annotations[Annotation], "why", why)
	return nil
}

// ended says why an object's approval has ended; empty when it has none, or one that holds.
func ended(o *metav1.PartialObjectMetadata, now time.Time, lifetime time.Duration) string {
	approval, approved := o.Annotations[Annotation]
	given := givenAt(o)
	switch {
	case !approved:
		return ""
	case approval != fmt.Sprintf("%s/%d", o.UID, o.Generation):
		return "it approves nothing: the object has changed since, or is another"
	case given.IsZero(): // The managed fields were cleared: it could be as old as the object.
		return "it is not known when it was given"
	case now.Sub(given) > lifetime:
		return "it was given at " + given.UTC().Format(time.RFC3339)
	default:
		return ""
	}
}

// givenAt is when the annotation was written: the API server notes it for each writer, and of several the last counts. It is the time of
// the writer's last change of anything, so that who changes something else by the same tool meanwhile starts the time anew.
func givenAt(o *metav1.PartialObjectMetadata) time.Time {
	var last time.Time
	for _, entry := range o.ManagedFields {
		if entry.Time != nil && entry.FieldsV1 != nil && owns(entry.FieldsV1.Raw) && entry.Time.After(last) {
			last = entry.Time.Time
		}
	}
	return last
}

// owns reports whether the annotation is among the fields.
func owns(fields []byte) bool {
	var f struct {
		Metadata struct {
			Annotations map[string]json.RawMessage `json:"f:annotations"`
		} `json:"f:metadata"`
	}
	if err := json.Unmarshal(fields, &f); err != nil {
		return false
	}
	_, found := f.Metadata.Annotations["f:"+Annotation]
	return found
}
