package expiry

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestEnded(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	wrote := func(ago time.Duration, fields string) metav1.ManagedFieldsEntry {
		at := metav1.NewTime(now.Add(-ago))
		return metav1.ManagedFieldsEntry{Manager: "kubectl-annotate", Time: &at, FieldsV1: &metav1.FieldsV1{Raw: []byte(fields)}}
	}
	const approval = `{"f:metadata":{"f:annotations":{".":{},"f:platform.ausmart.io/approved-removal":{}}}}`
	const void = "it approves nothing: the object has changed since, or is another"
	cases := map[string]struct {
		reason   string
		approval string
		wrote    []metav1.ManagedFieldsEntry
		want     string
	}{
		"None":       {reason: "An object without an approval is left alone."},
		"Fresh":      {reason: "An approval holds for its lifetime.", approval: "u/3", wrote: []metav1.ManagedFieldsEntry{wrote(time.Hour, approval)}},
		"Old":        {reason: "An older one ends.", approval: "u/3", wrote: []metav1.ManagedFieldsEntry{wrote(time.Hour+time.Second, approval)}, want: "it was given at 2026-11-30T10:59:59Z"},
		"Changed":    {reason: "One of an earlier generation approves nothing.", approval: "u/2", wrote: []metav1.ManagedFieldsEntry{wrote(time.Minute, approval)}, want: void},
		"Another":    {reason: "One of another object approves nothing.", approval: "v/3", wrote: []metav1.ManagedFieldsEntry{wrote(time.Minute, approval)}, want: void},
		"Unknown":    {reason: "Without its time it could be as old as the object.", approval: "u/3", want: "it is not known when it was given"},
		"OtherField": {reason: "Who wrote another annotation is no help.", approval: "u/3", wrote: []metav1.ManagedFieldsEntry{wrote(time.Minute, `{"f:metadata":{"f:annotations":{"f:a":{}}}}`)}, want: "it is not known when it was given"},
		"Unreadable": {reason: "Fields that cannot be read tell nothing.", approval: "u/3", wrote: []metav1.ManagedFieldsEntry{wrote(time.Minute, `[`)}, want: "it is not known when it was given"},
		"Twice": {
			reason: "Of two writers the last counts.", approval: "u/3",
			wrote: []metav1.ManagedFieldsEntry{wrote(2*time.Hour, approval), wrote(time.Minute, approval), wrote(3*time.Hour, approval)},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			o := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{UID: "u", Generation: 3, ManagedFields: tc.wrote}}
			if tc.approval != "" {
				o.Annotations = map[string]string{Annotation: tc.approval}
			}
			if diff := cmp.Diff(tc.want, ended(o, now, time.Hour)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
