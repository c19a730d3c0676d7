# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Swap devices, and a verified load in a memory cgroup: the part of functions.sh that makes traffic. Sourced by it.

# ---- swap ------------------------------------------------------------------------------------------------------------

# set_sysctl NAME VALUE, until the end of the test.
set_sysctl()
{
	local file=/proc/sys/${1//.//} line

	read_line "$file"
	defer "echo '$line' >$file"
	echo "$2" >"$file"
}

# Sets SWAP to an empty disk that a virtual machine offers: /dev/vdb, if it begins with zeros or with our own label.
empty_disk()
{
	SWAP=/dev/vdb
	[ -b "$SWAP" ] || return 1
	[ "$(blkid -p -s LABEL -o value "$SWAP" 2>/dev/null)" = z3fold-test ] ||
		cmp -s -n $((1 << 20)) "$SWAP" /dev/zero
}

# Make a swap device, used before all others, until the end of the test or swap_off. It is the disk $Z3FOLD_SWAPDEV,
# which is overwritten, or a virtual machine's empty one, or else a file of $SWAP_MIB.
swap_on()
{
	local dir

	if [ -n "${Z3FOLD_SWAPDEV:-}" ]; then
		SWAP=$Z3FOLD_SWAPDEV
		[ -b "$SWAP" ] || fail "Z3FOLD_SWAPDEV=$SWAP is no block device"
	elif ! empty_disk; then
		dir=$(mktemp -d /var/tmp/z3fold-swap.XXXXXX)
		defer "rm -rf $dir"
		SWAP=$dir/swap
		touch "$SWAP"
		chmod 600 "$SWAP"
		dd if=/dev/zero of="$SWAP" bs=1M count="$SWAP_MIB" status=none
	fi
	mkswap -L z3fold-test "$SWAP" >/dev/null 2>&1 || fail "mkswap $SWAP"
	defer swap_off
	if ! swapon -p 32767 "$SWAP" 2>/dev/null; then
		# A file system that cannot hold swap: put a loop device between.
		[ -f "$SWAP" ] || fail "swapon $SWAP"
		SWAP=$(losetup --find --show "$SWAP") || skip "no swap device: set Z3FOLD_SWAPDEV"
		defer "losetup -d $SWAP"
		defer swap_off
		swapon -p 32767 "$SWAP" || fail "swapon $SWAP"
	fi
	# Reading ahead would only load pages that a random order does not want.
	set_sysctl vm.page-cluster 0
}

swap_off()
{
	! grep -q "^$SWAP " /proc/swaps || swapoff "$SWAP"
}

# Pages in swap, on all devices.
swap_used_pages()
{
	awk 'NR > 1 { kib += $4 } END { print kib / 4 + 0 }' /proc/swaps
}

# ---- load in a memory cgroup -----------------------------------------------------------------------------------------

# Sets CGROUP_ROOT and CGROUP_LIMIT: version 2, or version 1 where the memory controller is there. Not memory.max: at
# it, 6.12-rt has killed a load of two threads that had swapped one page out, all others being there to be swapped (once; it
# is not known why, CONFIG_LRU_GEN's reclaim gave up after 64). At memory.high one waits.
find_cgroup()
{
	CGROUP_ROOT=$(awk '$3 == "cgroup" && $4 ~ /(^|,)memory(,|$)/ { print $2; exit }' /proc/mounts)
	CGROUP_LIMIT=memory.limit_in_bytes
	[ -z "$CGROUP_ROOT" ] || return 0
	CGROUP_ROOT=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	CGROUP_LIMIT=memory.high
	if [ -z "$CGROUP_ROOT" ]; then
		mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null || skip "needs a cgroup file system"
		CGROUP_ROOT=/sys/fs/cgroup
	fi
	grep -qw memory "$CGROUP_ROOT/cgroup.controllers" || skip "needs the memory cgroup controller"
	grep -qw memory "$CGROUP_ROOT/cgroup.subtree_control" ||
		echo +memory >"$CGROUP_ROOT/cgroup.subtree_control" || skip "cannot enable the memory cgroup controller"
}

# Make a new memory cgroup for the load, removed at the end of the test: sets CGROUP.
make_cgroup()
{
	local limit=$RESIDENT_MIB

	find_cgroup
	# shellcheck disable=SC2154 # deferred is in functions.sh
	CGROUP=$CGROUP_ROOT/z3fold-$TEST-$$-${#deferred[@]}
	mkdir "$CGROUP"
	defer "loop_until 30 rmdir $CGROUP"
	# From 5.19 on zswap charges what it stores to the cgroup: 36 % of what the program wrote, with lzo and pages as real ones.
	[ ! -e "$CGROUP/memory.zswap.current" ] || limit=$((limit + (LOAD_MIB - RESIDENT_MIB) * ${CHARGED_PERCENT:-38} / 100))
	echo $((limit << 20)) >"$CGROUP/$CGROUP_LIMIT"
}

# swapload_start LOG OPTION...: start swapload in a cgroup of its own; sets SWAPLOAD, its process id. Its output goes to
# LOG. It is killed at the end of the test, if it is still there.
swapload_start()
{
	local log=$1

	shift
	make_cgroup
	: >"$log"
	(
		trap - EXIT INT TERM HUP
		echo "$BASHPID" >"$CGROUP/cgroup.procs"
		exec "$SELFTESTS/swapload" --size "$LOAD_MIB" "$@"
	) >>"$log" 2>&1 </dev/null &
	SWAPLOAD=$!
	defer "kill -KILL $SWAPLOAD 2>/dev/null; wait $SWAPLOAD 2>/dev/null; true"
}

# swapload_holding LOG: wait until swapload has filled its memory and holds.
swapload_holding()
{
	loop_until 240 swapload_said "$1" holding || fail "swapload does not get its memory filled: $(cat "$1")"
}

# True when a line of the log begins with the word; the test is over when swapload is.
swapload_said()
{
	local text

	read_text "$1"
	[[ $text != *$'\n'"$2"* ]] || return 0
	swapload_running || fail "swapload ended early: $(cat "$1")"
	return 1
}

# End its hold, or its loop.
swapload_continue()
{
	kill -USR1 "$SWAPLOAD"
}

swapload_running()
{
	kill -0 "$SWAPLOAD" 2>/dev/null
}

# swapload_end LOG: wait for swapload's end, and require that it verified pages, and all of them as they should be.
swapload_end()
{
	local status=0

	wait "$SWAPLOAD" || status=$?
	sed 's/^/  /' "$1"
	[ "$status" = 0 ] || fail "swapload ended with $status"
	grep -Eq '^verified [1-9][0-9]* pages, 0 mismatches$' "$1" || fail "swapload verified nothing"
}

# traffic: wait until the load in $CGROUP has read some hundred pages back from swap. It proves that the load goes on,
# under whatever the test does to it.
traffic()
{
	local value

	read_value "$CGROUP/memory.stat" pgmajfault
	loop_until 120 swapins_over $((value + 300)) || fail "the load stands still"
}

swapins_over()
{
	local value

	swapload_running || fail "swapload ended early: $(cat "$TMP"/*)"
	read_value "$CGROUP/memory.stat" pgmajfault
	[ "$value" -gt "$1" ]
}

# switch_pools ROUNDS OTHER_ZPOOL OTHER_COMPRESSOR: under load, change what zswap uses so many times, with traffic after
# each; four steps go round: allocator away, compressor, allocator back, compressor back. Sets migrated to the
# largest number of pages that had migrated in the pools there were after a change.
switch_pools()
{
	local i sum

	migrated=0
	for ((i = 1; i <= $1; i++)); do
		case $((i % 4)) in
		1) zswap_choose "$2" lzo ;;
		2) zswap_choose "$2" "$3" ;;
		3) zswap_choose z3fold "$3" ;;
		0) zswap_choose z3fold lzo ;;
		esac
		traffic
		validate_pools
		read_sum pages_migrated
		[ "$migrated" -ge "$sum" ] || migrated=$sum
		# shellcheck disable=SC2154 # allocator is in functions.sh
		if [ "$allocator" = z3fold ]; then
			loop_until 60 stat_over objects 0 || fail "nothing goes to z3fold after switch $i"
		fi
	done
}

