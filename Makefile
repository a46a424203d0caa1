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

comma := ,

TOOL = go run ./internal/toolchain/cmd/toolchain
ACTIONLINT = github.com/rhysd/actionlint/cmd/actionlint@v1.7.7

-include apis/apis.mk services/services.mk test/controlplane/controlplane.mk

.PHONY: help
help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: render
render: ## print the composed resources of a claim: CLAIM=file [ENVIRONMENT=prod] [FRESH=1] [OBSERVED=dir] [REQUIRED=file]
	@[[ -n "$(CLAIM)" ]] || { echo "render: say which claim: make render CLAIM=examples/au-dev/network.yaml" >&2; exit 1; }
	@mkdir -p _output/bin && go build -o _output/bin/render ./test/render/cmd/render
	@_output/bin/render $(if $(ENVIRONMENT),--environment='$(ENVIRONMENT)') $(if $(FRESH),--fresh) $(if $(OBSERVED),--observed='$(OBSERVED)') \
		$(if $(REQUIRED),--required='$(REQUIRED)') '$(CLAIM)'

.PHONY: render-examples
render-examples: ## write the composed resources of each example to _output/rendered
	@mkdir -p _output/bin && go build -o _output/bin/render ./test/render/cmd/render
	@for claim in $$(grep -rl 'apiVersion: platform.ausmart.io/' examples); do \
		mkdir -p "_output/rendered/$$(dirname "$$claim")"; \
		echo "$$claim"; \
		_output/bin/render "$$claim" >"_output/rendered/$$claim" 2>_output/rendered/log || { cat _output/rendered/log >&2; exit 1; }; \
	done

.PHONY: prices
prices: ## write functions/cost/prices/prices.yaml anew from AWS's public price list: several GB, no account
	go run ./internal/pricelist/cmd/prices

SETUP = go run ./internal/prerequisites/cmd/setup
GOTESTSUM = gotest.tools/gotestsum@v1.13.0

.PHONY: setup
setup: ## install the programs that the tests need, or name the command that does; with SKIP_MISSING=1 name them only
	@$(SETUP)

# What is missing is part of SKIP_MISSING's value, and so of Go's cache of results: a test that skipped runs once its program is there.
# The last line counts what was skipped.
.PHONY: test
test: setup ## run every test; SKIP_MISSING=1 skips those whose program is missing
	@mkdir -p _output
	@SKIP_MISSING="$${SKIP_MISSING:+$$($(SETUP) -missing)}" \
		$(MAKE) --silent --keep-going test-product test-apis test-telemetry test-smoke test-browser JSON=-json | \
		go run $(GOTESTSUM) --format=pkgname --format-hide-empty-pkg --hide-summary=skipped --jsonfile=_output/tests.json \
		--post-run-command='go run ./internal/prerequisites/cmd/skipped' --raw-command -- cat

# Each of these is a module. JSON is what make test adds. test/e2e takes longest and mostly waits: it starts first, and beside it
# runs as many packages as there are processors.
.PHONY: test-product
test-product:
	go test $(JSON) -timeout 40m -p $$(($$(getconf _NPROCESSORS_ONLN) + 1)) ./test/e2e ./...

# A module of its own: the collector and Prometheus want other modules than the product.
.PHONY: test-telemetry
test-telemetry: ## check the alerts, the dashboards and the metrics that they read
	go -C test/telemetry test $(JSON) ./names ./questions

# A module of its own too: only this program needs EC2's API, which takes longer to compile than the product.
.PHONY: test-smoke
test-smoke:
	go -C test/smokeaws test $(JSON) ./...

# Apart from the other tests, since the collector takes longer to compile than all of them to run.
.PHONY: test-collector
test-collector: ## check the collectors' configurations with the collector's own code
	go -C test/telemetry test ./configs

.PHONY: lint
lint: ## check the code, the generated files, the workflows and the manifests
	"$$($(TOOL) golangci-lint)" run --allow-parallel-runners
	$(MAKE) check-apis
	go run $(ACTIONLINT)
	go run ./test/manifests/cmd/manifests .github argocd examples

.PHONY: generate
generate: generate-apis ## write every generated file

.PHONY: packages
packages: ## build the packages into _output/packages: [REGISTRY=] [VERSION=] [PLATFORMS=amd64,arm64]
	@go run ./package/cmd/packages --platforms='$(PLATFORMS)' --registry='$(REGISTRY)' --version='$(VERSION)'

