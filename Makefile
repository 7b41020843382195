# One-liners over the `evseloop` command line. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SERVICES := $(VENV)/.services
ARGS ?=

.PHONY: help setup run scenarios test test-full lint bench docs clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## the virtual environment in .venv/, and nothing else

# The stamp, not the directory: an interrupted installation is done again.
$(READY): pyproject.toml constraints.txt .ci/debian-packages
	@.ci/debian-packages python
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "evseloop needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)" >&2; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

# PostgreSQL and MariaDB, for the tests alone.
$(SERVICES): $(READY) .ci/debian-packages
	@.ci/debian-packages services
	@touch $@

run: $(READY) ## central system, three chargers and the charging suite; stays up until Ctrl-C
	@$(BIN)/evseloop run $(ARGS)

scenarios: $(READY) ## every scenario on the twin; exits with their result
	@$(BIN)/evseloop scenarios --target twin $(ARGS)

lint: $(READY) ## ruff, mypy and the import directions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: $(READY) $(SERVICES) lint ## everything at sampled counts (at most 20 minutes on two cores)
	@$(BIN)/pytest -m 'not full' $(ARGS)

test-full: $(READY) $(SERVICES) lint ## everything at full counts (at most 80 minutes)
	@$(BIN)/pytest $(ARGS)

bench: $(READY) ## every benchmark; figures, never pass or fail
	@for name in twin central fleet; do $(BIN)/python -m bench.$$name || exit 1; done

docs: $(READY) ## the generated pages and pictures of docs/
	@$(BIN)/python -m scenarios.reference
	@$(BIN)/python docs/images/charging_start.py
	@$(BIN)/python docs/lists.py

clean: ## everything that make has made
	rm -rf $(VENV) .evseloop out
