// SPDX-License-Identifier: GPL-2.0-only
/*
 * lock.c - spinlocks and mutexes that check how they are used
 */
#include "host.h"

#ifndef HOST_BENCH

/* The order that core.c declares, by the expression that initialises a lock. */
static const struct {
	const char *name;
	unsigned int rank;
} order[] = {
	{ "&zp->lock", 1 },
	{ "&shard->lock", 2 },
	{ "&pool->lock", 3 },
};

void host_spin_init(spinlock_t *l, const char *name)
{
	unsigned int i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < ARRAY_SIZE(order); i++)
		if (!strcmp(order[i].name, name))
			l->rank = order[i].rank;
	if (!l->rank)
		host_fail("%s has no place in the lock order, see %s\n", name,
			  __FILE__);
}

static void check_order(spinlock_t *l, unsigned int nested)
{
	struct host_task *self = host_self;
	unsigned int i, same = 0;

	if (!l->rank)
		host_fail("a lock that was never initialised\n");
	if (self->preempt)
		host_fail("a lock is taken with preemption off\n");
	for (i = 0; i < self->depth; i++) {
		if (self->held[i] == l)
			host_fail("a lock is taken twice\n");
		if (self->held[i]->rank > l->rank)
			host_fail("lock order: rank %u, then %u\n",
				  self->held[i]->rank, l->rank);
		if (self->held[i]->rank == l->rank)
			same++;
	}
	if (same != nested)
		host_fail("%u locks of rank %u are held, nested %u\n", same,
			  l->rank, nested);
	if (self->depth == ARRAY_SIZE(self->held))
		host_fail("too many locks\n");
}

static void note(spinlock_t *l)
{
	__atomic_store_n(&l->owner, host_self, __ATOMIC_RELAXED);
	host_self->held[host_self->depth++] = l;
}

void host_spin_lock(spinlock_t *l, unsigned int nested)
{
	check_order(l, nested);
	host_point();
	while (__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE))
		host_wait();
	note(l);
}

bool host_spin_trylock(spinlock_t *l)
{
	host_point();
	if (__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE))
		return false;
	note(l);
	return true;
}

void host_spin_unlock(spinlock_t *l)
{
	struct host_task *self = host_self;
	unsigned int i;

	host_assert_held(l, "unlocked lock");
	for (i = self->depth; i-- && self->held[i] != l;)
		;
	self->depth--;
	for (; i < self->depth; i++)
		self->held[i] = self->held[i + 1];
	__atomic_store_n(&l->owner, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&l->locked, 0, __ATOMIC_RELEASE);
	host_point();
}

void host_assert_held(const spinlock_t *l, const char *name)
{
	if (__atomic_load_n(&l->owner, __ATOMIC_RELAXED) != host_self)
		host_fail("%s is not held\n", name);
}

void host_mutex_assert_held(const struct mutex *m, const char *name)
{
	if (__atomic_load_n(&m->owner, __ATOMIC_RELAXED) != host_self)
		host_fail("%s is not held\n", name);
}

void preempt_disable(void)
{
	host_self->preempt++;
	host_point();
}

void preempt_enable(void)
{
	host_point();
	if (!host_self->preempt--)
		host_fail("preempt_enable() without preempt_disable()\n");
}

#else

void preempt_disable(void)
{
}

void preempt_enable(void)
{
}

#endif

void mutex_init(struct mutex *m)
{
	memset(m, 0, sizeof(*m));
}

bool mutex_trylock(struct mutex *m)
{
	host_point();
	if (__atomic_exchange_n(&m->locked, 1, __ATOMIC_ACQUIRE))
		return false;
	__atomic_store_n(&m->owner, host_self, __ATOMIC_RELAXED);
	return true;
}

void mutex_lock(struct mutex *m)
{
	host_might_sleep("mutex_lock");
	if (__atomic_load_n(&m->owner, __ATOMIC_RELAXED) == host_self)
		host_fail("a mutex is taken twice\n");
	while (!mutex_trylock(m))
		host_sleep();
}

void mutex_unlock(struct mutex *m)
{
	if (__atomic_load_n(&m->owner, __ATOMIC_RELAXED) != host_self)
		host_fail("another's mutex is unlocked\n");
	__atomic_store_n(&m->owner, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&m->locked, 0, __ATOMIC_RELEASE);
}
