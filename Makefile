# Everything a person types here is listed by `make help`.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps
HOST ?= 127.0.0.1
PORT ?= 8000
# Three test processes keep two cores busy while a browser or the database answers.
WORKERS ?= 3
export HOST PORT
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Where this is set, every process would compile the portal and rewrite its tests again.
unexport PYTHONDONTWRITEBYTECODE

CATALOGUES := $(wildcard portal/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)

.PHONY: help run install test soak lint check format lock translations screenshots packages clean

help:  ## Show what can be typed here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do \
	  printf '  make %-13s %s\n' "$$name" "$$text"; done

run: $(STAMPS)/run $(COMPILED)  ## Install, fill an empty database with the demonstration, serve (HOST, PORT)
	@MALLOC_ARENA_MAX=2 exec $(BIN)/portal serve --demo-if-empty

install: $(STAMPS)/run $(COMPILED)  ## Install what the portal needs, and stop there
	@$(BIN)/python -m whitenoise.compress --quiet portal/static

test: packages $(STAMPS)/dev $(COMPILED)  ## Every test, on SQLite and PostgreSQL (ARGS="-k word" for some)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

soak: packages $(STAMPS)/dev $(COMPILED)  ## The long form of stories in a browser, races and kills, with figures
	@PORTAL_TEST_SOAK=1 $(BIN)/python -m pytest -n 0 -s -m soak $(ARGS)

lint: $(STAMPS)/dev  ## ruff, mypy --strict on portal/, djlint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint --quiet --lint portal/templates

check: lint test  ## lint and test: the last thing before a push

format: $(STAMPS)/dev  ## Lay out the Python code and mend what ruff can
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

# --no-header, --no-emit-*: a lock file holds names, versions and hashes, and no registry's address.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
  --no-header --no-emit-index-url --no-emit-find-links
LOCKED := --constraint requirements.lock --constraint requirements-redis.lock

lock: $(BIN)/uv  ## Renew the requirements*.lock files
	@$(LOCK) pyproject.toml --group build --output-file requirements.lock
	@echo redis | $(LOCK) - --constraint requirements.lock --output-file requirements-redis.lock
	@$(LOCK) pyproject.toml --group build --group dev $(LOCKED) --output-file requirements-dev.lock
	@! grep -nE '://|--(extra-)?index-url|--find-links' requirements*.lock

translations: $(STAMPS)/dev  ## Collect new messages, bring the catalogues up to date, make zh_Hant from zh_Hans
	@$(BIN)/python -m tools.translations

screenshots: $(STAMPS)/dev $(COMPILED)  ## Take the pictures of docs/screenshots again
	@$(BIN)/python -m tools.screenshots

packages:
	@bash tools/packages
	@bash tools/validator

clean:  ## Remove what was installed and built; the database in instance/ stays
	@rm -rf $(VENV) *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis $(COMPILED)
	@find portal tests migrations tools -name __pycache__ -prune -exec rm -rf {} +

# --- how the targets above come about ---------------------------------------------------------------

$(BIN)/python:
	@python=$$(tools/python) && echo "Making $(VENV) with $$python ..." && $$python -m venv $(VENV)

$(STAMPS)/run: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what the portal needs (once; a minute or two) ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --no-build-isolation --no-deps -e .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements-dev.lock $(STAMPS)/run
	@echo "Installing what the tests need (once) ..."
	@$(BIN)/python -m pip install -qq --require-hashes -r requirements-dev.lock
	@mkdir -p $(STAMPS) && touch $@

%.mo: %.po | $(STAMPS)/run
	@$(BIN)/pybabel --quiet compile -i $< -o $@ -l $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

$(BIN)/uv: | $(BIN)/python
	@$(BIN)/python -m pip install -qq uv
