package account

import "github.com/ausmart/platform/test/cloud/catalog"

func s3(kind string) catalog.GroupKind { return catalog.GroupKind{Service: "s3", Kind: kind} }

// s3Models follows the S3 API reference. A bucket's settings are resources of their own in the
// provider; each has its bucket's name as identifier.
func s3Models() map[catalog.GroupKind]model {
	out := map[catalog.GroupKind]model{
		s3("Bucket"): {
			label: "S3 Bucket", service: "S3", create: "CreateBucket", describe: "HeadBucket", update: "PutBucketTagging", remove: "DeleteBucket",
			immutable: []string{"objectLockEnabled"},
			attributes: func(_ view, r *Resource) map[string]any {
				return map[string]any{
					"bucketDomainName":         r.ID + ".s3.amazonaws.com",
					"bucketRegionalDomainName": r.ID + ".s3." + r.Region + ".amazonaws.com",
					"bucketRegion":             r.Region,
				}
			},
		},
		s3("Object"): {
			label: "S3 Object", service: "S3", create: "PutObject", describe: "HeadObject", update: "PutObject", remove: "DeleteObject",
			immutable: []string{"bucket", "key"}, needs: []need{bucketNeed()},
			identify: func(_ view, r *Resource, _ int) string { return r.text("bucket") + "/" + r.text("key") },
		},
	}
	for kind, api := range map[string]string{
		"BucketACL":                               "BucketAcl",
		"BucketCorsConfiguration":                 "BucketCors",
		"BucketLifecycleConfiguration":            "BucketLifecycleConfiguration",
		"BucketLogging":                           "BucketLogging",
		"BucketNotification":                      "BucketNotificationConfiguration",
		"BucketOwnershipControls":                 "BucketOwnershipControls",
		"BucketPolicy":                            "BucketPolicy",
		"BucketPublicAccessBlock":                 "PublicAccessBlock",
		"BucketReplicationConfiguration":          "BucketReplication",
		"BucketServerSideEncryptionConfiguration": "BucketEncryption",
		"BucketVersioning":                        "BucketVersioning",
	} {
		out[s3(kind)] = bucketSetting(kind, api)
	}
	return out
}

func bucketSetting(kind, api string) model {
	return model{
		label: "S3 " + kind, service: "S3", create: "Put" + api, describe: "Get" + api, update: "Put" + api, remove: "Delete" + api,
		immutable: []string{"bucket"}, needs: []need{bucketNeed()},
		identify: func(_ view, r *Resource, _ int) string { return r.text("bucket") },
	}
}

func bucketNeed() need {
	return need{
		field: "bucket", kinds: []catalog.GroupKind{s3("Bucket")}, code: "NoSuchBucket",
		message: "The specified bucket does not exist",
	}
}
