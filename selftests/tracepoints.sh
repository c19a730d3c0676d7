#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tracepoints tell each event once, as the statistics count them; they can be switched off again, and the module
# unloaded. Then the same through trace-cmd, where there is one.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

LOAD_MIB=$((LOAD_MIB < 32 ? LOAD_MIB : 32)) RESIDENT_MIB=$((LOAD_MIB / 2))

# events NAME: how many were recorded.
events()
{
	grep -c " $1: " "$TMP/trace" || true
}

# event_sum NAME FIELD: the field's sum over all events of this name.
event_sum()
{
	awk -v event=" $1: " -v field="$2=" '
		index($0, event) {
			for (i = 1; i <= NF; i++)
				if (index($i, field) == 1)
					sum += substr($i, length(field) + 1)
		}
		END { print sum + 0 }' "$TMP/trace"
}

# told EVENT STATISTIC: as many as the statistics say.
told()
{
	[ "$(events "$1")" = "$(stat_sum "$2")" ] || fail "$(events "$1") events $1, but $2 $(stat_sum "$2")"
}

require_all
tracefs=/sys/kernel/tracing
[ -d $tracefs/events ] || mount -t tracefs tracefs $tracefs 2>/dev/null || tracefs=$DEBUGFS/tracing
[ -d $tracefs/events ] || skip "needs tracefs (CONFIG_TRACING)"
[ -d $tracefs/events/z3fold ] || { ! module_loaded && modprobe z3fold; }
[ -d $tracefs/events/z3fold ] || fail "no tracepoints in $tracefs/events/z3fold"
# An instance of our own: what else is traced on this machine stays as it is.
instance=$tracefs/instances/z3fold-test
mkdir $instance
defer "[ ! -d $instance ] || rmdir $instance"
defer "[ ! -d $instance ] || echo 0 >$instance/events/z3fold/enable"
echo 16384 >$instance/buffer_size_kb

swap_on
zswap_use z3fold lzo
loop_until 10 pools_are 1 || fail "$(pools) pools"
echo 1 >$instance/events/z3fold/enable
swapload_start "$TMP/log" --hold --free 60
swapload_holding "$TMP/log"
echo 1 >"$(echo "$STATS"/*/compact)"
[ ! -w /proc/sys/vm/compact_memory ] || compact_memory
swapload_continue
swapload_end "$TMP/log"
swap_off
loop_until 30 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
echo 0 >$instance/events/z3fold/enable
cat $instance/trace >"$TMP/trace"
lost=$(cat $instance/per_cpu/cpu*/stats | awk '$1 == "overrun:" || $1 == "dropped" { sum += $NF } END { print sum + 0 }')
[ "$lost" = 0 ] || fail "the trace lost $lost events"

info "$(awk '{ for (i = 1; i <= NF; i++) if ($i ~ /^pool=/) n[$(i - 1)]++ } END { for (e in n) printf "%s %d ", e, n[e] }' "$TMP/trace")"
[ "$(events alloc)" -gt 500 ] || fail "only $(events alloc) allocations were traced"
told alloc allocs
told free frees
told map maps
told unmap maps
told alloc_failed alloc_failed
told compact sweeps
[ "$(events move)" = $(($(stat_sum moved_in_page) + $(stat_sum moved_between_pages))) ] || fail "$(events move) events move"
[ "$(grep -c ' migrate: .* error=0$' "$TMP/trace")" = "$(stat_sum pages_migrated)" ] || fail "migrations are not told"
[ "$(grep -c ' release: .* deferred=1$' "$TMP/trace")" = "$(stat_sum pages_deferred)" ] || fail "deferrals are not told"
# All that came has gone, and as many bytes.
[ "$(event_sum alloc bytes)" = "$(event_sum free bytes)" ] ||
	fail "$(event_sum alloc bytes) bytes came, $(event_sum free bytes) went"
[ "$(events move)" -gt 0 ] || fail "no object moved"
[ "$(grep -c ' release: .* deferred=0$' "$TMP/trace")" -gt 0 ] || fail "no page was released"

if command -v trace-cmd >/dev/null; then
	swap_on
	# Not record: it polls the buffer while others write to it, and kernels up to 6.12 at least compare counters there that
	# they have read one after the other, and warn (ring_buffer_nr_dirty_pages).
	# An instance too, which extract removes.
	defer "[ ! -d $instance-2 ] || rmdir $instance-2"
	trace-cmd start -B z3fold-test-2 -e z3fold >"$TMP/record" 2>&1 || fail "trace-cmd start: $(cat "$TMP/record")"
	swapload_start "$TMP/log" --hold --no-refill
	swapload_holding "$TMP/log"
	trace-cmd stop -B z3fold-test-2 >"$TMP/record" 2>&1 || fail "trace-cmd stop: $(cat "$TMP/record")"
	trace-cmd extract -B z3fold-test-2 -o "$TMP/trace.dat" >"$TMP/record" 2>&1 || fail "trace-cmd extract: $(cat "$TMP/record")"
	trace-cmd report -i "$TMP/trace.dat" >"$TMP/trace" 2>&1
	! grep -i 'failed to parse\|unknown' "$TMP/trace" || fail "trace-cmd cannot read the events"
	[ "$(grep -c ' alloc: .*pool=.* bytes=[1-9]' "$TMP/trace")" -gt 0 ] || fail "trace-cmd reports no allocation"
	info "trace-cmd reports $(grep -c ' alloc: ' "$TMP/trace") allocations"
	swapload_continue
	swapload_end "$TMP/log"
	swap_off
else
	info "trace-cmd is not installed: not tried"
fi

zswap_leave
loop_until 30 pools_are 0 || fail "the pool stays"
rmdir $instance
module_unload 60
