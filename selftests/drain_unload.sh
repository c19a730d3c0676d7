#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The way to remove the module: zswap goes elsewhere, swapoff drains the pool, and then the module unloads.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

require_all
swap_on
zswap_use z3fold lzo
swapload_start "$TMP/log" --hold
swapload_holding "$TMP/log"
[ "$(stat_sum objects)" -gt 1000 ] || fail "z3fold has only $(stat_sum objects) objects"
slab_caches | grep -q . || fail "the module has no slab cache to be seen: boot with slab_nomerge"

# swapoff brings everything back to the program, which needs the room.
echo $((LOAD_MIB * 2 << 20)) >"$CGROUP/$CGROUP_LIMIT"
zswap_leave
swap_off
module_unload 60

swapload_continue
swapload_end "$TMP/log"
