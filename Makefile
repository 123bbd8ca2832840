# The one entrance: make run, test, check, bench, lint, fuzz, dist.  `make help` lists the targets.
# BUILD names the build's folder and SAN its sanitizers: `make SAN=address,undefined BUILD=build/asan`.
Q = @
CC = gcc
CXX = g++
SAN ?= address,undefined
BUILD ?= build/asan
OPT ?= $(if $(SAN),-O1,-O2 -D_FORTIFY_SOURCE=3)
CCACHE := $(shell command -v ccache 2>/dev/null)

PACKAGES = libmicrohttpd sqlite3 libpq jansson icu-i18n icu-uc libsodium zlib
CPPFLAGS += -Isrc -I$(BUILD)/gen -I. -D_GNU_SOURCE $(shell pkg-config --cflags $(PACKAGES))
WARN = -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wwrite-strings \
	-Wundef -Wformat=2 -Wcast-qual -Wnull-dereference -Wimplicit-fallthrough -Wno-missing-field-initializers \
	-fno-common -Werror
CFLAGS += -std=gnu17 -g $(OPT) $(WARN) -fstack-protector-strong -fPIE -fno-omit-frame-pointer -MMD -MP
CXXFLAGS += -std=c++17 -g $(OPT) -Wall -Wextra -Werror -fPIE -MMD -MP
LDFLAGS += -pie -Wl,--as-needed,-z,relro,-z,now
LDLIBS += $(shell pkg-config --libs $(PACKAGES)) -lphonenumber -lprotobuf -lstdc++ -lm -lpthread
ifneq ($(SAN),)
CFLAGS += -fsanitize=$(SAN) -fno-sanitize-recover=all
CXXFLAGS += -fsanitize=$(SAN) -fno-sanitize-recover=all
LDFLAGS += -fsanitize=$(SAN)
endif

SOURCES := $(sort $(wildcard src/*/*.c))
TESTS := $(filter %_test.c,$(SOURCES))
FUZZERS := $(filter %_fuzz.c,$(SOURCES))
MAIN := src/main/main.c
LIB := $(filter-out $(TESTS) $(FUZZERS) $(MAIN),$(SOURCES))
CXX_LIB := $(sort $(wildcard src/*/*.cc))
LIB_OBJECTS := $(LIB:%.c=$(BUILD)/%.o) $(CXX_LIB:%.cc=$(BUILD)/%.o)
TEST_PROGRAMS := $(TESTS:src/%.c=$(BUILD)/test/%)

.PHONY: all test clean format
.SECONDARY:
all: $(BUILD)/kontor

$(BUILD)/kontor: $(BUILD)/src/main/main.o $(BUILD)/libkontor.a
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libkontor.a: $(LIB_OBJECTS)
	$(Q)rm -f $@ && ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(Q)$(CCACHE) $(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/%.o: %.cc
	@mkdir -p $(@D)
	$(Q)$(CCACHE) $(CXX) $(CPPFLAGS) $(CXXFLAGS) -c -o $@ $<

$(BUILD)/test/%: $(BUILD)/src/%.o $(BUILD)/libkontor.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

# Unit tests: every src/*/*_test.c is a program; make test ONLY=base/str runs one.
test: $(TEST_PROGRAMS)
	@for t in $(TEST_PROGRAMS); do echo "== $$t"; $$t || exit 1; done

# Spacing of C is decided by .clang-format; FILES= names some, else all.
format:
	@tools/format $(or $(FILES),$(wildcard src/*/*.[ch] src/*/*.cc tests/*/*.[ch]))

clean:
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
