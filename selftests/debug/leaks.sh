#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What kmemleak finds after all that ran before: memory that the module asked for and nothing leads to. The tests have
# unloaded the module, and its functions have no names any more; all else is built in and has. Not after the kernel's own
# tests: kmemleak gives up for good when it gets no memory itself.

# shellcheck source-path=SCRIPTDIR source=../functions.sh
. "$(dirname "$0")/../functions.sh"

require_root
leaks=$DEBUGFS/kmemleak
[ -w "$leaks" ] || skip "needs CONFIG_DEBUG_KMEMLEAK"
make_tmp
echo scan=off >"$leaks" || fail "kmemleak has given up: $(dmesg | grep kmemleak | tail -n 2)"
# Only what is still unreferenced after some seconds counts.
for _ in 1 2 3; do
	echo scan >"$leaks"
	sleep 6
done
cat "$leaks" >"$TMP/leaks"
info "unreferenced objects: $(grep -c '^unreferenced object' "$TMP/leaks" || true)"
awk '
/^unreferenced object/ { if (ours) printf "%s", block; block = ""; ours = 0 }
{ block = block $0 "\n" }
/\[z3fold\]/ || $1 ~ /^0x[0-9a-f]+$/ { ours = 1 }
END { if (ours) printf "%s", block }' "$TMP/leaks" >"$TMP/ours"
[ ! -s "$TMP/ours" ] || fail "the module leaks: $(cat "$TMP/ours")"
