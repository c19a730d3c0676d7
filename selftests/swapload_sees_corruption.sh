#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The judge of the other tests: a single bit that changed in memory makes swapload fail, and nothing else does.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

require_swapload
make_tmp
"$SELFTESTS/swapload" --size 4 --threads 2 --loop 1 >"$TMP/log" || fail "swapload fails without a fault"
tail -n 1 "$TMP/log" | grep -Eqx 'verified [1-9][0-9]* pages, 0 mismatches' || fail "swapload says: $(tail -n 1 "$TMP/log")"

status=0
"$SELFTESTS/swapload" --size 4 --free 0 --corrupt 3 >"$TMP/log" || status=$?
[ "$status" = 1 ] || fail "swapload ends with $status when three pages are corrupt"
# Each is seen by both verifications, of 1024 pages.
tail -n 1 "$TMP/log" | grep -qx 'verified 2048 pages, 6 mismatches' || fail "swapload says: $(tail -n 1 "$TMP/log")"
