# Every target sets up what it needs. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
export PYTHON
BIN := .venv/bin
WORKERS := -n 2 --dist loadfile
PACKAGES := setup/packages.txt $(wildcard topologies/images/*/packages)
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help
help: ## List the targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 20

.PHONY: setup
setup:
	@setup/system $(PACKAGES)
	@setup/python run

.PHONY: setup-test
setup-test:
	@setup/system $(PACKAGES) setup/packages-test.txt
	@setup/python dev

.PHONY: start
start: setup ## Install what is missing, build the lessons, and serve the course in JupyterLab.
	@netdojo serve

.PHONY: demo
demo: setup ## Walk the whole path unattended, from a deployed network to a verified badge.
	@netdojo demo

.PHONY: doctor
doctor: ## Say what this machine has and lacks; only .venv is made.
	@setup/python run
	@netdojo doctor

.PHONY: test
test: lint unit content live browser ## Run every check.

.PHONY: lint
lint: setup-test ## Style, types, layers and schemas.
	ruff check src tests benchmarks labs graders topologies modules
	ruff format --check src tests benchmarks labs graders topologies modules
	mypy
	@for each in labs/*/checks.py graders/*/hidden.py; do \
	  mypy --allow-untyped-defs --allow-untyped-calls "$$each" || exit; done
	lint-imports
	python -m netdojo.cli.schemas --check schemas
	python -m netdojo.cli.topology_keys --check docs/reference/topology-keys.md

.PHONY: schemas
schemas: setup-test ## Write schemas/ and the table of topology keys anew from the code.
	python -m netdojo.cli.schemas schemas
	python -m netdojo.cli.topology_keys docs/reference/topology-keys.md

.PHONY: unit
unit: setup-test ## Tests that need no network.
	pytest -q $(WORKERS) tests/unit tests/errors

.PHONY: content
content: setup-test ## Lessons, links and manifests; the site builds strictly.
	pytest -q $(WORKERS) tests/content

.PHONY: live
live: setup-test ## Tests on real networks, and the proof of every lab.
	pytest -q $(WORKERS) --no-loadscope-reorder tests/live

.PHONY: test-containerlab
test-containerlab: setup-test ## Both runtimes side by side; needs root, Docker and containerlab, and is no part of test.
	@[ ! -x ../shared/tools/container-host ] || ../shared/tools/container-host
	pytest -q tests/containerlab
	NETDOJO_RUNTIME=containerlab pytest -q tests/live/runtimes/test_keys.py tests/live/runtimes/test_daemons.py

.PHONY: soak
soak: setup-test ## Kill a network's processes 200 times, and let it run out of everything; ten minutes and more.
	python -m tests.soak.killing --kills 200 --machines 4
	python -m tests.soak.exhausting

.PHONY: browser
browser: setup-test ## Tests in a real browser.
	pytest -q $(WORKERS) tests/browser

.PHONY: screenshot
screenshot: setup-test ## Take the README's picture anew, from the browser test, which fails on an older one.
	rm -f build/screenshots/lab-page.png
	-pytest -q tests/browser/test_passing.py
	cp build/screenshots/lab-page.png docs/images/lab-page.png

.PHONY: bench
bench: setup-test ## Print the figures of every claim.
	@for each in benchmarks/*.py; do python $$each || exit; done

.PHONY: lock
lock: ## Make the locks anew from pyproject.toml; needs uv.
	uv pip compile --quiet --universal --no-strip-extras --python-version 3.10 --no-emit-index-url --no-emit-find-links --no-header \
	  --generate-hashes --extra setup pyproject.toml -o requirements/run.txt
	uv pip compile --quiet --universal --no-strip-extras --python-version 3.10 --no-emit-index-url --no-emit-find-links --no-header \
	  --generate-hashes --extra setup --extra dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

.PHONY: clean
clean: ## Remove what was built; the learner's own files are elsewhere and stay.
	rm -rf build dist .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
