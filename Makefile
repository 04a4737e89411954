# Needs python3 (3.11 or newer, with its venv module) and make. Everything else is installed into .venv.
#
#   make run       install, load the demonstration, serve on http://127.0.0.1:8000 (PORT=8080 HOST=0.0.0.0)
#   make test      everything that must hold: make check, all tests on SQLite, those with a database on PostgreSQL too
#   make quick     style, and the tests that a change touches, on SQLite and without a browser (SINCE=main: of a branch)
#   make fuzz      20,000 inputs that nobody types, to every parser and page (FUZZ=number, FUZZ_ROUND=1 for other ones)
#   make format    bring Python, JavaScript (deno.json) and templates (djangofmt in pyproject.toml) into form
#   make check     style, types, imports, templates, translations, documentation, migrations, production settings, and
#                  known vulnerabilities of packages, where the service that knows them can be reached
#   make docs-check  links, paths, commands and environment variables that the documentation names
#   make bench     benchmarks (NAME=entry runs one, JSON=path writes the results)
#   make deploy-check  PostgreSQL, gunicorn and nginx on this machine, and whether a site works behind them
#   make drills    break a server on purpose, and count what it loses (NAME=kills runs one)
#   make wheels    ask whether every pinned package has a wheel for x86-64 and for ARM64
#   make lock      pin the versions again after a change of dependencies in pyproject.toml
#   make messages  bring locale/ up to the texts in the code and templates

PORT ?= 8000
# Not from the environment, where some shells put the machine's name: that would open the demonstration to the network.
HOST = 127.0.0.1
NAME ?=
JSON ?=
SINCE ?= HEAD
FUZZ ?= 20000

VENV := .venv
PY := $(VENV)/bin/python
# One process a core shares the tests; each has a database of its own. Tests of a file stay together as long as it goes.
SHARED := --numprocesses=auto --dist=worksteal
RUN_STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
PIP := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
LOCK := $(VENV)/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --universal
# Deno only lints and formats here; it neither runs a script nor asks for anything from outside.
DENO := DENO_DIR=var/deno DENO_NO_UPDATE_CHECK=1 $(VENV)/bin/deno
# A server as it should be set up, on an empty data folder; nothing connects to its database.
PRODUCTION := DEBUG=0 USE_HTTPS=1 TRUST_PROXY=0 HSTS_SECONDS=31536000 DATABASE_URL=postgresql://zhibao@localhost/zhibao \
	ALLOWED_HOSTS=zhibao.example.gov.cn CSRF_TRUSTED_ORIGINS=https://zhibao.example.gov.cn \
	AUDIT_KEYS=a-key-for-this-check-only AUDIT_ANCHOR_DIR=/tmp

.PHONY: run test quick check docs-check fuzz format bench deploy-check drills lock wheels messages install install-dev translations
.DEFAULT_GOAL := run

run: install translations
	DEBUG=1 $(PY) manage.py quickstart --records
	DEBUG=1 $(PY) manage.py runserver $(HOST):$(PORT)

test: check
	@set -e; \
	BROWSER_PATH="$$($(PY) -m tests.browser.find)"; export BROWSER_PATH; \
	LEFT_OUT=""; \
	command -v soffice >/dev/null || LEFT_OUT=" *** No soffice: WITHOUT the tests that open reports in LibreOffice. ***"; \
	echo "== Tests on SQLite"; \
	DATABASE_URL= $(PY) -m pytest $(SHARED) -m "not browser"; \
	echo "== Tests on PostgreSQL"; \
	if [ -n "$$BROWSER_PATH" ]; then \
		$(PY) -m tests.postgres $(PY) -m pytest $(SHARED) -m database; \
		echo "make test: passed on SQLite and on PostgreSQL, the browser tests with PostgreSQL.$$LEFT_OUT"; \
	else \
		$(PY) -m tests.postgres $(PY) -m pytest $(SHARED) -m "database and not browser"; \
		echo "make test: passed on SQLite and on PostgreSQL. *** BROWSER=skip: WITHOUT the browser tests. ***$$LEFT_OUT"; \
	fi
