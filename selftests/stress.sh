#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Verified storms through the stress trigger, small and large, on few threads and many, with everything that moves and
# evicts objects: no error, and the report agrees with itself. STRESS_OPS makes them longer.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

STRESS_OPS=${STRESS_OPS:-100000}

# number NAME: of the report.
number()
{
	awk -v name="$1" '$1 == name && NF == 2 { print $2; found = 1 } END { exit !found }' "$TMP/report"
}

# column KIND: the sum of a column of the histogram.
column()
{
	awk -v kind="$1" '$1 == "below_ns" { for (i = 2; i <= NF; i++) if ($i == kind) at = i; next }
		at { sum += $at } END { print sum + 0 }' "$TMP/report"
}

# phase NAME COLUMN
phase()
{
	awk -v name="$1" -v column="$2" '$1 == "phase" { for (i = 2; i <= NF; i++) if ($i == column) at = i; next }
		at && $1 == name { print $at; found = 1 } END { exit !found }' "$TMP/report"
}

storm()
{
	local kind

	stress_run "$@" || fail "storm $*: $said"
	cat "$STATS/stress" >"$TMP/report"
	[ "$(sed -n 1p "$TMP/report")" = "state done" ] || fail "$(sed -n 1p "$TMP/report")"
	[ "$(number errors)" = 0 ] || fail "$(number errors) errors"
	for kind in alloc free map unmap migrate compact reclaim; do
		[ "$(number $kind)" = "$(column $kind)" ] || fail "$(number $kind) times $kind, $(column $kind) in the histogram"
	done
	[ "$(number map)" = "$(number unmap)" ] || fail "$(number map) mapped, $(number unmap) unmapped"
	[ $(($(number alloc) - $(number alloc_failed))) = "$(number free)" ] || fail "not all was freed"
	[ "$(number verified_bytes)" -gt 0 ] || fail "nothing was verified"
	[ "$(phase drain objects) $(phase drain pages)" = "0 0" ] || fail "something is left at the end"
	info "$*: $(number alloc) allocs, $(number map) maps, $(number milliseconds) ms; migrated $(number pages_migrated)," \
		"evicted $(number objects_evicted), $(phase half objects) objects in $(phase half pages) pages" \
		"(bound $(phase half bound)) at half"
}

# at_least NAME NUMBER: of what the last storm did.
at_least()
{
	[ "$(number "$1")" -ge "$2" ] || fail "$1 only $(number "$1") times"
}

require_stress
make_tmp

storm threads=1 objects=1 ops=2000 sizes=1
storm threads=1 objects=1000 ops=$((STRESS_OPS / 4)) sizes=1-4096 seed=2
storm threads=2 objects=20000 ops="$STRESS_OPS" sizes=lzo seed=3
# Nobody asks for pages back here: by themselves, objects of half a pool must not take much more than they need.
[ "$(phase half pages)" -le $(($(phase half bound) * 11 / 10)) ] || fail "half is $(phase half pages) pages, bound $(phase half bound)"
storm threads=4 objects=20000 ops="$STRESS_OPS" sizes=zstd seed=4 migrate=1 compact=1
at_least pages_migrated 100
at_least compact 10
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
