#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# All files of all pools are read without a pause while pools come and go: a pool is destroyed while somebody has its
# files open, or reads parameters that sum over it. READ_LOOP_SECONDS makes it longer.

# shellcheck source-path=SCRIPTDIR source=functions.sh
. "$(dirname "$0")/functions.sh"

READ_LOOP_SECONDS=${READ_LOOP_SECONDS:-20}

# What goes away while it is read is no error.
read_files()
{
	local file lines

	for file in "$STATS"/*/* /sys/module/z3fold/parameters/*; do
		# No process for each: the pool would be gone.
		mapfile -t lines 2>/dev/null <"$file" && [ ${#lines[@]} != 0 ] && echo "${file##*/} ${#lines[@]}" >>"$TMP/read.$BASHPID"
	done
}

# Open files of a pool that goes: reading on gives an error or the end, never old memory.
hold_files()
{
	local pool

	for pool in "$STATS"/*/; do
		{
			pause 0.3
			cat <&3 >/dev/null 2>&1
			cat <&4 >/dev/null 2>&1
			[ -e "$pool" ] || echo held >>"$TMP/held"
		} 3<"${pool}stats" 4<"${pool}chunks"
	done
}

require_all
other=$(other_zpool)
compressor=$(other_compressor)
zswap_use z3fold lzo
keep_doing read_files
keep_doing read_files
keep_doing hold_files

# A pool that holds nothing goes at once when zswap has chosen another.
end=$((SECONDS + READ_LOOP_SECONDS)) rounds=0
# A slow machine gets the time for some rounds.
while [ "$SECONDS" -lt "$end" ] || [ "$rounds" -lt 5 ]; do
	zswap_choose z3fold "$compressor"
	zswap_choose "$other" "$compressor"
	zswap_choose z3fold "$compressor"
	zswap_choose z3fold lzo
	rounds=$((rounds + 1))
done
read=$(cut -d ' ' -f 1 "$TMP"/read.* | sort | uniq -c | awk '{ printf "%s%s %s", n++ ? ", " : "", $1, $2 }')
info "$rounds rounds of 3 pools; read: $read"
for file in stats chunks validate compact pages; do
	grep -q "^$file " "$TMP"/read.* || fail "nobody could read $file"
done
[ "$(sed -n 's/^chunks //p' "$TMP"/read.* | sort -u)" = 66 ] || fail "chunks has not 66 lines"
[ -s "$TMP/held" ] || fail "nobody held files of a pool that went"
loop_until 30 pools_are 1 || fail "$(pools) pools are left"
