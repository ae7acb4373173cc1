# Needs make and Python 3.11, 3.12 or 3.13; everything else is installed into .venv from locked versions.
.DEFAULT_GOAL := help
.PHONY: help venv demo dev test check lint types generated build lock format bench clean

BIN := .venv/bin
INSTALLED := .venv/.installed
WORKERS ?= 3
BENCH ?= cold_start vector_write full_sync

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(INSTALLED)  ## the whole product on this machine, then a transcript (ONCE=1 stops after it; MODEL=scripted)
	@$(BIN)/python -m infra.local.demo $(if $(ONCE),--once) $(if $(MODEL),--model $(MODEL)) $(ARGS)

dev: $(INSTALLED)  ## the local stack, with reload when a file is saved
	@$(BIN)/tendero local up --reload --sync $(ARGS)

test: $(INSTALLED)  ## all tests, on real parts
	@$(BIN)/pytest -n $(WORKERS) $(ARGS)

check: lint types generated test  ## formatting, lint, types, generated files, tests

lint: $(INSTALLED)
	@$(BIN)/ruff format --check --output-format concise . >&2 || { echo "Run 'make format'."; exit 1; }
	@$(BIN)/ruff check --quiet .

types: $(INSTALLED)
	@$(BIN)/mypy

generated: $(INSTALLED)
	@$(BIN)/tendero env --check

format: $(INSTALLED)  ## format the code and mend what lint can mend
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

build: $(INSTALLED)  ## the folders that a deploy uploads: build/webhook, build/sync, build/embed
	@$(BIN)/python -m infra.build

lock: $(INSTALLED)  ## lock the dependencies anew (ARGS=--upgrade takes newer versions)
	@$(BIN)/python -m infra.lock $(ARGS)

bench: $(INSTALLED)  ## the benchmarks: ratios, measured side by side (BENCH=search_baselines: with judged queries)
	@for name in $(BENCH); do echo "== $$name"; $(BIN)/python -m tests.benchmarks.$$name $(ARGS) || exit 1; done

clean:  ## remove what was installed, built and stored here
	@if [ -x $(BIN)/tendero ]; then $(BIN)/tendero local down --all; fi
	rm -rf .venv .tendero build .pytest_cache .mypy_cache .ruff_cache .hypothesis

venv: $(INSTALLED)  ## install the locked dependencies into .venv (the others do it by themselves)

$(INSTALLED): requirements-dev.txt pyproject.toml
	@sh infra/venv.sh
	@touch $@
