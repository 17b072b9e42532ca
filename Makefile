# Every target installs what it needs. Prerequisites: Python 3.11 or later, make and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REPLAY := .venv-replay

.PHONY: demo browse test lint setup audit fuzz bench soak clean lock extractor-version

setup: $(VENV)/ready

$(VENV)/ready: requirements.lock pyproject.toml
	@echo "Making a Python environment in $(VENV)/"
	@$(PYTHON) -m venv $(VENV)
	@echo "Updating pip in it"
	@$(BIN)/pip install --quiet --upgrade pip
	@echo "Downloading and installing $$(grep -c '^[a-z].*==' requirements.lock) libraries, which takes some minutes"
	@$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@echo "Installing the command $(BIN)/tinhuyen"
	@$(BIN)/pip install -qqq --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	@echo "Serving the portals of the demo and crawling them"
	@TINHUYEN_DB=$${TINHUYEN_DB:-demo/demo.db} $(BIN)/tinhuyen demo

# Opens your own database, or that of the demo if there is no other yet.
DATABASE := import os; from scraper.config.configuration import load_configuration as load; \
	print(load(None, os.environ, {}).database)
browse: setup
	@db=$$($(BIN)/python -c '$(DATABASE)') && { [ -e "$$db" ] || db=demo/demo.db; } && \
	exec $(BIN)/tinhuyen browse --db "$$db" --open

# TEST selects tests: files or single tests (run in one process, slow ones included), folders, or -k.
test: setup $(REPLAY)/ready
	$(BIN)/pytest $(if $(findstring .py,$(TEST)),,-m "not slow" --numprocesses auto --dist worksteal) $(TEST)

# The replay server (pywb) needs older libraries, so it has an environment of its own. If it cannot be
# installed, its test is skipped with a message.
$(REPLAY)/ready: pyproject.toml $(VENV)/ready
	@$(BIN)/uv venv --quiet --clear --python $(PYTHON) $(REPLAY) && \
	$(BIN)/uv pip install --quiet --python $(REPLAY) --group replay && \
	touch $@ || echo "no replay server: its test will be skipped"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Reports known vulnerabilities of the locked packages; pip-audit runs in an environment of its own.
audit: setup
	$(BIN)/uv tool run --quiet pip-audit --requirement requirements.lock --require-hashes \
		--disable-pip --strict --progress-spinner off

# Coverage-guided fuzzing of the extraction; failing pages are stored in fuzz-findings and printed.
FUZZ_SECONDS ?= 600
fuzz: setup
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/pip install --quiet --upgrade pip
	.venv-fuzz/bin/pip install --quiet --editable . --group fuzz
	.venv-fuzz/bin/python -m tests.fuzz $(FUZZ_SECONDS)

soak: setup
	$(BIN)/pytest -m slow -s

bench: setup
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --upgrade pip
	.venv-bench/bin/pip install --quiet --editable . --group bench
	$(PYTHON) -m venv .venv-bench-peers
	.venv-bench-peers/bin/pip install --quiet --upgrade pip
	.venv-bench-peers/bin/pip install --quiet --group bench-peers
	.venv-bench/bin/python -m tests.bench

# Run this after raising EXTRACTOR_VERSION in pipelines/article.py; a test fails until then.
extractor-version: setup
	$(BIN)/python -m tests.extractor_version

# Resolves the version ranges of pyproject.toml again; the file has names, versions and hashes only.
lock:
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-header --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) $(REPLAY) .venv-bench .venv-bench-peers .venv-fuzz build *.egg-info fuzz-findings bench-results demo
