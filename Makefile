# Deskhook. `make help` lists the targets.

GOLANGCI  := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
FUZZTIME  ?= 5s
PACKAGES  := ./...
WEB       := npm --prefix assets

.PHONY: help test check tools race fuzz web e2e bench build

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: tools check race fuzz e2e ## Everything that CI runs; installs what it lacks
	@echo "make test: passed; nothing was skipped"

tools: ## Install what the tests need: MariaDB server, Chromium, front-end packages
	@.ci/tools

check: tools ## Format, vet, lint, purity, front end: types, lint, unit tests, built assets fresh
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "not gofmt-clean:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet $(PACKAGES)
	$(GOLANGCI) run
	GOOS=js GOARCH=wasm go build -o /dev/null ./behaviors
	go build -tags deskhook_no_ui -o /dev/null ./plugin/devhost
	$(WEB) run check
	$(WEB) test
	$(WEB) run build
	@git diff --exit-code --stat -- assets/dist || { echo "assets/dist is stale: commit the output of 'make build'"; exit 1; }
	@test -z "$$(git status --porcelain -- assets/dist)" || { git status --short -- assets/dist; echo "assets/dist is stale: commit the output of 'make build'"; exit 1; }

race: ## Go tests with the race detector, on SQLite and on a throwaway MariaDB
	.ci/with-mariadb go test -race -timeout 12m $(PACKAGES)

fuzz: ## Each fuzz target for FUZZTIME (5s)
	@.ci/fuzz $(FUZZTIME)

e2e: tools ## The browser tests, against the reference host
	$(WEB) run e2e

build: ## Rebuild assets/dist
	$(WEB) ci --ignore-scripts --no-audit --no-fund
	$(WEB) run build

bench: ## Benchmarks of what is fast by promise
	.ci/with-mariadb go test -run '^$$' -bench . -benchmem $(PACKAGES)
