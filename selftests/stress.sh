#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Verified storms through the stress trigger, small and large, on few threads and many, with everything that moves and
# evicts objects: no error, and the report agrees with itself. STRESS_OPS makes them longer.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

STRESS_OPS=${STRESS_OPS:-100000}

storm()
{
	local kind

	stress_run "$@" || fail "storm $*: $said"
	stress_report
	[ "${report[state]}" = "done" ] || fail "state ${report[state]}"
	[ "${report[errors]}" = 0 ] || fail "${report[errors]} errors"
	for kind in alloc free map unmap migrate compact reclaim; do
		[ "${report[$kind]}" = "${report[sum.$kind]}" ] ||
			fail "${report[$kind]} times $kind, ${report[sum.$kind]} in the histogram"
	done
	[ "${report[map]}" = "${report[unmap]}" ] || fail "${report[map]} mapped, ${report[unmap]} unmapped"
	[ $((report[alloc] - report[alloc_failed])) = "${report[free]}" ] || fail "not all was freed"
	[ "${report[verified_bytes]}" -gt 0 ] || fail "nothing was verified"
	[ "${report[drain.objects]} ${report[drain.pages]}" = "0 0" ] || fail "something is left at the end"
	info "$*: ${report[alloc]} allocs, ${report[map]} maps, ${report[milliseconds]} ms; migrated" \
		"${report[pages_migrated]}, evicted ${report[objects_evicted]}; half: ${report[half.objects]} objects in" \
		"${report[half.pages]} pages (bound ${report[half.bound]})"
}

# at_least NAME NUMBER: of what the last storm did.
at_least()
{
	[ "${report[$1]}" -ge "$2" ] || fail "$1 only ${report[$1]} times"
}

require_stress

storm threads=1 objects=1 ops=2000 sizes=1
storm threads=1 objects=1000 ops=$((STRESS_OPS / 4)) sizes=1-4096 seed=2
storm threads=2 objects=20000 ops="$STRESS_OPS" sizes=lzo seed=3
# Nobody asks for pages back here: by themselves, objects of half a pool must not take much more than they need.
[ "${report[half.pages]}" -le $((${report[half.bound]} * 11 / 10)) ] ||
	fail "half is ${report[half.pages]} pages, bound ${report[half.bound]}"
storm threads=4 objects=20000 ops="$STRESS_OPS" sizes=zstd seed=4 migrate=1 compact=1
at_least pages_migrated 100
at_least compact $((STRESS_OPS / 10000))
# Few objects: threads meet. Many that sleep: objects are pinned when somebody wants to move them.
storm threads=8 objects=64 ops=$((STRESS_OPS / 2)) sizes=lzo seed=5 migrate=1 compact=1 sleep=20
at_least slept_mapped 100
at_least mapped_twice 1000
storm threads=16 objects=3000 ops=$((STRESS_OPS / 2)) sizes=600-1400 seed=6 migrate=1 compact=1 sleep=100
storm threads=4 objects=500 ops=$((STRESS_OPS / 4)) sizes=3000-4096 seed=7 migrate=1 compact=1
storm threads=3 objects=5000 ops=$((STRESS_OPS / 4)) sizes=64 seed=8 migrate=1 compact=1
if stress_has_reclaim; then
	storm threads=4 objects=5000 ops="$STRESS_OPS" sizes=lzo seed=9 reclaim=1 migrate=1 compact=1 sleep=50
	at_least pages_reclaimed 100
	at_least objects_evicted 100
	storm threads=2 objects=30 ops=$((STRESS_OPS / 2)) sizes=8-4096 seed=10 reclaim=1 migrate=1 compact=1 sleep=10
else
	info "no reclaim on this kernel: left out"
fi
