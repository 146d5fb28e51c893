# Builds and tests Sluice; `make test` installs what it needs where it may.

DATA := $(abspath ../shared)
export SLUICE_TEST_DATA := $(if $(wildcard $(DATA)),$(DATA),$(SLUICE_TEST_DATA))

.PHONY: build test packages

packages:
	@if ! [ -e /usr/include/sqlite3.h ]; then \
		if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq libsqlite3-dev; \
		elif command -v sudo >/dev/null; then sudo apt-get update -qq && sudo apt-get install -y -qq libsqlite3-dev; \
		else echo "install libsqlite3-dev first: apt-get install libsqlite3-dev" >&2; exit 1; fi; fi

build: packages
	SLUICE_STATIC=1 swift build -c release --static-swift-stdlib

test: packages
	swift test
