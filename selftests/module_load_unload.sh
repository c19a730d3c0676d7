#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module loads and unloads ten times over, says which version it is and for what zswap asks, and leaves nothing.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

require_root
require_module
if [ -d "$ZSWAP" ]; then
	zswap_save
	zswap_leave
fi
module_unload 60

version=$(modinfo -F version z3fold)
if [ -w "$ZSWAP/zpool" ]; then
	modinfo -F alias z3fold | grep -qx zpool-z3fold || fail "no alias zpool-z3fold"
fi

for _ in {1..10}; do
	modprobe z3fold
	module_loaded || fail "modprobe succeeds and there is no /sys/module/z3fold"
	[ "$(cat /sys/module/z3fold/version)" = "$version" ] || fail "the loaded version is not $version"
	[ -d "$STATS" ] || fail "no $STATS"
	[ "$(cat /sys/module/z3fold/refcnt)" = 0 ] || fail "an unused module has references"
	module_unload 0
done
