# The first command needs Python 3.11 or newer, and Go where no Pulumi CLI is installed.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
RUN = .venv/bin/python

.PHONY: help setup demo test soak test-languages bench lint audit docs clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1|/p' $(MAKEFILE_LIST) | column -t -s '|'

setup:  ## install the project into .venv, and find or build a Pulumi CLI
	@$(PYTHON) -m tools.setup

demo:  ## a real `pulumi up` against a local ComfyControl, step by step
	@$(PYTHON) -m tools.setup demo
	@$(RUN) -m tools.demo

test: setup  ## all tests, on the real CLI
	@$(RUN) -m pytest -n auto --dist loadfile

soak: setup  ## the tests that take long
	@$(RUN) -m pytest -n auto --dist loadfile -m soak

test-languages:  ## the SDKs and examples in TypeScript and Go, with Go and Node.js
	@$(PYTHON) -m tools.setup languages
	@$(RUN) -m pytest -m languages

bench: setup  ## measure beside a naive provider, and write docs/performance.md
	@$(RUN) -m benchmarks

lint: setup  ## style and types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/pyright
	@.venv/bin/lint-imports

audit: setup  ## known vulnerabilities of the packages in use
	@$(RUN) -m tools.audit

docs: setup  ## the documentation as a site, in build/docs/site
	@$(RUN) -m tools.site

clean:  ## remove what set-up made
	rm -rf .venv .tools
