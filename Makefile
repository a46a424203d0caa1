# The platform's commands. `make help` lists them; CI runs the same ones.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# One way of compiling for programs, tests and packages: the provider's APIs take
# minutes to compile, and another flag would be another time.
export CGO_ENABLED := 0
export GOFLAGS := -trimpath -buildvcs=false

# Where packages are for, their version, and what they run on.
REGISTRY ?= ghcr.io/ausmart
VERSION ?= v0.1.0
PLATFORMS ?= amd64,arm64

# How long and what `make fuzz` fuzzes.
FUZZTIME ?= 5m
FUZZ ?= FuzzRunFunction
FUZZPKG ?= ./functions/network

TOOL = go run ./test/toolchain/cmd/toolchain
ACTIONLINT = github.com/rhysd/actionlint/cmd/actionlint@v1.7.7

-include apis/apis.mk services/services.mk test/localplane/localplane.mk

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: render
render: ## print what a claim becomes: CLAIM=file [ENVIRONMENT=prod] [FRESH=1] [OBSERVED=dir] [REQUIRED=file]
	@[[ -n "$(CLAIM)" ]] || { echo "render: say which claim: make render CLAIM=examples/au-dev/network.yaml" >&2; exit 1; }
	@mkdir -p _output/bin && go build -o _output/bin/render ./test/render/cmd/render
	@_output/bin/render $(if $(ENVIRONMENT),--environment='$(ENVIRONMENT)') $(if $(FRESH),--fresh) $(if $(OBSERVED),--observed='$(OBSERVED)') \
		$(if $(REQUIRED),--required='$(REQUIRED)') '$(CLAIM)'

.PHONY: test
test: ## run every test
	go test -timeout 40m ./...

# A module of its own, which go test ./... does not reach: the collector and Prometheus want other modules than the product.
.PHONY: test-telemetry
test: test-telemetry
test-telemetry:
	go -C test/telemetry test ./names ./questions

# Apart from the other tests, since the collector takes longer to compile than all of them to run.
.PHONY: test-collector
test-collector: ## hold the collectors' configurations to the collector's own code
	go -C test/telemetry test ./configs

.PHONY: lint
lint: ## check the code, the generated files, the workflows and the manifests
	"$$($(TOOL) golangci-lint)" run --allow-parallel-runners
	$(MAKE) check-apis
	go run $(ACTIONLINT)
	go run ./test/manifests/cmd/manifests .github $(wildcard argocd) examples

.PHONY: generate
generate: generate-apis ## write every generated file

.PHONY: packages
packages: ## build the packages into _output/packages: [REGISTRY=] [VERSION=] [PLATFORMS=amd64,arm64]
	@go run ./package/cmd/packages --platforms='$(PLATFORMS)' --registry='$(REGISTRY)' --version='$(VERSION)'

.PHONY: push
push: ## build and push the packages: REGISTRY=127.0.0.1:5000/ausmart [VERSION=]
	@[[ "$(origin REGISTRY)" != file ]] || { echo "push: say where to: make push REGISTRY=127.0.0.1:5000/ausmart" >&2; exit 1; }
	@go run ./package/cmd/packages --push --platforms='$(PLATFORMS)' --registry='$(REGISTRY)' --version='$(VERSION)'

.PHONY: images
images: ## build the store's images into _output/images, or push them: [REGISTRY=127.0.0.1:5000/ausmart] [VERSION=]
	@go run ./package/cmd/images --version='$(VERSION)' $(if $(filter-out file,$(origin REGISTRY)),--registry='$(REGISTRY)')

.PHONY: bench
bench: ## measure what a call of each function costs
	go test -run '^$$' -bench . -benchmem ./functions/...

.PHONY: fuzz
fuzz: ## fuzz a function: [FUZZPKG=./functions/network] [FUZZ=FuzzRunFunction] [FUZZTIME=5m]
	go test -run '^$$' -fuzz '^$(FUZZ)$$' -fuzztime '$(FUZZTIME)' '$(FUZZPKG)'
