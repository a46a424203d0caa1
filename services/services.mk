# Targets of the store; the top Makefile includes this file.

.PHONY: store store-test bench-store soak

STORE_PACKAGES = ./services/... ./test/store/...

store: ## The five services in one process on in-memory stores, the shop on http://127.0.0.1:8888
	@echo "Building the store."
	@mkdir -p _output/bin
	@go build -trimpath -ldflags="-s -w" -o _output/bin/store ./services/cmd/store
	@exec _output/bin/store

store-test: ## Every test of the store; starts MariaDB, PostgreSQL, Redis, RabbitMQ and an AWS stand-in
	go test $(STORE_PACKAGES)

include services/orders.mk
