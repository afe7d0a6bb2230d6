# `make help` lists the targets. Each target installs what it needs into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
CORES ?= all
SNAKEMAKE := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m overfit.jobs.driver --cores $(CORES)

.DEFAULT_GOAL := help
.PHONY: help reproduce open export decide register test smoke lint format bench simulate parsing lock schemas gallery docs verify fuzz faults slurm clean

help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

reproduce: $(VENV)/.run ## Install, run all experiments, write results/report.html
	@$(SNAKEMAKE) --logger overfit
	@$(BIN)/python -m overfit.report.terminal

open: $(VENV)/.run ## Open the report in a browser
	@$(BIN)/python -m overfit.report.open

export: $(VENV)/.run ## Write the results as CSV, for MLflow and for TensorBoard: export/
	@$(PIP) install --quiet 'mlflow-skinny>=3' 'tensorboardX>=2.6'
	@$(BIN)/python -m overfit export --format csv --format mlflow --format tensorboard

decide: $(VENV)/.run ## Add seeds to undecided claims until they are decided, LOOKS="10 20 40"
	@$(SNAKEMAKE) --logger overfit
	@while true; do \
	  $(BIN)/python -m overfit.claims.decide $(if $(LOOKS),--seeds $(LOOKS)) || { status=$$?; break; }; \
	  { $(SNAKEMAKE) --logger overfit; } || exit; \
	done; test $$status -eq 3
	@$(BIN)/python -m overfit.report.terminal

register: $(VENV)/.run ## Register the designs of all claims before their seeds are trained
	@$(BIN)/python -m overfit.claims.register $(EXPERIMENTS)

test: $(VENV)/.dev ## Install, run all tests
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tests/cpu.py $(or $(CPU_SECONDS),inf) $(BIN)/python -m pytest -n auto

smoke: $(VENV)/.run ## Run a tiny version of everything in about a minute
	@$(SNAKEMAKE) --logger overfit --configfile config/config.yaml config/presets/smoke.yaml
	@echo "Report: $(CURDIR)/results/report.html"

lint: $(VENV)/.dev ## Check style, types and the workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(BIN)/mypy
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/snakemake --lint

format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow/rules

bench: $(VENV)/.dev ## Time the core against other libraries
	@$(BIN)/python benchmarks/peers.py

simulate: $(VENV)/.dev ## Print how often intervals and verdicts are wrong
	@$(BIN)/python benchmarks/coverage.py
	@$(BIN)/python -m benchmarks.curves

parsing: $(VENV)/.run ## Time how long 100 experiment files with 2,000 runs take to read
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python benchmarks/parsing.py

schemas: $(VENV)/.run ## Write the JSON Schemas and config/README.md from the models
	@$(BIN)/python docs/reference/make.py

gallery: reproduce ## Update the figures of the README and the docs from the results
	@$(BIN)/python docs/gallery/make.py
	@$(BIN)/python docs/gallery/book.py
	@$(BIN)/python docs/gallery/claims.py
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python docs/gallery/rules.py

docs: $(VENV)/.dev ## Build the documentation: site/index.html
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@echo "Documentation: $(CURDIR)/site/index.html"

lock: $(VENV)/.run ## Resolve the dependencies and pin them with hashes
	@$(PIP) install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --extra build --no-header --no-annotate --quiet --upgrade -o requirements.txt
	@$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --extra dev --extra docs --extra build --no-header --no-annotate --quiet -c requirements.txt -o requirements-dev.txt

verify: $(VENV)/.run ## Check all results and retrain two random blocks, or BLOCKS=all
	@$(BIN)/python -m overfit.jobs.verify --blocks $(or $(BLOCKS),2)

fuzz: $(VENV)/.dev ## Mutate experiment files and data files for ten minutes each
	@FUZZ_SECONDS=$(or $(SECONDS),600) $(BIN)/python -m pytest -n0 tests/fuzz

faults: $(VENV)/.dev ## Kill the workflow 200 times and check what remains
	@PATH="$(CURDIR)/$(BIN):$$PATH" OVERFIT_KILLS=$(or $(KILLS),200) $(BIN)/python -m pytest -n0 -m faults tests/faults

slurm: $(VENV)/.dev ## Test the cluster profiles on a temporary Slurm (needs root, slurm-wlm, munge)
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n0 -m slurm tests/slurm

clean: ## Delete results and the environment
	rm -rf $(VENV) site .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find results -mindepth 1 ! -name README.md -delete

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; this is " + sys.version.split()[0] + ". Choose another one: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	@echo "Setting up $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/.created
	@echo "Installing the pinned packages"
	@$(PIP) install --quiet --require-hashes -r requirements.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	@echo "Installing the test tools"
	@$(PIP) install --quiet --require-hashes -r requirements-dev.txt
	@touch $@
