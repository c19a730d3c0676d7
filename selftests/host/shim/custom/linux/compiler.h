/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Marked accesses are relaxed atomics: ThreadSanitizer accepts them against one
 * another, and reports each unmarked access that races with one.  Each is also
 * a point where the schedule may be disturbed.
 */
#ifndef _HOST_LINUX_COMPILER_H
#define _HOST_LINUX_COMPILER_H

#include "host_point.h"

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define __must_check	__attribute__((warn_unused_result))
#define __percpu
#define __acquires(x)
#define __releases(x)
#define __must_hold(x)
#define __acquire(x)	((void)0)
#define __release(x)	((void)0)
#define __maybe_unused	__attribute__((unused))
#undef __always_inline
#define __always_inline	inline __attribute__((always_inline))
#define noinline	__attribute__((noinline))
#define __aligned(x)	__attribute__((aligned(x)))
#define fallthrough	__attribute__((fallthrough))
#define ____cacheline_aligned_in_smp	__attribute__((aligned(64)))
#define ____cacheline_aligned	__attribute__((aligned(64)))

#define READ_ONCE(x)							\
({									\
	host_point();							\
	__atomic_load_n(&(x), __ATOMIC_RELAXED);			\
})
#define WRITE_ONCE(x, v)						\
do {									\
	host_point();							\
	__atomic_store_n(&(x), (v), __ATOMIC_RELAXED);			\
} while (0)
/* As for KCSAN: a race that the source itself declares to be harmless. */
#ifdef HOST_TSAN
void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);
#define data_race(x)							\
({									\
	AnnotateIgnoreReadsBegin(__FILE__, __LINE__);			\
	typeof(({ x; })) __v = (x);					\
	AnnotateIgnoreReadsEnd(__FILE__, __LINE__);			\
	__v;								\
})
#else
#define data_race(x)	(x)
#endif
#define smp_load_acquire(p)						\
({									\
	host_point();							\
	__atomic_load_n(p, __ATOMIC_ACQUIRE);				\
})
#define smp_store_release(p, v)						\
do {									\
	host_point();							\
	__atomic_store_n(p, v, __ATOMIC_RELEASE);			\
} while (0)
#define barrier()	__asm__ volatile("" ::: "memory")

#endif
