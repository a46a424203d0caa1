module github.com/ausmart/platform

go 1.26.0

require (
	github.com/google/go-cmp v0.7.0
	github.com/upbound/provider-aws/v2 v2.4.0
)
