#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Capturing goes on and off under load, while zswap makes new pools: each is z3fold's or zsmalloc's for all its life, as
# capturing was when it was made, and every byte comes back. What was captured stays z3fold's when capturing is off.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

LOAD_MIB=32 RESIDENT_MIB=12

# Sets names: compressors that zswap has no pool for yet, by names of algorithms and of drivers.
new_names()
{
	local name

	names=("$(driver_name lzo)")
	for name in lzo-rle lz4 zstd; do
		! compressor_available $name || names+=("$name" "$(driver_name $name)")
	done
	[ ${#names[@]} -ge 3 ] || skip "needs another compressor"
}

# capture_will_be VALUE: on and off a number of times, then that.
capture_will_be()
{
	local i

	for i in {1..20}; do
		echo Y >$CAPTURE
		echo N >$CAPTURE
	done
	echo "$1" >$CAPTURE
}

zspages()
{
	awk '$1 == "nr_zspages" { print $2 }' /proc/vmstat
}

# zswap's pages are those of z3fold and those of zsmalloc; somebody's must be zsmalloc's.
others()
{
	[ "$(($(zspages) - $(stat_sum pages)))" -gt 200 ]
}

in_effect()
{
	grep -qx "capture $1" "$STATS/front_end"
}

require_all
require_bridge
swap_on
new_names
zswap_use z3fold lzo
[ "$(cat /sys/module/z3fold/parameters/front_end)" = bridge ] || fail "front_end is not bridge"
grep -Eqx 'hooks 1[0-9]' "$STATS/front_end" || fail "the hooks are not in place: $(cat "$STATS/front_end")"
in_effect 1 || fail "capture is Y, and not in effect"

# Off: what is there goes on.
echo N >$CAPTURE
in_effect 0 || fail "capture is N, and in effect"
swapload_start "$TMP/log" --threads 2 --loop 3600
loop_until 240 swapload_said "$TMP/log" refill || fail "swapload does not get on: $(cat "$TMP/log")"
stat_over objects 0 || fail "a captured pool is used no more when capturing is off"

captured=$(bridge_captured)
for name in "${names[@]}"; do
	wanted=N
	[ "$(driver_name "$name")" = "" ] || wanted=Y
	capture_will_be $wanted
	zswap_set compressor "$name"
	[ $wanted = N ] || captured=$((captured + 1))
	[ "$(bridge_captured)" = "$captured" ] || fail "capture was $wanted, and $name's pool is not so"
	traffic
	validate_pools
done
loop_until 30 others || fail "zsmalloc has $(($(zspages) - $(stat_sum pages))) pages"
info "$(pools) pools of z3fold hold $(stat_sum pages) of zswap's $(zspages) pages"

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 60 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
