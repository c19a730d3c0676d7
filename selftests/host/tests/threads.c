// SPDX-License-Identifier: GPL-2.0-only
/*
 * threads.c - real threads: owners, migration, sweeps, the shrinker, reclaim
 */
#include <pthread.h>
#include <unistd.h>
#include "owner.h"

struct thread {
	pthread_t id;
	struct host_task task;
	u64 seed;
	void (*step)(struct thread *t);
	struct owner *owner;
	unsigned long steps;
};

static bool stop;

static bool stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_RELAXED);
}

static void *thread_main(void *arg)
{
	struct thread *t = arg;

	host_task_init(&t->task, t->seed);
	while (!stopped()) {
		t->step(t);
		t->steps++;
	}
	return NULL;
}

static void start(struct thread *t, void (*step)(struct thread *),
		  struct owner *owner, u64 seed)
{
	t->step = step;
	t->owner = owner;
	t->seed = seed;
	t->steps = 0;
	if (pthread_create(&t->id, NULL, thread_main, t))
		host_fail("no thread\n");
}

static void mutate(struct thread *t)
{
	owner_random(t->owner);
}

/* As the stress trigger does it, without the kernel's own books. */
static void migrate_listed(struct z3fold_pool *pool)
{
	struct page *page, *newpage;
	bool done = false;

	page = z3fold_shard_get_page(per_cpu_ptr(pool->shards, host_below(nr_cpu_ids)),
				     host_below(Z3FOLD_CHUNKS));
	if (!page)
		return;
	if (!trylock_page(page))
		goto put;
	if (!z3fold_migration_movable(page) || !z3fold_migration_isolate(page)) {
		unlock_page(page);
		goto put;
	}
	unlock_page(page);
	newpage = alloc_page(GFP_KERNEL);
	lock_page(page);
	if (newpage && trylock_page(newpage)) {
		done = !z3fold_migration_migrate(newpage, page, true);
		unlock_page(newpage);
	}
	if (!done)
		z3fold_migration_putback(page);
	unlock_page(page);
	if (newpage)
		put_page(newpage);
put:
	put_page(page);
}

static void migrate(struct thread *t)
{
	if (t->owner && !host_below(4))
		migrate_listed(t->owner->pool);
	else
		owner_migrate_random();
	if (!host_below(8))
		host_sleep();
}

static void compact(struct thread *t)
{
	switch (host_below(4)) {
	case 0:
		z3fold_compact_pool(t->owner->pool);
		break;
	case 1:
		z3fold_compact_try(t->owner->pool, 1 + host_below(8));
		break;
	default:
		host_shrink_count();
		host_shrink(1 + host_below(16));
	}
	host_sleep();
}

static void reclaim(struct thread *t)
{
	unsigned int n;

	z3fold_reclaim(t->owner->pool, 1 + host_below(4), &n);
	host_sleep();
}

static void work(struct thread *t)
{
	if (!host_work_step())
		host_sleep();
}

/* Walks page frames, has them locked for moments; validates now and then. */
static void walk(struct thread *t)
{
	struct page *page = pfn_to_page(host_below(host_mem_pages()));
	unsigned long pages;

	if (get_page_unless_zero(page)) {
		if (trylock_page(page)) {
			host_point();
			unlock_page(page);
		}
		put_page(page);
	}
	if (!(t->steps & 0xff)) {
		if (z3fold_pool_validate(t->owner->pool, &pages))
			host_fail("z3fold_pool_validate() found errors\n");
		host_sleep();
	}
}

/* The pool is quiet: everything must be in order, and go without a rest. */
static void finish(struct owner *owner)
{
	unsigned int i, n = 0;

	host_mode = HOST_SINGLE;
	host_fail_one_in = 0;
	for (i = 0; i < owner->slots; i++)
		n += !!owner->slot[i].entry;
	while (owner->pool->deferred.next != &owner->pool->deferred)
		host_work_step();
	host_check_pool(owner->pool, n, 0);
	for (i = 0; i < owner->slots; i++)
		owner_load(owner, i);
	owner_exit(owner);
}

int test_threads(const struct options *o)
{
	static struct thread t[16];
	static struct owner owner;
	unsigned int round = 0, n, i;
	time_t end = time(NULL) + o->seconds, slice;
	unsigned long steps = 0;

	while (time(NULL) < end) {
		bool evicts = Z3FOLD_HAVE_RECLAIM && round % 2;

		host_module_init();
		/* Sometimes few objects, for conflicts; or many, for sweeps. */
		owner_init(&owner, round % 3 ? 24 : OWNER_SLOTS, evicts);
		host_fail_one_in = round % 4 == 3 ? 16 : 0;
		stop = false;
		host_mode = HOST_THREADS;
		n = 0;
		while (n < o->threads)
			{
			start(&t[n], mutate, &owner, o->seed + n + 100 * round);
			n++;
		}
		start(&t[n++], migrate, &owner, o->seed + 101);
		start(&t[n++], compact, &owner, o->seed + 102);
		start(&t[n++], work, &owner, o->seed + 103);
		start(&t[n++], walk, &owner, o->seed + 104);
		if (evicts)
			start(&t[n++], reclaim, &owner, o->seed + 105);
		slice = time(NULL) + max_t(unsigned int, 1, o->seconds / 6);
		while (time(NULL) < slice)
			usleep(20000);
		__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
		for (i = 0; i < n; i++)
			pthread_join(t[i].id, NULL);
		for (i = 0; i < o->threads; i++)
			steps += t[i].steps;
		printf("# round %u: %lu stored, %lu loaded, %lu evicted, %lu gone when evicted\n",
		       round, owner.stored, owner.loaded, owner.evicted,
		       owner.not_found);
		finish(&owner);
		host_module_exit();
		round++;
	}
	owner_report();
	printf("# %lu operations of %u threads\n", steps, o->threads);
	return 0;
}

/*
 * known-races.md 7: zswap's pool is switched at run time, while migration has
 * pages of the old one isolated.
 */
int test_switch(const struct options *o)
{
	time_t end = time(NULL) + o->seconds;
	static struct thread t[3];
	static struct owner owner[2];
	unsigned long n = 0;
	unsigned int i;

	host_module_init();
	stop = false;
	host_mode = HOST_THREADS;
	start(&t[0], migrate, NULL, o->seed);
	start(&t[1], migrate, NULL, o->seed + 1);
	start(&t[2], work, NULL, o->seed + 2);
	for (; time(NULL) < end; n++) {
		owner_init(&owner[n & 1], 64, false);
		for (i = 0; i < 100; i++)
			owner_random(&owner[n & 1]);
		if (n)
			owner_exit(&owner[~n & 1]);
	}
	owner_exit(&owner[~n & 1]);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < ARRAY_SIZE(t); i++)
		pthread_join(t[i].id, NULL);
	host_mode = HOST_SINGLE;
	host_module_exit();
	printf("# %lu pools\n", n);
	return 0;
}
