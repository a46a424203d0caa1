# Included by the Makefile at the root of the repository.

# Only this machine runs the packages that these targets build.
.PHONY: local-packages
local-packages:
	@$(MAKE) packages PLATFORMS="$$(go env GOARCH)"

# What make up applies.
CLAIMS ?= examples/au-dev

.PHONY: up
up: local-packages ## start the platform on this machine, without Docker or AWS: [CLAIMS=files and folders]
	@go run ./test/controlplane/cmd/controlplane up $(CLAIMS:%=-claim '%')

.PHONY: down
down: ## stop it and remove its processes, ports and files
	@go run ./test/controlplane/cmd/controlplane down

.PHONY: e2e
e2e: ## test the platform on a local control plane, production included: [RUN=regexp]
	go test ./test/e2e -count=1 -v -timeout=90m -every -environments=au-dev,au-prod $(if $(RUN),-run='$(RUN)')

.PHONY: e2e-load
e2e-load: ## measure 10, 50 and 100 Network claims at once
	go test ./test/e2e -count=1 -v -timeout=180m -every -patience=60m -run=TestManyNetworks -load=10,50,100

.PHONY: e2e-aws
e2e-aws: ## test every kind with the real provider-aws against imitations of AWS; its first run builds that (75 CPU minutes, 16 GB)
	go test ./test/e2eaws -count=1 -v -timeout=120m -provider

.PHONY: e2e-signing
e2e-signing: ## test that signed packages are installed and others refused; its first run builds cosign and syft (minutes)
	go test ./test/e2esigning -count=1 -v -timeout=60m -signing

.PHONY: e2e-upgrade
e2e-upgrade: ## test the upgrade from the first release to this checkout and back: [FROM=commit]
	go test ./test/e2eupgrade -count=1 -v -timeout=120m -upgrade $(if $(FROM),-from='$(FROM)')

# Without AWS it uses the imitations of a local control plane, and prints that.
.PHONY: smoke-aws
smoke-aws: ## test the platform in a sandbox account of AWS, with KUBECONFIG: ACCOUNT=id [REGION=] [SMOKEFLAGS=]; without AWS: IMITATED=1
ifdef IMITATED
	@$(MAKE) local-packages
	@mkdir -p _output/bin && go build -o _output/bin/controlplane ./test/controlplane/cmd/controlplane
	@trap '_output/bin/controlplane down -dir="$(CURDIR)/_output/smoke-aws"' EXIT; \
		_output/bin/controlplane up -dir="$(CURDIR)/_output/smoke-aws" -cloud=provider && \
		KUBECONFIG="$(CURDIR)/_output/smoke-aws/kubeconfig" go -C test/smokeaws run . \
			-account=000000000000 -imitation="$(CURDIR)/_output/smoke-aws/aws.json" $(SMOKEFLAGS)
else
	@[[ -n "$(ACCOUNT)" ]] || { echo "smoke-aws: the account is missing: make smoke-aws ACCOUNT=111122223333, or IMITATED=1 without AWS" >&2; exit 1; }
	@go -C test/smokeaws run . -account='$(ACCOUNT)' $(if $(REGION),-region='$(REGION)') $(SMOKEFLAGS)
endif

.PHONY: e2e-argocd
e2e-argocd: setup ## test that Git runs the platform, with the real Argo CD: [RUN=regexp]; its first run builds that (4 minutes on two cores)
	go test ./test/e2eargo -count=1 -v -timeout=90m -argocd $(if $(RUN),-run='$(RUN)')