# What uses no database runs once, with SQLite. Browser tests run once, on PostgreSQL: a live server and a page write at the
# same time there, as on a real server, and emptying all tables after each test costs the same on both.

quick: install-dev translations
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	DATABASE_URL= $(PY) -m tests.quick $(SINCE)

check: install-dev translations docs-check
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/lint-imports
	$(DENO) lint
	$(DENO) fmt --check
	$(VENV)/bin/djangofmt --check templates
	$(VENV)/bin/djangofmt check templates
	$(PY) -m pytest --quiet tests/test_templates.py
	$(PY) -m config.translations check
	@set -e; \
	DATA_DIR="$$(mktemp -d)"; trap 'rm -rf "$$DATA_DIR"' EXIT; export DATA_DIR; \
	SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))')"; export SECRET_KEY; \
	echo "manage.py makemigrations --check"; \
	DATABASE_URL= $(PY) manage.py makemigrations --check --dry-run; \
	echo "manage.py collectstatic, check --deploy"; \
	$(PRODUCTION) $(PY) manage.py collectstatic --no-input --verbosity 0; \
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	$(PY) -m config.advisories

# What a formatter must leave alone, such as text that is shown with its own line breaks, has {# djangofmt: ignore[format] #}
# before it. It never breaks a template tag: a long text goes into {% blocktranslate trimmed %}, which joins its lines.
format: install-dev
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	$(DENO) lint --fix
	$(DENO) fmt
	$(VENV)/bin/djangofmt check --fix templates
	$(VENV)/bin/djangofmt templates

docs-check: install-dev
	$(PY) -m config.docs

fuzz: install-dev translations
	DATABASE_URL= FUZZ=$(FUZZ) $(PY) -m pytest tests/fuzz --numprocesses=2

bench: install-dev translations
	@mkdir -p var/bench
	SECRET_KEY=only-for-benchmarks DATA_DIR=var/bench USE_HTTPS=0 $(PY) -m bench $(NAME) $(if $(JSON),--json "$(JSON)")

deploy-check: install-dev translations
	$(PY) -m drills.deploy_check

drills: install-dev translations
	$(PY) -m drills $(NAME)

lock: install-dev
	$(LOCK) --upgrade pyproject.toml --output-file requirements.txt
	$(LOCK) --upgrade pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt
	$(LOCK) --upgrade --no-deps --group assets --output-file requirements-assets.txt
	$(MAKE) wheels

# A server compiles nothing: each pinned package has a wheel of pure Python, or one for the machine.
wheels: install-dev
	@set -e; for machine in x86_64 aarch64; do for python in 3.11 3.12 3.13; do \
		for packages in requirements.txt requirements-assets.txt; do \
			$(VENV)/bin/uv pip compile --quiet --no-header --no-deps --only-binary :all: --python-version $$python \
				--python-platform $$machine-manylinux_2_28 --output-file - $$packages >/dev/null; \
		done; \
		echo "$$machine, Python $$python: a wheel for every package"; \
	done; done

messages: install-dev
	$(PY) -m config.translations messages

translations:
	@$(PY) -m config.translations compile

install: $(RUN_STAMP)
install-dev: $(DEV_STAMP)
# Prerequisites run in order only when make runs one job at a time.
.NOTPARALLEL:

$(PY):
	@for python in python3 python3.14 python3.13 python3.12 python3.11; do \
		if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "$$python -m venv $(VENV)"; \
			"$$python" -m venv $(VENV) && exit 0; \
			rm -rf $(VENV); \
			echo "$$python cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 1; \
		fi; \
	done; \
	echo "Zhibao needs Python 3.11 or newer, and python3 is $$(python3 --version 2>&1)." >&2; exit 1

$(RUN_STAMP): requirements.txt requirements-assets.txt | $(PY)
	$(PIP) -r requirements.txt
	$(PIP) --no-deps -r requirements-assets.txt
	@touch $@

$(DEV_STAMP): requirements-dev.txt requirements-assets.txt | $(PY)
	$(PIP) -r requirements-dev.txt
	$(PIP) --no-deps -r requirements-assets.txt
	@touch $@ $(RUN_STAMP)
