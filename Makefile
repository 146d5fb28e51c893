# Sluice: `make demo` shows it at work, `make test` tries it, `make install` installs it.

# Where it is installed: PROGRAM_PREFIX goes before the programs' names (cancel is also CUPS's).
PREFIX ?= /usr/local
DESTDIR ?=
PROGRAM_PREFIX ?=
# STATIC=0 links everything dynamically, where there are no static archives.
STATIC ?= 1

# The tools are the targets with a main.swift, but for the daemon and its supervisor.
PROGRAMS := $(patsubst Sources/%/main.swift,%,$(wildcard Sources/*/main.swift))
TOOLS := $(filter-out schedd stepd,$(PROGRAMS))
RELEASE := .build/release
SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Benchmarks

bin := $(DESTDIR)$(PREFIX)/bin
libexec := $(DESTDIR)$(PREFIX)/libexec/sluice
share := $(DESTDIR)$(PREFIX)/share
units := $(DESTDIR)$(PREFIX)/lib/systemd
named := $(addprefix $(PROGRAM_PREFIX),$(TOOLS) schedd)

# Sample machines for the tests, where a folder beside this one has them.
DATA := $(abspath ../shared)
export SLUICE_TEST_DATA := $(if $(wildcard $(DATA)),$(DATA),$(SLUICE_TEST_DATA))

.PHONY: build test demo bench bench-planner compare lint sizes install uninstall packages \
	lint-packages test-packages bench-packages

build: packages
ifeq ($(STATIC),1)
	SLUICE_STATIC=1 swift build -c release --static-swift-stdlib
else
	swift build -c release
endif

test: packages test-packages
	swift test

demo: build
	etc/demo $(RELEASE)

# The figures of docs/performance.md, all of them with the planner's, or those of the groups in BENCH;
# of programs that are installed, since those that the linker has just written may lie in the page
# cache in smaller pieces.
BENCH ?=
bench: build bench-packages
	install -D -t .build/bench $(addprefix $(RELEASE)/,$(PROGRAMS))
	swift run -c release --package-path Benchmarks bench $(abspath .build/bench) $(BENCH)
	$(if $(BENCH),,$(MAKE) bench-planner)

# The planner against the queue's length.
bench-planner:
	swift package --package-path Benchmarks benchmark --target PlannerBenchmarks --no-progress

lint: lint-packages
	swift format lint --strict --recursive --parallel $(SOURCES)
	mandoc -T lint -W warning man/*

# No program is larger than it may be, in megabytes.
sizes: build
	@for program in $(PROGRAMS); do \
		case $$program in schedd) most=25;; stepd) most=8;; simulate) most=12;; *) most=10;; esac; \
		size=$$(stat -L -c %s $(RELEASE)/$$program); \
		echo "$$program: $$size bytes"; \
		[ $$size -le $${most}000000 ] || { echo "$$program is over $$most MB" >&2; exit 1; }; \
	done

# The tables of docs/scheduling.md; TRACES is a folder of traces, JOBS the part of each that counts.
TRACES ?= $(SLUICE_TEST_DATA)/traces
JOBS ?= 1-10000
compare: build
	Benchmarks/compare $(RELEASE) $(TRACES) $(JOBS)

# --- Installation -----------------------------------------------------------------------------

# Put in place by renaming: a queue at work may start its stepd at any moment.
define put
	install -m $(1) $(2) $(3).new
	mv -f $(3).new $(3)

endef

# Names of programs in a manual page or a unit, with the prefix.
rename := sed -E 's,(\<[NX][mr] |@bin@/)($(subst $() ,|,$(TOOLS) schedd))( |$$),\1$(PROGRAM_PREFIX)\2\3,; \
	s,@bin@,$(PREFIX)/bin,'

# Pages of programs are named as the programs are; those of files and of the whole are not.
page = man$(subst .,,$(suffix $(1)))/$(if $(filter $(TOOLS) schedd,$(basename $(1))),$(PROGRAM_PREFIX))$(1)
PAGES := $(notdir $(wildcard man/*))

# Under sudo, what was built before is installed: root has no Swift on its PATH, as a rule.
install: $(if $(SUDO_USER),,build)
	install -d $(bin) $(libexec) $(units)/system $(units)/user $(share)/sluice \
		$(share)/man/man1 $(share)/man/man5 $(share)/man/man7 $(share)/man/man8 \
		$(share)/bash-completion/completions $(share)/zsh/site-functions
	$(call put,755,$(RELEASE)/stepd,$(libexec)/stepd)
	$(foreach p,$(TOOLS) schedd,$(call put,755,$(RELEASE)/$(p),$(bin)/$(PROGRAM_PREFIX)$(p)))
	$(foreach p,$(PAGES),$(rename) man/$(p) > $(share)/man/$(call page,$(p)) &&) true
	for name in $(named); do \
		$(bin)/$$name --completion=bash > $(share)/bash-completion/completions/$$name && \
		$(bin)/$$name --completion=zsh > $(share)/zsh/site-functions/_$$name || exit 1; \
	done
	install -m 644 etc/schedd.toml $(share)/sluice/schedd.toml
	for kind in system user; do \
		$(rename) etc/systemd/$$kind/schedd.service \
			> $(units)/$$kind/$(PROGRAM_PREFIX)schedd.service || exit 1; \
	done

uninstall:
	rm -f $(addprefix $(bin)/,$(named)) $(libexec)/stepd $(share)/sluice/schedd.toml \
		$(foreach p,$(PAGES),$(share)/man/$(call page,$(p))) \
		$(addprefix $(share)/bash-completion/completions/,$(named)) \
		$(addprefix $(share)/zsh/site-functions/_,$(named)) \
		$(units)/system/$(PROGRAM_PREFIX)schedd.service \
		$(units)/user/$(PROGRAM_PREFIX)schedd.service
	-rmdir $(libexec) $(share)/sluice 2>/dev/null

# --- Packages of the system -------------------------------------------------------------------

# $(call apt,FILE,PACKAGE): the package is installed where the file is missing.
apt = @[ -e $(1) ] || { \
	if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq $(2); \
	elif command -v sudo >/dev/null; then \
		sudo apt-get update -qq && sudo apt-get install -y -qq $(2); \
	else echo "$(2) is missing; install it first: apt-get install $(2)" >&2; exit 1; fi; } \
	>/dev/null

packages:
	$(call apt,/usr/include/sqlite3.h,libsqlite3-dev)
	$(call apt,/usr/include/zlib.h,zlib1g-dev)

lint-packages:
	$(call apt,/usr/bin/mandoc,mandoc)

bench-packages:
	$(call apt,/usr/bin/sqlite3,sqlite3)

# The tests of crashes at every system call need it; without it they say that they are left out.
test-packages:
	$(call apt,/usr/bin/strace,strace)
