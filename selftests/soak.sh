#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Everything at once for a long time, and a summary of what was done and survived: verified traffic, stress-ng's swap,
# memory, fork and huge page stressors, CPUs that come and go, compaction by the kernel and by the pools, and zswap's
# allocator, compressor and limit that change all the while. Run it in a virtual machine (make soak): it takes swap,
# zswap and the machine over.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

MINUTES=${MINUTES:-60}
LOAD_MIB=${LOAD_MIB_SOAK:-128} RESIDENT_MIB=32

# stress-ng's share of memory; more of it than its cgroup may have goes to swap.
STRESS_MIB=48

# ---- what is counted -------------------------------------------------------------------------------------------------

# Pools come and go, and their counters with them: keep the last that was seen of each. zswap never gives a name twice.
sample_pools()
{
	local file

	for file in "$STATS"/*/stats; do
		[ ! -e "$file" ] || cp "$file" "$TMP/pools/$(basename "$(dirname "$file")")" 2>/dev/null || true
	done
}

# total NAME: over all pools that ever were.
total()
{
	cat "$TMP"/pools/* | awk -v name="$1" '$1 == name { sum += $2 } END { printf "%d\n", sum }'
}

# vmstat NAME...: the sum of the kernel's counters of these names.
vmstat()
{
	awk -v names=" $* " 'index(names, " " $1 " ") { sum += $2 } END { printf "%d\n", sum }' /proc/vmstat
}

# Count what is done, by name.
declare -A did=()
huge=0 storms_evicted=0

done_once()
{
	did[$1]=$((${did[$1]:-0} + 1))
}

# ---- what is done ----------------------------------------------------------------------------------------------------

cpu_away_and_back()
{
	local cpu=/sys/devices/system/cpu/cpu$((RANDOM % ($(nproc --all) - 1) + 1))/online

	echo 0 >"$cpu"
	sleep 1
	echo 1 >"$cpu"
	done_once "CPU hotplugs"
}

huge_pages()
{
	local line

	echo 16 >/proc/sys/vm/nr_hugepages
	read_line /proc/sys/vm/nr_hugepages
	huge=$((huge + line))
	echo 0 >/proc/sys/vm/nr_hugepages
	done_once "bursts of huge pages"
}

kernel_compacts()
{
	compact_memory
	done_once "memory compactions"
}

pools_compact()
{
	local file

	for file in "$STATS"/*/compact; do
		[ ! -e "$file" ] || echo 1 >"$file" 2>/dev/null || [ ! -e "$file" ] || fail "cannot write $file"
	done
	done_once "compactions of the pools"
}

switch_allocator()
{
	if [ "$(zswap_get zpool)" = z3fold ]; then
		zswap_set zpool "$other"
	else
		zswap_set zpool z3fold
	fi
	done_once "changes of the allocator"
}

switch_compressor()
{
	if [ "$(zswap_get compressor)" = lzo ]; then
		zswap_set compressor "$compressor"
	else
		zswap_set compressor lzo
	fi
	done_once "changes of the compressor"
}

# Full pools: eviction by the allocator where zpool has it, write-back by zswap elsewhere.
low_limit()
{
	zswap_set max_pool_percent 1
	sleep 5
	zswap_set max_pool_percent 50
	zswap_may_forget
	done_once "times at the limit"
}

validate()
{
	validate_pools
	done_once "validations of all pools"
}

storm()
{
	local reclaim=''

	! stress_has_reclaim || reclaim=reclaim=1
	# shellcheck disable=SC2086 # nothing, or a word
	stress_run threads=4 objects=2000 ops=20000 sizes=lzo seed=$RANDOM migrate=1 compact=1 $reclaim sleep=20 ||
		fail "storm: $said"
	stress_report
	[ "${report[state]} ${report[errors]}" = "done 0" ] || fail "storm: state ${report[state]}, errors ${report[errors]}"
	storms_evicted=$((storms_evicted + report[objects_evicted]))
	done_once "storms"
}

# z3fold serves most of the time: it is chosen again right after the others had their turn.
step()
{
	"$1"
	sample_pools
	for pid in "${loads[@]}" "$stress"; do
		kill -0 "$pid" 2>/dev/null || fail "a load ended early: $(tail -n 5 "$TMP"/*.log)"
	done
}

progress()
{
	printf '%3d min: swapped out %d pages, in %d; z3fold stored %d, moved %d, migrated %d, written back %d\n' \
		$((SECONDS / 60)) $(($(vmstat pswpout zswpout) - first_out)) $(($(vmstat pswpin zswpin) - first_in)) \
		"$(total allocs)" "$(total moved_between_pages)" "$(total pages_migrated)" "$(zswap_stat written_back_pages)"
}

# ---- the run ---------------------------------------------------------------------------------------------------------

[[ $MINUTES =~ ^[1-9][0-9]*$ ]] || { echo "soak: MINUTES=$MINUTES is not a number of minutes" >&2; exit 2; }
require_all
command -v stress-ng >/dev/null || skip "needs stress-ng"
other=$(other_zpool)
compressor=$(other_compressor)
mkdir "$TMP/pools"
cpus_may_go
swap_on
zswap_use z3fold lzo

