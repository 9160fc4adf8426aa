# make run    everything a bare machine needs, then the product at http://127.0.0.1:8000/
# make test   the whole suite, browser tests included
# make bench  the numbers of docs/benchmarks.md, in a database of their own
# make load   fifty officers for five minutes, on this machine only
# make check  style, types, directions of imports, migrations, settings of production
PYTHON ?= python3
PY := .venv/bin/python
PORT ?= 8000
WORKERS ?= 2
export PORT

# What production asks for, filled with nothing real: the settings are checked, nothing is reached.
PRODUCTION := DJANGO_SETTINGS_MODULE=codi.settings.production \
  SECRET_KEY=0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \
  DATABASE_URL=postgres://codi_app@database/codi CELERY_BROKER_URL=redis://redis/0 \
  ALLOWED_HOSTS=codi.example SITE_URL=https://codi.example MEDIA_ROOT=/tmp \
  EMAIL_URL=none:// MAIL_FROM=noreply@codi.example

CHECKS := check-types check-style check-templates check-directions check-migrations check-production

.PHONY: run setup test bench load check stop format environment environment-development $(CHECKS)

run: environment
	@$(PY) -m codi.launcher run

setup: environment
	@$(PY) -m codi.launcher setup

environment:
	@$(PYTHON) tools/bootstrap.py runtime

environment-development:
	@$(PYTHON) tools/bootstrap.py development

test: environment-development
	@$(PY) -m tools.suite -n $(WORKERS) --dist loadfile --no-loadscope-reorder

bench: environment-development
	@$(PY) -m codi.launcher setup
	@$(PY) -m bench.build
	@$(PY) -m bench.measure

load: environment-development
	@$(PY) -m codi.launcher setup
	@$(PY) -m bench.load

# Two at a time: mypy takes about as long as all the others.
check: environment-development
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target $(CHECKS)

check-types:
	@$(PY) -m mypy .

check-style:
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

check-templates:
	@$(PY) -m djlint --lint --quiet .

check-directions:
	@.venv/bin/lint-imports --no-logo

check-migrations:
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) -m tools.migrations

check-production:
	@env $(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

format: environment-development
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

stop:
	@$(PY) -m codi.embedded stop
