package runner

import (
	"errors"
	"fmt"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/request"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/ausmart/platform/apis/v1alpha1"
)

const (
	// annotationDeletionAttempt is where Crossplane notes that the deletion of something
	// that is in use was refused, to do it when the last user has gone
	// (crossplane v2.4.0, internal/protection).
	annotationDeletionAttempt = "usage.crossplane.io/deletion-attempt-with-policy"

	// ownClaim is the name of the requirement for the composite's own claim.
	ownClaim = "own-claim"

	reasonDeleting = "Deleting"
)

// errLeaving stops the pipeline of a composite that goes with its claim. Crossplane
// composes it once more when its last user has gone, and deletes it two seconds
// later: a pass that is still applying then would make again what has just been
// deleted.
var errLeaving = errors.New("the claim is being deleted: nothing more is made of it, and what it is made of goes when nothing uses it any more")

// requireOwnClaim asks for the composite's claim, where a deletion of the composite
// was tried. It says whether it asked.
func requireOwnClaim(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse, kind string) bool {
	meta := metadata(req)
	if meta["annotations"].GetStructValue().GetFields()[annotationDeletionAttempt].GetStringValue() == "" {
		return false
	}
	labels := meta["labels"].GetStructValue().GetFields()
	name, namespace := labels[labelClaimName].GetStringValue(), labels[labelClaimNamespace].GetStringValue()
	if name == "" || namespace == "" {
		return false
	}
	rsp.GetRequirements().Resources[ownClaim] = &fnv1.ResourceSelector{
		ApiVersion: v1alpha1.GroupVersion().String(),
		Kind:       kind,
		Namespace:  &namespace,
		Match:      &fnv1.ResourceSelector_MatchName{MatchName: name},
	}
	return true
}

// leaving says whether the claim that was asked for goes or is gone, and whether
// Crossplane has looked for it.
func leaving(req *fnv1.RunFunctionRequest) (leaves, looked bool, err error) {
	rs, looked, err := request.GetRequiredResource(req, ownClaim)
	if err != nil {
		return false, false, fmt.Errorf("cannot read the composite's claim: %w", err)
	}
	return looked && (len(rs) == 0 || rs[0].Resource.GetDeletionTimestamp() != nil), looked, nil
}

func metadata(req *fnv1.RunFunctionRequest) map[string]*structpb.Value {
	return req.GetObserved().GetComposite().GetResource().GetFields()["metadata"].GetStructValue().GetFields()
}
