# shellcheck shell=bash disable=SC2034,SC2086,SC2154 # variables are shared with check
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own tests, from the same source as the kernels: those of zswap, and those of memory management that swap
# (MADV_PAGEOUT) or that compact memory. Not khugepaged, which wants a gigabyte of huge pages before it comes to what it
# does with swap, nor uffd-unit-tests, minutes for the one page that they page out.

readonly own_tests=(cgroup/test_zswap cgroup/test_memcontrol mm/cow mm/compaction_test)

# own_build: into $builds/own, as a directory of the guest's root. Static, since that root is not this machine's.
own_build() {
	local log=$builds/own.log key
	key=$({ echo "$source_version" "${own_tests[@]}" && cat "$here/own.sh" && gcc --version; } | sha256sum)
	[[ ! -f $builds/own.key || $(<"$builds/own.key") != "$key" ]] || return 0
	rm -rf "$builds/own" "$builds/own.key" "$builds/headers"
	step "building the kernel's own tests" "$log" own_make
	if ((step_status)); then
		show_tail "$log"
		die $EXIT_PREPARE "cannot build the kernel's own tests (log: $log)"
	fi
	rm -rf "$builds/headers"
	echo "$key" >"$builds/own.key"
}

own_make() {
	local test dir=$builds/own/opt/kernel-tests
	make -s -C "$source" O="$builds/headers" ARCH=x86 headers || return
	for test in "${own_tests[@]}"; do
		mkdir -p "$dir/${test%/*}"
		make -C "$source/tools/testing/selftests/${test%/*}" OUTPUT="$dir/${test%/*}" LDFLAGS=-static \
			KHDR_INCLUDES="-isystem $builds/headers/usr/include" "$dir/$test" || return
	done
}
