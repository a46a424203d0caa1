# Included by the Makefile at the root of the repository.

.PHONY: generate-apis check-apis test-apis
generate: generate-apis

generate-apis: ## deep copies, CompositeResourceDefinitions and docs/reference, from the Go types
	go -C apis/generate run .

check-apis:
	go -C apis/generate run . -check

# The generator is a module of its own, which go test ./... does not reach.
test-apis:
	go -C apis/generate test $(JSON) ./...
