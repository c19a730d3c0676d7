// SPDX-License-Identifier: GPL-2.0-only
/*
 * misuse.c - what an owner does wrong is reported and does no more harm; and
 * cases that are too rare for chance: all pins in use, nothing at start
 */
#include <pthread.h>
#include <linux/shrinker.h>
#include "tests.h"

static struct z3fold_pool *pool;

static unsigned long make(unsigned int size)
{
	unsigned long handle;

	if (z3fold_alloc(pool, size, GFP_NOWAIT, &handle))
		host_fail("no memory\n");
	z3fold_map(pool, handle);
	z3fold_unmap(pool, handle);
	return handle;
}

static struct page *page_of(unsigned long handle)
{
	return z3fold_pageno_page(z3fold_word_pageno(z3fold_handle_read(handle)));
}

static void expect(const char *what, unsigned long n)
{
	if (host_warnings != n)
		host_fail("%s: %lu warnings, not %lu\n", what, host_warnings, n);
	host_warnings = 0;
	host_warnings_allowed = false;
}

static void freed_twice(void)
{
	unsigned long a = make(1000), b = make(1000);

	z3fold_free(pool, a);
	host_warnings_allowed = true;
	z3fold_free(pool, a);
	expect("freed twice", 1);
	host_check_pool(pool, 1, 0);
	z3fold_free(pool, b);
}

static void unmapped_twice(void)
{
	unsigned long a = make(1000);

	host_warnings_allowed = true;
	z3fold_unmap(pool, a);
#ifdef Z3FOLD_DEBUG
	expect("unmapped twice", 1);
#else
	expect("unmapped twice", 0);
#endif
	z3fold_free(pool, a);
}

static void freed_while_mapped(void)
{
	unsigned long a = make(1000), b = make(1000);

	z3fold_map(pool, a);
	host_warnings_allowed = true;
	z3fold_free(pool, a);
	expect("freed while mapped", 1);
	z3fold_free(pool, b);
}

static unsigned long freed_in_callback;

static int free_twice(void *owner, unsigned long handle)
{
	z3fold_free(pool, handle);
	host_warnings_allowed = true;
	z3fold_free(pool, handle);
	expect("freed twice in its callback", 1);
	freed_in_callback++;
	return 0;
}

static int leave_mapped(void *owner, unsigned long handle)
{
	z3fold_map(pool, handle);
	z3fold_free(pool, handle);
	host_warnings_allowed = true;
	return 0;
}

static void evicted_wrongly(void)
{
	unsigned int n;

	if (!Z3FOLD_HAVE_RECLAIM)
		return;
	/* No callback, and no pages. */
	if (z3fold_reclaim(pool, 1, &n) != -EINVAL || n)
		host_fail("reclaim without a callback\n");
	pool->evict = free_twice;
	if (z3fold_reclaim(pool, 1, NULL) != -EINVAL)
		host_fail("reclaim of an empty pool\n");
	make(1000);
	if (z3fold_reclaim(pool, 1, &n) || n != 1 || !freed_in_callback)
		host_fail("not reclaimed\n");
	pool->evict = leave_mapped;
	make(1000);
	if (z3fold_reclaim(pool, 1, &n) || n != 1)
		host_fail("not reclaimed\n");
	expect("left mapped by its callback", 1);
	pool->evict = NULL;
}

static unsigned long many;

static void *map_once_more(void *arg)
{
	struct host_task task;

	host_task_init(&task, 7);
	z3fold_map(pool, many);		/* waits */
	z3fold_unmap(pool, many);
	return NULL;
}

/* The count of pins is full: the next one waits, and says so. */
static void mapped_too_often(void)
{
	unsigned int i, most = 1 + (Z3FOLD_COUNT_MASK >> Z3FOLD_COUNT_SHIFT);
	pthread_t thread;

	many = make(1000);
	host_mode = HOST_THREADS;
	for (i = 0; i < most; i++)
		z3fold_map(pool, many);
	host_warnings_allowed = true;
	pthread_create(&thread, NULL, map_once_more, NULL);
	while (!__atomic_load_n(&host_warnings, __ATOMIC_RELAXED))
		host_sleep();
	z3fold_unmap(pool, many);
	pthread_join(thread, NULL);
	host_mode = HOST_SINGLE;
	host_warnings_allowed = false;
	host_warnings = 0;
	for (i = 1; i < most; i++)
		z3fold_unmap(pool, many);
	host_check_pool(pool, 1, 0);
	z3fold_free(pool, many);
}

/* Not written yet: neither evicted nor moved. */
static int never(void *owner, unsigned long handle)
{
	host_fail("evict is called for an object that was never written\n");
	return 0;
}

