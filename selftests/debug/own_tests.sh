#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernel's own tests of zswap, memory cgroups and swapping, with z3fold as zswap's allocator; where a case fails, with
# zsmalloc too. One that fails there as well on this kernel is not our matter, but both results are told. Some of them fail
# by chance, when a machine is slow: where a case is worse with z3fold, two more turns must do without.

# shellcheck source-path=SCRIPTDIR source=../functions.sh
. "$(dirname "$0")/../functions.sh"

# They let the OOM killer kill, which shows where it was called; a complaint has another line as well.
BAD_LOG=${BAD_LOG/|Call Trace/}

programs=/opt/kernel-tests
[ -d $programs ] || skip "needs the kernel's own tests in $programs"
require_all
other=$(other_zpool)
[ "$other" = zsmalloc ] || skip "needs zsmalloc, to compare with"

# They want cgroup 2 with the memory controller, and a swap device.
find_cgroup
swap_on
set_sysctl vm.overcommit_memory 1

# run_with ZPOOL PROGRAM: one line a case in $TMP/ZPOOL: "ok name" or "not ok name" or "skip name".
run_with()
{
	local status=0 planned limit=$((150 * ${SLOW:-1}))

	zswap_use "$1" lzo
	timeout $limit "$programs/$2" >"$TMP/output" 2>&1 </dev/null || status=$?
	# A child that is forked writes its parent's buffer once more. Some skip without a name.
	awk '/^(not )?ok [0-9]+/ && !seen[$0]++ {
		result = $1 == "ok" ? "ok" : "not ok"
		sub(/^(not )?ok [0-9]+ *(- )?/, "")
		if (sub(/ *# SKIP */, " "))
			result = "skip"
		print result " " $0
	}' "$TMP/output" >"$TMP/$1"
	grep -Eq '^(not )?ok' "$TMP/$1" || fail "$2 runs no case with $1: $(tail -n 5 "$TMP/output")"
	planned=$(sed -nE 's/^1\.\.([0-9]+).*/\1/p' "$TMP/output" | head -n 1)
	[ "$(wc -l <"$TMP/$1")" -ge "${planned:-0}" ] || echo "not ok to report all of $planned cases" >>"$TMP/$1"
	# 4: it skips, or some case of it.
	case $status in
	0 | 4) ;;
	124) echo "not ok to finish within $limit s" >>"$TMP/$1" ;;
	*)
		grep -q '^not ok' "$TMP/$1" || {
			echo "not ok to end with $status" >>"$TMP/$1"
			info "  $2 with $1 ends with $status:"
			tail -n 5 "$TMP/output" | sed 's/^/    /'
		}
		;;
	esac
}

# compare PROGRAM: false when a case is worse with z3fold than with zsmalloc.
compare()
{
	run_with z3fold "$1"
	: >"$TMP/zsmalloc"
	! grep -q '^not ok' "$TMP/z3fold" || run_with zsmalloc "$1"
	awk -v program="$1" '
	function result(line) { return line ~ /^not ok/ ? "not ok" : line ~ /^ok/ ? "ok" : "skip" }
	function title(line) { sub(/^(not ok|ok|skip) /, "", line); return line }
	{ r = result($0); t = title($0); i = ++times[FILENAME, t]; key = t SUBSEP i }
	FNR == NR { ours[key] = r; names[++n] = key; next }
	{ theirs[key] = r }
	END {
		for (i = 1; i <= n; i++) {
			key = names[i]
			split(key, part, SUBSEP)
			o = ours[key]
			t = key in theirs ? theirs[key] : "not run"
			count[o]++
			if (o == "not ok" || t == "not ok")
				printf "  %s: %s: z3fold %s, zsmalloc %s\n", program, part[1], o, t
			if (o == "not ok" && t != "not ok")
				worse++
		}
		printf "%s: ok %d, not ok %d, skipped %d with z3fold\n", program, count["ok"], count["not ok"], count["skip"]
		exit worse > 0
	}' "$TMP/z3fold" "$TMP/zsmalloc"
}

worse=()
for program in cgroup/test_zswap cgroup/test_memcontrol mm/cow mm/compaction_test; do
	compare $program || { info "twice more:" && compare $program && compare $program; } || worse+=("$program")
done
[ ${#worse[@]} = 0 ] || fail "worse with z3fold than with zsmalloc: ${worse[*]}"
