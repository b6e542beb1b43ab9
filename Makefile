# Set-up, tests and the demonstration. `make help` lists the targets.
#
# Needs: make, and a Python 3.11, 3.12 or 3.13 with venv. Everything else is
# installed into virtual environments below this folder.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

ROOT := $(CURDIR)
RUFF_VERSION := 0.17.6

# The first one that really runs: a version manager leaves shims of Pythons
# that it does not have.
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
    if $$python -c 'import ensurepip, sys, venv; \
        sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
        >/dev/null 2>&1; then echo $$python; break; fi; done)

VENV := $(ROOT)/.venv
TEST_VENV := $(ROOT)/.venv-test
LINT_VENV := $(ROOT)/.venv-lint
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

RUN_DIR ?= runs/demo
OUT_DIR ?= out
DEMO_MINUTES ?= 2
NETWORK ?= synthesis
PORT ?= 8000
PYTEST_ARGS ?=
# Processes that test at once, of which each takes up to 3 GiB.
TEST_PROCESSES ?= 2

# What runs a second time, on the other backend: all that must not need
# TensorFlow. Tests marked `tensorflow` are left out there.
JAX_TESTS = $(wildcard $(addprefix $(ROOT)/tests/, layers networks sampling \
    test_batches.py test_losses.py test_optimizers.py test_scoring.py \
    test_regularization.py test_train.py test_train_my_ink.py \
    test_train_text.py test_write_text.py text))

# Make's own exports reach the tests; these keep what the user has set up
# for Python from reaching them.
unexport PYTHONPATH PYTHONHOME KERAS_BACKEND

.PHONY: help
help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' \
	    $(MAKEFILE_LIST)

.PHONY: python
python:
	@if [ -z "$(PYTHON)" ]; then \
	    echo "graves_tf needs Python 3.11, 3.12 or 3.13 with its venv module" \
	        "(on Debian and Ubuntu: apt-get install python3-venv)." \
	        "Name one that is not on the PATH by: make PYTHON=/path/to/python" \
	        >&2; exit 1; fi

# --- the demonstration -------------------------------------------------------

.PHONY: demo
demo: $(VENV)/.installed  ## train a tiny network, export it, write "hello"
	$(VENV)/bin/python -m graves_tf.datasets hershey
	$(VENV)/bin/python -m graves_tf.train --task synthesis \
	    --preset tiny --dataset hershey --minutes $(DEMO_MINUTES) \
	    --run-dir $(RUN_DIR)
	$(VENV)/bin/python -m graves_tf.export \
	    $(RUN_DIR)/best.keras --to saved_model -o $(OUT_DIR)/export/saved_model
	$(VENV)/bin/python -m graves_tf.export \
	    $(RUN_DIR)/best.keras --to tflite -o $(OUT_DIR)/export/tflite
	$(VENV)/bin/python -m graves_tf.demo \
	    --run-dir $(RUN_DIR) -o $(OUT_DIR)

.PHONY: install
install: $(VENV)/.installed  ## install into .venv, editable

$(VENV)/.installed: setup.cfg pyproject.toml | python
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python $(PIP_INSTALL) --upgrade pip
	$(VENV)/bin/python $(PIP_INSTALL) --editable $(ROOT)
	touch $@

.PHONY: web
web: $(VENV)/.installed  ## serve the page that writes, on this machine alone
	$(VENV)/bin/python -m graves_tf.export \
	    $(NETWORK) --to web -o $(OUT_DIR)/web
	@echo "http://127.0.0.1:$(PORT)/ writes; Ctrl+C ends it"
	@$(VENV)/bin/python -m http.server \
	    --bind 127.0.0.1 --directory $(OUT_DIR)/web $(PORT)

# --- the tests ---------------------------------------------------------------

# The environment is made anew when the requirements change; the wheel is
# built and installed anew each time.
$(TEST_VENV)/.made: setup.cfg | python
	$(PYTHON) -m venv --clear $(TEST_VENV)
	$(TEST_VENV)/bin/python $(PIP_INSTALL) --upgrade pip
	touch $@

# Without the old build folder: files since removed would stay in the wheel.
.PHONY: wheel
wheel: $(TEST_VENV)/.made  ## build the wheel into dist/
	rm -rf $(ROOT)/build $(ROOT)/dist
	$(TEST_VENV)/bin/python -m pip wheel --quiet --no-deps \
	    --disable-pip-version-check --wheel-dir $(ROOT)/dist $(ROOT)

$(TEST_VENV)/.requirements: $(TEST_VENV)/.made | wheel
	$(TEST_VENV)/bin/python $(PIP_INSTALL) \
	    "$$(echo $(ROOT)/dist/graves_tf-*.whl)[test]"
	touch $@

# Run from an empty folder, with the current folder off the path: the
# repository's own graves_tf, datasets and export must not stand in for the
# installed wheel.
TEST_RUN = cd "$$empty" && PYTHONSAFEPATH=1 GRAVES_TF_WHEEL_TEST=1 \
    $(TEST_VENV)/bin/python -m pytest -c $(ROOT)/pyproject.toml \
    --rootdir=$(ROOT) -p no:cacheprovider --dist loadfile \
    --numprocesses $(TEST_PROCESSES) $(PYTEST_ARGS)

.PHONY: test
test: wheel $(TEST_VENV)/.requirements  ## test the wheel, on both backends
	$(TEST_VENV)/bin/python $(PIP_INSTALL) --force-reinstall --no-deps \
	    $(ROOT)/dist/graves_tf-*.whl
	@empty=$$(mktemp -d); trap 'rm -rf "$$empty"' EXIT; \
	jax=0; tensorflow=0; \
	(KERAS_BACKEND=jax; export KERAS_BACKEND; \
	    $(TEST_RUN) -m "not tensorflow" $(JAX_TESTS)) || jax=$$?; \
	(KERAS_BACKEND=tensorflow; export KERAS_BACKEND; \
	    $(TEST_RUN) $(ROOT)/tests) || tensorflow=$$?; \
	if [ $$jax != 0 ]; then echo "The tests failed on JAX." >&2; fi; \
	if [ $$tensorflow != 0 ]; then \
	    echo "The tests failed on TensorFlow." >&2; fi; \
	[ $$jax = 0 ] && [ $$tensorflow = 0 ]

# --- the rest ----------------------------------------------------------------

$(LINT_VENV)/.ruff-$(RUFF_VERSION): | python
	$(PYTHON) -m venv --clear $(LINT_VENV)
	$(LINT_VENV)/bin/python $(PIP_INSTALL) ruff==$(RUFF_VERSION)
	touch $@

.PHONY: lint
lint: $(LINT_VENV)/.ruff-$(RUFF_VERSION)  ## check the style
	$(LINT_VENV)/bin/ruff check .
	$(LINT_VENV)/bin/ruff format --check .

.PHONY: format
format: $(LINT_VENV)/.ruff-$(RUFF_VERSION)  ## put the style right
	$(LINT_VENV)/bin/ruff check --fix .
	$(LINT_VENV)/bin/ruff format .

.PHONY: clean
clean:  ## remove what these targets made (runs/ and the data sets stay)
	rm -rf $(VENV) $(TEST_VENV) $(LINT_VENV) $(ROOT)/build $(ROOT)/dist \
	    $(ROOT)/graves_tf.egg-info $(ROOT)/out $(ROOT)/.pytest_cache \
	    $(ROOT)/.ruff_cache
	find $(ROOT) -name __pycache__ -type d -prune -exec rm -rf {} +
