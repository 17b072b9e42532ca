# Every target sets up what it needs: a fresh machine needs Python 3.11, make and pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REPLAY := .venv-replay

.PHONY: demo test lint setup audit fuzz bench soak clean lock extractor-version

setup: $(VENV)/ready

$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install -qqq --no-deps --no-build-isolation --editable .
	touch $@

demo: setup
	TINHUYEN_DB=$${TINHUYEN_DB:-demo/demo.db} $(BIN)/tinhuyen demo

# TEST selects what runs: files or tests (without other processes, slow ones too), folders, or -k.
test: setup $(REPLAY)/ready
	$(BIN)/pytest $(if $(findstring .py,$(TEST)),,-m "not slow" --numprocesses auto --dist loadfile) $(TEST)

# The replay server of others wants older libraries than ours; where it cannot be had, its test
# skips and says so.
$(REPLAY)/ready: pyproject.toml $(VENV)/ready
	@$(BIN)/uv venv --quiet --clear --python $(PYTHON) $(REPLAY) && \
	$(BIN)/uv pip install --quiet --python $(REPLAY) --group replay && \
	touch $@ || echo "no replay server: its test will skip"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Known vulnerabilities in what the lock names; a tool of its own environment, never of ours.
audit: setup
	$(BIN)/uv tool run --quiet pip-audit --requirement requirements.lock --require-hashes \
		--disable-pip --strict --progress-spinner off

# Coverage-guided, on one page after another; what it finds is kept and told.
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

# After EXTRACTOR_VERSION was raised in pipelines/article.py: a test fails until this is run.
extractor-version: setup
	$(BIN)/python -m tests.extractor_version

# Resolves the ranges of pyproject.toml anew; the file holds names, versions and hashes only.
lock:
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-header --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) $(REPLAY) .venv-bench .venv-bench-peers .venv-fuzz build *.egg-info fuzz-findings bench-results demo
