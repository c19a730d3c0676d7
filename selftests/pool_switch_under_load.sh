#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# zswap's allocator and compressor change twenty times while two threads swap; old pools drain while new ones fill.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

require_all
swap_on
other=$(other_zpool)
compressor=$(other_compressor)
zswap_use z3fold lzo
swapload_start "$TMP/log" --threads 2 --loop 3600
loop_until 240 swapload_said "$TMP/log" refill || fail "swapload does not get on: $(cat "$TMP/log")"

switch_pools "$ROUNDS" "$other" "$compressor"

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 60 pools_are 1 || fail "old pools stay: $(pools)"
loop_until 30 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
