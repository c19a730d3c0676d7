#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Storms in which allocations of pages and descriptors fail, all of them, many, few: nothing is lost, nothing is left, and
# each failure is counted.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

require_stress

everything="migrate=1 compact=1 sleep=50"
! stress_has_reclaim || everything+=" reclaim=1"

for rate in 1 2 3 7 50 1000; do
	for sizes in lzo 8-4096; do
		# shellcheck disable=SC2086 # words on purpose
		stress_run threads=4 objects=1000 ops=20000 sizes=$sizes seed=$rate fail=$rate $everything || fail "fail=$rate: $said"
		stress_report
		[ "${report[errors]}" = 0 ] || fail "fail=$rate: ${report[errors]} errors"
		failed=${report[alloc_failed]} allocs=${report[alloc]}
		info "fail=$rate sizes=$sizes: $failed of $allocs allocations failed"
		[ "$failed" -gt 0 ] || [ $rate -ge 1000 ] || fail "nothing failed at fail=$rate"
		[ $rate != 1 ] || [ "$failed" = "$allocs" ] || fail "$((allocs - failed)) allocations succeeded at fail=1"
	done
done
