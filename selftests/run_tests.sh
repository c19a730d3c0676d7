#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run_tests.sh TEST...: run tests one after the other and report in KTAP, as things happen. Fails if one of them fails,
# and if there is none. Where $MAY_SKIP is set, a test that skips fails unless it fits one of these patterns.

set -uo pipefail

cd "$(dirname "$0")" || exit 1
# shellcheck source-path=SCRIPTDIR source=settings
. ./settings
# Slower machines may need more.
timeout=${TEST_TIMEOUT:-$timeout}
read -ra skippable <<<"${MAY_SKIP-*}"

# Pass the test's output on, line by line, and set reason to why it skips.
comment()
{
	local line

	reason="no reason given"
	while IFS= read -r line || [ -n "$line" ]; do
		printf '# %s\n' "$line"
		[[ $line != "SKIP: "* ]] || reason=${line#SKIP: }
	done
}

may_skip()
{
	local pattern

	for pattern in "${skippable[@]}"; do
		# shellcheck disable=SC2053 # a pattern it is
		[[ $1 != $pattern ]] || return 0
	done
	return 1
}

# The last part of a pipe runs in this shell, so that reason arrives here.
shopt -s lastpipe

pass=0 fail=0 skip=0 number=0

echo "TAP version 13"
echo "1..$#"
cat <<END
# These tests load and unload z3fold, change zswap's parameters, swap to a device of their own, use memory cgroups and
# compact memory. At its end each puts back what it changed.
END
for test; do
	number=$((number + 1))
	echo "# $test"
	begun=$SECONDS
	# KILL follows when its cleaning up does not end either.
	timeout -k 120 "$timeout" "./$test" 2>&1 </dev/null | comment
	status=${PIPESTATUS[0]}
	echo "# $((SECONDS - begun)) s"
	case $status in
	0)
		echo "ok $number $test"
		pass=$((pass + 1))
		;;
	4)
		if may_skip "$test"; then
			echo "ok $number $test # SKIP $reason"
			skip=$((skip + 1))
		else
			echo "not ok $number $test # not to be skipped here: $reason"
			fail=$((fail + 1))
		fi
		;;
	124 | 137)
		echo "not ok $number $test # TIMEOUT $timeout seconds"
		fail=$((fail + 1))
		;;
	*)
		echo "not ok $number $test # exit=$status"
		fail=$((fail + 1))
		;;
	esac
done
echo "# Totals: pass:$pass fail:$fail xfail:0 xpass:0 skip:$skip error:0"

[ "$#" -gt 0 ] && [ "$fail" = 0 ]
