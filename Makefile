# LiveQA. `make run` and `make test` need python3 with venv, and do the rest themselves.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
PY := .venv/bin/python
SERVERS := $(PY) -m liveqa.services exec --throwaway --
COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header
SINCE := $(shell date +%s)
ARGS ?=

.PHONY: help run test check format messages lock bench bench-similar profile clean \
	dev check-style check-templates check-floors check-project check-with-servers test-with-servers

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo "Variables: HOST PORT DATA_DIR DEMO DATABASE_URL REDIS_URL (docs/settings.md), as in: make run PORT=8001"

run:  ## set up and start LiveQA with its own servers; DEMO=0 starts empty
	@$(PYTHON) liveqa/services/port.py
	@$(PYTHON) requirements/install.py prod
	@exec $(PY) -m liveqa.services run --since $(SINCE)

test: dev  ## set up and run all tests; ARGS="-k vote" picks some
	@$(SERVERS) $(MAKE) --no-print-directory test-with-servers
	@echo "Tested in $$(( $$(date +%s) - $(SINCE) )) s, set-up included."

bench-similar: dev  ## how well and fast like questions are found; needs the appeals file
	@$(SERVERS) $(PY) -m tests.bench.similar

check: check-style check-templates check-floors check-project  ## style, types, floors, templates, migrations, messages

format: dev  ## put code and templates into the one form
	$(PY) -m ruff check --fix --exit-zero .
	$(PY) -m ruff format .
	.venv/bin/djangofmt --quiet templates

messages: dev  ## collect the texts to translate into locale/
	$(PY) manage.py messages

lock: dev  ## pin requirements/*.in anew; ARGS=--upgrade takes newer versions
	@test -x .venv/bin/uv || $(PY) -m pip install --quiet --require-hashes -r requirements/uv.txt
	$(COMPILE) $(ARGS) requirements/uv.in -o requirements/uv.txt
	$(COMPILE) $(ARGS) requirements/prod.in -o requirements/prod.txt
	$(COMPILE) $(ARGS) requirements/dev.in -o requirements/dev.txt
	$(COMPILE) $(ARGS) requirements/meaning.in -o requirements/meaning.txt

bench: dev  ## measure the speed beside anchors of the same run; ARGS="--only NAME", "--list", "--quick"
	@$(PY) -m bench $(ARGS)

profile: dev  ## what a rehearsal costs the database, statement by statement
	@$(SERVERS) $(PY) -m tests.bench.statements $(ARGS)

clean:  ## remove what the other targets made; DATA_DIR stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis htmlcov .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

dev:
	@$(PYTHON) requirements/install.py dev

check-style: dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	@! grep -n '://' requirements/*.txt || { echo "requirements/ must not name addresses"; exit 1; }

check-templates: dev
	.venv/bin/djangofmt --check --quiet templates || { echo "make format puts them into form"; exit 1; }
	.venv/bin/djangofmt check templates
	$(PY) -m djlint --lint --quiet templates

check-floors: dev
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()" --no-logo

check-project: dev
	@$(SERVERS) $(MAKE) --no-print-directory check-with-servers

# These two run inside `exec --throwaway`: servers of their own, gone afterwards.
test-with-servers:
	@$(PY) manage.py compile_catalogues
	@command -v chromium chromium-browser google-chrome >/dev/null || test -n "$$CHROMIUM" || \
		echo "No Chromium here: the browser tests are SKIPPED (apt-get install chromium libatomic1, or set CHROMIUM)."
	$(PY) -m pytest -n 2 --dist worksteal -m "not load" --durations=20 --durations-min=5 $(ARGS)

check-with-servers:
	$(PY) -m mypy
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py messages --check
