package service

import (
	ecrv1beta1 "github.com/upbound/provider-aws/v2/apis/cluster/ecr/v1beta1"
	ecrv1beta2 "github.com/upbound/provider-aws/v2/apis/cluster/ecr/v1beta2"

	"github.com/ausmart/platform/functions/internal/awsname"
	"github.com/ausmart/platform/functions/internal/composition"
	"github.com/ausmart/platform/functions/internal/desired"
)

const (
	repositoryName = "repository"
	lifecycleName  = "repository-lifecycle"

	// keptImages is how many images a repository keeps: those of ten days, at ten
	// releases a day.
	keptImages = 100

	// untaggedDays is how long an image without a tag stays: parts of a push that
	// failed, and images whose tag was deleted.
	untaggedDays = 7
)

// repository is the ECR repository's name in AWS, which takes no two hyphens in a row
// (CreateRepository API, read 2026-11-30).
func (s *service) repository() string {
	plain := awsname.SingleHyphens(s.Name)
	if plain == s.Name {
		return plain
	}
	return plain + "-" + awsname.Digest(digestDigits, s.Name)
}

// addRepository adds the ECR repository for the service's image. A tag never moves to another
// image, so a rollback gets the image that ran before.
func (s *service) addRepository() {
	if !s.spec.Repository {
		return
	}
	s.Desired.Add(repositoryName, &ecrv1beta2.Repository{
		ObjectMeta: s.Named(repositoryName, s.repository()),
		Spec: ecrv1beta2.RepositorySpec{ForProvider: ecrv1beta2.RepositoryParameters{
			Region:                     &s.spec.Region,
			ImageTagMutability:         new("IMMUTABLE"),
			ImageScanningConfiguration: &ecrv1beta2.ImageScanningConfigurationParameters{ScanOnPush: new(true)},
			EncryptionConfiguration:    []ecrv1beta2.EncryptionConfigurationParameters{{EncryptionType: new("AES256")}},
			// A protected repository is not deleted while images are in it.
			ForceDelete: new(!s.Settings.DeletionProtection.V),
			Tags:        s.Tags(repositoryName),
		}},
	})
	s.Desired.Add(lifecycleName, &ecrv1beta1.LifecyclePolicy{
		Spec: ecrv1beta1.LifecyclePolicySpec{ForProvider: ecrv1beta1.LifecyclePolicyParameters{
			Region:             &s.spec.Region,
			RepositorySelector: desired.Selector(repositoryName),
			Policy:             new(lifecycle()),
		}},
	})
}

func lifecycle() string {
	expire := lifecycleAction{Type: "expire"}
	return composition.JSON(lifecyclePolicy{Rules: []lifecycleRule{
		{
			Priority: 1, Description: "Images without a tag", Action: expire,
			Selection: lifecycleSelection{TagStatus: "untagged", CountType: "sinceImagePushed", CountUnit: "days", CountNumber: untaggedDays},
		},
		{
			Priority: 2, Description: "All but the newest images", Action: expire,
			Selection: lifecycleSelection{TagStatus: "any", CountType: "imageCountMoreThan", CountNumber: keptImages},
		},
	}})
}

// lifecyclePolicy is ECR's
// (docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html).
type lifecyclePolicy struct {
	Rules []lifecycleRule `json:"rules"`
}

type lifecycleRule struct {
	Priority    int                `json:"rulePriority"`
	Description string             `json:"description"`
	Selection   lifecycleSelection `json:"selection"`
	Action      lifecycleAction    `json:"action"`
}

type lifecycleSelection struct {
	TagStatus   string `json:"tagStatus"`
	CountType   string `json:"countType"`
	CountUnit   string `json:"countUnit,omitempty"`
	CountNumber int    `json:"countNumber"`
}

type lifecycleAction struct {
	Type string `json:"type"`
}
