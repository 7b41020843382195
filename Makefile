# One-liners over the `evseloop` command line. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SERVICES := $(VENV)/.services
COMPILERS := $(VENV)/.compilers
CHECKS := $(VENV)/.checks
ARGS ?=
# Tests are shared out to as many processes. One file stays in one, as most of its time is set-up;
# but not at full counts, where a single file may take minutes.
JOBS ?= 2
PYTEST := $(BIN)/pytest --numprocesses $(JOBS)

# PlatformIO tells nobody that it was used, and asks nobody for a newer self.
export PLATFORMIO_SETTING_ENABLE_TELEMETRY := no
export PLATFORMIO_DISABLE_UPGRADE_CHECK := true

.PHONY: help setup run scenarios firmware sil test test-full search lint bench docs clean

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

# The compilers of the firmware's host build.
$(COMPILERS): $(READY) .ci/debian-packages
	@.ci/debian-packages firmware
	@touch $@

# A small chip's compiler and emulator, checkers of C++: for the tests alone.
$(CHECKS): $(COMPILERS) .ci/debian-packages
	@.ci/debian-packages checks
	@touch $@

run: $(READY) ## central system, three chargers and the charging suite; stays up until Ctrl-C
	@$(BIN)/evseloop run $(ARGS)

scenarios: $(READY) ## every scenario on the twin; exits with their result
	@$(BIN)/evseloop scenarios --target twin $(ARGS)

firmware: $(COMPILERS) ## the firmware, built for this machine: .pio/build/host/program
	@$(BIN)/python firmware/platforms/lay_scons.py
	@$(BIN)/pio run --silent --environment host

sil: firmware ## every scenario on the firmware, built for this machine, at the electrics of the twin
	@$(BIN)/evseloop scenarios --target sil --output out/sil $(ARGS)

lint: $(READY) ## ruff, mypy and the import directions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

test: $(READY) $(SERVICES) $(CHECKS) lint ## everything at sampled counts (at most 20 minutes on two cores)
	@$(PYTEST) --dist loadfile -m 'not full' $(ARGS)

test-full: $(READY) $(SERVICES) $(CHECKS) lint ## everything at full counts (at most 80 minutes)
	@$(PYTEST) --dist worksteal $(ARGS)

search: $(READY) $(SERVICES) $(CHECKS) ## property tests at full counts with new examples each time, e.g. ARGS=tests/firmware/test_lockstep.py
	@$(PYTEST) --dist worksteal --hypothesis-profile search $(ARGS)

bench: firmware ## every benchmark; figures, never pass or fail
	@for name in twin sil central fleet firmware; do $(BIN)/python -m bench.$$name || exit 1; done

docs: $(READY) ## the generated pages and pictures of docs/
	@$(BIN)/python -m scenarios.reference
	@$(BIN)/python docs/images/charging_start.py
	@$(BIN)/python docs/lists.py
	@$(BIN)/python -m twin.link.describe

clean: ## everything that make has made
	rm -rf $(VENV) .evseloop .pio out
