#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Storms on so few pages that threads meet, while KCSAN looks at many more accesses than it does otherwise: it takes one
# of some hundred and waits whether another thread comes by. With its usual figures, on thousands of pages, it finds next
# to nothing in a test of a minute.

# shellcheck source-path=SCRIPTDIR source=../functions.sh
. "$(dirname "$0")/../functions.sh"

require_stress
kcsan=/sys/module/kcsan/parameters
[ -d $kcsan ] || skip "needs CONFIG_KCSAN"
STRESS_SECONDS=${STRESS_SECONDS:-20}

# kcsan_count NAME: one of its counters.
kcsan_count()
{
	awk -v name="$1:" '$1 == name { print $2 }' $DEBUGFS/kcsan
}

# set_kcsan NAME VALUE, until the end of the test.
set_kcsan()
{
	defer "echo $(cat $kcsan/"$1") >$kcsan/$1"
	echo "$2" >$kcsan/"$1"
}

[ "$(kcsan_count enabled)" = 1 ] || fail "KCSAN is not enabled"
set_kcsan skip_watch 100
# Longer than its 80 us: the others are emulated.
set_kcsan udelay_task 300
before=$(kcsan_count setup_watchpoints)
for storm in "threads=4 objects=12 sizes=lzo migrate=1 compact=1" "threads=4 objects=30 sizes=600-1400 migrate=1 compact=1 sleep=50" \
	"threads=6 objects=60 sizes=64 migrate=1 compact=1" "threads=4 objects=8 sizes=3000-4096 migrate=1"; do
	# shellcheck disable=SC2086 # words
	stress_run $storm ops=100000000 seconds="$STRESS_SECONDS" seed=$RANDOM || fail "$storm: $said"
	stress_report
	[ "${report[errors]}" = 0 ] || fail "$storm: ${report[errors]} errors"
	info "$storm: $(($(kcsan_count setup_watchpoints) - before)) watchpoints so far, state ${report[state]}"
done
[ "$(kcsan_count setup_watchpoints)" -gt $((before + 1000)) ] || fail "KCSAN looks at nothing"
