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

# Before that it makes room for its objects.
says_how_far()
{
	state_is running && [ -n "${report[alloc]:-}" ]
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

# A signal, while it runs and while it still fills.
interrupt()
{
	local status=0 begun

	# Not in this shell, that traps TERM; a background job of a script would ignore INT.
	stress_run "$@" seconds=300 &
	storm=$!
	defer "kill -KILL $storm 2>/dev/null; true"
	loop_until 20 says_how_far || fail "the storm does not begin, or does not say how far it is: $(cat "$STATS/stress")"
	! stress_run ops=10 || fail "two storms at once"
	[[ $said == *"busy"* ]] || fail "a second storm is refused with '$said'"
	begun=$(date +%s%N)
	pkill -TERM -P "$storm" || kill -TERM "$storm"
	loop_until 20 ended || fail "the storm goes on after a signal"
	wait "$storm" || status=$?
	info "interrupted after $((($(date +%s%N) - begun) / 1000000)) ms: exit status $status"
	state_is interrupted || fail "state ${report[state]}"
	is_clean
}

require_stress
interrupt threads=4 objects=2000 ops=1000000000 migrate=1 compact=1
interrupt threads=1 objects=1000000 ops=0 sizes=16

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

