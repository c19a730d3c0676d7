#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module's own allocations fail, at several rates, under verified load: what does not find room goes to the swap
# device, no data is lost, the statistics tell, and pools that cannot be made are refused.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

require_all
faults=()
for name in failslab fail_page_alloc; do
	[ ! -e "$DEBUGFS/$name/require-start" ] || faults+=("$DEBUGFS/$name")
done
[ ${#faults[@]} = 2 ] ||
	skip "needs CONFIG_FAILSLAB, CONFIG_FAIL_PAGE_ALLOC and CONFIG_FAULT_INJECTION_STACKTRACE_FILTER"

set_fault()
{
	local dir

	for dir in "${faults[@]}"; do
		echo "$2" >"$dir/$1"
	done
}

# Only what is asked for by the module's code: any other process would notice.
only_the_module()
{
	local start size

	start=$(cat /sys/module/z3fold/sections/.text)
	size=$(awk '$1 == "z3fold" { print $2 }' /proc/modules)
	set_fault require-start "$start"
	set_fault require-end "$(printf '0x%x' $((start + size)))"
}

# failing_at RATE BEFORE: under load; then have some allocations failed since BEFORE? Only without faults does that say:
# who opens a file of z3fold's has the module on the stack too.
failing_at()
{
	set_fault probability "$1"
	traffic
	echo 1 2>/dev/null >"$(echo "$STATS"/*/compact)" || true
	set_fault probability 0
	stat_over alloc_failed $(($2 + 2))
}

swap_on
zswap_use z3fold lzo
loop_until 10 pools_are 1 || fail "no pool"
swapload_start "$TMP/log" --threads 2 --loop 3600
loop_until 240 swapload_said "$TMP/log" refill || fail "swapload does not get on: $(cat "$TMP/log")"

defer "set_fault probability 0"
set_fault probability 0
only_the_module
set_fault interval 1
set_fault times -1
set_fault space 0
set_fault verbose 0
set_fault ignore-gfp-wait N
echo N >"$DEBUGFS/fail_page_alloc/ignore-gfp-highmem"
echo 0 >"$DEBUGFS/fail_page_alloc/min-order"
for rate in 1 10 50 100; do
	before=$(stat_sum alloc_failed)
	loop_until 120 failing_at $rate "$before" || fail "at $rate %: $(($(stat_sum alloc_failed) - before)) failures"
	validate_pools
	info "$rate %: alloc_failed $(($(stat_sum alloc_failed) - before))"
	traffic
done

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 60 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
validate_pools

# Pools are made while allocations fail: zswap gets one, or an error, and goes on with what it had. Only now: a pool that
# holds data is taken again.
other=$(other_zpool)
made=0 refused=0
for _ in {1..20}; do
	zswap_set zpool "$other"
	loop_until 60 pools_are 0 || fail "an empty pool stays"
	set_fault probability 25
	echo z3fold >"$ZSWAP/zpool" 2>/dev/null || true
	set_fault probability 0
	if [ "$(zswap_get zpool)" = z3fold ]; then
		made=$((made + 1))
	else
		refused=$((refused + 1))
	fi
done
info "pools made $made, refused $refused"
[ $((made * refused)) -gt 0 ] || fail "neither all pools nor none should have been made"
zswap_set zpool "$other"
module_unload 60
