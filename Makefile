# Two commands for a newcomer: `make run` and `make test`. Both do all set-up themselves.

DATA   ?= data-sample
PEOPLE ?= 60000
LISTEN ?= 127.0.0.1:8080
KAYOI  := target/release/kayoi
DIST   := web/dist/index.html

.PHONY: run build sample test test-rust test-browser bench lint fmt need-node need-test clean

## run: build everything, fill it with an invented city, open http://127.0.0.1:8080/ (and /plan, and /desk with the name and password shown)
run: build sample
	@cat $(DATA)/first-account.txt
	$(KAYOI) serve --data $(DATA) --listen $(LISTEN)

build: $(DIST)
	cargo build --release --locked

sample: build
	@test -f $(DATA)/kayoi.gpkg || { $(KAYOI) sample $(DATA)/files --people $(PEOPLE) && $(KAYOI) import --data $(DATA) $(DATA)/files; }
	@test -f $(DATA)/first-account.txt || (umask 077 && $(KAYOI) user add --data $(DATA) kanri --role admin >$(DATA)/first-account.txt)

web/node_modules/.package-lock.json: web/package.json web/package-lock.json | need-node
	cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(DIST): web/node_modules/.package-lock.json $(shell find web/src web/public -type f) web/index.html web/desk.html web/vite.config.ts
	cd web && npm run --silent build -- --logLevel warn

need-node:
	@scripts/need node:nodejs npm:npm cc:gcc

need-test: need-node
	@scripts/need chromium:chromium ogrinfo:gdal-bin pdftoppm:poppler-utils psql:postgresql-client \
	  "/usr/lib/postgresql/*/bin/initdb:postgresql" "/usr/share/postgresql/*/extension/postgis.control:postgresql-postgis"

## test: every test, with the browser, the map clients and a PostgreSQL of its own
test: need-test build test-rust test-browser

test-rust: $(DIST)
	cargo test --locked

test-browser: build
	cd web && npx playwright test --config e2e/playwright.config.ts

## bench: the engine against its rivals, as a table of ratios
bench: build
	bench/run.sh

lint: $(DIST)
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cd web && npx tsc --noEmit
	cd web && npx prettier --check --log-level warn 'src/**/*.{ts,tsx,css}' 'e2e/*.ts'

fmt:
	cargo fmt
	cd web && npx prettier --write --log-level warn 'src/**/*.{ts,tsx,css}' 'e2e/*.ts'

clean:
	rm -rf target web/dist web/node_modules data-sample
