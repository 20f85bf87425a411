# Everything sets itself up: Python 3.11+, pip and make are enough, uv is used when it is there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help setup demo run doctor test test-fast test-all test-two corpus chaos rush day hour coverage check bench soak docs texts pictures lock release clean

help: ## What you can make
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

setup: $(READY) ## Create .venv with everything pinned

$(READY): requirements.lock pyproject.toml
ifdef UV
	uv venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	VIRTUAL_ENV=$(VENV) uv pip install --quiet --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(VENV) uv pip install --quiet --no-deps --no-build-isolation -e .
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $@

demo: $(READY) ## A Slack, a Dialpad and the bot between them at http://localhost:3000 (ARGS="--port N --no-browser")
	$(BIN)/dialpad-chatops demo $(ARGS)

run: $(READY) ## The bot, with the settings of the environment and of .env
	$(BIN)/dialpad-chatops run $(ARGS)

doctor: $(READY) ## Which settings are missing or wrong; changes nothing
	@$(BIN)/dialpad-chatops doctor $(ARGS)

# Some machines switch .pyc files off: then each of the many processes that the tests start compiles everything anew.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto --dist worksteal

test: $(READY) ## All tests but those that kill the bot or drive a browser (ARGS are passed to pytest)
	$(PYTEST) -m "not browser and not crash" $(ARGS)

test-fast: $(READY) ## What stays inside one process, needs no demo and is not slow: in a minute
	$(PYTEST) -m "not browser and not crash and not postgres and not process and not demo and not slow" $(ARGS)

test-all: $(READY) ## All tests
	$(PYTEST) $(ARGS)

corpus: $(READY) ## How many of the lines that people type are done or asked right at once
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m tests.corpus $(ARGS)

test-two: $(READY) ## All flows with two processes on Postgres, each click at the other one: ten minutes for each transport
	for how in http "socket mode"; do $(PYTEST) --dist loadfile --two-processes "$$how" tests/flows $(ARGS) || exit 1; done

chaos: $(READY) ## Trouble of all kinds at once, on both databases, and what the books say: a quarter of an hour
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m tests.chaos --all --events 10000 --commands 1000 --write docs/reliability.md $(ARGS)

rush: $(READY) ## A board through 500 changes a minute with kill -9 in between, into docs/reliability.md: four minutes
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m tests.crashes.rush --write docs/reliability.md $(ARGS)

day: $(READY) ## A busy line's day on the demo's clock: alarms not needed, items nobody knows of, into docs/reliability.md (ARGS="--seeds 5")
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m tests.day --seeds 1,2 --write docs/reliability.md $(ARGS)

hour: $(READY) ## A supervisor's hour in the demo: twenty things, in presses and seconds, into docs/supervisors.md
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m tests.hour --write docs/supervisors.md $(ARGS)

coverage: $(READY) ## make test, and which lines and branches it does not reach
	$(PYTEST) -m "not browser and not crash" --cov --cov-report=term --cov-report=html $(ARGS)

check: $(READY) ## Lint, types, import directions, dead code, manifest, docs, links, pictures and spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python .ci/dead_code.py
	$(BIN)/python -m bot manifest --command /dp --check manifest.yml
	$(BIN)/python -m bot docs --check docs
	$(BIN)/python .ci/pictures.py
	$(BIN)/codespell bot handlers deploy docs .ci README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md pyproject.toml
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/rules/test_docs.py tests/rules/test_links.py

bench: $(READY) ## What everything costs, beside bare floors, into docs/performance.md and docs/scaling.md (ARGS="--only read,fold"): 20 minutes
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m tests.bench --json docs/performance.json --write docs/performance.md $(ARGS); \
	met=$$?; $(BIN)/python -m tests.bench.scaling --write docs/scaling.md && exit $$met

soak: $(READY) ## 20 minutes at 50 requests a second, and what grows (ARGS="--minutes 5")
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m tests.bench.soak --json docs/performance.json --write docs/performance.md $(ARGS)

docs: $(READY) ## Write manifest.yml and the generated pages in docs/
	$(BIN)/python -m bot manifest --command /dp > manifest.yml
	$(BIN)/python -m bot docs

texts: $(READY) ## Bring bot/languages in step with the texts in the code: new ones empty, unused ones gone
	$(BIN)/python .ci/texts.py

pictures: $(READY) ## Take the pictures in docs anew, by the tests in a browser (ARGS="-k escalates" for some)
	SHOTS=docs PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -p no:randomly -n 0 tests/browser --ignore tests/browser/page $(ARGS)

release: $(READY) ## Wheel, sdist, bill of materials and checksums in dist/, byte-equal each time
	$(BIN)/python .ci/release.py

lock: ## Pin what pyproject.toml asks for (needs uv)
	uv pip compile pyproject.toml $(LOCKING) --extra postgres -o $(VENV)/runtime.txt
	uv pip compile pyproject.toml $(LOCKING) --extra postgres --extra otel --extra dev -c $(VENV)/runtime.txt -o $(VENV)/all.txt
	$(PYTHON) .ci/lock.py $(VENV)/runtime.txt $(VENV)/all.txt > requirements.lock
LOCKING := --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-emit-build-options

clean: ## Remove everything that can be made again
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage* htmlcov
