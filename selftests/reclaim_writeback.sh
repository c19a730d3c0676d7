#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A pool that may not grow is written back to the disk, by eviction of its oldest pages where zpool has that (up to
# 6.4) and by zswap itself after, and what was written back is right.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

written_back()
{
	[ "$(zswap_stat written_back_pages)" -gt "$before" ]
}

valid_and_ended()
{
	validate_pools
	! swapload_running
}

require_all
[ -e "$DEBUGFS/zswap/written_back_pages" ] || skip "zswap does not say what it writes back"

# The pool may have 1 % of the memory; real pages compress to a good third, so three times as much fills it.
LOAD_MIB=$((LOAD_MIB + $(awk '$1 == "MemTotal:" { print int($2 / 1024 / 100) }' /proc/meminfo) * 4))
SWAP_MIB=$((LOAD_MIB * 2))
swap_on
zswap_use z3fold lzo
zswap_set max_pool_percent 1
# No pause in writing back: a pool a little under its limit takes pages again.
zswap_set accept_threshold_percent 99
zswap_may_forget
if has_reclaim && ! loop_until 10 pools_are 1; then
	skip "zswap shrinks only an old pool, which it has forgotten to drop: needs a fresh boot"
fi
before=$(zswap_stat written_back_pages)
swapload_start "$TMP/log" --threads 2 --hold --loop 10 --no-refill
swapload_holding "$TMP/log"
loop_until 30 written_back || fail "nothing was written back: pool limit hit $(zswap_stat pool_limit_hit) times"
validate_pools

swapload_continue
loop_until 240 valid_and_ended || fail "swapload does not get on: $(cat "$TMP/log")"
swapload_end "$TMP/log"
evicted=$(stat_sum evicted) failed=$(stat_sum evict_failed)
info "written back: $(($(zswap_stat written_back_pages) - before)) pages; z3fold evicted $evicted, failed to $failed"
if has_reclaim; then
	[ "$evicted" -gt 0 ] || fail "pages were written back, and z3fold evicted none"
fi

swap_off
loop_until 30 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
validate_pools
