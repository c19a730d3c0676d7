#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an object takes in z3fold and in zsmalloc, by the same calls, and what the hooks cost who is not concerned. Not
# among the tests, since only counted instructions are worth a limit:
#
#	selftests/vm/vm run --kernel 7 --icount --cpus 1 -- selftests/bridge_figures.sh

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

# measure POOL WHAT: sets the variables of the columns, and prints them.
measure()
{
	insmod "$bench" pool="$1" || fail "zs_bench does not load"
	rmmod zs_bench
	read -r store load life all nothing pages < <(dmesg | grep "zs_bench: $1 " | tail -n 1 |
		awk '{ for (i = 1; i < NF; i++) v[$i] = $(i + 1)
			print v["store"], v["load"], v["life"], v["all"], v["nothing"], v["pages"] }')
	[ "$pages" ] || fail "zs_bench says nothing"
	show "$2" "$store" "$load" "$life" "$all" "$nothing" "$pages"
}

show()
{
	printf '%-32s %8s %8s %8s %8s %9s %8s\n' "$@"
}

require_root
require_module
require_bridge
bench=$SELFTESTS/modules/zs_bench.ko
[ -e "$bench" ] || skip "zs_bench is not built: make -C selftests, with the kernel's headers"
module_unload 60

info "Nanoseconds (with --icount: instructions) of an object. Life: load, free, store among 20000 others, what the caller"
info "runs; all: with what compaction does meanwhile. Nothing: a call of zs_get_total_pages()."
show "" store load life all nothing pages
measure warm-up "(zsmalloc, not counted)"
measure bench "zsmalloc, nothing hooked"
plain=$nothing plain_life=$life
modprobe z3fold capture=1
measure bench "zsmalloc, hooked, not concerned"
cost=$(awk -v a="$nothing" -v b="$plain" 'BEGIN { printf "%.1f", a - b }')
measure zswap-bench "z3fold"
info "A hook costs others $cost. An object's life in z3fold takes $((life * 100 / plain_life)) % of that in zsmalloc without hooks."
[ "$(awk -v c="$cost" 'BEGIN { print (c <= 60) }')" = 1 ] || fail "a hook costs more than 60"
[ "$life" -le "$plain_life" ] || fail "an object's life takes more in z3fold than in zsmalloc"
