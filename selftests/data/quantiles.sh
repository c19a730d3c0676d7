#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# quantiles.sh COMPRESSOR SIZES >data/COMPRESSOR_sizes.h: reduce a list of compressed page sizes (bytes, one a line) to
# the 256 quantiles that swapload and the stress trigger draw from. The lists are not kept in the tree; these values are.

set -eu

sort -n "$2" | awk -v name="$1" '
{ size[NR] = $1; sum += $1 }
END {
	print "/* SPDX-License-Identifier: GPL-2.0-only */"
	print "/*"
	printf " * Sizes in bytes to which %s compresses anonymous pages of running programs (compilers, Python, Node, shells):\n", name
	printf " * 256 quantiles of %d pages of 4 KiB, same-filled ones left out; their mean is %.0f bytes.\n", NR, sum / NR
	printf " * Made by: selftests/data/quantiles.sh %s sizes.%s.txt >%s_sizes.h\n", name, name, name
	print " */"
	printf "static const uint16_t %s_sizes[256] = {\n", name
	for (i = 0; i < 256; i++)
		printf "%s%d,%s", i % 16 ? " " : "\t", size[int((i + 0.5) * NR / 256) + 1], i % 16 == 15 ? "\n" : ""
	print "};"
}'
