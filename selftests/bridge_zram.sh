#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# zram uses zsmalloc too, and the same functions that z3fold has hooked. Beside a load in z3fold it gets back every byte
# that it was given; none of it is in z3fold.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

ZRAM_MIB=8 LOAD_MIB=32 RESIDENT_MIB=12

# Direct, lest the page cache answer.
zram_is()
{
	dd if="$zram" iflag=direct bs=256k count=$((ZRAM_MIB * 4)) status=none | cmp - "$1"
}

zram_write()
{
	dd if="$1" of="$zram" oflag=direct bs=256k status=none
}

# zram_pages: what it takes of zsmalloc.
zram_pages()
{
	awk '{ print int($3 / 4096) }' "/sys/block/${zram#/dev/}/mm_stat"
}

require_all
require_bridge
modprobe -q zram num_devices=0 || modprobe -q zram || skip "needs zram"
defer "modprobe -q -r zram || true"
zram=/dev/zram$(cat /sys/class/zram-control/hot_add)
defer "echo ${zram#/dev/zram} >/sys/class/zram-control/hot_remove"

swap_on
zswap_use z3fold lzo
# Its pool is made while z3fold captures.
grep -qx 'capture 1' "$STATS/front_end" || fail "nothing is captured"
echo ${ZRAM_MIB}M >"/sys/block/${zram#/dev/}/disksize"
swapload_start "$TMP/log" --threads 2 --loop 3600
loop_until 240 swapload_said "$TMP/log" refill || fail "swapload does not get on: $(cat "$TMP/log")"

# Programs and libraries: some of it compresses well, some not at all.
{ find /usr/bin /usr/lib -xdev -type f -size +8k -exec cat {} + 2>/dev/null || true; } |
	head -c $((ZRAM_MIB << 20)) >"$TMP/one"
tac -s $'\x00' "$TMP/one" | head -c $((ZRAM_MIB << 20)) >"$TMP/two"
truncate -s $((ZRAM_MIB << 20)) "$TMP/one" "$TMP/two"
for _ in 1 2; do
	for data in "$TMP/one" "$TMP/two"; do
		zram_write "$data"
		traffic
		zram_is "$data" || fail "zram has something else than it was given"
		[ "$(zram_pages)" -gt $((ZRAM_MIB * 256 / 8)) ] || fail "zram holds only $(zram_pages) pages"
		echo 1 >"/sys/block/${zram#/dev/}/compact"
		zram_is "$data" || fail "zram has something else after its compaction"
	done
	blkdiscard "$zram"
	[ "$(zram_pages)" -le 16 ] || fail "zram holds $(zram_pages) pages after all was discarded"
	validate_pools
done
pools_are 1 || fail "z3fold has $(pools) pools, zram's among them?"
info "zswap stored $(stat_sum allocs) objects in z3fold meanwhile"

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 60 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
