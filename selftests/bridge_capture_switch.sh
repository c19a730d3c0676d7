#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Capturing goes on and off, without a pause and under load, while zswap changes compressors: a pool is z3fold's or
# zsmalloc's for all its life, and every byte comes back. What was captured stays z3fold's when capturing is off.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

toggle()
{
	echo Y >$CAPTURE
	echo N >$CAPTURE
}

zspages()
{
	awk '$1 == "nr_zspages" { print $2 }' /proc/vmstat
}

# zswap's pages are those of z3fold and those of zsmalloc; somebody's must be zsmalloc's.
others()
{
	[ "$(($(zspages) - $(stat_sum pages)))" -gt 500 ]
}

in_effect()
{
	grep -qx "capture $1" "$STATS/front_end"
}

require_all
require_bridge
swap_on
compressor=$(other_compressor)
zswap_use z3fold lzo
[ "$(cat /sys/module/z3fold/parameters/front_end)" = bridge ] || fail "front_end is not bridge"
grep -Eqx 'hooks 1[0-9]' "$STATS/front_end" || fail "the hooks are not in place: $(cat "$STATS/front_end")"
in_effect 1 || fail "capture is Y, and not in effect"

# Off: what is there goes on.
echo N >$CAPTURE
in_effect 0 || fail "capture is N, and in effect"
swapload_start "$TMP/log" --threads 2 --loop 3600
loop_until 240 swapload_said "$TMP/log" '^refill' || fail "swapload does not get on: $(cat "$TMP/log")"
z3fold_used || fail "a captured pool is used no more when capturing is off"
before=$(bridge_captured)

keep_doing toggle
switched=0 zsmalloc=no
for _ in {1..8}; do
	for name in "$compressor" "$(driver_name lzo)" "$(driver_name "$compressor")" lzo; do
		zswap_set compressor "$name"
		switched=$((switched + 1))
	done
	traffic
	validate_pools
	! others || zsmalloc=yes
done
captured=$(($(bridge_captured) - before))
info "$captured pools were captured by chance; at the end $(pools) of z3fold hold $(stat_sum pages) pages of $(zspages)"
[ "$captured" -gt 0 ] || fail "of $switched pools none was z3fold's"
[ $zsmalloc = yes ] || fail "of $switched pools none was zsmalloc's"

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 60 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