# keep_doing COMMAND...: over and over in the background, until the end of the test.
keep_doing()
{
	(
		trap - EXIT INT TERM HUP
		set +e
		while :; do "$@"; done
	) >/dev/null 2>&1 </dev/null &
	defer "kill -KILL $! 2>/dev/null; wait $! 2>/dev/null; true"
}

# Let the kernel compact its memory: it isolates, migrates and puts back what pages it can.
compact_memory()
{
	echo 1 >/proc/sys/vm/compact_memory
}

# Until the end of the test, the kernel compacts memory without a pause, and makes all of it (a gigabyte at most) huge
# pages again and again: that moves pages even where little is fragmented.
keep_migrating()
{
	keep_doing compact_memory
	[ -w /proc/sys/vm/nr_hugepages ] || return 0
	set_sysctl vm.nr_hugepages 0
	keep_doing huge_pages_come_and_go
}

huge_pages_come_and_go()
{
	local most

	count_most_huge_pages
	echo $((most < 512 ? most : 512)) >/proc/sys/vm/nr_hugepages
	echo 0 >/proc/sys/vm/nr_hugepages
}

# Sets most: how many more huge pages there could be at most. Some memory is left for who else needs it, or the kernel
# would kill for it.
# shellcheck disable=SC2034 # most is for the caller
count_most_huge_pages()
{
	local value

	read_value /proc/meminfo MemAvailable:
	most=$((value > 65536 ? (value / 1024 - 64) / 2 : 0))
}

# A directory for logs, removed at the end.
make_tmp()
{
	TMP=$(mktemp -d)
	defer "rm -rf $TMP"
}
