#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Known race 12 and all others: eviction where zpool has it, compaction, pool switches and a CPU that comes and goes, all
# at once under load.

# shellcheck source-path=SCRIPTDIR source=../functions.sh
. "$(dirname "$0")/../functions.sh"

require_all
cpu=/sys/devices/system/cpu/cpu1/online

hotplug()
{
	echo 0 >"$cpu" && echo 1 >"$cpu" && echo >>"$TMP/hotplugs"
}

swap_on
other=$(other_zpool)
compressor=$(other_compressor)
zswap_use z3fold lzo
# Less than the load needs on a small machine, so that pools are full at times.
zswap_set max_pool_percent 2
swapload_start "$TMP/log" --threads 2 --loop 3600
loop_until 240 swapload_said "$TMP/log" refill || fail "swapload does not get on: $(cat "$TMP/log")"
zswap_may_forget

[ ! -w /proc/sys/vm/compact_memory ] || keep_doing compact_memory
if [ -w "$cpu" ]; then
	cpus_may_go
	defer "echo 1 >$cpu"
	keep_doing hotplug
fi
switch_pools "$ROUNDS" "$other" "$compressor"
[ ! -w "$cpu" ] || [ -s "$TMP/hotplugs" ] || fail "the CPU never went"
info "evicted: $(stat_sum evicted), migrated: $(stat_sum pages_migrated), in pools that are left: $(pools)"

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 60 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
validate_pools
