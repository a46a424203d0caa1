# Targets of orders and checkout that take minutes; services.mk includes this file.

.PHONY: reliability fuzz-orders

reliability: ## 200 kill -9, restarts, roll-outs and double submits of the store under load, at full length, with figures
	go test -v -count=1 -timeout 60m ./test/store/reliability -kills 200 -restarts 10 -submits 500

fuzz-orders: ## hostile JSON for cart, orders and checkout: [FUZZTIME=5m each]
	go test -run '^$$' -fuzz FuzzItems -fuzztime $(FUZZTIME) ./services/cart
	go test -run '^$$' -fuzz FuzzCreate -fuzztime $(FUZZTIME) ./services/orders
	go test -run '^$$' -fuzz FuzzUpdate -fuzztime $(FUZZTIME) ./services/checkout
	go test -run '^$$' -fuzz FuzzPlace -fuzztime $(FUZZTIME) ./services/checkout/ordering
