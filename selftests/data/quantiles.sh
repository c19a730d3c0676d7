#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# quantiles.sh SIZES >lzo_sizes.h: reduce a list of compressed page sizes (bytes, one a line) to the 256 quantiles
# that swapload draws from. The list behind lzo_sizes.h is not kept in the tree; its values are.

set -eu

sort -n "$1" | awk '
{ size[NR] = $1; sum += $1 }
END {
	print "/* SPDX-License-Identifier: GPL-2.0-only */"
	print "/*"
	print " * Sizes in bytes to which lzo compresses anonymous pages of running programs (compilers, Python, Node, shells):"
	printf " * 256 quantiles of %d pages of 4 KiB, same-filled ones left out; their mean is %.0f bytes.\n", NR, sum / NR
	print " * Made by: data/quantiles.sh sizes.lzo.txt >data/lzo_sizes.h"
	print " */"
	print "static const uint16_t lzo_sizes[256] = {"
	for (i = 0; i < 256; i++)
		printf "%s%d,%s", i % 16 ? " " : "\t", size[int((i + 0.5) * NR / 256) + 1], i % 16 == 15 ? "\n" : ""
	print "};"
}'
