#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Memory that goes through zswap and z3fold comes back as it was, it really was in z3fold, the statistics agree with
# zswap's and with each other, and nothing stays behind.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

# Statistics of a pool at rest. Read one by one, so the caller asks again while something may be on its way.
consistent()
{
	local objects stored pages one two three headless

	objects=$(stat_sum objects) pages=$(stat_sum pages)
	one=$(stat_sum pages_one) two=$(stat_sum pages_two) three=$(stat_sum pages_three)
	headless=$(stat_sum pages_headless)
	stored=$(($(zswap_stat stored_pages) - $(zswap_stat same_filled_pages)))

	why="objects $objects, zswap has $stored"
	[ "$objects" = "$stored" ] || return 1
	why="pages $pages = $one + $two + $three + $headless headless"
	[ "$pages" = $((one + two + three + headless)) ] || return 1
	why="objects $objects in $one pages of one, $two of two, $three of three, $headless headless"
	[ "$objects" = $((one + 2 * two + 3 * three + headless)) ]
}

few_objects()
{
	# A CPU keeps up to 64 freed swap slots before it gives their contents up, and another 64 ready for use.
	[ "$(stat_sum objects)" -le $((128 * $(nproc))) ]
}

valid_and_discarded()
{
	validate_pools
	swapload_said "$TMP/log" discard
}

# At rest every page is on a list, where the validator finds it.
all_pages_listed()
{
	[ "$(cat "$STATS"/*/validate)" = "errors 0 pages $(stat_sum pages)" ]
}

require_all
swap_on
zswap_use z3fold lzo
rejected=$(zswap_stat reject_alloc_fail)
swapload_start "$TMP/log" --hold --discard-all
swapload_holding "$TMP/log"

swapped=$(swap_used_pages)
loop_until 20 consistent || fail "statistics disagree: $why"
loop_until 20 all_pages_listed || fail "pages $(stat_sum pages), on lists: $(cat "$STATS"/*/validate)"
objects=$(stat_sum objects) pages=$(stat_sum pages) bound=$(stat_sum bound_pages)
mean=$(($(stat_sum stored_bytes) / objects))
info "held: $swapped pages in swap, $objects of them in $pages pages of z3fold (bound $bound), $mean bytes each"

[ "$swapped" -ge $(((LOAD_MIB - RESIDENT_MIB) * 256 * 85 / 100)) ] || fail "hardly anything is in swap"
# One page in 256 does not compress, and goes to the disk.
[ "$objects" -ge $((swapped * 9 / 10)) ] || fail "what is in swap is not in z3fold"
[ "$pages" -le "$objects" ] || fail "more pages than objects"
[ "$pages" -ge $(((objects + 2) / 3)) ] || fail "more than three objects a page"
[ "$pages" -ge "$bound" ] || fail "fewer pages than the bound"
[ "$pages" -le $((bound * 5 / 4)) ] || fail "pages are badly filled"
[ "$(zswap_stat reject_alloc_fail)" = "$rejected" ] || fail "z3fold refused memory"
# The workload's sizes are those that it was told to have: 1455 on average without the pages that do not compress.
((mean >= 1310 && mean <= 1600)) || fail "sizes are not what swapload should make"
validate_pools

swapload_continue
loop_until 240 valid_and_discarded || fail "swapload does not get on: $(cat "$TMP/log")"
loop_until 30 few_objects || fail "all memory was given back, and $(stat_sum objects) objects are left"
validate_pools

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 30 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
stat_is stored_bytes 0 || fail "after swapoff: stored_bytes $(stat_sum stored_bytes)"
validate_pools
