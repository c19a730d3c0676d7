// SPDX-License-Identifier: GPL-2.0-only
/*
 * page.c - descriptors and their pages: made, released, deferred, left as ghosts
 */
#include "internal.h"
#include "compat/vmstat.h"

static struct kmem_cache *page_cache;

/* Retry this long after a release found the page locked. */
#define RELEASE_DELAY	msecs_to_jiffies(10)

int __init z3fold_page_init(void)
{
	page_cache = kmem_cache_create("z3fold_page", sizeof(struct z3fold_page),
				       Z3FOLD_PAGE_ALIGN, 0, NULL);
	return page_cache ? 0 : -ENOMEM;
}

void z3fold_page_exit(void)
{
	kmem_cache_destroy(page_cache);
}

/* The stress trigger wants some allocations to fail. */
static bool shall_fail(struct z3fold_pool *pool)
{
	return unlikely(pool->fail_every) &&
	       !(atomic_long_inc_return(&pool->fail_count) % pool->fail_every);
}

static struct z3fold_page *descriptor_new(struct z3fold_pool *pool, gfp_t gfp)
{
	struct z3fold_page *zp;

	if (shall_fail(pool))
		return NULL;
	zp = kmem_cache_zalloc(page_cache, gfp & ~(__GFP_HIGHMEM | __GFP_MOVABLE));
	if (!zp)
		return NULL;
	spin_lock_init(&zp->lock);
	INIT_LIST_HEAD(&zp->list);
	z3fold_lru_init(&zp->lru);
	zp->state = Z3FOLD_NEW;
	zp->pageno = Z3FOLD_NO_PAGE;
	zp->shard = raw_cpu_ptr(pool->shards);
	atomic_long_inc(&pool->descriptors);
	return zp;
}

/**
 * z3fold_page_new_ghost() - a descriptor without a page, for one word
 * @pool:	the pool
 * @gfp:	how to allocate
 *
 * Context: no lock held.
 * Return: the descriptor, or NULL without memory.
 */
struct z3fold_page *z3fold_page_new_ghost(struct z3fold_pool *pool, gfp_t gfp)
{
	return descriptor_new(pool, gfp);
}

/**
 * z3fold_page_new() - a page and its descriptor
 * @pool:	the pool
 * @gfp:	how to allocate both
 *
 * Marked movable when complete, but still NEW: migration refuses it until it
 * is listed.
 *
 * Context: no lock held.
 * Return: the descriptor, or NULL without memory.
 */
struct z3fold_page *z3fold_page_new(struct z3fold_pool *pool, gfp_t gfp)
{
	struct z3fold_page *zp;
	struct page *page;

	zp = descriptor_new(pool, gfp);
	if (!zp)
		return NULL;
	page = shall_fail(pool) ?
		       NULL : alloc_page(z3fold_migration_gfp(gfp & ~__GFP_HIGHMEM));
	if (!page) {
		z3fold_page_free(pool, zp);
		return NULL;
	}
	zp->pageno = z3fold_pageno(page);
	set_page_private(page, (unsigned long)zp);
	atomic_long_inc(&pool->pages);
	z3fold_vmstat_add(page);
	zp->movable = z3fold_migration_publish(page);
	if (!zp->movable)
		z3fold_count(pool, Z3FOLD_PAGES_UNMOVABLE, 1);
	return zp;
}

/**
 * z3fold_page_free() - free a descriptor that has neither page nor words
 * @pool:	the pool
 * @zp:		the descriptor
 *
 * Context: any; not under its lock.
 */
void z3fold_page_free(struct z3fold_pool *pool, struct z3fold_page *zp)
{
	kmem_cache_free(page_cache, zp);
	atomic_long_dec(&pool->descriptors);
}

/*
 * The page is on no list and not movable any more: nothing leads to it but
 * words whose objects moved away, and they lead to the descriptor alone.
 * Storing NO_PAGE and looking at the words is one step under the lock: either
 * we see the last word free, or its freer sees NO_PAGE.
 */
