// SPDX-License-Identifier: GPL-2.0-only
/*
 * pool.c - pools: created, counted, drained, destroyed
 */
#include "internal.h"

/* Say what destruction waits for after this long, and again. */
#define PATIENCE	(5 * HZ)

static bool name_taken(const char *name)
{
	struct z3fold_pool *pool;

	list_for_each_entry(pool, &z3fold_pools, node)
		if (!strcmp(pool->name, name))
			return true;
	return false;
}

/* A second pool of the same name is "name-2". */
static const char *unique_name(const char *name)
{
	const char *unique = kstrdup(name, GFP_KERNEL);
	unsigned int n = 1;

	lockdep_assert_held(&z3fold_pools_lock);
	while (unique && name_taken(unique)) {
		kfree(unique);
		unique = kasprintf(GFP_KERNEL, "%s-%u", name, ++n);
	}
	return unique;
}

/**
 * z3fold_pool_create() - make a pool
 * @name:	its name in debugfs and traces; "-2" is added if it is taken
 * @evict:	asks the owner to let go of an object, or NULL
 * @owner:	the argument for @evict
 *
 * Context: process, sleeps: zpool's gfp flags are for the objects, and would
 * have the per-CPU allocator take what it has at hand or fail.
 * Return: the pool, or NULL without memory.
 */
struct z3fold_pool *z3fold_pool_create(const char *name, z3fold_evict_t evict,
				       void *owner)
{
	struct z3fold_pool *pool;
	int cpu;

	pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	if (!pool)
		return NULL;
	pool->shards = alloc_percpu(struct z3fold_shard);
	if (!pool->shards)
		goto free_pool;
	for_each_possible_cpu(cpu)
		z3fold_shard_init(per_cpu_ptr(pool->shards, cpu), pool);
	spin_lock_init(&pool->lock);
	INIT_LIST_HEAD(&pool->deferred);
	init_waitqueue_head(&pool->wait);
	INIT_DELAYED_WORK(&pool->release_work, z3fold_page_release_work);
	mutex_init(&pool->sweep_lock);
	INIT_WORK(&pool->sweep_work, z3fold_compact_work);
	pool->evict = evict;
	pool->owner = owner;

	mutex_lock(&z3fold_pools_lock);
	pool->name = unique_name(name);
	if (!pool->name)
		goto unlock;
	list_add_tail_rcu(&pool->node, &z3fold_pools);
	z3fold_debugfs_add(pool);
	mutex_unlock(&z3fold_pools_lock);
	return pool;

unlock:
	mutex_unlock(&z3fold_pools_lock);
	free_percpu(pool->shards);
free_pool:
	kfree(pool);
	return NULL;
}

/* The kernel puts isolated pages back, or migrates them, in bounded time. */
static void wait_for_isolated(struct z3fold_pool *pool)
{
	while (!wait_event_timeout(pool->wait, !READ_ONCE(pool->isolated),
				   PATIENCE))
		pr_warn("z3fold: pool %s waits for %lu isolated pages\n",
			pool->name, READ_ONCE(pool->isolated));
	/* The last waker is done with the pool when it drops this. */
	spin_lock(&pool->lock);
	spin_unlock(&pool->lock);
}

static void drain_deferred(struct z3fold_pool *pool)
{
	unsigned long patience = jiffies + PATIENCE;

	for (;;) {
		cancel_delayed_work_sync(&pool->release_work);
		if (list_empty(&pool->deferred))
			return;
		z3fold_page_release_work(&pool->release_work.work);
		if (time_after(jiffies, patience)) {
			pr_warn("z3fold: pool %s waits for pages that others have locked\n",
				pool->name);
			patience = jiffies + PATIENCE;
		}
		schedule_timeout_uninterruptible(1);
	}
}

/**
 * z3fold_pool_destroy() - destroy a pool
 * @pool:	the pool; all its objects have been freed
 *
 * Waits for pages that the kernel holds isolated, and says so if that is long.
 * A pool that still has pages is a bug of its owner or ours: it is reported,
 * and left behind, since handles lead into it.
 *
 * Context: process, sleeps.
 */
