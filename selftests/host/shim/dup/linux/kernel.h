/* SPDX-License-Identifier: GPL-2.0-only */
/* What nearly every kernel header brings along. */
#ifndef _HOST_LINUX_KERNEL_H
#define _HOST_LINUX_KERNEL_H

#include <limits.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/bug.h>
#include <linux/err.h>
#include <linux/types.h>

#define container_of(ptr, type, member)					\
	((type *)((char *)(ptr) - offsetof(type, member)))
#define __same_type(a, b)	__builtin_types_compatible_p(typeof(a), typeof(b))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define ALIGN(x, a)		(((x) + (a) - 1) & ~((typeof(x))(a) - 1))

#define host_pick(a, op, b)						\
({									\
	typeof(a) __a = (a);						\
	typeof(b) __b = (b);						\
									\
	(void)(&__a == &__b);						\
	__a op __b ? __a : __b;						\
})
#define max(a, b)		host_pick(a, >, b)
#define min(a, b)		host_pick(a, <, b)
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define swap(a, b)							\
do {									\
	typeof(a) __t = (a);						\
									\
	(a) = (b);							\
	(b) = __t;							\
} while (0)

#endif
