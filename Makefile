# The one entrance.  `make help` lists the targets.
# BUILD names the folder of a build, SAN its sanitizers, CC its compiler:
#   make SAN= BUILD=build/release        make SAN=thread BUILD=build/tsan        make CC=clang BUILD=build/clang
Q = @
CC = gcc
CXX = $(if $(findstring clang,$(CC)),clang++,g++)
SAN ?= address,undefined
BUILD ?= build/asan
OPT ?= $(if $(SAN),-O1,-O2 -D_FORTIFY_SOURCE=3)
JOBS ?= $(shell nproc 2>/dev/null || echo 1)
CCACHE := $(shell command -v ccache 2>/dev/null)
VERSION := $(or $(shell cat VERSION 2>/dev/null),$(shell git describe --tags --always 2>/dev/null),unknown)

PACKAGES = libmicrohttpd sqlite3 libpq jansson icu-i18n icu-uc libsodium zlib libcmark-gfm pangocairo cairo-pdf libxml-2.0 libarchive
PACKAGE_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PACKAGE_LIBS := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)
CPPFLAGS += $(if $(AUTHZ_TEST),-DKONTOR_AUTHZ_TEST) -Isrc -I$(BUILD)/gen -I. -D_GNU_SOURCE $(PACKAGE_CFLAGS)
WARN = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings \
	-Wundef -Wformat=2 -Wcast-qual -Wnull-dereference -Wimplicit-fallthrough -Wno-missing-field-initializers \
	-Wno-sometimes-uninitialized -fno-common
# Off: rows of tables rely on zero; an output stays untouched where a test has failed already (clang).
# Whoever only builds is not stopped by a warning of his compiler: make WERROR= …
WERROR ?= -Werror
# Out parameters stay untouched on failure: what gcc suspects of them when it inlines is not so.
WARN += $(if $(findstring clang,$(CC)),,-Wno-maybe-uninitialized)
CFLAGS += -std=gnu17 -g $(OPT) $(WARN) $(WERROR) -fstack-protector-strong -fPIE -fno-omit-frame-pointer
CXXFLAGS += -std=c++17 -g $(OPT) -Wall -Wextra $(WERROR) -fPIE
LDFLAGS += -pie -Wl,--as-needed,-z,relro,-z,now
LDLIBS += $(PACKAGE_LIBS) -lcmark-gfm-extensions -lphonenumber -lprotobuf -lxlsxwriter -lstdc++ -lm -lpthread
ifneq ($(SAN),)
CFLAGS += -fsanitize=$(SAN) -fno-sanitize-recover=all
CXXFLAGS += -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-sanitize=vptr
LDFLAGS += -fsanitize=$(SAN)
endif