.PHONY: push
push: ## build and push the packages, and print them by digest: REGISTRY=127.0.0.1:5000/ausmart [VERSION=]
	@[[ "$(origin REGISTRY)" != file ]] || { echo "push: say where to: make push REGISTRY=127.0.0.1:5000/ausmart" >&2; exit 1; }
	@go run ./package/cmd/packages --push --platforms='$(PLATFORMS)' --registry='$(REGISTRY)' --version='$(VERSION)'

# Crossplane 2.4 reads signatures of cosign's older layout only; its third version writes a newer one unless it is told not to.
COSIGN_LAYOUT = --new-bundle-format=false --use-signing-config=false
SBOMS ?= _output/sbom

.PHONY: sign
sign: ## sign the pushed images, without a key, as the release workflow does: DIGESTS='registry/name@sha256:... ...'
	@cosign="$$($(TOOL) cosign)"; for image in $(DIGESTS); do "$$cosign" sign --yes $(COSIGN_LAYOUT) "$$image"; done

# The Configuration holds no program.
.PHONY: sbom
sbom: ## write an SBOM of each pushed image into _output/sbom and attach it: DIGESTS='registry/name@sha256:... ...' [PLATFORMS=amd64,arm64]
	@mkdir -p '$(SBOMS)'; cosign="$$($(TOOL) cosign)"; syft="$$($(TOOL) syft)"; \
	for image in $(filter-out $(REGISTRY)/platform@%,$(DIGESTS)); do for arch in $(subst $(comma), ,$(PLATFORMS)); do \
		name="$${image%@*}"; file="$(SBOMS)/$${name##*/}-$$arch.spdx.json"; \
		"$$syft" scan "registry:$$image" --platform="linux/$$arch" --output="spdx-json=$$file" --quiet; \
		"$$cosign" attest --yes $(COSIGN_LAYOUT) --type=spdxjson --predicate="$$file" "$$image"; \
	done; done

# What make push has pushed, unless another is named.
CONFIGURATION ?= $(shell grep -s '/platform@' _output/packages/digests.txt)

.PHONY: pin
pin: ## write the digest of the pushed Configuration into argocd/: [CONFIGURATION=registry/platform@sha256:...]
	@[[ -n "$(CONFIGURATION)" ]] || { echo "pin: say which one, or make push first" >&2; exit 1; }
	@go run ./package/cmd/pin --file=argocd/platform/configuration.yaml --field=spec.package --image='$(CONFIGURATION)'

.PHONY: pin-image
pin-image: ## write an image's digest into a Service: CLAIM=examples/au-dev/services/cart.yaml IMAGE=registry/cart@sha256:...
	@go run ./package/cmd/pin --file='$(CLAIM)' --field=spec.image --image='$(IMAGE)'

.PHONY: images
images: ## build the store's images into _output/images, or push them: [REGISTRY=127.0.0.1:5000/ausmart] [VERSION=] [SERVICES=cart,ui]
	@go run ./package/cmd/images --version='$(VERSION)' $(if $(filter-out file,$(origin REGISTRY)),--registry='$(REGISTRY)') \
		$(if $(SERVICES),--services='$(SERVICES)')

.PHONY: bench
bench: ## measure the time and memory of a call of each function
	go test -run '^$$' -bench . -benchmem ./functions/...

.PHONY: fuzz
fuzz: ## fuzz a function: [FUZZPKG=./functions/network] [FUZZ=FuzzRunFunction] [FUZZTIME=5m]
	go test -run '^$$' -fuzz '^$(FUZZ)$$' -fuzztime '$(FUZZTIME)' '$(FUZZPKG)'

# As many times the random claims that a commit is tested with.
ROUNDS ?= 10

.PHONY: properties
properties: ## test the functions with more random claims than make test does: [ROUNDS=10]
	go test -timeout 180m ./functions/network ./functions/cluster ./functions/database ./functions/service -rounds '$(ROUNDS)'

# How many mutants, and which of them: make mutation MATCH=functions/internal/settings
SEED ?= 1
MUTANTS ?= 400
MATCH ?=

.PHONY: mutation
mutation: ## change the functions in small ways, and list what no test notices: [SEED=1] [MUTANTS=400] [MATCH=functions/network]
	go run ./test/mutation -seed '$(SEED)' -n '$(MUTANTS)' -match '$(MATCH)'
