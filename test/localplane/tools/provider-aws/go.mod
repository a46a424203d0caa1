module github.com/ausmart/platform/test/localplane/tools/provider-aws

go 1.26.0

tool github.com/upbound/provider-aws/v2/cmd/provider/monolith

require github.com/upbound/provider-aws/v2 v2.4.0

// The provider's own replacements, which a module that depends on it has to repeat.
replace (
	github.com/hashicorp/terraform-plugin-log => github.com/gdavison/terraform-plugin-log v0.0.0-20230928191232-6c653d8ef8fb
	github.com/hashicorp/terraform-provider-aws => github.com/upbound/terraform-provider-aws v0.0.0-20251204202605-7049bcc1808e
)
