# Quatrain. `make help` lists the targets.
SHELL := /bin/bash
LAB := test/lab/lab
GO_ENV := CGO_ENABLED=0
# What the lab brings, Go among it, where the machine has none.
export PATH := $(or $(QUATRAIN_LAB_DIR),$(CURDIR)/.lab)/bin:$(PATH)
BUILD := go build -trimpath -buildvcs=false -ldflags "-s -w -buildid="

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Go reads go.mod when it is new enough, or can fetch what is.
.PHONY: go
go:
	@go mod edit -json >/dev/null 2>&1 || $(LAB) up go

.PHONY: build
build: go ## both binaries, in bin/
	$(GO_ENV) $(BUILD) -o bin/ ./cmd/...

.PHONY: generate
generate: go ## docs/reference.md and the JSON schema, from the parser's structs
	go generate ./...

.PHONY: docs
docs: .docs-venv/made ## the documentation's pages, in site/; a broken link is an error
	.docs-venv/bin/zensical build --strict

.docs-venv/made: docs/requirements.txt
	python3 -m venv .docs-venv
	.docs-venv/bin/pip install --quiet --require-virtualenv --requirement $<
	touch $@

.PHONY: unit
unit: go ## tests that need neither daemon nor network
	go test ./internal/... ./llb/... ./frontend/... ./cmd/... ./bench/...

.PHONY: lint
lint: ## formatting, vet, staticcheck, shellcheck, actionlint
	$(LAB) up lint
	eval "$$($(LAB) env)" && test/lint.sh

.PHONY: vulncheck
vulncheck: ## known vulnerabilities, where their database can be reached
	$(LAB) up lint
	eval "$$($(LAB) env)" && test/vulncheck.sh

.PHONY: lab
lab: ## bring up buildkitd, a registry, base images, Docker Engine
	$(LAB) up

.PHONY: lab-down
lab-down: ## stop what `make lab` started
	$(LAB) down

.PHONY: integration
integration: ## tests against a real daemon
	$(LAB) up buildkitd bases frontend builder engine engine-classic engine-debian13 engine-debian12 oldest emulator golang poetry scanners ssh
	eval "$$($(LAB) env)" && go test -count=1 -timeout 60m ./test/...

.PHONY: conformance
conformance: go ## Poetry's own answers for real projects, as a table
	go test -count=1 -run TestConformance -v ./internal/poetry/selection

.PHONY: vectors
vectors: ## ask Poetry, poetry-core, packaging and installer for the vectors again
	$(LAB) up poetry
	eval "$$($(LAB) env)" && test/vectors.sh "$${QUATRAIN_POETRY%/*}/python"

# Unit tests that ask a Python say so where there is none; here there has to be one.
.PHONY: python
python:
	@command -v python3 >/dev/null || $(LAB) up python

.PHONY: test
test: python lint unit conformance fuzz-short integration ## everything

.PHONY: speed
speed: go ## how long the biggest lock takes (docs/benchmarks.md)
	go test -run '^$$' -bench BiggestLock -benchtime 20x -count 9 ./internal/poetry/selection

.PHONY: fuzz-short
fuzz-short: go ## every fuzzer for 500 inputs
	set -o pipefail; test/fuzz.sh 500x | grep -v '^fuzz: \|^PASS'

.PHONY: fuzz
fuzz: go ## every fuzzer for a while
	test/fuzz.sh 60s

.PHONY: faults
faults: ## every fault in every phase of a build, then 300 builds at once; writes the table of docs/reliability.md
	$(LAB) up buildkitd bases frontend builder ssh
	eval "$$($(LAB) env)" && QUATRAIN_FAULTS=all QUATRAIN_FAULTS_TABLE=$(CURDIR)/docs/reliability.md \
		go test -count=1 -timeout 60m -v -run 'TestFaults|TestSoak' ./test

.PHONY: wheels-diff
wheels-diff: go ## 300 wheels installed by Poetry and by Quatrain, compared
	QUATRAIN_WHEELS=all go test -count=1 -timeout 30m -v -run TestPublished ./test/wheels

.PHONY: poetry-diff
poetry-diff: go ## the plan against the real Poetry, for many projects and options; ARGS=-update records
	go run ./test/poetrydiff $(ARGS)

.PHONY: demo
demo: ## build, run and ask examples/orders, and show what later builds cost
	$(LAB) up buildkitd base frontend builder engine
	eval "$$($(LAB) env)" && go run ./test/demo

# arm64 is emulated for the Dockerfiles, and only then is the kernel told of qemu.
.PHONY: bench
bench: ## Quatrain against Dockerfiles for uv and Poetry; ARGS='-runs 5 -bytecode on -cases cold,noop'
	$(LAB) up buildkitd bases frontend builder engine peers $(if $(findstring arm64,$(ARGS)),qemu)
	eval "$$($(LAB) env)" && go run ./bench $(ARGS)

.PHONY: bench-report
bench-report: go ## docs, plot and README of what is in bench/results
	go run ./bench -report

.PHONY: binaries
binaries: go ## the command for Linux, macOS and Windows, with SHA256SUMS, in bin/release; VERSION=1.2.3
	.ci/binaries "$(or $(VERSION),dev)" bin/release

.PHONY: release
release: ## push the frontend's image for amd64 and arm64; VERSION=1.2.3 REPOSITORY=quatrain/poetry
	.ci/release "$(VERSION)" "$(REPOSITORY)" $(ARGS)
