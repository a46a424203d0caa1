# Targets of the store; the top Makefile includes this file.

include services/orders.mk

# How long `make soak` kills databases.
SOAK ?= 10m

.PHONY: store
store: ## run the five services in one process on in-memory stores: the shop is at http://127.0.0.1:8888
	@echo "Building the store."
	@mkdir -p _output/bin
	@go build -trimpath -ldflags="-s -w" -o _output/bin/store ./services/cmd/store
	@exec _output/bin/store

.PHONY: store-test
store-test: setup ## run every test of the store; starts MariaDB, PostgreSQL, Redis, RabbitMQ and a program that simulates DynamoDB and SQS
	go test -timeout 30m ./services/... ./test/store/...

.PHONY: bench-store
bench-store: ## measure each service: requests/s, CPU time per request, memory, start
	@go run ./test/store/bench

.PHONY: soak
soak: setup ## send customers through the shop while its databases are killed: [SOAK=10m]
	go test -count=1 -timeout 0 -v ./test/store/soak -soak '$(SOAK)'

# A module of its own: only these tests need a browser's library. They build the services, which Go's test cache does not track.
.PHONY: test-browser
test-browser: setup ## test the shop in a real Chromium, screenshots to _output/screens
	go -C test/browser test $(JSON) -count=1 ./...
