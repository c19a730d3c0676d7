#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two pools live side by side, each with the data of one program, and drain apart from each other.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

pool_names()
{
	find "$STATS" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort
}

# pool_objects NAME
pool_objects()
{
	awk '$1 == "objects" { print $2 }' "$STATS/$1/stats"
}

require_all
swap_on
compressor=$(other_compressor)
zswap_use z3fold lzo
loop_until 30 pools_are 1 || fail "$(pools) pools where there should be 1"
first=$(pool_names)
swapload_start "$TMP/first" --hold --seed 1
first_load=$SWAPLOAD
swapload_holding "$TMP/first"

zswap_choose z3fold "$compressor"
loop_until 10 pools_are 2 || fail "$(pools) pools where there should be 2"
second=$(pool_names | grep -vx "$first")
swapload_start "$TMP/second" --hold --seed 2
swapload_holding "$TMP/second"

least=$(((LOAD_MIB - RESIDENT_MIB) * 256 * 8 / 10))
for pool in "$first" "$second"; do
	info "$pool holds $(pool_objects "$pool") objects"
	[ "$(pool_objects "$pool")" -ge "$least" ] || fail "$pool holds less than $least objects"
done
validate_pools

SWAPLOAD=$first_load swapload_continue
SWAPLOAD=$first_load swapload_end "$TMP/first"
[ "$(pool_objects "$second")" -ge $((least / 2)) ] || fail "$second lost its objects when $first drained"
validate_pools
swapload_continue
swapload_end "$TMP/second"

swap_off
loop_until 30 pools_are 1 || fail "the old pool stays"
[ "$(pool_names)" = "$second" ] || fail "$(pool_names) stayed, not $second"
loop_until 30 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
