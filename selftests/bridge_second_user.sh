#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A function can be sent elsewhere by one user of ftrace alone. Where another has one of ours, such as a live patch, the
# module does not load: EBUSY, a message that names the function, and none of the other hooks stays.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

hooked()
{
	{ grep '^zs_.* I ' "$tracefs/enabled_functions" || true; } | cut -d ' ' -f 1 | paste -sd ' '
}

require_root
require_module
require_bridge
zswap_save
helper=$SELFTESTS/modules/hook_user.ko
[ -e "$helper" ] || skip "hook_user is not built: make -C selftests, with the kernel's headers"
[ "$(modinfo -F vermagic "$helper" | cut -d ' ' -f 1)" = "$(uname -r)" ] || skip "hook_user is built for another kernel"
tracefs=/sys/kernel/tracing
[ -e $tracefs/enabled_functions ] || mount -t tracefs tracefs $tracefs 2>/dev/null || tracefs=$DEBUGFS/tracing
[ -e $tracefs/enabled_functions ] || skip "needs tracefs"
bridge_leave
module_unload 60

defer "rmmod hook_user 2>/dev/null || true"
for function in zs_free zs_create_pool; do
	insmod "$helper" function=$function || fail "hook_user does not load"
	! said=$(modprobe z3fold 2>&1) || fail "the module loads with $function hooked by another"
	[[ $said == *"Device or resource busy"* ]] || fail "modprobe says '$said', not that something is busy"
	log_since_mark | grep -q "z3fold: cannot hook $function: it has been changed by another" ||
		fail "the log does not say that $function is another's"
	[ "$(hooked)" = $function ] || fail "hooked are '$(hooked)', not $function alone"
	! module_loaded || fail "there is a /sys/module/z3fold"
	[ ! -e "$STATS" ] || fail "there is a $STATS"
	rmmod hook_user
	modprobe z3fold || fail "the module does not load when $function is free again"
	module_unload 60
done

# Pages that cannot be migrated are no reason not to load.
insmod "$helper" function=zs_page_migrate || fail "hook_user does not load"
modprobe z3fold || fail "the module does not load without migration"
grep -qx 'migration 0' "$STATS/front_end" || fail "front_end says: $(cat "$STATS/front_end")"
[ "$(cat /sys/module/z3fold/parameters/migration)" = N ] || fail "the parameter migration is not N"
module_unload 60
