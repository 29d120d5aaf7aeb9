# `make run` and `make test` need nothing but Python >= 3.11 and Node >= 20; each sets up what it needs, once.
.DEFAULT_GOAL := help
.PHONY: help run test check bench docs synth reset lock setup

BIN := .venv/bin
# The environment is brought up to date when the lock, or what is installed with it, has changed.
STAMP := .venv/souk-$(shell cat requirements/dev.txt pyproject.toml infra/gazetteer.py | cksum | cut -d ' ' -f 1)
# The documentation, which a run serves. `make docs` makes it anew.
SITE := build/docs/index.html
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: setup $(SITE) ## start Souk on http://127.0.0.1:8000 (PORT and SOUK_HOME are honoured)
	@exec $(BIN)/souk run

test: setup ## run every test
	@.ci/test

check: setup ## the quick gate: format, lint, types, import laws, rules for the stack, stored items of the last release
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m infra.checks
	$(BIN)/python -m tests.upgrade.record --check

bench: setup ## measure cold start, reads, small queries and search
	@exec $(BIN)/python -m tests.bench

docs: setup ## build the documentation site, which is then deployed with the functions
	@$(BIN)/python -m infra.documentation

$(SITE): | setup
	@echo "Building the documentation (once)"
	@$(BIN)/python -m infra.documentation

synth: docs ## write the CloudFormation templates to cdk.out/ (CONTEXT="name=value ..."); no AWS account is needed
	@CDK_OUTDIR=cdk.out exec $(BIN)/python -m infra.app $(addprefix -c ,$(CONTEXT))

reset: setup ## remove the local data
	@exec $(BIN)/souk reset

lock: setup ## resolve the dependencies anew
	$(COMPILE) --upgrade -o requirements/layer.txt
	$(COMPILE) --upgrade --group local --group infra --group dev --group images -o requirements/dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
		--group images -o requirements/images.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
		--group emulator -o requirements/emulator.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
		--group docs -o requirements/docs.txt

# Without bytecode, every process of the tests compiles hundreds of modules anew, which takes longer than most tests.
unexport PYTHONDONTWRITEBYTECODE

setup: $(STAMP)

$(STAMP):
	@.ci/setup $@

# A folder is no target: without this, `make infra` would do nothing and succeed.
FOLDERS := $(filter-out docs,$(patsubst %/,%,$(wildcard */)))
.PHONY: $(FOLDERS)
$(FOLDERS):
	@echo "make: *** No rule to make target '$@'. \`make help\` lists the targets." >&2; exit 2
