#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the module cannot take, it refuses with an error and a message that says what it would take, and nothing changes.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

# refuses FILE VALUE MESSAGE: writing fails with this error message.
refuses()
{
	local said

	said=$( { printf '%s\n' "$2" >"$1"; } 2>&1) && fail "$1 takes '$2'"
	[[ $said == *"$3"* ]] || fail "$1 refuses '$2' with '${said##*: }', not '$3'"
}

logged()
{
	log_since_mark | grep -q "$1"
}

sweeps_before()
{
	[ "$(stat_sum sweeps)" = "$sweeps" ]
}

require_all
zswap_use z3fold lzo
loop_until 10 pools_are 1 || fail "$(pools) pools"
pool=$(dirname "$STATS"/*/stats)
sweeps=$(stat_sum sweeps)

for value in 0 2 -1 01x x '1 1' yes ''; do
	refuses "$pool/compact" "$value" "Invalid argument"
done
for value in 4294967297 99999999999999999999999; do
	refuses "$pool/compact" $value "Numerical result out of range"
done
logged 'z3fold: compact takes 1' || fail "the log does not say what compact takes"
sweeps_before || fail "a refused write made the pool compact"
for file in stats chunks validate; do
	refuses "$pool/$file" 1 ""
done
for file in "$STATS"/*/{stats,chunks,validate}; do
	[[ $(stat -c %a "$file") =~ ^4(44|00)$ ]] || fail "$file has mode $(stat -c %a "$file"): lockdown would hide it"
done

for name in pages objects stored_bytes density_permille front_end migration; do
	[ "$(stat -c %a "/sys/module/z3fold/parameters/$name")" = 444 ] || fail "parameter $name is not 0444"
	refuses "/sys/module/z3fold/parameters/$name" 1 ""
done

zswap_leave
loop_until 30 pools_are 0 || fail "the pool stays"
module_unload 60
options="pages=1 objects=1 stored_bytes=1 density_permille=1 front_end=zpool migration=maybe"
! bridged || options+=" capture=maybe"
for option in $options; do
	! modprobe z3fold "$option" 2>/dev/null || fail "the module takes $option"
	module_loaded && fail "the module is loaded with $option"
done
logged 'z3fold: parameter density_permille is a statistic' || fail "the log does not say that density_permille cannot be set"
modprobe z3fold || fail "the module does not load any more"
