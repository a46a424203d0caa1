package iampolicy

// subresources of a bucket: a parameter without a value that chooses the operation.
func subresources() []string {
	return []string{
		"accelerate", "acl", "analytics", "cors", "delete", "encryption", "intelligent-tiering", "inventory", "lifecycle", "location", "logging",
		"metrics", "notification", "object-lock", "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment",
		"tagging", "uploads", "versioning", "versions", "website",
	}
}

// controlRoutes are S3's other API, which has the tags of buckets
// (docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_AWS_S3_Control.html, read 2026-11-30).
func controlRoutes() []route {
	return []route{
		{"GET", "/v20180820/tags/**", "", "ListTagsForResource"},
		{"POST", "/v20180820/tags/**", "", "TagResource"},
		{"DELETE", "/v20180820/tags/**", "", "UntagResource"},
	}
}

// bucketRoutes, with the permission of each, which seldom has the operation's name
// (docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html, read 2026-11-30).
func bucketRoutes() []route {
	const bucket = "/*"
	return []route{
		{"PUT", bucket, "", "CreateBucket"},
		{"HEAD", bucket, "", "ListBucket"},
		{"GET", bucket, "", "ListBucket"},
		{"DELETE", bucket, "", "DeleteBucket"},
		{"GET", bucket, "accelerate", "GetAccelerateConfiguration"},
		{"GET", bucket, "acl", "GetBucketAcl"},
		{"GET", bucket, "cors", "GetBucketCORS"},
		{"GET", bucket, "encryption", "GetEncryptionConfiguration"},
		{"PUT", bucket, "encryption", "PutEncryptionConfiguration"},
		{"DELETE", bucket, "encryption", "PutEncryptionConfiguration"},
		{"GET", bucket, "lifecycle", "GetLifecycleConfiguration"},
		{"PUT", bucket, "lifecycle", "PutLifecycleConfiguration"},
		{"DELETE", bucket, "lifecycle", "PutLifecycleConfiguration"},
		{"GET", bucket, "location", "GetBucketLocation"},
		{"GET", bucket, "logging", "GetBucketLogging"},
		{"GET", bucket, "object-lock", "GetBucketObjectLockConfiguration"},
		{"GET", bucket, "ownershipControls", "GetBucketOwnershipControls"},
		{"PUT", bucket, "ownershipControls", "PutBucketOwnershipControls"},
		{"DELETE", bucket, "ownershipControls", "PutBucketOwnershipControls"},
		{"GET", bucket, "policy", "GetBucketPolicy"},
		{"PUT", bucket, "policy", "PutBucketPolicy"},
		{"DELETE", bucket, "policy", "DeleteBucketPolicy"},
		{"GET", bucket, "publicAccessBlock", "GetBucketPublicAccessBlock"},
		{"PUT", bucket, "publicAccessBlock", "PutBucketPublicAccessBlock"},
		{"DELETE", bucket, "publicAccessBlock", "PutBucketPublicAccessBlock"},
		{"GET", bucket, "replication", "GetReplicationConfiguration"},
		{"GET", bucket, "requestPayment", "GetBucketRequestPayment"},
		{"GET", bucket, "tagging", "GetBucketTagging"},
		{"PUT", bucket, "tagging", "PutBucketTagging"},
		{"DELETE", bucket, "tagging", "PutBucketTagging"},
		{"GET", bucket, "versioning", "GetBucketVersioning"},
		{"GET", bucket, "versions", "ListBucketVersions"},
		{"GET", bucket, "website", "GetBucketWebsite"},
		{"POST", bucket, "delete", "DeleteObject DeleteObjectVersion"},
	}
}
