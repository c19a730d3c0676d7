// SPDX-License-Identifier: GPL-2.0-only
/*
 * reclaim.c - pages go by asking the owner to let go of their objects
 *
 * For kernels whose zpool has it (up to 6.4).  The owner's callback knows the
 * object by what is stored in it, not by its handle, and may map and free it,
 * or find that another thread has freed it.  So choosing an object and marking
 * it as "in callback" are one critical section; an object freed while it is so
 * marked is a zombie: its freer touches neither word nor page afterwards, and
 * we reap it when the callback is over.
 */
#include "internal.h"

#define PAGE_TRIES	8	/* pages tried for each page asked for */
#define CLAIMED_TRIES	64	/* claimed pages passed over on the LRU */

/* Mark an object that can be asked for; 0 if there is none at @buddy. */
static unsigned long begin_call(struct z3fold_page *zp, unsigned int buddy)
{
	unsigned long handle;

	spin_lock(&zp->lock);
	handle = zp->objects[buddy];
	if (handle && z3fold_handle_pinned(handle))
		handle = 0;	/* in use, or not yet written */
	if (handle)
		zp->called = buddy + 1;
	spin_unlock(&zp->lock);
	return handle;
}

static void end_call(struct z3fold_page *zp, unsigned int buddy,
		     unsigned long handle)
{
	bool ours = z3fold_handle_home(handle) == zp;
	bool zombie;

	spin_lock(&zp->lock);
	zp->called = 0;
	zombie = zp->zombie;
	if (zombie) {
		zp->zombie = false;
		zp->objects[buddy] = 0;
		z3fold_count(zp->shard->pool, Z3FOLD_EVICT_ZOMBIES, 1);
		WARN_ONCE(z3fold_word_pins(z3fold_handle_read(handle)),
			  "z3fold: an evicted object is still mapped\n");
		if (ours)
			z3fold_handle_clear(handle);
	}
	spin_unlock(&zp->lock);
	if (zombie && !ours)
		z3fold_handle_free(zp->shard->pool, handle);
}

static struct z3fold_page *oldest(struct z3fold_shard *shard)
{
	return list_first_entry_or_null(&shard->lru.link, struct z3fold_page,
					lru.link);
}

/* Picking and claiming are one critical section: the page cannot go between. */
static struct z3fold_page *claim_oldest_in(struct z3fold_shard *shard)
{
	unsigned int tries = CLAIMED_TRIES;
	struct z3fold_page *zp, *found = NULL;

	spin_lock(&shard->lock);
	list_for_each_entry(zp, &shard->lru.link, lru.link) {
		if (zp->state == Z3FOLD_LISTED) {
			z3fold_shard_take(zp);
			/* Should it survive, the next search begins elsewhere. */
			z3fold_lru_add(&zp->lru, &shard->lru);
			found = zp;
			break;
		}
		if (!--tries)
			break;
	}
	spin_unlock(&shard->lock);
	return found;
}

static struct z3fold_page *claim_oldest(struct z3fold_pool *pool)
{
	struct z3fold_shard *found = NULL;
	u32 age, most = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct z3fold_shard *shard = per_cpu_ptr(pool->shards, cpu);
		struct z3fold_page *zp;

		spin_lock(&shard->lock);
		zp = oldest(shard);
		age = zp ? (u32)jiffies - zp->lru.stamp + 1 : 0;
		spin_unlock(&shard->lock);
		if (age > most) {
			most = age;
			found = shard;
		}
	}
	return found ? claim_oldest_in(found) : NULL;
}

/* Returns true if the page went. */
static bool evict_page(struct z3fold_page *zp)
{
	struct z3fold_pool *pool = zp->shard->pool;
	unsigned long pageno = zp->pageno;	/* claimed: nobody migrates it */
	unsigned int buddy, calls = 0;
	bool dying;

	for (buddy = 0; buddy < Z3FOLD_BUDDIES; buddy++) {
		unsigned long handle = begin_call(zp, buddy);

		if (!handle)
			continue;
		calls++;
		pool->evict(pool->owner, handle);
		end_call(zp, buddy, handle);
	}
	dying = z3fold_page_unclaim(zp, true);
	z3fold_count(pool, Z3FOLD_EVICT_CALLS, calls);
	trace_reclaim(pool, pageno, calls, dying);
	z3fold_count(pool, dying ? Z3FOLD_EVICTED : Z3FOLD_EVICT_FAILED, 1);
	return dying;
}

/**
 * z3fold_reclaim() - make a pool smaller
 * @pool:	the pool
 * @pages:	how many pages shall go
 * @reclaimed:	how many went, or NULL
 *
 * Context: process, sleeps; no lock held.
 * Return: 0, -EINVAL if the pool is empty or has no callback, -EAGAIN if for one
 * of the pages eight were tried in vain.
 */
int z3fold_reclaim(struct z3fold_pool *pool, unsigned int pages,
		   unsigned int *reclaimed)
{
	unsigned int done = 0, tries = PAGE_TRIES;
	int err = 0;

	if (!pool->evict || !z3fold_pool_pages(pool))
		err = -EINVAL;
	while (!err && done < pages) {
		struct z3fold_page *zp = claim_oldest(pool);

		if (zp && evict_page(zp)) {
			done++;
			tries = PAGE_TRIES;
		} else if (!--tries) {
			err = -EAGAIN;
		}
	}
	if (reclaimed)
		*reclaimed = done;
	return err;
}
