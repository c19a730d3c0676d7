#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What migration is for: with z3fold's pages spread between freed ones, the kernel gets more huge pages where it can move
# them than where it cannot.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

require_all
HUGE=/proc/sys/vm/nr_hugepages
[ -w $HUGE ] || skip "needs CONFIG_HUGETLBFS"
[ -w /proc/sys/vm/compact_memory ] || skip "needs CONFIG_COMPACTION"
! module_loaded || [ "$(cat /sys/module/z3fold/refcnt)" = 0 ] || skip "z3fold is in use, and must be loaded anew"
total=$(awk '$1 == "MemTotal:" { print int($2 / 1024) }' /proc/meminfo)
[ "$total" -le 4096 ] || skip "takes too long with $total MiB of memory"
set_sysctl vm.nr_hugepages 0

holding()
{
	grep -q '^holding' "$1"
}

unload()
{
	zswap_leave
	loop_until 60 pools_empty || fail "the pool does not drain"
	loop_until 60 modprobe -r z3fold || fail "z3fold cannot be unloaded"
}

# Two programs swap out side by side, so that z3fold's pages hold both; then one ends, and what is left are pages all over
# the memory. Prints how many huge pages there are, and what the kernel migrated for them.
huge_pages_with()
{
	local first

	! module_loaded || unload
	modprobe z3fold migration="$1"
	swap_on
	zswap_use z3fold lzo
	LOAD_MIB=$((total * 55 / 100)) swapload_start "$TMP/first" --hold --seed 2
	first=$SWAPLOAD
	LOAD_MIB=$((total * 30 / 100)) swapload_start "$TMP/second" --hold --free 0
	loop_until 300 holding "$TMP/first" || fail "swapload does not get its memory filled: $(cat "$TMP/first")"
	loop_until 300 holding "$TMP/second" || fail "swapload does not get its memory filled: $(cat "$TMP/second")"
	kill -KILL "$first"
	wait "$first" 2>/dev/null || true
	before=$(stat_sum pages)
	echo 3 >/proc/sys/vm/drop_caches
	compact_memory
	echo 100000 >$HUGE
	got=$(cat $HUGE)
	echo 0 >$HUGE
	migrated=$(stat_sum pages_migrated)
	info "migration=$1: $got huge pages beside $before pages of z3fold; $migrated of them were migrated"
	validate_pools
	swapload_continue
	swapload_end "$TMP/second"
	swap_off
}

huge_pages_with 0
without=$got
[ "$migrated" = 0 ] || fail "pages migrated that should be unmovable"
huge_pages_with 1
unload
[ "$migrated" -ge 1000 ] || fail "only $migrated pages migrated"
[ "$got" -gt $((without * 11 / 10)) ] || fail "$got huge pages with migration, $without without it"
