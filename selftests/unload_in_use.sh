#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Unloading the module while zswap uses it is refused, whether the pool is empty or full, and does no harm.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

require_all
swap_on
zswap_use z3fold lzo
! rmmod z3fold 2>/dev/null || fail "the module was unloaded under zswap"

swapload_start "$TMP/log" --hold
swapload_holding "$TMP/log"
[ "$(stat_sum objects)" -gt 1000 ] || fail "z3fold has only $(stat_sum objects) objects"
! rmmod z3fold 2>/dev/null || fail "the module was unloaded with data in it"

# zswap goes elsewhere, the data stays.
zswap_leave
! rmmod z3fold 2>/dev/null || fail "the module was unloaded with an old pool's data in it"
[ "$(stat_sum objects)" -gt 1000 ] || fail "z3fold lost its objects"

swapload_continue
swapload_end "$TMP/log"
