/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_LOG2_H
#define _HOST_LINUX_LOG2_H

#define ilog2(n)	((int)(BITS_PER_LONG - 1 - __builtin_clzl(n)))
#define roundup_pow_of_two(n)						\
	((n) == 1 ? 1UL : 1UL << (BITS_PER_LONG - __builtin_clzl((n) - 1)))

#endif
