#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A pool that loses most of its objects gives its pages back by itself, a little more when asked, and some when memory is
# short; `compact` refuses what it does not know.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

drop_slab()
{
	echo 2 >/proc/sys/vm/drop_caches
}

# Without compaction it would stand at some 700. No packing gets these sizes under 50.
near_bound()
{
	[ "$(stat_sum over_bound_permille)" -le 150 ]
}

require_all
swap_on
zswap_use z3fold lzo
loop_until 10 pools_are 1 || fail "$(pools) pools"
swapload_start "$TMP/log" --hold --thin --free 60
swapload_holding "$TMP/log"

loop_until 20 near_bound || fail "the pool stays $(stat_sum over_bound_permille) permille above its bound"
[ "$(stat_sum sweeps)" -gt 0 ] || fail "it compacted nothing"
[ "$(stat_sum moved_between_pages)" -gt 0 ] || fail "no object moved"
validate_pools

compact=$(echo "$STATS"/*/compact)
for value in 0 2 -1 x ''; do
	! echo "$value" 2>/dev/null >"$compact" || fail "compact takes '$value'"
done
before=$(stat_sum pages)
echo 1 >"$compact"
answer=$(cat "$compact")
[[ $answer =~ ^moved\ [0-9]+\ freed\ ([0-9]+)$ ]] || fail "compact says '$answer'"
info "by itself $before pages, bound $(stat_sum bound_pages); by hand: $answer; then $(stat_sum pages)"
[ "$(stat_sum pages)" -le "$before" ] || fail "more pages than before"
validate_pools

keep_doing drop_slab
swapload_continue
swapload_end "$TMP/log"
info "shrinker: $(stat_sum shrinker_scans) scans, $(stat_sum shrinker_pages) pages"
[ "$(stat_sum shrinker_scans)" -gt 0 ] || fail "the shrinker asked for nothing"
swap_off
loop_until 30 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
