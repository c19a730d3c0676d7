/* SPDX-License-Identifier: GPL-2.0-only */
/* Real atomics, with the kernel's orderings. */
#ifndef _HOST_LINUX_ATOMIC_H
#define _HOST_LINUX_ATOMIC_H

#include <linux/types.h>

typedef struct {
	long counter;
} atomic_long_t;

#define ATOMIC_LONG_INIT(i)	{ (i) }

static inline long atomic_long_read(const atomic_long_t *v)
{
	host_point();
	return __atomic_load_n(&v->counter, __ATOMIC_RELAXED);
}

static inline long atomic_long_read_acquire(const atomic_long_t *v)
{
	host_point();
	return __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE);
}

static inline void atomic_long_set(atomic_long_t *v, long i)
{
	host_point();
	__atomic_store_n(&v->counter, i, __ATOMIC_RELAXED);
}

static inline void atomic_long_set_release(atomic_long_t *v, long i)
{
	host_point();
	__atomic_store_n(&v->counter, i, __ATOMIC_RELEASE);
}

static inline void atomic_long_add(long i, atomic_long_t *v)
{
	host_point();
	__atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED);
}

static inline long atomic_long_inc_return(atomic_long_t *v)
{
	host_point();
	return __atomic_add_fetch(&v->counter, 1, __ATOMIC_SEQ_CST);
}

static inline void atomic_long_sub(long i, atomic_long_t *v)
{
	atomic_long_add(-i, v);
}

static inline void atomic_long_inc(atomic_long_t *v)
{
	atomic_long_add(1, v);
}

static inline void atomic_long_dec(atomic_long_t *v)
{
	atomic_long_add(-1, v);
}

#define HOST_TRY_CMPXCHG(name, order)					\
static inline bool name(atomic_long_t *v, long *old, long new)		\
{									\
	host_point();							\
	return __atomic_compare_exchange_n(&v->counter, old, new, false, \
					   order, __ATOMIC_RELAXED);	\
}
HOST_TRY_CMPXCHG(atomic_long_try_cmpxchg, __ATOMIC_SEQ_CST)
HOST_TRY_CMPXCHG(atomic_long_try_cmpxchg_acquire, __ATOMIC_ACQUIRE)
HOST_TRY_CMPXCHG(atomic_long_try_cmpxchg_release, __ATOMIC_RELEASE)
HOST_TRY_CMPXCHG(atomic_long_try_cmpxchg_relaxed, __ATOMIC_RELAXED)

#endif
