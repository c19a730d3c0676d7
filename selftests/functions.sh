#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the test scripts share. A script sources this file first:
#
#	. "$(dirname "$0")/functions.sh"
#
# and then is a test with these properties:
#
# - It passes by reaching its end. `fail REASON` ends it with 1, `skip REASON` with 4; so does any command that fails
#   unexpectedly (set -e), with 1.
# - Whatever it changes it gives to `defer` at once: those commands run at its end, whatever the end is, last one first.
# - At the end the kernel's log since the start is searched for the signs of trouble; one of them fails the test.
#
# Nothing here waits for a fixed time: loop_until asks again and again, and has a limit.

set -euo pipefail

SELFTESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TEST=${0##*/} TEST=${TEST%.sh}
passed="PASS: $TEST"	# the last words of a test that passes
DEBUGFS=/sys/kernel/debug
STATS=$DEBUGFS/z3fold

# The load of most tests: this many MiB of memory, of which about so many stay in memory as they are. Small, for emulated
# machines.
LOAD_MIB=${LOAD_MIB:-40}
RESIDENT_MIB=${RESIDENT_MIB:-12}
# How many times a test that changes something under load does so; the changes of allocator and compressor go round in four.
ROUNDS=${ROUNDS:-20}
# The size of a swap file, where there is no disk for swap.
SWAP_MIB=${SWAP_MIB:-512}

# shellcheck source-path=SCRIPTDIR source=complaints.sh
. "$SELFTESTS/complaints.sh"
# shellcheck source-path=SCRIPTDIR source=load.sh
. "$SELFTESTS/load.sh"
# shellcheck source-path=SCRIPTDIR source=zswap.sh
. "$SELFTESTS/zswap.sh"

# ---- the end of a test -----------------------------------------------------------------------------------------------

deferred=()

# defer COMMAND: run it at the end of the test. The commands run last one first; each should tolerate work half done.
defer()
{
	deferred+=("$*")
}

info()
{
	echo "$*"
}

fail()
{
	echo "FAIL: $*" >&2
	exit 1
}

skip()
{
	echo "SKIP: $*" >&2
	exit 4
}

finish()
{
	local status=$? i

	trap - EXIT
	trap '' INT TERM
	set +e
	case $status in
	0 | 1 | 4) ;;
	*)
		echo "FAIL: a command ended with $status" >&2
		status=1
		;;
	esac
	for ((i = ${#deferred[@]} - 1; i >= 0; i--)); do
		eval "${deferred[i]}" || {
			echo "FAIL: clean-up: ${deferred[i]}" >&2
			status=1
		}
	done
	if [ "$status" != 4 ]; then
		check_log || status=1
		[ "$status" = 0 ] && info "$passed"
	fi
	exit "$status"
}
trap finish EXIT
# A time limit or the user ends the test by a signal: bash then runs the EXIT trap only if a signal's own trap exits.
trap 'fail "interrupted"' INT TERM HUP

# ---- the kernel's log ------------------------------------------------------------------------------------------------

MARK="z3fold-selftest: $TEST $$ $EPOCHREALTIME"
BAD_LOG="$COMPLAINTS|Call Trace|z3fold:.*(error|leak|corrupt)"

marked=no

mark_log()
{
	echo "$MARK" >/dev/kmsg
	marked=yes
}

# The log since the mark; the whole log when the mark has been pushed out.
log_since_mark()
{
	dmesg | awk -v mark="$MARK" 'index($0, mark) { n = 0; next } { line[n++] = $0 } END { for (i = 0; i < n; i++) print line[i] }'
}

check_log()
{
	local log bad status=0

	[ "$marked" = yes ] || return 0
	log=$(log_since_mark) || status=2
	[ "$status" != 0 ] || bad=$(complaints "$BAD_LOG" <<<"$log") || status=$?
	case $status in
	0)
		echo "FAIL: the kernel's log has:" >&2
		head -n 20 <<<"$bad" >&2
		return 1
		;;
	1) ;;
	*)
		echo "FAIL: cannot search the kernel's log" >&2
		return 1
		;;
	esac
}

# ---- waiting ---------------------------------------------------------------------------------------------------------

# What is asked again and again does it without processes: a debug kernel needs half a second for one, that the load
# under test does not get.

# Nobody ever writes to this pipe: waiting for it is sleeping.
exec {nothing}<> <(:)

