# The two commands to know: `make demo` and `make test`. Each step redoes only what changed.

PYTHON ?= python3
BIN := .venv/bin
export CLOSELOOP_EMBEDDED ?= 1
export PORT ?= 8000

# For steps that load the settings without touching data.
NO_DATA := DATABASE_URL=postgres:///none REDIS_URL=redis://none
POS := $(wildcard locale/*/LC_MESSAGES/*.po)
MOS := $(POS:.po=.mo)
ASSETS := build/vendor/icons.svg

.PHONY: demo own test lint types messages translations lock assets clean help

help:
	@echo "make demo          run everything here, on http://127.0.0.1:$(PORT)"
	@echo "make own           the same with an empty company of your own, kept in var/own"
	@echo "make test          run the whole test suite; ARGS=\"-k lead\" a part of it"
	@echo "make lint types    check style and types"
	@echo "make messages      collect the texts to translate into locale/"
	@echo "make translations  compile locale/"
	@echo "make lock          pin the requirements again; ARGS=--upgrade takes newer ones"
	@echo "make clean         remove what was installed and built, keep the data in var/"

demo: .venv/runtime $(ASSETS) $(MOS)
	@$(BIN)/python manage.py demo

own: export CLOSELOOP_VAR := $(CURDIR)/var/own
own: .venv/runtime $(ASSETS) $(MOS)
	@$(BIN)/python manage.py demo --no-seed

# Tests have a database server of their own, which a crash may cost. Its database is migrated
# once; every test process works on a copy.
TEST := CLOSELOOP_VAR=$(CURDIR)/build/test CLOSELOOP_THROWAWAY=1 LANGUAGE_CODE=en
MIGRATED := build/test/migrated
ifndef DATABASE_URL
test: $(MIGRATED)
test: export TEST_TEMPLATE = closeloop
endif
test: ARGS ?= -n auto --maxprocesses 4 --dist loadscope
test: .venv/dev $(ASSETS) $(MOS)
	@$(TEST) $(BIN)/python -m pytest $(ARGS); result=$$?; $(BIN)/python -m tests.requirements; exit $$result

$(MIGRATED): $(wildcard */migrations/*.py) | .venv/runtime
	@rm -rf build/test
	@$(TEST) $(BIN)/python manage.py migrate -v 0
	@touch $@

lint: .venv/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/dev
	$(NO_DATA) $(BIN)/mypy .

messages: .venv/dev
	$(NO_DATA) $(BIN)/python manage.py collect_messages

translations: $(MOS)

%.mo: %.po | .venv/runtime
	@$(NO_DATA) $(BIN)/python manage.py compile_translations $<

assets: $(ASSETS)

$(ASSETS): package.json package-lock.json crm/embedded/assets.py requirements/node.txt
	@$(PYTHON) crm/embedded/assets.py

lock:
	@for name in runtime dev node; do \
		$(BIN)/uv pip compile requirements/$$name.in -q --universal --python-version 3.11 \
			--generate-hashes --no-emit-index-url --no-emit-find-links \
			--custom-compile-command "make lock" $(ARGS) -o requirements/$$name.txt || exit 1; \
	done
	@! grep -nE '://|file:|^-[ief]|/home/|/root/' requirements/*.txt

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv

.venv/runtime: requirements/runtime.txt | .venv/bin/python
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/dev: requirements/dev.txt .venv/runtime
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $<
	@touch $@

clean:
	rm -rf .venv build node_modules
