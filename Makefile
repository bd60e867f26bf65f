# Every target only calls; what happens stands in scripts/, and `lab --help` has the rest.
# The LAB_* variables of docs/setup.md reach the scripts through the environment.

.DEFAULT_GOAL := help
.PHONY: help setup lab-up lab-down test check bench lock clean
LAB_ARGS ?=
PYTEST_ARGS ?=
BENCH_ARGS ?=
LOCK_ARGS ?=

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with the lab in it (installs python3-venv where it is missing)
	@scripts/machine.sh python
	@scripts/venv.sh

lab-up: ## bring the cluster up and prove every connection (installs what is missing; LAB_ARGS=…)
	@scripts/machine.sh python engine
	@scripts/venv.sh
	@.venv/bin/lab up $(LAB_ARGS)

lab-down: ## remove the lab (LAB_ARGS=--all: every lab)
	@scripts/down.sh $(LAB_ARGS)

test: ## run the whole test suite on a real engine (installs what is missing; PYTEST_ARGS=…)
	@scripts/machine.sh python engine
	@scripts/venv.sh
	@scripts/test.sh $(PYTEST_ARGS)

check: setup ## judge style, types, layers, links and the wheel, without an engine
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	MYPYPATH=images/stand-in .venv/bin/mypy -p standin
	.venv/bin/mypy scripts
	.venv/bin/lint-imports
	.venv/bin/python -m pytest -q tests/test_packaging.py tests/test_layers.py tests/test_docs.py

bench: ## measure the lab against its peers, side by side (BENCH_ARGS=…)
	@scripts/machine.sh python engine
	@scripts/venv.sh
	.venv/bin/python scripts/bench $(BENCH_ARGS)

lock: setup ## compile requirements/ from pyproject.toml (takes minutes; LOCK_ARGS=--upgrade)
	scripts/lock.sh $(LOCK_ARGS)

clean: ## remove .venv and caches; labs stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist
