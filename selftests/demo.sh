#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The demonstration: real memory pressure through zswap and z3fold, what the pool looks like in the middle of it, and
# the verification of every byte. Run it in a virtual machine (make demo): it takes zswap over, and swap.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

DEMO_MIB=${DEMO_MIB:-192}

title()
{
	printf '\n%s\n' "$*"
}

# What the pools hold: sums over their stats.
summary()
{
	{ cat "$STATS"/*/stats; echo "swapped $(swap_used_pages)"; } | awk '
	function mib(bytes) { return sprintf("%.1f MiB", bytes / 1048576) }
	{ v[$1] += $2 }
	END {
		page = 4096
		plain = v["objects"] * page
		held = v["pages"] * page
		printf "  %-24s %d, %d of them in z3fold; what hardly compresses is on the disk\n", "pages in swap", \
			v["swapped"], v["objects"]
		printf "  %-24s %s, compressed to %s\n", "their contents", mib(plain), mib(v["stored_bytes"])
		printf "  %-24s %s in %d pages (%d of one object, %d of two, %d of three, %d headless)\n", "z3fold uses", \
			mib(held), v["pages"], v["pages_one"], v["pages_two"], v["pages_three"], v["pages_headless"]
		printf "  %-24s %s: %.2f to 1, %.2f objects a page\n", "saved", mib(plain - held), plain / held, \
			v["objects"] / v["pages"]
		printf "  %-24s %.1f %% of its pages are data", "density", 100 * v["stored_bytes"] / held
		if (v["bound_pages"])
			printf "; %.3f times the lower bound of pages (%d)", v["pages"] / v["bound_pages"], v["bound_pages"]
		printf "\n"
	}'
}

# Objects by size in steps of four chunks, and where in their pages they are.
histogram()
{
	local block='#'

	[[ $(locale charmap 2>/dev/null) != UTF-8 ]] || block='█'
	cat "$STATS"/*/chunks | awk -v block="$block" '
	$1 ~ /^[0-9]+$/ {
		row = int(($1 + 3) / 4)
		first[row] += $3
		middle[row] += $4
		last[row] += $5
		if ((sum = first[row] + middle[row] + last[row]) > most)
			most = sum
	}
	END {
		print "      bytes   objects    first   middle     last"
		for (row = 0; row <= 16; row++) {
			sum = first[row] + middle[row] + last[row]
			if (!sum)
				continue
			printf "  %4d-%4d  %8d %8d %8d %8d  ", row ? (row - 1) * 256 + 1 : 0, row * 256, sum, first[row], \
				middle[row], last[row]
			for (i = 0; i < sum * 32 / most; i++)
				printf "%s", block
			printf "\n"
		}
	}'
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
	swapload_said "$TMP/log" '^holding'
}

ended()
{
	follow
	! swapload_running
}

require_all
LOAD_MIB=$DEMO_MIB RESIDENT_MIB=$((DEMO_MIB / 6))
shown=0 status=0

info "z3fold $(modinfo -F version z3fold) on Linux $(uname -r)"
swap_on
zswap_use z3fold "${COMPRESSOR:-lzo}"
info "zswap: allocator $allocator, compressor $(zswap_get compressor); swap: $SWAP"

swapload_start "$TMP/log" --threads 2 --hold
limit=$(($(cat "$CGROUP/$CGROUP_LIMIT") >> 20))
title "A program writes $LOAD_MIB MiB of memory, in a memory cgroup of $limit MiB"
[ "$limit" = "$RESIDENT_MIB" ] || info "  ($RESIDENT_MIB MiB for pages as they are, the rest for what zswap charges for the others)"
loop_until 240 holding || fail "swapload does not get its memory filled"

title "Held: this is in the pool"
summary
title "Sizes of objects, and their places in pages"
histogram

title "The program goes on: random reads, half of it freed and written again, random reads"
swapload_continue
loop_until 240 ended || fail "swapload does not end"
follow
wait "$SWAPLOAD" || status=$?
validate_pools
# shellcheck disable=SC2034
passed=$(tail -n 1 "$TMP/log")
[[ $status:$passed =~ ^0:verified\ [1-9][0-9]*\ pages,\ 0\ mismatches$ ]] || fail "swapload ended with $status: $passed"
