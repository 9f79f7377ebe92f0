# Two commands for a fresh machine: `make demo` and `make test`. Both make their own .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Of 22,000 files a tenth is ever imported: Python compiles these when it meets them first.
PIP := $(BIN)/python -m pip install --no-compile --disable-pip-version-check --quiet -c constraints.txt

.PHONY: help demo annotation-demo test test-browser fuzz chaos lint types format speed bench klue-tiny space label-studio clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

demo: $(VENV)/.klue ## install, then fine-tune and score all eight tasks on the bundled sample
	$(BIN)/python -m klue_cli.demo

annotation-demo: $(VENV)/.annotate .venv-label-studio/.done ## annotate 60 headlines in a real Label Studio by script, split, train, score
	$(BIN)/python -m klue_cli.annotation_demo

test: $(VENV)/.dev ## install what the tests need and run them all
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 4 --dist worksteal -m "not browser"

test-browser: $(VENV)/.dev ## walk through the page in chromium; pictures in build/screenshots
	command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium fonts-noto-cjk)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m browser tests/space_app/test_browser.py

fuzz: $(VENV)/.dev ## 100,000 hostile inputs through every door; KLUE_FUZZ=3 makes it three times as many
	KLUE_FUZZ=$${KLUE_FUZZ:-1} OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal -q tests/fuzz

chaos: $(VENV)/.dev ## kill commands 100 times at random moments, run them again, compare (half an hour)
	$(BIN)/python -m tests.chaos

lint: $(VENV)/.dev ## ruff: rules and formatting; vulture: code that nothing uses
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/vulture

types: $(VENV)/.dev ## mypy
	$(BIN)/mypy

format: $(VENV)/.dev ## let ruff rewrite the sources
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

speed: $(VENV)/.dev ## speed and memory, side by side with straightforward versions
	$(BIN)/python -m speed

bench: speed # its name in the first release

klue-tiny: $(VENV)/.pretrain ## pretrain the shipped encoder anew from KLUE_DATA_DIR's train texts (an hour on 2 cores)
	$(BIN)/python -m klue_pretraining.klue_tiny

space: $(VENV)/.space ## the page on this machine: try, score, compare, browse
	$(BIN)/klue space

label-studio: .venv-label-studio/.done ## Label Studio in an environment of its own, for people and for the slow tests (800 MB)

clean: ## remove what the commands above made
	rm -rf $(VENV) .venv-label-studio build runs *.egg-info .pytest_cache .mypy_cache .ruff_cache

# torch goes first, by itself: asked for by another package it may become a build of several GB.
$(VENV)/.klue: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) torch==2.13.0
	$(PIP) -e .
	touch $@

$(VENV)/.dev: $(VENV)/.klue
	$(PIP) -e '.[dev,pretrain,space,lm,harness,inspect,onnx,cluster,peft,sweep,annotate]'
	touch $@

.venv-label-studio/.done:
	test -x .venv-label-studio/bin/python || $(PYTHON) -m venv .venv-label-studio
	.venv-label-studio/bin/python -m pip install --no-compile --disable-pip-version-check --quiet 'label-studio>=1.23,<2'
	touch $@

$(VENV)/.pretrain: $(VENV)/.klue
	$(PIP) -e '.[pretrain]'
	touch $@

$(VENV)/.annotate: $(VENV)/.klue
	$(PIP) -e '.[annotate]'
	touch $@

$(VENV)/.space: $(VENV)/.klue
	$(PIP) -e '.[space]'
	touch $@
