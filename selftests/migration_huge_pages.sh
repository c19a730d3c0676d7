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
# It makes many pages twice, for a figure that a slow machine need not tell again.
[ "${SLOW:-1}" = 1 ] || skip "takes too long on a machine that is $SLOW times as slow"
set_sysctl vm.nr_hugepages 0

unload()
{
	zswap_leave
	loop_until 60 pools_empty || fail "the pool does not drain"
	loop_until 60 modprobe -r z3fold || fail "z3fold cannot be unloaded"
}

# Take all the huge pages there are and give them back: once z3fold is empty this turns blocks of memory that held
# unmovable pages back into movable ones, up to 6.12. Sets got.
take_huge_pages()
{
	local most

	# The kernel gives up at the first one that it does not get: ask until asking again brings none.
	got=-1
	until [ "$got" = "$(cat $HUGE)" ]; do
		got=$(cat $HUGE)
		echo 3 >/proc/sys/vm/drop_caches
		compact_memory
		count_most_huge_pages
		echo $((got + most)) >$HUGE
	done
	echo 0 >$HUGE
}

# A program swaps most of what it has out, then gives three pages in four back: what is left are pages of z3fold all over
# a third of the memory, each with one object that is too large for another beside it. Sets got, the huge pages that there
# are then, and migrated.
huge_pages_with()
{
	local before empty

	! module_loaded || unload
	take_huge_pages
	empty=$got
	modprobe z3fold migration="$1"
	swap_on
	zswap_use z3fold lzo
	LOAD_MIB=$((total / 3)) CHARGED_PERCENT=65 swapload_start "$TMP/log" --bytes 2500 --hold --thin --free 75 --no-refill
	swapload_holding "$TMP/log"
	before=$(stat_sum pages)
	take_huge_pages
	migrated=$(stat_sum pages_migrated)
	info "migration=$1: $empty huge pages; $got beside $before pages of z3fold, $migrated of which were migrated"
	validate_pools
	if [ "$1" = 1 ]; then
		swapload_continue
		swapload_end "$TMP/log"
	else
		kill -KILL "$SWAPLOAD"
	fi
	swap_off
}

# This one first: what unmovable pages leave behind stays on newer kernels, and both must begin alike.
huge_pages_with 1
with=$got
[ "$migrated" -ge 1000 ] || fail "only $migrated pages migrated"
huge_pages_with 0
unload
[ "$migrated" = 0 ] || fail "pages migrated that should be unmovable"
[ "$with" -gt $((got * 21 / 20)) ] || fail "$with huge pages with migration, $got without it"