SOURCES := $(sort $(wildcard src/*/*.c))
TESTS := $(filter %_test.c,$(SOURCES))
FUZZERS := $(filter %_fuzz.c,$(SOURCES))
MAIN := src/main/main.c
LIB := $(filter-out $(TESTS) $(FUZZERS) $(MAIN),$(SOURCES))
CXX_LIB := $(sort $(wildcard src/*/*.cc))
LIB_OBJECTS := $(LIB:%.c=$(BUILD)/%.o) $(CXX_LIB:%.cc=$(BUILD)/%.o) $(BUILD)/gen/embedded.o
ALL_OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(CXX_LIB:%.cc=$(BUILD)/%.o)
TEST_PROGRAMS := $(TESTS:src/%.c=$(BUILD)/test/%)
FUZZ_PROGRAMS := $(FUZZERS:src/%.c=$(BUILD)/fuzz/%)
HEADERS := $(sort $(wildcard src/*/*.h))

# Every generated source, so that the first compilation finds them; rules for each stand below.
GENERATED := $(BUILD)/gen/version.h $(BUILD)/gen/model_ids.h

.PHONY: all help run release test asan ubsan tsan cov lint check bench bench-face fuzz fuzz-smoke kills sqlcheck authz reference \
	requirements headers pot dist format objects tests fuzzers generated clean print FORCE
.DELETE_ON_ERROR:
all: $(BUILD)/kontor ## the program, in BUILD (asan unless told)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
	@echo "  ONLY=floor/name   one unit test          FUZZ=name FUZZ_SECONDS=600   one fuzzer, how long each"
	@echo "  BUILD= SAN= CC=   another build          KONTOR_TEST_PG=postgres://…  a server for tests (tools/pg)"

# --- building ---------------------------------------------------------------------------------

# The whole archive, so that two functions of one name are an error.
$(BUILD)/kontor: $(BUILD)/src/main/main.o $(BUILD)/libkontor.a
	$(Q)$(CC) $(LDFLAGS) -o $@ $< -Wl,--whole-archive $(BUILD)/libkontor.a -Wl,--no-whole-archive $(LDLIBS)

$(BUILD)/libkontor.a: $(LIB_OBJECTS) $(BUILD)/members
	$(Q)rm -f $@ && ar rcs $@ $(LIB_OBJECTS)

# Changes when a source comes or goes: the archive is made anew then.
$(BUILD)/members: FORCE
	@mkdir -p $(@D)
	@tools/write-if-changed $@ '$(LIB_OBJECTS)'

$(BUILD)/%.o: %.c $(BUILD)/flags | $(GENERATED)
	@mkdir -p $(@D)
	$(Q)$(CCACHE) $(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.cc $(BUILD)/flags | $(GENERATED)
	@mkdir -p $(@D)
	$(Q)$(CCACHE) $(CXX) $(CPPFLAGS) $(CXXFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/test/%: $(BUILD)/src/%.o $(BUILD)/libkontor.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

# The files that the program carries inside, each under its path.
CATALOGUES := $(patsubst po/%.po,$(BUILD)/gen/po/%.mo,$(wildcard po/*.po))
EMBEDDED := $(sort $(wildcard model/*.model) $(wildcard templates/*.*) $(wildcard templates/*/*.*) $(wildcard docs/handbook/*/*.md))

PICTURES := $(sort $(wildcard docs/handbook/pictures/*.webp))

# What the browser gets: made once for all builds.
WEB_SOURCES := $(wildcard web/*.* web/lib/*.ts web/css/*.css)
BUNDLED := $(patsubst web/%.ts,build/web/%.js,$(wildcard web/*.ts)) \
	$(patsubst web/%,build/web/%,$(wildcard web/*.css web/*.svg web/*.png)) \
	$(addprefix build/web/,kontor.webmanifest icons.svg inter-latin.woff2 inter-latin-ext.woff2)

node_modules/.package-lock.json: package-lock.json
	$(Q)npm ci --silent --no-audit --no-fund --ignore-scripts && touch $@

$(BUNDLED) &: tools/bundle.mjs node_modules/.package-lock.json $(WEB_SOURCES)
	$(Q)tools/bundle.mjs build/web

$(BUILD)/gen/po/%.mo: po/%.po Makefile
	@mkdir -p $(@D)
	$(Q)msgfmt --check -o $@ $(filter %.po,$^)

$(BUILD)/gen/embedded.c: tools/embed $(EMBEDDED) $(PICTURES) $(BUNDLED) $(CATALOGUES) FORCE
	@mkdir -p $(@D)
	$(Q)tools/embed $@.all $(foreach f,$(EMBEDDED),$(f)=$(f)) $(foreach f,$(BUNDLED) $(PICTURES),web/$(notdir $(f))=$(f)) $(foreach f,$(CATALOGUES),po/$(notdir $(f))=$(f))
	@cmp -s $@.all $@ || mv $@.all $@; rm -f $@.all

$(BUILD)/gen/embedded.o: $(BUILD)/gen/embedded.c $(BUILD)/flags
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# Changes when the compiler or a flag does: everything is built anew then.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@tools/write-if-changed $@ '$(filter-out -Werror,$(CC) $(CXX) $(CPPFLAGS) $(CFLAGS) $(CXXFLAGS))'

$(BUILD)/gen/version.h: FORCE
	@mkdir -p $(@D)
	@tools/write-if-changed $@ '#define KONTOR_VERSION "$(VERSION)"'

$(BUILD)/gen/model_ids.h: tools/model-ids $(sort $(wildcard model/*.model))
	@mkdir -p $(@D)
	@tools/model-ids $(filter %.model,$^) >$@

generated: $(GENERATED)
objects: $(ALL_OBJECTS)
tests: $(TEST_PROGRAMS)

release: ## the program as it is shipped: build/release/kontor
	@$(MAKE) SAN= BUILD=build/release all

run: ## build, make the demonstration company, serve it (the same as ./start)
	@./start

# --- tests ------------------------------------------------------------------------------------

ONE = $(filter $(BUILD)/test/$(1)_test $(BUILD)/test/$(1) $(BUILD)/test/$(1)/%,$(TEST_PROGRAMS))
PICKED = $(if $(ONLY),$(foreach name,$(ONLY),$(call ONE,$(name))),$(TEST_PROGRAMS))

test: $(PICKED) ## unit tests: every src/FLOOR/NAME_test.c; ONLY=base/str, ONLY=base
	@rm -f $(BUILD)/results.tsv
	@RESULTS=$(BUILD)/results.tsv JOBS=$(JOBS) WRAP="$(if $(findstring thread,$(SAN)),setarch -R)" \
		tools/unit $(PICKED)

asan: ## unit tests under the address and undefined-behaviour sanitizers
	@$(MAKE) SAN=address,undefined BUILD=build/asan test
ubsan: ## unit tests under the undefined-behaviour sanitizer alone, clang
	@$(MAKE) SAN=undefined CC=clang BUILD=build/ubsan test
tsan: ## unit tests under the thread sanitizer
	@$(MAKE) SAN=thread BUILD=build/tsan test

cov: ## coverage of the unit tests by gcovr: build/cov/index.html
	@$(MAKE) SAN= OPT='-O0 --coverage' LDFLAGS=--coverage CCACHE= BUILD=build/cov test
	@gcovr -r . --object-directory build/cov -e '.*_test\.c' -e 'build/' --html-details build/cov/index.html --print-summary

lint: ## warnings of two compilers, clang-tidy, floors, sizes, words, SQL, templates …; LINT=name runs one
	@tools/lint $(LINT)

check: ## everything: ./check
	@./check

headers: generated ## every header compiles alone, and twice
	@CC="$(CC)" FLAGS="$(CPPFLAGS) $(CFLAGS)" tools/headers $(HEADERS)

bench: release ## figures of the program beside the bare limit; PARTIES=1000000
	@tests/bench/run.mjs $(PARTIES)

bench-face: release ## what a person waits for in the browser: Lighthouse, touch to paint; PARTIES=100000
	@tests/bench/face.mjs $(PARTIES)

pictures: release ## the handbook's pictures, in docs/handbook/pictures, by a browser
	@KONTOR=build/release/kontor node tests/browser/pictures.mjs

kills: release ## SIGKILL under load; KILLS=1000
	@tests/fault/kills $(or $(KILLS),1000)

authz: ## each authorisation check switched off in turn: the rights matrix must fail every time
	@$(MAKE) SAN= BUILD=build/authz AUTHZ_TEST=1 all
	@KONTOR=build/authz/kontor node tests/http/authz-necessary.mjs $(ONLY)

sqlcheck: $(BUILD)/kontor ## every SQL literal is prepared on both databases
	@tools/sqlcheck $(BUILD)/kontor

reference: $(BUILD)/kontor ## docs/reference: tables made by the program of what it runs on
	@tools/reference $(BUILD)/kontor

requirements: ## which requirement has a test that ran
	@tools/requirements

# --- fuzzing ----------------------------------------------------------------------------------

FUZZ_SECONDS ?= 600
FUZZ_SAN = fuzzer,address,undefined

$(BUILD)/fuzz/%: $(BUILD)/src/%.o $(BUILD)/libkontor.a
	@mkdir -p $(@D)
	$(Q)$(CC) -pie -fsanitize=$(FUZZ_SAN) -o $@ $^ $(LDLIBS)

fuzzers: $(FUZZ_PROGRAMS)
fuzz: ## every src/FLOOR/NAME_fuzz.c, FUZZ_SECONDS each; FUZZ=name one; corpora in tests/corpus/NAME
	@$(MAKE) CC=clang SAN=fuzzer-no-link,address,undefined BUILD=build/fuzz fuzzers
	@JOBS=$(JOBS) tools/fuzz $(FUZZ_SECONDS) $(FUZZ)
fuzz-smoke: ## the same, ten seconds each
	@$(MAKE) FUZZ_SECONDS=10 fuzz

# For tools: the value of a variable.
print:
	@echo '$($(PRINT))'

# --- the rest ---------------------------------------------------------------------------------

# Spacing of C is decided by .clang-format; FILES= names some, else all.
format: ## write all C as .clang-format says
	@tools/format $(or $(FILES),$(wildcard src/*/*.[ch] src/*/*.cc tests/*/*.[ch]))

pot: ## build/kontor.pot: all texts that are translated
	@tools/pot

dist: ## build/kontor-VERSION.tar.gz
	@tools/dist "$(VERSION)"

clean: ## remove all builds
	rm -rf build

-include $(ALL_OBJECTS:.o=.d)
