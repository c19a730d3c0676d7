#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The demonstration: real memory pressure through zswap and z3fold, what z3foldctl says of it in the middle, and the
# verification of every byte. Run it in a virtual machine (make demo): it takes zswap over, and swap.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

DEMO_MIB=${DEMO_MIB:-192}

title()
{
	printf '\n%s\n' "$*"
}

# A command, as a user types it, and what it says.
type_in()
{
	title "# $*"
	"$@"
}

# Print the lines that swapload has added to its log since.
follow()
{
	local lines

	lines=$(wc -l <"$TMP/log")
	[ "$lines" -gt "$shown" ] || return 0
	sed -n "$((shown + 1)),${lines}{/^holding/d;/^verified/d;s/^/  /p}" "$TMP/log"
	shown=$lines
}

holding()
{
	follow
	swapload_said "$TMP/log" holding
}

ended()
{
	follow
	! swapload_running
}

require_all
command -v z3foldctl >/dev/null || skip "needs z3foldctl: make packages, and install z3fold-tools"
LOAD_MIB=$DEMO_MIB RESIDENT_MIB=$((DEMO_MIB / 6))
shown=0 status=0

info "z3fold $(modinfo -F version z3fold) on Linux $(uname -r)"
swap_on
type_in z3foldctl enable --compressor "${COMPRESSOR:-lzo}" --max-pool-percent 50

swapload_start "$TMP/log" --threads 2 --hold
limit=$(($(cat "$CGROUP/$CGROUP_LIMIT") >> 20))
title "A program writes $LOAD_MIB MiB of memory, in a memory cgroup of $limit MiB"
[ "$limit" = "$RESIDENT_MIB" ] || info "  ($RESIDENT_MIB MiB for pages as they are, the rest for what zswap charges for the others)"
loop_until 240 holding || fail "swapload does not get its memory filled"

type_in z3foldctl status
type_in z3foldctl chunks

title "The program goes on: random reads, half of it freed and written again, random reads"
swapload_continue
loop_until 240 ended || fail "swapload does not end"
follow
wait "$SWAPLOAD" || status=$?
validate_pools
# shellcheck disable=SC2034
passed=$(tail -n 1 "$TMP/log")
[[ $status:$passed =~ ^0:verified\ [1-9][0-9]*\ pages,\ 0\ mismatches$ ]] || fail "swapload ended with $status: $passed"
type_in z3foldctl disable
