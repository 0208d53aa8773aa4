# The documented commands. Each one needs Python 3.11 or newer with pip, and make; nothing else.
# Everything is installed into .venv, from lock files with hashes.

PYTHON := python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input
CASE   := src/rackwright/cases/chat.yaml
OUT    := out/demo
# Words for the tools behind a command, such as `make test PYTEST='-k cooling'`; empty unless given.
PYTEST :=
BENCH  :=
UPGRADE :=

.DEFAULT_GOAL := help
.PHONY: help demo test check bench docs lock clean browser
.DELETE_ON_ERROR:

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime  ## plan the shipped chat service and name the files written
	$(BIN)/rackwright plan $(CASE) --out $(OUT) --force
	@echo
	@echo "Files written:"
	@find $(OUT) -type f | sort | sed 's/^/  /'

test: $(VENV)/.dev browser check  ## run every check and every test, with the coverage gate
	$(BIN)/python -m pytest --cov --cov-report=term $(PYTEST)

check: $(VENV)/.dev  ## lint, types and the import rules of the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## measure, each beside a baseline taken in the same run
	$(BIN)/python -m benchmarks $(BENCH)

docs: $(VENV)/.docs  ## build the documentation into docs/_build/html
	$(BIN)/python tools/pages.py docs/_generated
	$(BIN)/sphinx-build -n -W --keep-going -q -b html docs docs/_build/html
	@echo "open docs/_build/html/index.html"

lock:  ## resolve the lock files anew (UPGRADE=1 takes the newest versions)
	$(PYTHON) tools/make_venv.py build/lock-venv
	build/lock-venv/bin/python -m pip install --quiet pip-tools==7.6.2
	LOCKER=build/lock-venv/bin/pip-compile tools/lock $(if $(UPGRADE),--upgrade)

clean:  ## remove the environment and everything that was built
	rm -rf $(VENV) build dist out docs/_build docs/_generated htmlcov .coverage
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests benchmarks tools docs -name __pycache__ -type d -prune -exec rm -rf {} +

browser:
	@tools/ensure-browser

# The environment: made once, then brought up to date whenever a lock file or the project file is newer than its stamp.
$(VENV)/.made: tools/make_venv.py
	$(PYTHON) tools/make_venv.py $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements/lock.txt pyproject.toml
	$(PIP) install --quiet --require-hashes -r requirements/lock.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/lock-dev.txt
	$(PIP) install --quiet --require-hashes -r requirements/lock-dev.txt
	@touch $@

$(VENV)/.docs: $(VENV)/.runtime requirements/lock-docs.txt
	$(PIP) install --quiet --require-hashes -r requirements/lock-docs.txt
	@touch $@
