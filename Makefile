# SPDX-License-Identifier: GPL-2.0-only
#
# Makefile - what people type; Kbuild holds what the kernel's build needs.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
DKMS_SRC := /usr/src/z3fold-$(VERSION)
KBUILD = $(MAKE) -C $(KDIR) M=$(CURDIR)

modules: kernel-headers
	$(KBUILD) W=1 modules

help:
	@echo 'z3fold $(VERSION): an allocator for compressed pages, for zswap'
	@echo
	@echo '  make                 build z3fold.ko for the running kernel'
	@echo '  make KDIR=DIR        build for the kernel whose headers are in DIR'
	@echo '  make Z3FOLD_DEBUG=y  build with a warning for unmaps too many'
	@echo '  make sparse          build under sparse (C=2)'
	@echo '  make style           checkpatch, sparse, shellcheck'
	@echo '  make clean'
	@echo
	@echo '  make dkms-install    add, build and install through dkms (root)'
	@echo '  make dkms-uninstall  undo that (root)'
	@echo
	@echo '  make packages        .deb, .rpm, PKGBUILD, in dist/ (installs what it needs, if root)'
	@echo
	@echo '  make demo            boot a stock Debian 13 kernel in QEMU and watch z3fold'
	@echo '                       carry its swap, every byte verified (root)'
	@echo '  make check           all tests, in guests with stock kernels (root)'
	@echo '                       KERNELS="host model 5.10 6.1 6.12 6.12/4 7 6.12-rt" picks'
	@echo '  make check-debug     the tests and the kernel'\''s own ones in kernels built to find mistakes:'
	@echo '                       KASAN, lockdep, kmemleak, KCSAN, PREEMPT_RT (root); KERNELS="memory races'
	@echo '                       rt stock" picks'
	@echo '  make soak MINUTES=60 everything at once for a long time, in a guest with 4 CPUs (root);'
	@echo '                       KERNELS="6.1 6.12" picks'
	@echo '  make bench           z3fold beside zbud, zsmalloc and the former z3fold: instructions, ns,'
	@echo '                       pages; writes BENCHMARKS.md (root); KERNELS="6.1 6.12 7 native host" picks'
	@echo '  make check-host      those that need no guest: the allocator in userspace under'
	@echo '                       sanitizers, and a model of its protocol'
	@echo '  make fuzz SECONDS=60, make bench-host, bench-count, coverage    more of the same'
	@echo '  make -C selftests run_tests   the same tests on this machine (root)'

kernel-headers:
	@[ -e $(KDIR)/Makefile ] || { \
		echo 'No kernel headers in $(KDIR): install linux-headers-$(KVER) (Debian), kernel-devel-$(KVER) (Fedora) or linux-headers (Arch), or give KDIR=.' >&2; \
		exit 1; }

sparse: kernel-headers
	$(KBUILD) W=1 C=2 modules

clean:
	$(RM) -r .tmp_versions
	find . -path ./selftests -prune -o \( -name '*.o' -o -name '*.ko' -o -name '*.mod' \
		-o -name '*.mod.c' -o -name '.*.cmd' -o -name '*.symvers' \
		-o -name 'modules.order' -o -name '*.o.d' \) -type f -exec $(RM) {} +
	$(RM) -r dist
	for dir in selftests packaging/z3foldctl; do [ ! -d $$dir ] || $(MAKE) -s -C $$dir clean || exit 1; done

# What a user would type by hand.
dkms-install:
	@command -v dkms >/dev/null || { echo 'dkms is not installed: apt-get install dkms' >&2; exit 1; }
	$(RM) -r $(DKMS_SRC)
	mkdir -p $(DKMS_SRC)
	cp -r dkms.conf Makefile Kbuild src include debugfs COPYING README.md $(DKMS_SRC)
	dkms add -m z3fold -v $(VERSION)
	dkms install -m z3fold -v $(VERSION) -k $(KVER)

dkms-uninstall:
	dkms remove -m z3fold -v $(VERSION) --all
	$(RM) -r $(DKMS_SRC)

packages:
	packaging/build

demo:
	selftests/vm/demo

check:
	selftests/check

check-debug:
	selftests/debug/check

MINUTES ?= 60
soak:
	selftests/vm/soak $(MINUTES)

bench:
	selftests/bench/bench

check-host:
	selftests/check --kernels "host model"

fuzz bench-host bench-count coverage:
	selftests/host/check $@

style: sparse
	selftests/style.sh

.PHONY: modules help kernel-headers sparse clean dkms-install dkms-uninstall packages demo check check-debug \
	soak bench check-host fuzz \
	bench-host bench-count coverage style
