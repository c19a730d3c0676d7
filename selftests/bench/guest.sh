#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guest.sh [ALLOCATOR TRACED]: in a guest whose nanoseconds are instructions, the same verified load with each allocator
# that this kernel has: once with zswap's functions traced, and once with the allocator's, so that neither has the tracing
# of the other in its figures. Prints lines of NAME=VALUE words, for report.py.
#
# `former` is the kernel's own z3fold, which has the module's name and no version.

# shellcheck source-path=SCRIPTDIR source=../functions.sh
. "$(dirname "$0")/../functions.sh"

LOAD_MIB=${BENCH_MIB:-40} RESIDENT_MIB=10
TRACING=/sys/kernel/tracing

former_module()
{
	find "/lib/modules/$(uname -r)/kernel/mm" -name 'z3fold.ko*' | grep .
}

former_loaded()
{
	module_loaded && [ ! -e /sys/module/z3fold/version ]
}

# available ALLOCATOR
available()
{
	case $1 in
	former) former_module >/dev/null ;;
	z3fold) modprobe -n -q z3fold ;;
	*)
		! bridged || [ "$1" = zsmalloc ] || return 1
		grep -q "/$1.ko" "/lib/modules/$(uname -r)"/modules.{builtin,dep}
		;;
	esac
}

# Let zswap store in it.
use()
{
	[ "$1" = z3fold ] || former_loaded || module_unload 60
	case $1 in
	former)
		former_loaded || insmod "$(former_module)"
		zswap_set enabled Y
		zswap_choose z3fold lzo
		zswap_set max_pool_percent 50
		;;
	z3fold) zswap_use z3fold lzo ;;
	*)
		modprobe -q "$1" || true
		zswap_use "$1" lzo
		;;
	esac
}

# traced_functions ALLOCATOR zswap|zpool: names of this kernel.
traced_functions()
{
	local wanted

	case $2 in
	zswap)
		wanted='zswap_store zswap_load zswap_invalidate
			zswap_frontswap_store zswap_frontswap_load zswap_frontswap_invalidate_page'
		;;
	zpool)
		wanted='zpool_malloc zpool_free zpool_map_handle zpool_unmap_handle'
		! bridged || wanted='zs_malloc zs_free zs_obj_write zs_obj_read_begin zs_obj_read_end zs_obj_read_sg_begin
			zs_obj_read_sg_end zs_get_total_pages'
		# Those that the hooks lead to: a function that is hooked and traced has a thousand instructions more.
		! bridged || [ "$1" != z3fold ] || wanted=${wanted//zs_/our_}
		;;
	esac
	# shellcheck disable=SC2086
	printf '%s\n' $wanted | grep -xF -f <(cut -d ' ' -f 1 $TRACING/available_filter_functions)
}

tracing_prepare()
{
	echo nop >$TRACING/current_tracer
	traced_functions "$@" >$TRACING/set_ftrace_filter
	defer "echo nop >$TRACING/current_tracer; echo >$TRACING/set_ftrace_filter; echo 1408 >$TRACING/buffer_size_kb"
	echo 0 >$TRACING/tracing_on
	echo 40960 >$TRACING/buffer_size_kb
	echo function_graph >$TRACING/current_tracer
	echo 1 >$TRACING/options/funcgraph-tail
	echo 0 >$TRACING/options/funcgraph-cpu
	echo 0 >$TRACING/options/funcgraph-overhead
	# Time in which others run is not counted.
	echo 0 >$TRACING/options/sleep-time
}

# Each function's calls of the trace: how many, their mean, and the percentiles from 0 to 100 and 99.9, in instructions.
trace_figures()
{
	sed -nE 's,^ *([0-9.]+) us +\| .*\b([a-z_0-9]+)( \[[a-z0-9_]+\])?(\(\);| \*/).*,\2 \1,p' $TRACING/trace |
		sort -k 1,1 -k 2,2n | awk -v words="$1" '
		function end(  i, q) {
			if (!n) return
			for (i = 0; i <= 100; i++) q = q (i ? "," : "") value[int((n - 1) * i / 100) + 1]
			print words " function=" name " calls=" n " mean=" int(sum / n + 0.5) " p999=" value[int((n - 1) * 0.999) + 1] \
				" percentiles=" q
			n = sum = 0
		}
		$1 != name { end(); name = $1 }
		{ value[++n] = int($2 * 1000 + 0.5); sum += value[n] }
		END { end() }'
	! grep -q LOST $TRACING/trace || fail "the trace has lost events"
}

held()
{
	[ "$(grep -c '^holding' "$TMP/log")" -ge "$holds" ] && return 0
	swapload_running || fail "swapload ended early: $(cat "$TMP/log")"
	return 1
}

settled()
{
	local before=$size

	size=$(zswap_stat pool_total_size)
	[ "$size" = "$before" ] || { sleep 1; return 1; }
}

# phase NAME: what has been traced until the load holds, and how full the pool is then.
phase()
{
	holds=$((holds + 1))
	loop_until 600 held || fail "swapload does not get on: $(cat "$TMP/log")"
	echo 0 >$TRACING/tracing_on
	size=''
	loop_until 60 settled || fail "the pool's size does not settle"
	echo "$prefix phase=$1 pool_bytes=$size stored=$(zswap_stat stored_pages) same=$(zswap_stat same_filled_pages)" \
		"compressed_bytes=$(cat "$CGROUP/memory.zswap.current")"
	trace_figures "$prefix phase=$1"
	echo >$TRACING/trace
	echo 1 >$TRACING/tracing_on
	swapload_continue
}

measure()
{
	require_root
	require_swapload
	require_zswap
	# The former z3fold leaks handles, and gets a warning when its pool goes: it is the last, and stays.
	[ "$1" = former ] || zswap_save
	make_tmp
	swap_on
	# Into the page cache, lest the first load's cgroup be charged for it.
	cat "$SELFTESTS/swapload" >/dev/null
	use "$1"
	tracing_prepare "$@"
	prefix="guest who=$1 traced=$2" holds=0
	echo 1 >$TRACING/tracing_on
	swapload_start "$TMP/log" --hold-all --rewrite --no-refill
	phase fill
	phase read
	phase churn
	phase read_again
	phase shrink
	phase read_rest
	swapload_end "$TMP/log"
	swap_off
}

if [ $# = 2 ]; then
	measure "$1" "$2"
	exit
fi
echo "guest kernel=$(uname -r) version=$(uname -v | sed 's/.* Debian //; s/ .*//') z3fold=$(modinfo -F version z3fold)" \
	"load_mib=$LOAD_MIB"
for allocator in zbud zsmalloc z3fold former; do
	if available "$allocator"; then
		for traced in zswap zpool; do
			"$0" "$allocator" "$traced" </dev/null
		done
	fi
done
