# Short names for commands; CONTRIBUTING.md explains them.
.PHONY: setup test-fast test lint docs bench

setup:
	python3 -m venv --upgrade-deps .venv
	.venv/bin/pip install --quiet --no-compile -e '.[test,bench]'

test-fast:
	.venv/bin/python -m pytest

test:
	.ci/run

lint:
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

docs:
	.venv/bin/python docs/generate.py

bench:
	.venv/bin/python benchmarks/run.py
