#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Known races 1 to 3 and 14: pages migrate while their objects are read, written and freed.

# shellcheck source-path=SCRIPTDIR source=../functions.sh
. "$(dirname "$0")/../functions.sh"

require_all
[ -w /proc/sys/vm/compact_memory ] || skip "needs CONFIG_COMPACTION"

swap_on
zswap_use z3fold lzo
loop_until 10 pools_are 1 || fail "no pool"
stat_is migration 1 || skip "pages cannot migrate on this kernel"
swapload_start "$TMP/log" --threads 2 --loop 3600
loop_until 240 swapload_said "$TMP/log" refill || fail "swapload does not get on: $(cat "$TMP/log")"

keep_migrating
for ((i = 0; i < ROUNDS; i++)); do
	traffic
	validate_pools
done
loop_until 120 stat_over pages_migrated 100 || fail "only $(stat_sum pages_migrated) pages migrated"
info "pages migrated: $(stat_sum pages_migrated)"

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 60 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
validate_pools
