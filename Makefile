# The commands of the project; each makes the pinned environment first if it is missing or old.
# `make VENV=elsewhere ...` puts the environment elsewhere.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
FRAMEWORKS_VENV ?= $(VENV)-frameworks
FRAMEWORKS_READY := $(FRAMEWORKS_VENV)/.ready

.DEFAULT_GOAL := help
.PHONY: help site offline test browser derive check lint bench examples mutants tolerances score serve verify-gpu test-frameworks record-frameworks lock clean

help:  ## say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(READY): pyproject.toml requirements.lock
	@echo "environment: $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet pip==26.3
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --group dev --editable .
	@touch $(READY)

site: $(READY)  ## derive everything, check it, build the site into site/
	@$(BIN)/python docs/tools/make_site.py

offline: $(READY)  ## the site to read without a server: build/rnnref/index.html, and a zip of it
	OFFLINE=true NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --site-dir build/rnnref
	rm -f build/rnnref.zip
	$(BIN)/python -m zipfile -c build/rnnref.zip build/rnnref

test: $(READY) lint  ## lint, types, import contracts, staleness and the whole test suite
	$(BIN)/python -m pytest -n 2 --dist loadgroup --durations=25

browser: $(READY)  ## the built site in Chromium alone: apt-get install chromium fonts-noto-cjk
	CI=true $(BIN)/python -m pytest -n 0 tests/browser

derive: $(READY)  ## regenerate every derived file and prove it
	@$(BIN)/python -m derivations

check: $(READY) lint  ## the fast loop: lint, types, contracts, staleness, fast tests
	$(BIN)/python -m pytest -n 2 -q -m "not slow and not gpu"

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m derivations --check

bench: $(READY)  ## time the generated code against PyTorch and against its bare matrix products
	$(BIN)/python -m benchmarks

examples: $(READY)  ## train the examples again, write their results (4 minutes)
	@for name in language_model encoder_decoder sunspots gradient_norms; do \
		$(BIN)/python -m examples.$$name || exit 1; done

mutants: $(READY)  ## mutate the generated code; print killed and total by module and kind
	PYTHONPATH=tests $(BIN)/python -m mutants

tolerances: $(READY)  ## measure what the tolerances of check are worth, write docs/data/tolerances.json
	PYTHONPATH=tests $(BIN)/python tests/tolerance_evidence.py

score: $(FRAMEWORKS_READY)  ## count which of the known mistakes the vectors, check and the tests of ONNX catch
	PYTHONPATH=tests $(FRAMEWORKS_VENV)/bin/python -W ignore -m score

serve: $(READY)  ## show the site live; a page that is edited is shown again in seconds
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve --dirty --no-strict

verify-gpu: $(READY)  ## compare with PyTorch on CUDA and write tests/records/gpu.json
	$(BIN)/python tests/verify_gpu.py

$(FRAMEWORKS_READY): pyproject.toml requirements.lock
	@echo "environment: $(FRAMEWORKS_VENV)"
	$(PYTHON) -m venv --clear $(FRAMEWORKS_VENV)
	$(FRAMEWORKS_VENV)/bin/python -m pip install --quiet pip==26.3
	$(FRAMEWORKS_VENV)/bin/python -m pip install --quiet --constraint requirements.lock --group frameworks --editable .
	@touch $(FRAMEWORKS_READY)

test-frameworks: $(FRAMEWORKS_READY)  ## ONNX Runtime, Keras, JAX, Flax, Equinox, in their own environment
	$(FRAMEWORKS_VENV)/bin/python -m pytest -n 2 tests/frameworks

record-frameworks: $(FRAMEWORKS_READY)  ## compare with them, write tests/records/frameworks.json
	$(FRAMEWORKS_VENV)/bin/python tests/verify_frameworks.py

lock: $(READY)  ## pin what the direct dependencies bring along
	$(BIN)/python -m pip freeze --exclude-editable | sed -E 's/^(torch==[0-9.]+).*/\1/' > requirements.lock

clean:  ## remove the environment and everything built
	rm -rf $(VENV) build dist site