static void fresh(void)
{
	unsigned long a, b;
	struct page *page;

	if (z3fold_alloc(pool, 3000, GFP_NOWAIT, &a) ||
	    z3fold_alloc(pool, 3000, GFP_NOWAIT, &b))
		host_fail("no memory\n");
	pool->evict = never;
	if (Z3FOLD_HAVE_RECLAIM && z3fold_reclaim(pool, 1, NULL) != -EAGAIN)
		host_fail("fresh objects are reclaimed\n");
	pool->evict = NULL;
	page = page_of(a);
	if (host_isolate(page)) {
		struct page *newpage;

		if (!host_migrate(page, &newpage, MIGRATE_SYNC, 3))
			host_fail("a fresh object is migrated\n");
		host_putback(page);
	}
	z3fold_free(pool, a);
	z3fold_free(pool, b);
}

/* Somebody holds the list of pools: the shrinker does not wait. */
static void shrinker_waits_for_nobody(void)
{
	mutex_lock(&z3fold_pools_lock);
	if (host_shrink_count() || host_shrink(1) != SHRINK_STOP)
		host_fail("the shrinker went on\n");
	mutex_unlock(&z3fold_pools_lock);
}

static struct page *held;
static bool holding;

/* Longer than the pool's patience, which ends with a message. */
static void hold(void)
{
	unsigned int i;

	__atomic_store_n(&holding, true, __ATOMIC_RELEASE);
	for (i = 0; i < 3000; i++)
		host_sleep();
}

static void *isolate_long(void *arg)
{
	struct host_task task;

	host_task_init(&task, 8);
	if (!host_isolate(held))
		host_fail("not isolated\n");
	hold();
	host_putback(held);
	return NULL;
}

static void *lock_long(void *arg)
{
	struct host_task task;

	host_task_init(&task, 9);
	get_page(held);
	lock_page(held);
	hold();
	unlock_page(held);
	put_page(held);
	return NULL;
}

/* A pool is not destroyed before its last page is given back by others. */
static void destroyed_under(void *(*other)(void *))
{
	struct z3fold_pool *p = z3fold_pool_create("patience", NULL, NULL);
	unsigned long handle;
	pthread_t thread;

	if (z3fold_alloc(p, 100, GFP_NOWAIT, &handle))
		host_fail("no memory\n");
	held = page_of(handle);
	holding = false;
	host_mode = HOST_THREADS;
	pthread_create(&thread, NULL, other, NULL);
	while (!__atomic_load_n(&holding, __ATOMIC_ACQUIRE))
		host_sleep();
	z3fold_free(p, handle);
	z3fold_pool_destroy(p);
	pthread_join(thread, NULL);
	host_mode = HOST_SINGLE;
}

/* Handles lead into a pool that is destroyed too early: it is left behind. */
static void destroyed_with_objects(void)
{
	unsigned long a = make(1000);

	host_warnings_allowed = true;
	z3fold_pool_destroy(pool);
	expect("destroyed with an object", 1);
	z3fold_free(pool, a);
	free_percpu(pool->shards);
	kfree(pool->name);
	kfree(pool);
}

static int start_and_end(void)
{
	int err = z3fold_page_init();

	if (err)
		return err;
	z3fold_wq = alloc_workqueue("z3fold", 0, 0);
	err = z3fold_wq ? z3fold_migration_init() : -ENOMEM;
	if (!err) {
		err = z3fold_shrinker_init();
		if (!err)
			z3fold_shrinker_exit();
		z3fold_migration_exit();
	}
	z3fold_page_exit();
	if (z3fold_wq)
		destroy_workqueue(z3fold_wq);
	return err;
}

/* Each allocation of a start fails once. */
static void no_memory_at_start(void)
{
	unsigned int n = 0;

	do {
		host_fail_next = ++n;
		if (n > 100)
			host_fail("never starts\n");
	} while (start_and_end());
	host_fail_next = 0;
	host_check_nothing_left();
	host_module_init();
	n = 0;
	do {
		host_fail_next = ++n;
		pool = z3fold_pool_create("none", NULL, NULL);
	} while (!pool);
	host_fail_next = 0;
	z3fold_pool_destroy(pool);
	host_module_exit();
}

/* The module parameter: pages are not movable, and all else works. */
static void without_migration(void)
{
	extern bool *host_param_migration;
	unsigned long handle;

	*host_param_migration = false;
	host_module_init();
	pool = z3fold_pool_create("unmovable", NULL, NULL);
	if (z3fold_migration_enabled() ||
	    z3fold_migration_gfp(__GFP_MOVABLE) & __GFP_MOVABLE)
		host_fail("migration is not off\n");
	handle = make(100);
	if (host_isolate(page_of(handle)))
		host_fail("an unmovable page is isolated\n");
	host_check_pool(pool, 1, 0);
	z3fold_free(pool, handle);
	z3fold_pool_destroy(pool);
	host_module_exit();
	*host_param_migration = true;
}

int test_misuse(const struct options *o)
{
	host_module_init();
	pool = z3fold_pool_create("misuse", NULL, NULL);
	freed_twice();
	unmapped_twice();
	freed_while_mapped();
	evicted_wrongly();
	mapped_too_often();
	fresh();
	shrinker_waits_for_nobody();
	destroyed_under(isolate_long);
	destroyed_under(lock_long);
	destroyed_with_objects();
	host_module_exit();
	no_memory_at_start();
	without_migration();
	return 0;
}