# pause SECONDS
pause()
{
	read -r -t "$1" -u "$nothing" || true
}

# loop_until SECONDS COMMAND...: repeat the command until it succeeds; false when the time is over. $SLOW times as long
# on slow machines.
loop_until()
{
	local end=$((SECONDS + $1 * ${SLOW:-1}))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		pause 0.1
	done
}

# read_text FILE: sets text to its lines, each with a newline before it; to nothing where there is no file.
read_text()
{
	local lines=()

	mapfile -t lines 2>/dev/null <"$1" || true
	printf -v text '\n%s' "${lines[@]}"
}

# read_line FILE: sets line to its only line; to nothing where there is no file.
read_line()
{
	line=
	IFS= read -r line 2>/dev/null <"$1" || true
}

# read_value FILE NAME: sets value to the number beside this name; false where there is none.
read_value()
{
	local text

	read_text "$1"
	[[ $text =~ $'\n'"$2"\ +([0-9]+) ]] && value=${BASH_REMATCH[1]}
}

# ---- what a test needs -----------------------------------------------------------------------------------------------

require_root()
{
	[ "$EUID" = 0 ] || skip "needs root"
	mountpoint -q "$DEBUGFS" || mount -t debugfs debugfs "$DEBUGFS" 2>/dev/null || skip "needs debugfs"
	mark_log
}

require_swapload()
{
	[ -x "$SELFTESTS/swapload" ] || skip "swapload is not built: make -C selftests"
}

module_loaded()
{
	[ -d /sys/module/z3fold ]
}

# The module: loaded, or there to be loaded; put back to where it was at the end of the test. The kernel's own z3fold,
# where there is one, has no version.
require_module()
{
	module_loaded || modprobe -n -q z3fold || skip "no module z3fold for $(uname -r)"
	[ -n "$(modinfo -F version z3fold)" ] || fail "$(modinfo -F filename z3fold) is the kernel's own z3fold"
	if module_loaded; then
		# Somebody's swapped memory: it would have to be brought back, and would be in all our counts.
		stat_is objects 0 || skip "z3fold is in use, it holds $(stat_sum objects) objects: let zswap use another allocator and swapoff first"
		defer "modprobe z3fold"
	else
		defer module_restore_unloaded
	fi
}

# Up to 6.6 zswap forgets a reference to its pool whenever it wants it shrunk while a shrinking is still queued. Such a
# pool stays, empty, and the module with it. A test that fills pools to the limit says so, once there is a pool.
zswap_forgets=no

# zpool can evict, and zswap asks for it: up to 6.4.
has_reclaim()
{
	[ "$(stat_sum reclaim)" -gt 0 ]
}

zswap_may_forget()
{
	! has_reclaim || zswap_forgets=yes
}

module_restore_unloaded()
{
	local limit=60

	[ "$zswap_forgets" = no ] || limit=5
	loop_until "$limit" modprobe -q -r z3fold && return 0
	[ "$zswap_forgets" = yes ] && [ "$(pools)" -gt 0 ] && pools_empty || return 1
	info "zswap has forgotten its references to an empty pool, a bug of kernels up to 6.6: the module stays loaded"
}

# zswap, with a choice of the allocator: by zpool, or by the bridge.
require_zswap()
{
	[ -d "$ZSWAP" ] || skip "needs zswap (CONFIG_ZSWAP)"
	bridged || return 0
	modinfo -p z3fold | grep -q '^capture:' || fail "this kernel's zswap has no zpool, and z3fold no parameter capture"
}

require_zpool()
{
	require_zswap
	! bridged || skip "this kernel's zswap has no zpool"
}

require_bridge()
{
	require_zswap
	bridged || skip "this kernel's zswap has zpool: there is no bridge"
}

# What nearly every test needs: and zswap's parameters are put back at the end.
require_all()
{
	require_root
	require_module
	require_zswap
	require_swapload
	zswap_save
	make_tmp
}

# ---- CPUs ------------------------------------------------------------------------------------------------------------

# Before CPUs are taken away, until the end of the test. From 6.12 on each CPU has a fair server, which runs ordinary tasks
# that starve. 6.12.118 counts a running one among the CPU's tasks, and warns "Dying CPU not properly vacated!" if it starts
# while its CPU goes, with no task of anybody's there. Without run time it does not start.
cpus_may_go()
{
	local file line

	for file in "$DEBUGFS"/sched/fair_server/cpu*/runtime; do
		[ -w "$file" ] || continue
		read_line "$file"
		defer "echo $line >$file"
		echo 0 >"$file"
	done
}

