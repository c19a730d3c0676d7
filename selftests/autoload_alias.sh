#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Writing the name to zswap's parameter is enough: it loads the module by its alias, uses it, and lets go of it again.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

refcnt_is()
{
	[ "$(cat /sys/module/z3fold/refcnt)" = "$1" ]
}

require_root
require_module
require_zpool
zswap_save
other=$(other_zpool)
zswap_set enabled Y
zswap_set zpool "$other"
module_unload 60

zswap_set zpool z3fold
module_loaded || fail "zswap has z3fold, and there is no /sys/module/z3fold"
! refcnt_is 0 || fail "zswap uses the module without a reference to it"
loop_until 10 pools_are 1 || fail "zswap has z3fold, and z3fold has $(pools) pools"

zswap_set zpool "$other"
loop_until 30 refcnt_is 0 || fail "zswap left z3fold, and holds $(cat /sys/module/z3fold/refcnt) references to it"
