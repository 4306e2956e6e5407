# Each command is one line that a person could type; `make` alone lists them.
# The same targets run in .ci/run.

.DEFAULT_GOAL := help
.PHONY: help demo test check audit fix bench figures lock clean runtime dev

export PYTHON
export PORT ?= 8000
export GLABELLA_DATA ?= demo-data

PY   := .venv/bin/python
BIN  := .venv/bin
CODE := $(wildcard src tests bench scripts docs)
LOCK := $(BIN)/uv pip compile --universal --fork-strategy fewest --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --quiet \
        --custom-compile-command "make lock"
# what the peers of bench share with what runs
HERE := --python-version 3.11 --no-emit-package numpy --no-emit-package scipy

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  PYTHON=python3.12   the interpreter to use (3.11 or newer)"
	@echo "  PORT=8001           the port of the demo"
	@echo "  GLABELLA_DATA=dir   the data folder of the demo"

demo: runtime ## the clinic with demo data, in the browser
	@$(PY) scripts/demo.py

test: dev ## all tests, the clinic's on SQLite and on PostgreSQL
	$(PY) -m pytest -q
	$(PY) tests/postgres.py $(PY) -m pytest -q tests/clinic -m "not browser"

# The Django plugin of mypy loads the settings, and those make their data folder.
check: export GLABELLA_DATA := .mypy_cache/clinic
check: dev ## lint, format, types, imports, templates, pins, known weaknesses
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djhtml --check src
	@! grep -n '://' requirements/*.txt || { echo "requirements/ must not name an address"; exit 1; }
	$(PY) scripts/audit.py

audit: dev ## known weaknesses of what is pinned, where an advisory service is reached
	$(PY) scripts/audit.py

fix: dev ## mend what check can mend by itself
	$(BIN)/ruff check --fix --exit-zero $(CODE)
	$(BIN)/ruff format $(CODE)
	$(BIN)/djhtml src

bench: runtime ## speed, side by side with what one would use instead
	@scripts/setup bench
	$(PY) -m bench

figures: runtime ## the figures and tables of docs/model, from the facts
	$(PY) -m docs.figures

lock: dev ## pin what pyproject.toml asks for (UPGRADE=--upgrade for newer versions)
	@echo "Pinning what runs, what develops, what measures ..."
	@$(LOCK) $(UPGRADE) pyproject.toml --group build -o requirements/runtime.txt
	@$(LOCK) $(UPGRADE) pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
	@$(LOCK) $(UPGRADE) --group bench -c requirements/dev.txt $(HERE) -o requirements/bench.txt
	@$(LOCK) $(UPGRADE) --group lsoda --no-deps -o requirements/lsoda.txt

clean: ## remove what make made, except data
	rm -rf .venv dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

runtime dev:
	@scripts/setup $@
