#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Known race 7: a pool was destroyed while the kernel held one of its pages isolated. Pools come and go, under load, while
# pages migrate. Race 5 too: an object freed while its page was isolated left something
# behind; so the module unloads in the end.

# shellcheck source-path=SCRIPTDIR source=../functions.sh
. "$(dirname "$0")/../functions.sh"

require_all
[ -w /proc/sys/vm/compact_memory ] || skip "needs CONFIG_COMPACTION"
swap_on
other=$(other_zpool)
compressor=$(other_compressor)
zswap_use z3fold lzo
swapload_start "$TMP/log" --threads 2 --loop 3600
loop_until 240 swapload_said "$TMP/log" refill || fail "swapload does not get on: $(cat "$TMP/log")"

keep_migrating
switch_pools "$ROUNDS" "$other" "$compressor"
# shellcheck disable=SC2154 # switch_pools sets migrated
info "pages migrated, at most in the pools of one moment: $migrated"
[ "$migrated" -gt 0 ] || fail "no page migrated"

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 60 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
validate_pools
loop_until 60 pools_are 1 || fail "old pools stay: $(pools)"
zswap_leave
module_unload 60
