# `make run` and `make test` are all a newcomer needs; `make help` lists the rest.
PYTHON ?= python3
PORT ?= 8501
BIN := .venv/bin
# pip leaves byte code out where Python is told to (container images often do); every start would compile it anew.
COMPILE := [ -z "$$PYTHONDONTWRITEBYTECODE" ] || $(BIN)/python -m compileall -q -j 0 .venv/lib
RUNTIME_STAMP := .venv/.runtime-installed
TEST_STAMP := .venv/.test-installed

.PHONY: help setup run test test-setup chromium bench-landing score-chats calibrate lint dagster lock clean

help:
	@echo "make run      demo company (or your inbox) -> warehouse -> dashboards on http://localhost:$(PORT)"
	@echo "make test     everything that proves it works"
	@echo "make setup    only the environment in .venv"
	@echo "make bench-landing  landing against DuckDB's COPY and the workbook reader, side by side"
	@echo "make score-chats  precision and recall of the chat rules on labelled chats, with every error"
	@echo "make calibrate  how often the statistics are wrong on worlds of known truth, into docs/calibration.md"
	@echo "make fuzz     10,000 damaged files through the landing, and every property test with 20 times the examples"
	@echo "make lint     style checks only"
	@echo "make dagster  Dagster's own pages over the same pipeline"
	@echo "make lock     resolve requirements/*.in into hash-checked locks (needs uv)"

setup: $(RUNTIME_STAMP)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Hufu needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 run"; exit 2; }
	$(PYTHON) -m venv .venv

$(RUNTIME_STAMP): .venv/bin/python requirements/runtime.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	-@$(COMPILE)
	@touch $@

$(TEST_STAMP): $(RUNTIME_STAMP) requirements/test.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.lock
	-@$(COMPILE)
	@touch $@

run: setup
	@$(BIN)/python -m pipelines.quickstart --port $(PORT)

test-setup: $(TEST_STAMP) chromium

chromium:
	@sh tests/support/install_chromium.sh

test: test-setup lint
	@env -u PYTHONDONTWRITEBYTECODE sh tests/support/in_memory.sh $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 15

bench-landing: $(TEST_STAMP)
	$(BIN)/python -m tests.benchmarks.bench_landing

score-chats: $(TEST_STAMP)
	$(BIN)/python -m tests.benchmarks.score_chats

calibrate: $(TEST_STAMP)
	$(BIN)/python -m tests.benchmarks.calibrate

fuzz: $(TEST_STAMP)
	$(BIN)/python tests/fuzz/fuzz_landing.py --files 10000 --seed 1
	HUFU_TEST_DEPTH=20 $(BIN)/python -m pytest -n 2 --timeout 3600 tests/properties tests/unit/landing/test_single_pass.py

lint: $(TEST_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

dagster: setup
	@$(BIN)/python -m pipelines.dagster_ui

lock:
	uv pip compile --quiet --universal --no-strip-extras --python $(BIN)/python --generate-hashes --no-header requirements/runtime.in -o requirements/runtime.lock
	uv pip compile --quiet --universal --no-strip-extras --python $(BIN)/python --generate-hashes --no-header -c requirements/runtime.lock requirements/test.in -o requirements/test.lock

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
