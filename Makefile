# What a person runs and what CI runs is the same: make check.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

# The linters, built into ./.bin; programs that tests call, as Debian packages (command:package where the names differ).
GOLANGCI := v2.15.0
DEBIAN := openssl strace chromium node:nodejs npm

# SQLite and its C library are C made into Go. The race detector would slow them, the bundler and the packer tenfold, and it is this code
# that it is to watch.
UNWATCHED := modernc.org/sqlite/lib modernc.org/libc/... modernc.org/memory github.com/evanw/esbuild/... github.com/andybalholm/brotli/...

# make test PKG=./passes/... looks at less; make test RACE= leaves the race detector out;
# make fuzz FUZZTIME=1m takes longer over each target; ARGS go to the demo; NAME chooses a journey.
PKG ?= ./...
RACE ?= -race $(UNWATCHED:%=-gcflags=%=-race=false)
FUZZTIME ?= 5s
ARGS ?=
NAME ?=

LINTER := ./.bin/golangci-lint
TOOL := go tool -modfile=tools/pinned/go.mod

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Cheap checks first; the tests last, so that their lines close the output.
.PHONY: check
check: deps format vet lint deadcode tidy build fuzz web test journeys ## run every check, as CI does

.PHONY: demo
demo: ## run the server with invented people and offers
	go run ./server demo $(ARGS)

.PHONY: fmt
fmt: linter ## format the code
	$(LINTER) fmt

.PHONY: format
format: linter
	$(LINTER) fmt --diff

.PHONY: vet
vet:
	go vet $(PKG)

.PHONY: lint
lint: linter ## run the linters, among them the arrows between packages
	$(LINTER) run $(PKG)

.PHONY: deadcode
deadcode:
	@echo "deadcode -test ./..."
	@dead=$$($(TOOL) deadcode -test ./...); \
	if [ -n "$$dead" ]; then echo "$$dead"; exit 1; fi

.PHONY: tidy
tidy:
	go mod tidy -diff
	cd tools/pinned && go mod tidy -diff

.PHONY: build
build: ## compile everything without C, as it is deployed
	CGO_ENABLED=0 go build $(PKG)

.PHONY: fuzz
fuzz: ## fuzz each target for a few seconds
	tools/fuzz.sh $(FUZZTIME) $(PKG)

.PHONY: test
test: compiler ## run the tests, shuffled and with the race detector
	CGO_ENABLED=1 go test $(RACE) -shuffle=on -timeout=30m $(PKG)

.PHONY: app
app: ## build the app and the demo's stage, which are committed
	go run ./web/build
	go run ./web/build -stage server/demo/stage/dist

.PHONY: web
web: ## check the types, the style and the logic of the app
	tools/web.sh check

.PHONY: journeys
journeys: ## walk through the app in a real browser; NAME=pass walks one
	tools/web.sh journeys $(NAME)

.PHONY: budgets
budgets: ## measure how soon screens are there, on a slow phone
	tools/web.sh budgets

.PHONY: screenshots
screenshots: ## make the pictures of docs/screenshots again
	tools/web.sh screenshots

.PHONY: bench
bench: ## run the short benchmarks
	go test -run='^$$' -bench=. -benchmem -short $(PKG)

.PHONY: perf
perf: ## run all benchmarks, the long ones too (up to an hour)
	go test -run='^$$' -bench=. -benchmem -timeout=60m $(PKG)

.PHONY: vectors
vectors: ## write the test data again that is made by code
	go generate $(PKG)

.PHONY: deps
deps: ## install the Debian packages that tests need, where allowed
	@missing=$$(for tool in $(DEBIAN); do command -v "$${tool%:*}" >/dev/null || printf ' %s' "$${tool#*:}"; done); \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -q; \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $$missing; \
	else \
		echo "Not installed:$$missing. The tests that call them will skip (with CI set: fail)."; \
	fi

.PHONY: linter
linter:
	@if [ "$$($(LINTER) version --short 2>/dev/null)" != "$(GOLANGCI:v%=%)" ]; then \
		echo "building golangci-lint $(GOLANGCI) (once, two minutes or so)"; \
		GOBIN="$(CURDIR)/.bin" go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI); \
	fi

.PHONY: compiler
compiler:
	@if [ -n "$(RACE)" ] && ! command -v $$(go env CC) >/dev/null; then \
		echo "The race detector needs a C compiler (Debian: apt-get install gcc libc6-dev)."; \
		echo "Without one, make test RACE= runs the same tests without it."; \
		exit 1; \
	fi
