#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A storm ends when it shall: at a signal at once, at its limits of time and memory, cleanly each time; and there is one
# at a time.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

state_is()
{
	stress_report
	[ "${report[state]}" = "$1" ]
}

# It is past filling, says how far it is, and is the only one there can be.
goes_on()
{
	state_is running && [ -n "${report[alloc]:-}" ] || return 1
	! stress_run ops=10 || fail "two storms at once"
	[[ $said == *"busy"* ]] || fail "a second storm is refused with '$said'"
}

storm_gone()
{
	[ ! -e "$STATS/storm" ] && ! pgrep z3fold_storm >/dev/null
}

is_clean()
{
	[ "${report[errors]}" = 0 ] || fail "${report[errors]} errors"
	loop_until 5 storm_gone || fail "the storm's pool or threads are left"
}

ended()
{
	! kill -0 "$storm" 2>/dev/null
}

# interrupt OPTIONS CONDITION...: a signal when the condition holds.
interrupt()
{
	local status=0 begun options=$1

	shift
	# Not in this shell, that traps TERM; a background job of a script would ignore INT.
	echo "$options seconds=300" >"$STATS/stress" 2>/dev/null &
	storm=$!
	defer "kill -KILL $storm 2>/dev/null; true"
	loop_until 20 "$@" || fail "the storm does not begin, or does not say how far it is: $(cat "$STATS/stress")"
	begun=$EPOCHREALTIME
	kill -TERM "$storm"
	loop_until 20 ended || fail "the storm goes on after a signal"
	info "interrupted after $(((${EPOCHREALTIME//[.,]/} - ${begun//[.,]/}) / 1000)) ms"
	wait "$storm" || status=$?
	((status == 143)) || fail "it was ended by $status"
	state_is interrupted || fail "state ${report[state]}"
	is_clean
}

require_stress
interrupt "threads=4 objects=2000 ops=1000000000 migrate=1 compact=1" goes_on
# While it fills. Memory for its objects is enough for seconds.
interrupt "threads=1 objects=1000000 ops=0 sizes=16" state_is running

stress_run threads=2 objects=1000 ops=1000000000 seconds=2 migrate=1 || fail "at the limit of time: $said"
state_is "time" || fail "state ${report[state]}"
is_clean
ms=${report[milliseconds]}
info "2 seconds took $ms ms"
((ms >= 2000 && ms < 10000)) || fail "2 seconds took $ms ms"

! stress_run threads=2 objects=100000 ops=1000 memory=4 || fail "no limit of memory"
[[ $said == *"Cannot allocate memory"* ]] || fail "at the limit of memory: $said"
state_is memory || fail "state ${report[state]}"
is_clean
pages=${report[fill.pages]}
# One more: the other thread may be about to allocate when the limit is reached.
((pages >= 1000 && pages <= 1025)) || fail "the limit of 4 MiB came at $pages pages"