void z3fold_pool_destroy(struct z3fold_pool *pool)
{
	/* The name is free for others when the directory is gone. */
	z3fold_debugfs_remove(pool);
	mutex_lock(&z3fold_pools_lock);
	list_del_rcu(&pool->node);
	mutex_unlock(&z3fold_pools_lock);
	synchronize_rcu();	/* parameters.c reads counts under RCU */

	cancel_work_sync(&pool->sweep_work);
	wait_for_isolated(pool);
	drain_deferred(pool);	/* after the wait: putback feeds it */

	if (WARN(atomic_long_read(&pool->descriptors),
		 "z3fold: pool %s leaks %lu objects, %llu pages, %ld descriptors\n",
		 pool->name, z3fold_pool_objects(pool), z3fold_pool_pages(pool),
		 atomic_long_read(&pool->descriptors))) {
		pool->evict = NULL;
		__module_get(THIS_MODULE);	/* its pages lead into our code */
		return;
	}
	free_percpu(pool->shards);
	kfree(pool->name);
	kfree(pool);
}

/**
 * z3fold_pool_pages() - the size of a pool
 * @pool:	the pool
 *
 * Context: any; one atomic read.
 * Return: its size in pages.
 */
u64 z3fold_pool_pages(struct z3fold_pool *pool)
{
	return atomic_long_read(&pool->pages);
}

/**
 * z3fold_pool_bound() - the fewest pages that could hold so much
 * @objects:	number of objects
 * @chunks:	sum of their sizes
 *
 * Context: any.
 * Return: pages.
 */
unsigned long z3fold_pool_bound(long objects, long chunks)
{
	unsigned long by_objects = DIV_ROUND_UP((unsigned long)max(objects, 0L),
						Z3FOLD_BUDDIES);
	unsigned long by_chunks = DIV_ROUND_UP((unsigned long)max(chunks, 0L),
					       Z3FOLD_CHUNKS);

	return max(by_objects, by_chunks);
}

/**
 * z3fold_pool_census() - what is in a pool
 * @pool:	the pool
 * @sum:	the answer
 *
 * One shard's lock at a time: exact for a quiet pool.
 *
 * Context: any; no lock of ours held.
 */
void z3fold_pool_census(struct z3fold_pool *pool, struct z3fold_census *sum)
{
	int cpu;
	u32 i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		struct z3fold_shard *shard = per_cpu_ptr(pool->shards, cpu);
		struct z3fold_census *c = &shard->census;

		spin_lock(&shard->lock);
		sum->bytes += c->bytes;
		sum->headless += c->headless;
		for (i = 0; i < ARRAY_SIZE(c->kind); i++)
			sum->kind[i] += c->kind[i];
		for (i = 0; i <= Z3FOLD_CHUNKS; i++) {
			sum->room[i] += c->room[i];
			sum->size[Z3FOLD_FIRST][i] += c->size[Z3FOLD_FIRST][i];
			sum->size[Z3FOLD_MIDDLE][i] += c->size[Z3FOLD_MIDDLE][i];
			sum->size[Z3FOLD_LAST][i] += c->size[Z3FOLD_LAST][i];
		}
		spin_unlock(&shard->lock);
	}
}

/**
 * z3fold_census_sums() - how many objects a census has counted
 * @c:		the census
 * @objects:	their number
 * @chunks:	the sum of their sizes
 *
 * Context: any.
 */
void z3fold_census_sums(const struct z3fold_census *c, u64 *objects, u64 *chunks)
{
	unsigned int i, buddy;

	*objects = 0;
	*chunks = 0;
	for (i = 1; i <= Z3FOLD_CHUNKS; i++)
		for (buddy = 0; buddy < Z3FOLD_BUDDIES; buddy++) {
			*objects += c->size[buddy][i];
			*chunks += (u64)i * c->size[buddy][i];
		}
}

/**
 * z3fold_pool_events() - how often something has happened in a pool
 * @pool:	the pool
 * @event:	what
 *
 * Context: any; takes no lock.
 * Return: the sum of all CPUs' counters, exact for a quiet pool.
 */
u64 z3fold_pool_events(struct z3fold_pool *pool, enum z3fold_event event)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(pool->shards, cpu)->events[event]);
	return sum;
}

/**
 * z3fold_pool_objects() - how many objects are in a pool
 * @pool:	the pool
 *
 * Context: any; takes no lock.
 * Return: their number, exact for a quiet pool.
 */
unsigned long z3fold_pool_objects(struct z3fold_pool *pool)
{
	long n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		n += READ_ONCE(per_cpu_ptr(pool->shards, cpu)->objects);
	return max(n, 0L);
}

/**
 * z3fold_pool_bytes() - how much is in a pool
 * @pool:	the pool
 *
 * Context: any; takes no lock.
 * Return: the sum of its objects' sizes in bytes, exact for a quiet pool.
 */
unsigned long z3fold_pool_bytes(struct z3fold_pool *pool)
{
	long n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		n += READ_ONCE(per_cpu_ptr(pool->shards, cpu)->census.bytes);
	return max(n, 0L);
}
