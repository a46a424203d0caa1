# Included by the Makefile at the root of the repository.

.PHONY: generate-apis
generate-apis: ## write deep copies and CompositeResourceDefinitions from the Go types
	go -C apis/generate run .

.PHONY: check-apis
check-apis: ## fail when those files are not what the Go types say
	go -C apis/generate run . -check
