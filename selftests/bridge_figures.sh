#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an object takes in z3fold and in zsmalloc, by the same calls, and what the hooks cost who is not concerned. Not
# among the tests, since only counted instructions are worth a limit:
#
#	selftests/vm/vm run --kernel 7 --icount --cpus 1 -- selftests/bridge_figures.sh

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

# measure POOL: sets store, load, churn, nothing, pages.
measure()
{
	local line

	insmod "$bench" pool="$1" || fail "zs_bench does not load"
	rmmod zs_bench
	line=$(dmesg | grep "zs_bench: $1 " | tail -n 1)
	read -r store load churn nothing pages < <(awk '{
		for (i = 1; i < NF; i++)
			v[$i] = $(i + 1)
		print v["store"], v["load"], v["churn"], v["nothing"], v["pages"] }' <<<"$line")
	[ "$pages" ] || fail "zs_bench says nothing"
}

show()
{
	printf '%-38s %8s %8s %8s %10s %8s\n' "$@"
}

require_root
require_module
require_bridge
bench=$SELFTESTS/modules/zs_bench.ko
[ -e "$bench" ] || skip "zs_bench is not built: make -C selftests, with the kernel's headers"
module_unload 60

info "a call, in nanoseconds or (--icount) instructions:"
show "" store load churn nothing pages
measure bench
show "zsmalloc, nothing hooked" "$store" "$load" "$churn" "$nothing" "$pages"
plain_churn=$churn plain_store=$store plain_load=$load plain=$nothing
modprobe z3fold capture=1
measure bench
show "zsmalloc, hooked, not concerned" "$store" "$load" "$churn" "$nothing" "$pages"
hooked=$nothing hooked_churn=$churn
measure zswap-bench
show "z3fold" "$store" "$load" "$churn" "$nothing" "$pages"
cost=$(awk -v a="$hooked" -v b="$plain" 'BEGIN { printf "%.1f", a - b }')
info "a hook costs $cost; store, load and churn take $((store * 100 / plain_store)), $((load * 100 / plain_load)) and" \
	"$((churn * 100 / plain_churn)) % of zsmalloc's without hooks; churn of zsmalloc with hooks $((hooked_churn * 100 / plain_churn)) %"
[ "$(awk -v c="$cost" 'BEGIN { print (c <= 60) }')" = 1 ] || fail "a hook costs more than 60"
[ "$churn" -le "$plain_churn" ] || fail "churn takes more than zsmalloc's"