# They swap in and out in cgroups of their own, each with other contents.
loads=() cgroups=()
for seed in 1 2; do
	swapload_start "$TMP/swapload.$seed.log" --threads 2 --seed $seed --loop 1000000
	loads+=("$SWAPLOAD") cgroups+=("$CGROUP")
done
for seed in 1 2; do
	SWAPLOAD=${loads[seed - 1]}
	loop_until 1200 swapload_said "$TMP/swapload.$seed.log" fill || fail "swapload $seed does not get on"
done

LOAD_MIB=$((STRESS_MIB * 3)) RESIDENT_MIB=$STRESS_MIB
make_cgroup
mkdir /var/tmp/stress-ng
defer "rm -rf /var/tmp/stress-ng"
(
	trap - EXIT INT TERM HUP
	echo "$BASHPID" >"$CGROUP/cgroup.procs"
	exec stress-ng --temp-path /var/tmp/stress-ng --timeout 0 --metrics-brief --verify --oom-avoid-bytes 8M \
		--swap 1 --vm 2 --vm-bytes "$((STRESS_MIB * 2))m" --vm-madvise hugepage --fork 2 --mmaphuge 1 --mmaphuge-mmaps 8
) >"$TMP/stress-ng.log" 2>&1 </dev/null &
stress=$!
defer "kill -KILL $stress 2>/dev/null; wait $stress 2>/dev/null; true"

SECONDS=0
first_out=$(vmstat pswpout zswpout) first_in=$(vmstat pswpin zswpin)
info "soak: $MINUTES minutes, $(nproc) CPUs, $(uname -r), $other and $compressor beside z3fold and lzo"
minute=0
# At once, too: kernels up to 6.6 have the oldest pool evict, which will not be z3fold's for long.
step low_limit
while ((SECONDS < MINUTES * 60)); do
	for action in validate kernel_compacts switch_allocator huge_pages switch_allocator cpu_away_and_back \
		kernel_compacts pools_compact switch_compressor huge_pages cpu_away_and_back validate storm low_limit; do
		step "$action"
		for CGROUP in "${cgroups[@]}"; do
			traffic
		done
		if ((SECONDS / 60 > minute)); then
			minute=$((SECONDS / 60))
			progress
		fi
	done
done

# ---- the end: all data is there, and nothing stays behind ------------------------------------------------------------

kill -INT "$stress"
status=0
wait "$stress" || status=$?
sed 's/^/  /' "$TMP/stress-ng.log"
[ "$status" = 0 ] || fail "stress-ng ended with $status"
for seed in 1 2; do
	SWAPLOAD=${loads[seed - 1]}
	swapload_continue
	swapload_end "$TMP/swapload.$seed.log"
done
sample_pools
progress
swap_off
loop_until 120 pools_empty || fail "after swapoff: objects $(stat_sum objects), pages $(stat_sum pages)"
validate_pools

# A soak in which one of these never happened was none.
for name in allocs frees maps moved_in_page moved_between_pages pages_migrated; do
	[ "$(total $name)" -gt 0 ] || fail "z3fold: no $name"
done
if stress_has_reclaim; then
	[ "$(total evicted)" -gt 0 ] || fail "zswap had z3fold evict nothing"
	[ "$storms_evicted" -gt 0 ] || fail "no storm evicted anything"
else
	[ "$(zswap_stat written_back_pages)" -gt 0 ] || fail "zswap wrote nothing back"
fi
[ "$huge" -gt 0 ] || fail "no huge page could be had"
for name in swap vm fork mmaphuge; do
	[ "$(awk -v name=$name '$2 == "metrc:" && $4 == name { ops = $5 } END { print ops + 0 }' "$TMP/stress-ng.log")" -gt 0 ] ||
		fail "stress-ng did nothing as $name"
done

minutes=$((SECONDS / 60))
info "summary: $minutes minutes on $(uname -r), $(nproc) CPUs"
printf '  %-28s %d\n' 'pages swapped out' $(($(vmstat pswpout zswpout) - first_out)) \
	'pages swapped in' $(($(vmstat pswpin zswpin) - first_in)) \
	'pages that zswap wrote back' "$(zswap_stat written_back_pages)" 'huge pages' "$huge" 'objects evicted in storms' "$storms_evicted"
for name in "${!did[@]}"; do
	printf '  %-28s %d\n' "$name" "${did[$name]}"
done | sort
for name in allocs frees maps alloc_failed moved_in_page moved_between_pages pages_migrated migrate_pinned \
	isolate_refused evicted evict_calls evict_zombies pages_deferred shrinker_pages; do
	printf '  %-28s %d\n' "$name" "$(total $name)"
done
printf '  %-28s %d\n' 'pools that came and went' "$(find "$TMP/pools" -type f | wc -l)"
awk '/^verified/ { pages += $2; errors += $4 } END { printf "  %-28s %d\n  %-28s %d\n", "pages verified", pages, "errors", errors }' \
	"$TMP"/swapload.*.log
