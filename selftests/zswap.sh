# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# zswap: its parameters, and which allocator it uses, with zpool and without. Sourced by functions.sh.

ZSWAP=/sys/module/zswap/parameters

# ---- zswap's parameters ----------------------------------------------------------------------------------------------

zswap_get()
{
	cat "$ZSWAP/$1"
}

zswap_is()
{
	local line

	read_line "$ZSWAP/$1"
	[ "$line" = "$2" ]
}

# zswap_set NAME VALUE: zswap may refuse silently (a pool that cannot be made), so look.
zswap_set()
{
	echo "$2" >"$ZSWAP/$1" || fail "zswap refuses $1=$2"
	zswap_is "$1" "$2" || fail "zswap $1 is $(zswap_get "$1") after writing $2"
}

# Remember the parameters, and put them back at the end of the test.
zswap_save()
{
	local name line

	if bridged; then
		defer "bridge_restore '$(zswap_get compressor)' '$(cat "$CAPTURE" 2>/dev/null || echo N)'"
	fi
	for name in compressor zpool accept_threshold_percent max_pool_percent shrinker_enabled enabled; do
		[ -w "$ZSWAP/$name" ] || continue
		[ "$name" != compressor ] || ! bridged || continue
		read_line "$ZSWAP/$name"
		defer "echo '$line' >$ZSWAP/$name"
	done
}

# zswap_use ALLOCATOR COMPRESSOR: zswap on, with these, and room for all that a test swaps out. Enabled first: from 6.3 on
# zswap makes no pool before that.
zswap_use()
{
	zswap_set enabled Y
	if bridged && [ "$1" = z3fold ]; then
		module_loaded || modprobe z3fold || fail "the module does not load"
		captures=$(bridge_captured)
		loop_until 30 bridge_new_pool "$2" || skip "zswap has a pool for $2 that holds data: swapoff first"
	fi
	zswap_choose "$1" "$2"
	zswap_set max_pool_percent 50
	[ ! -w "$ZSWAP/shrinker_enabled" ] || zswap_set shrinker_enabled N
	# What is not there would be read as 0.
	[ "$1" != z3fold ] || loop_until 10 stats_readable || fail "no statistics in $STATS"
}

# zswap_choose ALLOCATOR COMPRESSOR: what zswap stores from now on goes there. Sets allocator.
# shellcheck disable=SC2034 # allocator is for others
zswap_choose()
{
	allocator=$1
	if bridged; then
		bridge_choose "$1" "$2"
	else
		zswap_set compressor "$2"
		zswap_set zpool "$1"
	fi
}

# shellcheck disable=SC2034 # read_value sets value
stats_readable()
{
	local file value

	for file in "$STATS"/*/stats; do
		! read_value "$file" objects || return 0
	done
	return 1
}

# Let zswap use another allocator, if it has z3fold.
# shellcheck disable=SC2034 # allocator is for others
zswap_leave()
{
	local other

	if bridged; then
		bridge_leave
		return
	fi
	zswap_is zpool z3fold || return 0
	other=$(other_zpool)
	allocator=$other
	zswap_set zpool "$other"
}

# ---- zswap without zpool ---------------------------------------------------------------------------------------------

# There, a pool is z3fold's if it was made while z3fold captured. Writing to the parameter compressor makes one, unless it
# is of the same value, or there is an old pool for that compressor that still holds data: that one is then used again.
# So each allocator has names of its own for the compressors: z3fold's pools have the algorithm's name, zsmalloc's that of
# the driver, which is just as good for the kernel.
CAPTURE=/sys/module/z3fold/parameters/capture

bridged()
{
	[ -d "$ZSWAP" ] && [ ! -e "$ZSWAP/zpool" ]
}

# driver_name COMPRESSOR: its other name; none if it is a driver's already.
driver_name()
{
	awk -v name="$1" '$1 == "name" { found = $3 == name } $1 == "driver" && found && $3 != name { print $3; exit }' /proc/crypto
}

bridge_choose()
{
	local driver

	if [ "$1" = z3fold ]; then
		echo Y >$CAPTURE
		zswap_set compressor "$2"
	else
		compressor_available "$2" || skip "no compressor $2"
		driver=$(driver_name "$2")
		[ "$driver" ] || fail "the compressor $2 has no other name"
		[ ! -e $CAPTURE ] || echo N >$CAPTURE
		zswap_set compressor "$driver"
	fi
}

bridge_leave()
{
	local driver

	driver=$(driver_name "$(zswap_get compressor)")
	[ ! -e $CAPTURE ] || echo N >$CAPTURE
	[ "$(pools)" = 0 ] || [ -z "$driver" ] || zswap_set compressor "$driver"
}

# How many pools z3fold has captured since it was loaded.
bridge_captured()
{
	awk '$1 == "captured" { print $2 }' "$STATS/front_end"
}

# An empty pool that was just left is there for a moment, to be used again: the caller asks again.
bridge_new_pool()
{
	bridge_choose zsmalloc "$1"
	pause 0.3
	bridge_choose z3fold "$1"
	[ "$(bridge_captured)" != "$captures" ]
}

# bridge_restore COMPRESSOR CAPTURE: as it was. A pool of ours must be gone before its name is used for another.
bridge_restore()
{
	bridge_leave
	loop_until 60 pools_are 0 || { echo "z3fold's pool does not go" >&2; return 1; }
	zswap_is compressor "$1" || echo "$1" >"$ZSWAP/compressor"
	[ ! -e $CAPTURE ] || echo "$2" >$CAPTURE
}

# ---- compressors and allocators --------------------------------------------------------------------------------------

compressor_available()
{
	modprobe -q "crypto-$1" || true
	grep -Eq "^name +: $1\$" /proc/crypto
}

# The other compressor of tests that switch: zstd if there is one.
other_compressor()
{
	local name

	for name in zstd lz4 lzo-rle deflate; do
		if compressor_available "$name"; then
			echo "$name"
			return 0
		fi
	done
	skip "needs a second compressor"
}

# The other allocator of tests that switch.
other_zpool()
{
	local name

	if bridged; then
		echo zsmalloc
		return 0
	fi
	for name in zsmalloc zbud; do
		if modprobe -q "$name" || modprobe -q "zpool-$name" || [ -d "/sys/module/$name" ]; then
			echo "$name"
			return 0
		fi
	done
	skip "needs a second allocator: zsmalloc or zbud"
}

# zswap_stat NAME: from zswap's own debugfs files; 0 where there is none of this name.
zswap_stat()
{
	cat "$DEBUGFS/zswap/$1" 2>/dev/null || echo 0
}
