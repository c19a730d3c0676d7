#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Twenty times: load the module, capture, swap, drain, unload. Nothing stays, no hook among it.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

CYCLES=${CYCLES:-20} LOAD_MIB=12 RESIDENT_MIB=4

# Functions of zsmalloc that ftrace sends elsewhere.
hooked()
{
	grep -c '^zs_.* I ' "$tracefs/enabled_functions" || true
}

require_all
require_bridge
tracefs=/sys/kernel/tracing
[ -e $tracefs/enabled_functions ] || mount -t tracefs tracefs $tracefs 2>/dev/null || tracefs=$DEBUGFS/tracing
[ -e $tracefs/enabled_functions ] || skip "needs tracefs"
bridge_leave
module_unload 60
before=$(hooked) zspages=$(awk '$1 == "nr_zspages" { print $2 }' /proc/vmstat)

for ((i = 1; i <= CYCLES; i++)); do
	modprobe z3fold capture=1
	[ "$(hooked)" -ge $((before + 12)) ] || fail "only $(hooked) functions are hooked"
	swap_on
	zswap_use z3fold lzo
	swapload_start "$TMP/log" --hold
	swapload_holding "$TMP/log"
	[ "$(stat_sum objects)" -gt 300 ] || fail "z3fold has only $(stat_sum objects) objects"
	zswap_leave
	swapload_continue
	swapload_end "$TMP/log" >"$TMP/said" || fail "$(cat "$TMP/said")"
	swap_off
	module_unload 60
	[ "$(hooked)" = "$before" ] || fail "$(hooked) functions are hooked after unloading"
done
after=$(awk '$1 == "nr_zspages" { print $2 }' /proc/vmstat)
[ "$after" -le $((zspages + 256)) ] || fail "nr_zspages was $zspages and is $after"
info "$CYCLES cycles"
