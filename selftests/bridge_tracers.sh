#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The function tracer and kprobes on zsmalloc's functions come and go under load: they see the calls, and z3fold gets all
# of its own.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

LOAD_MIB=32 RESIDENT_MIB=12

# hits PATTERN: lines of the trace.
hits()
{
	grep -c "$1" "$instance/trace" || true
}

seen()
{
	[ "$(hits "$1")" -gt 50 ]
}

require_all
require_bridge
tracefs=/sys/kernel/tracing
[ -e $tracefs/kprobe_events ] || mount -t tracefs tracefs $tracefs 2>/dev/null || tracefs=$DEBUGFS/tracing
[ -e $tracefs/kprobe_events ] || skip "needs tracefs and kprobes"
grep -qw function $tracefs/available_tracers || skip "needs the function tracer"
instance=$tracefs/instances/z3fold-test
mkdir $instance
defer "rmdir $instance"
for function in malloc free obj_write; do
	echo "p:z3fold_test/zs_$function zs_$function" >>$tracefs/kprobe_events
	defer "echo '-:z3fold_test/zs_$function' >>$tracefs/kprobe_events"
done
echo "r:z3fold_test/zs_malloc_ret zs_malloc" >>$tracefs/kprobe_events
defer "echo '-:z3fold_test/zs_malloc_ret' >>$tracefs/kprobe_events"
defer "echo 0 >$instance/events/z3fold_test/enable; echo nop >$instance/current_tracer"

swap_on
zswap_use z3fold lzo
swapload_start "$TMP/log" --threads 2 --loop 3600
loop_until 240 swapload_said "$TMP/log" refill || fail "swapload does not get on: $(cat "$TMP/log")"

echo 'zs_*' >$instance/set_ftrace_filter
for _ in {1..3}; do
	echo >$instance/trace
	echo function >$instance/current_tracer
	loop_until 60 seen ': zs_malloc' || fail "the function tracer sees no zs_malloc()"
	loop_until 60 seen ': zs_free' || fail "the function tracer sees no zs_free()"
	traffic
	echo 1 >$instance/events/z3fold_test/enable
	loop_until 60 seen 'zs_obj_write: (zs_obj_write' || fail "the kprobe sees no zs_obj_write()"
	traffic
	echo nop >$instance/current_tracer
	loop_until 60 seen 'zs_free: (zs_free' || fail "the kprobe sees no zs_free()"
	traffic
	validate_pools
	echo 0 >$instance/events/z3fold_test/enable
	traffic
done
stat_over objects 0 || fail "nothing is in z3fold"

swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 60 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
