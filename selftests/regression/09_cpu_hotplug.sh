#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Known race 9 and the field reports: load while CPUs come and go. The pages in the lists of a CPU that is away are found
# and freed by the others, and nobody spins.

# shellcheck source-path=SCRIPTDIR source=../functions.sh
. "$(dirname "$0")/../functions.sh"

require_all
cpu=/sys/devices/system/cpu/cpu1/online
[ -w "$cpu" ] || skip "needs a second CPU that can be taken away"

online_is()
{
	[ "$(cat "$cpu")" = "$1" ]
}

swap_on
zswap_use z3fold lzo
swapload_start "$TMP/log" --threads 2 --loop 3600
loop_until 240 swapload_said "$TMP/log" refill || fail "swapload does not get on: $(cat "$TMP/log")"

cpus_may_go
defer "echo 1 >$cpu"
for ((i = 0; i < ROUNDS; i += 2)); do
	echo 0 >"$cpu"
	online_is 0 || fail "CPU 1 stays"
	traffic
	validate_pools
	echo 1 >"$cpu"
	online_is 1 || fail "CPU 1 does not come back"
	traffic
	validate_pools
done

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 60 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
validate_pools