static void give_back(struct z3fold_page *zp)
{
	struct z3fold_pool *pool = zp->shard->pool;
	struct page *page;
	bool last;

	spin_lock(&zp->lock);
	page = z3fold_page_page(zp);
	WRITE_ONCE(zp->pageno, Z3FOLD_NO_PAGE);
	last = !zp->used;
	spin_unlock(&zp->lock);

	trace_release(pool, z3fold_pageno(page), false);
	set_page_private(page, 0);
	z3fold_vmstat_sub(page);
	put_page(page);
	atomic_long_dec(&pool->pages);
	if (last)
		z3fold_page_free(pool, zp);
}

/**
 * z3fold_page_release_locked() - as z3fold_page_release(), with PG_locked held
 * @zp:		the descriptor
 *
 * Context: any; the caller unlocks the page, and holds a reference to it.
 */
void z3fold_page_release_locked(struct z3fold_page *zp)
{
	if (zp->movable)
		z3fold_migration_withdraw(z3fold_page_page(zp));
	give_back(zp);
}

/* Taking the movable mark off needs PG_locked. */
static bool try_release(struct z3fold_page *zp)
{
	if (zp->movable) {
		struct page *page = z3fold_page_page(zp);

		if (!trylock_page(page))
			return false;
		z3fold_migration_withdraw(page);
		unlock_page(page);
	}
	give_back(zp);
	return true;
}

/**
 * z3fold_page_release() - give back a dying page, now or a little later
 * @zp:		its descriptor, which the caller made DYING
 *
 * Context: any, atomic too; no lock of ours held.
 */
void z3fold_page_release(struct z3fold_page *zp)
{
	struct z3fold_pool *pool = zp->shard->pool;

	if (try_release(zp))
		return;
	z3fold_count(pool, Z3FOLD_PAGES_DEFERRED, 1);
	trace_release(pool, zp->pageno, true);
	spin_lock(&pool->lock);
	list_add_tail(&zp->list, &pool->deferred);
	spin_unlock(&pool->lock);
	queue_delayed_work(z3fold_wq, &pool->release_work, RELEASE_DELAY);
}

/**
 * z3fold_page_unclaim() - drop a claim, and give back the page if it is empty
 * @zp:		the page
 * @last:	it goes to the end of its list
 *
 * Context: any, atomic too; no lock of ours held.
 * Return: true if the page went.
 */
bool z3fold_page_unclaim(struct z3fold_page *zp, bool last)
{
	bool dying;

	spin_lock(&zp->lock);
	dying = z3fold_shard_unclaim(zp, last);
	spin_unlock(&zp->lock);
	if (dying)
		z3fold_page_release(zp);
	return dying;
}

/**
 * z3fold_page_release_work() - try the deferred pages again
 * @work:	a pool's release_work
 *
 * Never sleeps in lock_page(): on 5.10 a wake-up can be lost against the
 * kernel's non-atomic isolation flag.
 *
 * Context: process.
 */
void z3fold_page_release_work(struct work_struct *work)
{
	struct z3fold_pool *pool = container_of(to_delayed_work(work),
						struct z3fold_pool, release_work);
	struct z3fold_page *zp, *next;
	LIST_HEAD(pages);

	spin_lock(&pool->lock);
	list_splice_init(&pool->deferred, &pages);
	spin_unlock(&pool->lock);
	list_for_each_entry_safe(zp, next, &pages, list) {
		list_del(&zp->list);
		if (try_release(zp))
			continue;
		spin_lock(&pool->lock);
		list_add_tail(&zp->list, &pool->deferred);
		spin_unlock(&pool->lock);
		queue_delayed_work(z3fold_wq, &pool->release_work, RELEASE_DELAY);
	}
}

/**
 * z3fold_page_ghosts() - how many descriptors are left without a page
 * @pool:	the pool
 *
 * Context: any.  Return: the number; an estimate unless the pool is quiet.
 */
unsigned long z3fold_page_ghosts(struct z3fold_pool *pool)
{
	long n = atomic_long_read(&pool->descriptors) -
		 atomic_long_read(&pool->pages);

	return max(n, 0L);
}