# ---- what the module says --------------------------------------------------------------------------------------------

# read_sum NAME: sets sum to the statistic, summed over all pools; to 0 when there is no pool.
read_sum()
{
	local file value

	sum=0
	for file in "$STATS"/*/stats; do
		! read_value "$file" "$1" || sum=$((sum + value))
	done
}

# stat_sum NAME: the same, printed.
stat_sum()
{
	read_sum "$1"
	echo "$sum"
}

stat_is()
{
	read_sum "$1"
	[ "$sum" = "$2" ]
}

stat_over()
{
	read_sum "$1"
	[ "$sum" -gt "$2" ]
}

# Sets number.
count_pools()
{
	local dirs=("$STATS"/*/)

	[ -d "${dirs[0]}" ] || dirs=()
	number=${#dirs[@]}
}

pools()
{
	count_pools
	echo "$number"
}

pools_are()
{
	count_pools
	[ "$number" = "$1" ]
}

# Let the module walk its pools' lists, and believe only a clean answer. A pool may go while we look.
validate_pools()
{
	local file line

	for file in "$STATS"/*/validate; do
		read_line "$file"
		case $line in
		"errors 0 pages "*) ;;
		'') [ ! -e "$file" ] || fail "cannot read $file" ;;
		*) fail "$file: $line" ;;
		esac
	done
}

# The pools hold nothing, and the counters of what they held are back at 0.
pools_empty()
{
	stat_is objects 0 && stat_is pages 0
}

# ---- the stress trigger ----------------------------------------------------------------------------------------------

# The trigger alone: it needs neither zswap nor swap.
require_stress()
{
	require_root
	require_module
	module_loaded || modprobe z3fold || fail "the module does not load"
	[ -e "$STATS/stress" ] || fail "no file $STATS/stress"
}

# stress_run OPTION...: run a storm; sets said to the error message if it fails.
# shellcheck disable=SC2034 # said is for the test
stress_run()
{
	said=$( { echo "$*" >"$STATS/stress"; } 2>&1)
}

# Read the trigger's report, once and without processes. Sets report: by the names of its lines, its phases and columns
# (report[half.pages]), and the kinds of operation in the histogram (report[sum.alloc]).
stress_report()
{
	local line words part=head names=() i

	declare -gA report=()
	while IFS= read -r line; do
		read -ra words <<<"$line"
		case ${words[0]:-} in
		'') ;;
		phase | below_ns)
			part=${words[0]}
			names=("${words[@]}")
			;;
		*)
			for ((i = 1; i < ${#words[@]}; i++)); do
				case $part in
				head) report["${words[0]}"]=${words[*]:1} ;;
				phase) report["${words[0]}.${names[i]}"]=${words[i]} ;;
				below_ns) report["sum.${names[i]}"]=$((${report["sum.${names[i]}"]:-0} + words[i])) ;;
				esac
			done
			;;
		esac
	done <"$STATS/stress"
}

# The front end has reclaim, and so has the trigger.
stress_has_reclaim()
{
	[ -n "${stress_reclaim:-}" ] || {
		stress_reclaim=no
		! stress_run threads=1 objects=1 ops=0 sizes=64 reclaim=1 || stress_reclaim=yes
	}
	[ "$stress_reclaim" = yes ]
}

# Names of the module's slab caches. Boot with slab_nomerge, else they may hide under other names.
slab_caches()
{
	{
		find /sys/kernel/slab -maxdepth 1 -name 'z3fold*' -printf '%f\n' 2>/dev/null
		awk '/^z3fold/ { print $1 }' /proc/slabinfo 2>/dev/null
	} | sort -u
}

no_slab_caches()
{
	[ -z "$(slab_caches)" ]
}

# module_unload SECONDS: the module can be unloaded within this time, and leaves nothing behind.
module_unload()
{
	loop_until "$1" modprobe -q -r z3fold || fail "the module cannot be unloaded: refcnt $(cat /sys/module/z3fold/refcnt)"
	loop_until 10 no_slab_caches || fail "the module left slab caches behind: $(slab_caches)"
	[ ! -e "$STATS" ] || fail "the module left $STATS behind"
}
