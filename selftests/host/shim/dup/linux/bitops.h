/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_BITOPS_H
#define _HOST_LINUX_BITOPS_H

#include <linux/types.h>
#include <strings.h>

#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))
#define GENMASK_ULL(h, l)	((~0ULL << (l)) & (~0ULL >> (63 - (h))))
#define __ffs(x)	((unsigned long)__builtin_ctzl(x))
#define __ffs64(x)	((unsigned long)__builtin_ctzll(x))
#define __fls(x)	((unsigned long)(BITS_PER_LONG - 1 - __builtin_clzl(x)))
#define fls64(x)	((x) ? 64 - __builtin_clzll(x) : 0)
#define hweight8(x)	((unsigned int)__builtin_popcount((u8)(x)))
#define hweight64(x)	((unsigned int)__builtin_popcountll(x))

#endif
