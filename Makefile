# `make play` and `make test` are all the set-up there is: each makes .venv when it is missing,
# installs into it what it needs, and runs. Another Python: make play PYTHON=python3.12

NEEDED := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python; do \
	if $$python -c '$(NEEDED)' 2>/dev/null; then echo $$python; exit; fi; done; echo python3)
BIN := .venv/bin
LEVEL ?=

.DEFAULT_GOAL := help
.PHONY: help play test soak bench lab clean

help:
	@echo 'make play    open the game'
	@echo 'make test    style, types, floors and tests, as CI runs them'
	@echo 'make soak    the long tests; wants Python 3.11, 3.12 and 3.13'
	@echo 'make bench   how fast the engine is here'
	@echo 'make lab     published results against the engine'
	@echo 'make clean   remove .venv and what the tools left behind'

play: .venv/installed
	$(BIN)/ninelives play $(LEVEL)

test: .venv/installed-test
	$(BIN)/ruff check game tests
	$(BIN)/ruff format --check game tests
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -n 2

soak: .venv/installed-test
	$(BIN)/pytest -m soak

bench: .venv/installed-bench
	$(BIN)/ninelives bench

lab: .venv/installed
	$(BIN)/ninelives lab

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c '$(NEEDED)' 2>/dev/null || { echo 'Nine Lives needs Python 3.11 or newer, and' \
		'"$(PYTHON)" is not: install one, or name it with make PYTHON=...' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo 'This Python cannot make virtual' \
		'environments: install its venv package (on Debian and Ubuntu: python3-venv).' >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv

.venv/installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

.venv/installed-bench: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $@ .venv/installed

.venv/installed-test: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ .venv/installed
