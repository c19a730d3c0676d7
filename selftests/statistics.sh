#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The numbers of a pool at rest agree: statistics, histogram and parameters with each other, and with what zswap and the
# memory cgroup count. When all was freed they are back at 0.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

CHUNK=64 CHUNKS=64

parameter_is()
{
	[ "$(cat "/sys/module/z3fold/parameters/$1")" = "$2" ]
}

# Read the pool's files once. Sets stat[NAME], and from the histogram the sums row_objects, row_chunks, row_pages,
# row_free and row_full.
read_pool()
{
	local name value

	stat=()
	while read -r name value; do
		stat[$name]=$value
	done <"$pool/stats"
	read -r row_objects row_chunks row_pages row_free row_full <<<"$(awk -v last=$CHUNKS '
		NR > 1 { n = $3 + $4 + $5; objects += n; chunks += n * $1; pages += $6; free += $6 * $1 }
		NR > 1 && $1 == last { full = n }
		END { print objects + 0, chunks + 0, pages + 0, free + 0, full + 0 }' "$pool/chunks")"
}

# agree WHAT A B: sets why if they do not.
agree()
{
	why="$1: $2 and $3"
	[ "$2" = "$3" ]
}

# The caller asks again: something may be on its way, and the files are read one after the other.
consistent()
{
	local pages objects bound name

	read_pool
	pages=$((stat[pages_one] + stat[pages_two] + stat[pages_three] + stat[pages_headless]))
	objects=$((stat[pages_one] + 2 * stat[pages_two] + 3 * stat[pages_three] + stat[pages_headless]))
	agree "pages and pages by kind" "${stat[pages]}" "$pages" || return
	agree "objects and objects by kind of page" "${stat[objects]}" "$objects" || return
	agree "objects and allocs - frees" "${stat[objects]}" "$((stat[allocs] - stat[frees]))" || return
	agree "pins" "${stat[pins]}" 0 || return
	agree "objects in the histogram" "${stat[objects]}" "$row_objects" || return
	agree "chunks in the histogram" "${stat[stored_chunks]}" "$row_chunks" || return
	agree "pages in the histogram" "${stat[pages]}" "$row_pages" || return
	agree "free chunks in the histogram" "$((stat[pages] * CHUNKS - stat[stored_chunks]))" "$row_free" || return
	agree "headless pages in the histogram" "${stat[pages_headless]}" "$row_full" || return
	why="${stat[stored_bytes]} bytes in ${stat[stored_chunks]} chunks and ${stat[objects]} objects"
	((stat[stored_bytes] <= stat[stored_chunks] * CHUNK)) || return
	((stat[stored_bytes] >= stat[stored_chunks] * CHUNK - stat[objects] * (CHUNK - 1))) || return
	bound=$(((stat[stored_chunks] + CHUNKS - 1) / CHUNKS))
	((bound >= (stat[objects] + 2) / 3)) || bound=$(((stat[objects] + 2) / 3))
	agree "bound" "${stat[bound_pages]}" "$bound" || return
	agree "over the bound" "${stat[over_bound_permille]}" $((pages > bound ? (pages - bound) * 1000 / bound : 0)) || return
	agree "density" "${stat[density_permille]}" $((pages ? stat[stored_bytes] * 1000 / (pages * 4096) : 0)) || return
	for name in pages objects stored_bytes density_permille; do
		why="parameter $name is not ${stat[$name]}"
		parameter_is $name "${stat[$name]}" || return
	done
}

# What zswap charges to the cgroup is what it had compressed; up to 6.4 it stores a header of 8 bytes with each.
charged()
{
	local current

	consistent || return
	agree "objects, and zswap's" "${stat[objects]}" \
		"$(($(zswap_stat stored_pages) - $(zswap_stat same_filled_pages)))" || return
	[ -e "$CGROUP/memory.zswap.current" ] || return 0
	current=$(cat "$CGROUP/memory.zswap.current")
	agree "bytes, and those charged" "${stat[stored_bytes]}" $((current + 8 * stat[reclaim] * stat[objects]))
}

require_all
swap_on
zswap_use z3fold lzo
loop_until 10 pools_are 1 || fail "$(pools) pools"
pool=$(dirname "$STATS"/*/stats)
declare -A stat
swapload_start "$TMP/log" --hold --free 40
swapload_holding "$TMP/log"

loop_until 20 charged || fail "$why"
[ "${stat[objects]}" -gt 1000 ] || fail "only ${stat[objects]} objects"
[ "${stat[maps]}" -ge "${stat[allocs]}" ] || fail "${stat[allocs]} objects were made, and ${stat[maps]} mapped"
[ -e "$CGROUP/memory.zswap.current" ] || info "no cgroup counts zswap's bytes here: compared without"
info "${stat[objects]} objects, ${stat[stored_bytes]} bytes, ${stat[pages]} pages: all sums agree"

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 30 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
loop_until 10 consistent || fail "after swapoff, $why"
[ "${stat[frees]}" -gt 0 ] || fail "nothing was freed"
