# Two commands for a fresh clone: make demo, make test. Both make .venv first.
SHELL := bash
PYTHON ?= python3
BIN := .venv/bin
RUN := runs/digits_gp_wirgan_t3
CLASSIFIERS := runs/classifiers
export TF_CPP_MIN_LOG_LEVEL ?= 3

.PHONY: demo test test-all test-processes test-installation test-notebooks test-slow lint docs package benchmark clean

.venv/installed: pyproject.toml setup.py constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $@

demo: .venv/installed  ## trains, evaluates, exports and samples on the bundled digits
	$(BIN)/python -m wirgan_tf.main --mode=train_classifier --dataset=digits --classifiers=$(CLASSIFIERS)
	$(BIN)/python -m wirgan_tf.main --flagfile=configs/digits_gp_wirgan_t3.flags --run_dir=$(RUN) --classifiers=$(CLASSIFIERS)
	$(BIN)/python -m wirgan_tf.main --mode=sample --run_dir=$(RUN) --canvases --num_samples=10 --output=$(RUN)/refinement.png
	$(BIN)/python -m wirgan_tf.main --mode=sample --model_dir=$(RUN)/export --num_samples=100 --output=$(RUN)/samples.png
	@echo
	@echo "$(RUN)/samples.png: 100 samples; most should be digits that can be read, of all kinds, no two of them alike"
	@echo "$(RUN)/samples/real.png: 100 real digits to compare them with"
	@echo "$(RUN)/refinement.png: ten samples, a row each, after each time step; the first is a rough start, the last the sample"
	@echo "curves and pictures of the training: $(BIN)/tensorboard --logdir runs"

lint: .venv/installed
	$(BIN)/ruff check .

test: lint  ## the whole test suite
	$(BIN)/python -m pytest -n 2

test-all: .venv/installed  ## products of everything with everything, which most changes need not wait for
	$(BIN)/python -m pytest -n 2 -m exhaustive

test-processes: .venv/installed  ## whole programs beside each other, two minutes
	$(BIN)/python -m pytest -m processes

test-installation: .venv/installed  ## the wheel in a fresh environment, away from the checkout
	$(BIN)/python -m pytest -m installation

test-notebooks: .venv/installed  ## the notebooks, with short trainings, two minutes
	$(BIN)/python -m pytest -m notebooks

test-slow: .venv/installed  ## workers that are killed and started again, in minutes
	$(BIN)/python -m pytest -m slow

docs: .venv/installed  ## the documents as a site, in build/site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

package: .venv/installed  ## dist/: the source archive, and the wheel made from it
	$(BIN)/python -m build

BENCH := $(BIN)/python benchmarks
STEP := $(BENCH)/train_step.py
PROFILE := $(BENCH)/profile_step.py
TOY := --toy --width=512 --batch=128
LARGE := --size=64 --channels=3 --width=32 --critic_updates=1 --repeats=5
benchmark: .venv/installed  ## all timings, three quarters of an hour; their tables go into docs/performance.md; BENCHMARK_FLAGS="--data_dir=DIR"; TORCH_PYTHON, TORCH_PEER: see benchmarks/against_torch.py
	mkdir -p build
	set -e -o pipefail; ( \
	$(BENCH)/startup.py $(BENCHMARK_FLAGS); $(BENCH)/input_pipeline.py $(BENCHMARK_FLAGS); \
	$(STEP) --width=128; $(STEP) --width=32 --repeats=20; \
	$(STEP) --size=32 --channels=3 --width=64; $(STEP) $(TOY) --repeats=40; \
	$(STEP) --width=32 --steps=1 --repeats=20; $(STEP) --width=32 --steps=5 --repeats=20; \
	$(STEP) $(LARGE); $(STEP) $(LARGE) --recompute; $(STEP) $(LARGE) --steps=9; $(STEP) $(LARGE) --steps=9 --recompute; \
	$(PROFILE) --width=128; $(PROFILE) --width=32; \
	$(PROFILE) $(TOY); $(BENCH)/sampling.py --width=128; $(BENCH)/evaluation.py; $(BENCH)/onednn.py; \
	if [ -n "$(TORCH_PYTHON)" ]; then $(BENCH)/against_torch.py --torch_python=$(TORCH_PYTHON) --peer=$(TORCH_PEER); fi; \
	$(BENCH)/iterations.py ) | tee build/benchmarks.jsonl
	$(BENCH)/tables.py build/benchmarks.jsonl docs/performance.md

clean:
	rm -rf .venv .pytest_cache .ruff_cache build dist *.egg-info
