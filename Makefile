# `make demo` and `make test` set everything up by themselves. `make` alone lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# Relative paths throughout: the project may lie in a folder with spaces or Chinese characters.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
UV_VERSION := 0.13.9
WORKERS ?= 2
export DJANGO_SETTINGS_MODULE ?= xinheng.config.settings

.PHONY: help setup demo demo-codes test test-all lint types arch unit law integration browser fmt docs lock clean bench

help: ## List the targets
	@grep -hE '^[a-z][a-z-]*:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

setup: $(VENV)/.installed build/static/.built ## Install everything into .venv, node_modules and build (from lock files)

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed, this is %s: set PYTHON=" % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	$(RUN) -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(RUN) -m uv pip install --quiet --python $(RUN) --require-hashes --requirement requirements.lock
	$(RUN) -m uv pip install --quiet --python $(RUN) --no-deps --editable .
	touch $@

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	touch $@

build/static/.built: node_modules/.installed $(shell find src/xinheng/portal/assets -type f 2>/dev/null | tr '\n' ' ')
	npm run --silent build
	touch $@

demo: setup ## Make a synthetic county, run the main job on it, serve it on 127.0.0.1:8000 (ONCE=1: exit instead)
	$(RUN) -m xinheng demo $(if $(ONCE),--once) $(if $(PORT),--port $(PORT))

demo-codes: setup ## Print the sign-in codes of the demonstration's accounts at this moment
	@$(RUN) -m xinheng demo --codes

test: setup ## Run the whole suite: lint, types, contracts, unit, law, integration, browser
	@$(MAKE) --no-print-directory lint types arch
	XINHENG_EXPECT_PG=$${XINHENG_EXPECT_PG-18} $(RUN) -m pytest -n $(WORKERS) --dist loadgroup -q

test-all: setup $(VENV)/.spark ## Run what takes long, leg by leg: mutated files, Spark, the integration suite on PostgreSQL 15 (LEG=fuzz: that one)
	WORKERS=$(WORKERS) $(RUN) -m tests.legs $(LEG)

$(VENV)/.spark: requirements-spark.lock $(VENV)/.installed
	$(RUN) -m uv pip install --quiet --python $(RUN) --require-hashes --requirement requirements-spark.lock
	touch $@

lint: setup ## Check style of code and templates
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m djlint src --check --lint --quiet

types: setup ## Check types (mypy --strict)
	$(RUN) -m mypy

arch: setup ## Check that the layers hold
	$(VENV)/bin/lint-imports

unit: setup ## Run the unit tests
	$(RUN) -m pytest -n $(WORKERS) -q tests/unit tests/architecture src

law: setup ## Run the law cases
	$(RUN) -m pytest -n $(WORKERS) -q tests/law

integration: setup ## Run service and HTTP tests on real PostgreSQL (XINHENG_PG=folder for another server)
	$(RUN) -m pytest -n $(WORKERS) --dist loadgroup -q tests/integration tests/real

browser: setup ## Run the browser journeys
	$(RUN) -m pytest -q tests/browser

bench: setup $(VENV)/.bench ## Measure against peers and print the table (JOBS="check search", QUICK=1, WRITE=1: into docs/performance.md)
	$(RUN) -m bench $(JOBS) $(if $(QUICK),--quick) $(if $(WRITE),--write)

$(VENV)/.bench: requirements-bench.lock $(VENV)/.installed
	$(RUN) -m uv pip install --quiet --python $(RUN) --require-hashes --requirement requirements-bench.lock
	touch $@

.PHONY: mutants
mutants: setup $(VENV)/.mutants ## Mutation testing of clocks, display right, gates and matching order (MODULE=rules/domain: one part; FRESH=1: anew)
	$(if $(FRESH),rm -rf mutants)
	nice $(RUN) -m tools.mutants run --children $(WORKERS) $(MODULE)

$(VENV)/.mutants: requirements-mutants.lock $(VENV)/.installed
	$(RUN) -m uv pip install --quiet --python $(RUN) --require-hashes --requirement requirements-mutants.lock
	touch $@

.PHONY: sbom audit
sbom: $(VENV)/.audit node_modules/.installed ## Write what the platform is made of (CycloneDX JSON) into build/sbom
	mkdir -p build/sbom
	$(VENV)/.audit-venv/bin/cyclonedx-py requirements --output-reproducible --of JSON -o build/sbom/python.cdx.json requirements.lock
	npm sbom --sbom-format cyclonedx --package-lock-only > build/sbom/node.cdx.json

audit: $(VENV)/.audit node_modules/.installed ## Ask the advisories for known weaknesses of what is locked (needs the network; not part of make test)
	$(VENV)/.audit-venv/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements.lock
	npm audit --package-lock-only

$(VENV)/.audit: requirements-audit.lock $(VENV)/.installed
	$(PYTHON) -m venv $(VENV)/.audit-venv
	$(RUN) -m uv pip install --quiet --python $(VENV)/.audit-venv/bin/python --require-hashes --requirement requirements-audit.lock
	touch $@

fmt: setup ## Format the code
	$(RUN) -m ruff check --fix --quiet . || true
	$(RUN) -m ruff format .
	$(RUN) -m djlint src --reformat --quiet || true

docs: setup ## Write the generated reference pages, schemas and pictures anew
	$(RUN) -m xinheng docs
	$(RUN) -m tools.architecture_picture

lock: ## Resolve the dependencies anew (writes the lock files)
	$(RUN) -m uv pip compile pyproject.toml --group dev --generate-hashes --universal --python-version 3.11 -o requirements.lock
	$(RUN) -m uv pip compile --group bench --constraint requirements.lock --generate-hashes --universal --python-version 3.11 -o requirements-bench.lock
	$(RUN) -m uv pip compile pyproject.toml --extra spark --constraint requirements.lock --generate-hashes --universal --python-version 3.11 -o requirements-spark.lock
	$(RUN) -m uv pip compile --group audit --generate-hashes --universal --python-version 3.11 -o requirements-audit.lock
	$(RUN) -m uv pip compile --group mutants --constraint requirements.lock --generate-hashes --universal --python-version 3.11 -o requirements-mutants.lock

clean: ## Remove what was built (not var/, which holds data)
	rm -rf build mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
