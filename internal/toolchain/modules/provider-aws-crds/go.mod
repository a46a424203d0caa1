module github.com/ausmart/platform/internal/toolchain/modules/provider-aws-crds

go 1.26.0

require github.com/upbound/provider-aws/v2 v2.7.0
