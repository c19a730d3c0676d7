#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the stress trigger cannot take, it refuses: an error, a line in the log that names what was wrong, and no storm.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

named=()	# texts that the log must have

# refuses OPTIONS ERROR TEXT: with this error message, and this text in the log.
refuses()
{
	! stress_run "$1" || fail "stress takes '$1'"
	[[ $said == *"$2"* ]] || fail "stress refuses '$1' with '$said', not '$2'"
	named+=("z3fold: stress: $3")
	[ "$(cat "$STATS/stress")" = "$before" ] || fail "'$1' changed the report"
	[ "$(pools)" = "$pools_before" ] || fail "'$1' left a pool"
}

require_stress
stress_has_reclaim || true	# asks the trigger, whose report must not change below
pools_before=$(pools)
stress_run threads=1 objects=10 ops=100 || fail "$said"
before=$(cat "$STATS/stress")

refuses thread=4 "Invalid argument" "'thread': unknown"
refuses "threads=2 colour=red" "Invalid argument" "'colour': unknown"
refuses "=4" "Invalid argument" "'': unknown"
refuses 1 "Invalid argument" "'1': not of the form key=value"
refuses "threads=2 objects" "Invalid argument" "'objects': not of the form key=value"
refuses threads= "Invalid argument" "'threads=': not a number from 1 to 256"
refuses threads=0 "Invalid argument" "'threads=0': not a number"
refuses threads=257 "Invalid argument" "'threads=257': not a number"
refuses threads=-1 "Invalid argument" "'threads=-1': not a number"
refuses threads=4x "Invalid argument" "'threads=4x': not a number"
refuses threads=4294967297 "Invalid argument" "'threads=4294967297': not a number"
refuses "threads==4" "Invalid argument" "'threads==4': not a number"
refuses objects=0 "Invalid argument" "'objects=0': not a number from 1 to 1048576"
refuses objects=1048577 "Invalid argument" "'objects=1048577'"
refuses ops=1000000001 "Invalid argument" "'ops=1000000001'"
refuses seconds=0 "Invalid argument" "'seconds=0'"
refuses seconds=3601 "Invalid argument" "'seconds=3601'"
refuses memory=0 "Invalid argument" "'memory=0'"
refuses migrate=2 "Invalid argument" "'migrate=2'"
refuses compact=yes "Invalid argument" "'compact=yes'"
refuses fail=1000001 "Invalid argument" "'fail=1000001'"
refuses seed=4294967296 "Invalid argument" "'seed=4294967296'"
for sizes in 0 4097 0-10 10-9 1-4097 -5 5- 5-x 5-6-7 5-6x 1-4294967297 4294967297-64 lzo4 '' aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; do
	refuses "sizes=$sizes" "Invalid argument" "'$sizes': no sizes"
done
refuses "$(printf 'seed=1 %.0s' {1..200})" "Invalid argument" "options of more than 1024 bytes"
if stress_has_reclaim; then
	refuses "reclaim=1 sizes=7" "Invalid argument" "'7': reclaim=1 needs sizes"
else
	refuses reclaim=1 "not supported" "'reclaim=1': this kernel's zpool has no reclaim"
fi
log=$(log_since_mark)
for text in "${named[@]}"; do
	[[ $log == *"$text"* ]] || fail "the log does not have: $text"
done
[ "$(stat -c %a "$STATS/stress")" = 600 ] || fail "stress has mode $(stat -c %a "$STATS/stress")"

# Blanks of all kinds are no words, the last of two values counts, and nothing at all is all that is preset.
stress_run $' \t threads=1  ops=5\tops=10 objects=5 ' || fail "$said"
stress_report
[[ ${report[options]} == "threads=1 objects=5 ops=10 "* ]] || fail "${report[options]}"
