/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spinlocks that know their owner and their place in the lock order.
 *
 * Made of atomics, not of pthread mutexes: ThreadSanitizer's own search for
 * cycles would report two claimed pages that are locked in either order.
 */
#ifndef _HOST_LINUX_SPINLOCK_H
#define _HOST_LINUX_SPINLOCK_H

#include <linux/kernel.h>

struct host_task;

#ifdef HOST_BENCH

/* As large as the kernel's, so that descriptors are. */
typedef struct {
	int locked;
} spinlock_t;

#define spin_lock_init(l)	((l)->locked = 0)
static inline void spin_lock(spinlock_t *l)
{
	while (__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(&l->locked, __ATOMIC_RELAXED))
			host_wait();
}
static inline void spin_unlock(spinlock_t *l)
{
	__atomic_store_n(&l->locked, 0, __ATOMIC_RELEASE);
}
static inline bool spin_trylock(spinlock_t *l)
{
	return !__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE);
}
#define spin_lock_nested(l, n)	spin_lock(l)
#define lockdep_assert_held(l)	((void)(l))
#define spin_is_locked(l)	__atomic_load_n(&(l)->locked, __ATOMIC_RELAXED)

#else

typedef struct {
	int locked;
	unsigned int rank;
	struct host_task *owner;
} spinlock_t;

void host_spin_init(spinlock_t *l, const char *name);
void host_spin_lock(spinlock_t *l, unsigned int nested);
bool host_spin_trylock(spinlock_t *l);
void host_spin_unlock(spinlock_t *l);
void host_assert_held(const spinlock_t *l, const char *name);

#define spin_lock_init(l)	host_spin_init(l, #l)
#define spin_lock(l)		host_spin_lock(l, 0)
#define spin_lock_nested(l, n)	host_spin_lock(l, n)
#define spin_trylock(l)		host_spin_trylock(l)
#define spin_unlock(l)		host_spin_unlock(l)
#define spin_is_locked(l)	__atomic_load_n(&(l)->locked, __ATOMIC_RELAXED)
/* A mutex has an owner too. */
#define lockdep_assert_held(l)						\
	_Generic((l), spinlock_t *: host_assert_held, 			\
		 struct mutex *: host_mutex_assert_held)((void *)(l), #l)
struct mutex;
void host_mutex_assert_held(const struct mutex *m, const char *name);

#endif

#define SINGLE_DEPTH_NESTING	1

void preempt_disable(void);
void preempt_enable(void);

#endif
