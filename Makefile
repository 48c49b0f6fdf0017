# make report REPO=path [ORG=chart.csv] [OUT=report.html]   make demo   make test   make lint   make soak   make bench [REPO=path]

SHELL := /bin/sh
REPO ?=
ORG ?=
OUT ?= report.html
VENV ?= .venv
WORKERS ?= 2
PYTEST ?=

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)

# An environment serves only the place, the Python and the versions it was made for. The stamp is written last, so
# one that was only half made (a lost network, Ctrl-C) is made anew.
KEY := $(shell { pwd; $(PYTHON) -VV; cat pyproject.toml constraints.txt; } 2>/dev/null | cksum | tr ' ' -)
READY := $(VENV)/.ready-$(KEY)
READY_TEST := $(VENV)/.ready-test-$(KEY)

# Tests start hundreds of processes: what Python compiles is kept for the next, as it is wherever nobody forbade it.
COMPILED := env -u PYTHONDONTWRITEBYTECODE

.PHONY: help report demo test soak lint bench system-packages clean

help:
	@echo "make report REPO=path [ORG=chart.csv] [OUT=report.html]   who leads in that repository"
	@echo "make report, make demo    the same for a simulated organisation"
	@echo "make test                 all tests; brings Chromium and Universal Ctags, or says which are missing"
	@echo "make lint                 style, types and who may import whom"
	@echo "make soak                 what takes long: kills, fuzzing, coverage of the intervals"
	@echo "make bench [REPO=path]    speed, memory and validity: the tables in docs/"

ifeq ($(strip $(REPO)),)
report: demo
else
report: $(READY)
	@"$(VENV)/bin/influence" report "$(REPO)" $(if $(ORG),--org "$(ORG)") -o "$(OUT)"
endif

demo: $(READY)
	@"$(VENV)/bin/influence" demo -o "$(OUT)"

test: $(READY_TEST) system-packages
	@$(COMPILED) "$(VENV)/bin/python" -m pytest -n $(WORKERS) --dist loadfile $(PYTEST)

soak: $(READY_TEST) system-packages
	@$(COMPILED) "$(VENV)/bin/python" -m pytest -m soak $(PYTEST)

lint: $(READY_TEST)
	@"$(VENV)/bin/ruff" check .
	@"$(VENV)/bin/ruff" format --check .
	@"$(VENV)/bin/mypy"
	@"$(VENV)/bin/lint-imports"

bench: $(READY_TEST)
	@for program in benchmarks/*.py; do \
		if ! grep -q REPOSITORY "$$program"; then echo "== $$program"; "$(VENV)/bin/python" "$$program" || exit 1; \
		elif [ -n "$(REPO)" ]; then echo "== $$program $(REPO)"; "$(VENV)/bin/python" "$$program" "$(REPO)" || exit 1; \
		else echo "== $$program: say REPO=path"; fi; \
	done

$(READY):
	@if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed and was not found; install it, or say PYTHON=path" >&2; exit 2; fi
	@echo "Installing into $(VENV) (once; a minute or two) ..." >&2
	@"$(PYTHON)" -m venv --clear "$(VENV)" >/dev/null || \
		{ echo "Could not make $(VENV); on Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 2; }
	@"$(VENV)/bin/python" -m pip install -qq --disable-pip-version-check -c constraints.txt -e . || \
		{ echo "Could not install what pyproject.toml names; is the package index within reach?" >&2; exit 2; }
	@touch "$@"

$(READY_TEST): $(READY)
	@"$(VENV)/bin/python" -m pip install -qq --disable-pip-version-check -c constraints.txt -e ".[test]" || \
		{ echo "Could not install what the tests need; is the package index within reach?" >&2; exit 2; }
	@"$(VENV)/bin/python" tests/fetch_github_schema.py
	@touch "$@"

# A browser looks at the report, Universal Ctags is what our definitions are checked against: tests need them, users don't.
system-packages:
	@missing=""; \
	command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| missing="$$missing chromium"; \
	ctags --version 2>/dev/null | grep -q Universal || missing="$$missing universal-ctags"; \
	if [ -z "$$missing" ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ]; then as=""; elif sudo -n true 2>/dev/null; then as="sudo -n"; else as="no"; fi; \
	if [ "$$as" != "no" ] && command -v apt-get >/dev/null; then \
		echo "Installing for the tests:$$missing" >&2; \
		$$as apt-get -qq update >&2 \
		&& $$as env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $$missing >/dev/null; \
	else \
		echo "The tests need:$$missing; install with your package manager (brew install --cask chromium; brew install universal-ctags)" >&2; \
		exit 2; \
	fi

clean:
	@rm -rf "$(VENV)" build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
