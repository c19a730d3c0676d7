#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# checkpatch, shellcheck and mandoc's lint over the tree. checkpatch.pl is in Debian's
# linux-source packages only: it is taken out of the newest one once, and cached.

set -euo pipefail
cd "$(dirname "$0")/.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/z3fold/checkpatch

fetch_checkpatch()
{
	local package tarball work

	package=$(apt-cache search --names-only '^linux-source-[0-9.]+$' | awk '{ print $1 }' | sort -V | tail -n 1)
	[ -n "$package" ] || { echo 'style: no linux-source package in the archive; set CHECKPATCH=' >&2; exit 1; }
	echo "style: taking checkpatch.pl out of $package (about a minute, once)" >&2
	mkdir -p "$cache"
	work=$(mktemp -d)
	# shellcheck disable=SC2064 # now: work is gone at the exit
	trap "rm -rf '$work'" EXIT
	(cd "$work" && apt-get -qq download "$package" && dpkg-deb --fsys-tarfile ./*.deb | tar -x)
	tarball=$(echo "$work"/usr/src/*.tar.xz)
	tar -C "$cache" --strip-components=1 --wildcards -xf "$tarball" '*/scripts/checkpatch.pl' \
		'*/scripts/spelling.txt' '*/scripts/const_structs.checkpatch'
}

if [ -z "${CHECKPATCH:-}" ]; then
	CHECKPATCH=$cache/scripts/checkpatch.pl
	[ -e "$CHECKPATCH" ] || fetch_checkpatch
fi
command -v shellcheck >/dev/null || { echo 'style: shellcheck is not installed: apt-get install shellcheck' >&2; exit 1; }

status=0
# Not ours: the kernel's own names, and macros that define a whole driver for an old or a new interface, or list
# functions. A space in front of a bit-field's colon, a comparison of two constants in a static_assert.
# shellcheck disable=SC2054 # checkpatch wants the commas
checkpatch=("$CHECKPATCH" --no-tree --strict --terse --show-types --quiet --no-summary
	--ignore CAMELCASE,MACRO_WITH_FLOW_CONTROL,MACRO_ARG_UNUSED,CONSTANT_COMPARISON
	--ignore COMPLEX_MACRO,TRAILING_SEMICOLON,BIT_MACRO,UNCOMMENTED_DEFINITION,FILE_PATH_CHANGES,MACRO_ARG_REUSE)
mapfile -t sources < <(git ls-files -- 'src/*.c' 'debugfs/*.c' 'include/*.h' ':!include/trace')
"${checkpatch[@]}" -f "${sources[@]}" || status=1
# Tracepoints are laid out as the kernel lays out its own.
mapfile -t events < <(git ls-files -- 'include/trace/*.h')
"${checkpatch[@]}" --ignore OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT -f "${events[@]}" || status=1
mapfile -t scripts < <(git ls-files | while read -r file; do
	head -n 2 "$file" 2>/dev/null | grep -qaE '^#!.*\b(ba)?sh\b|shellcheck shell' && echo "$file"; done)
shellcheck -x -P SCRIPTDIR "${scripts[@]}" || status=1
make -s -C packaging/z3foldctl lint || status=1
[ $status != 0 ] || echo "style: manuals, $((${#sources[@]} + ${#events[@]})) sources and ${#scripts[@]} scripts are clean"
exit $status
