// SPDX-License-Identifier: GPL-2.0-only
/*
 * compaction.c - objects move: within their page, and out of pages that others
 * have room for
 *
 * In a page MIDDLE slides when an allocation needs the hole, never before.
 *
 * Between pages a sweep empties pages, the sparsest first, into the best-fitting
 * holes of others; emptied pages go back at once.  Full ones come last, and are
 * needed: small objects that fill pages by threes leave the large ones alone in
 * theirs, with holes that only small ones fit.  (Without them half of a pool's
 * objects, freed, left it 8 % above the bound; with them 2 %.)  A page is touched
 * only if none of its objects is pinned and there is a place for each, so that a
 * page that goes has cost three moves at most, and others next to none.
 *
 * No pool can have fewer pages than its bound, max(objects / 3, chunks / 64).  A
 * sweep begins when the pool stands START above it, ends at STOP, and begins
 * again only if the pool got 1/64 worse or lost 1/64 of its objects since (1/256
 * when memory is short): where no sweep can do better, it is not tried for ever.
 * Moving objects within free instead was tried: 0.48 moves an operation, and
 * worse packing.
 *
 * An object moves under the lock of the page that owns it and MOVING; a pinned
 * one stays, and so does its page.
 */
#include "internal.h"

/* Pages for each 1024 at the bound. */
#define EXCESS_ONE	1024UL
#define EXCESS_START	1055UL		/* 1.03 */
#define EXCESS_STOP	1040UL		/* 1.016 */
#define START_PAGES	16		/* not worth a sweep below */

/* The pool has changed by one part in so many. */
#define CHANGED		64
#define CHANGED_SHORT	256		/* memory is short */

/*
 * So many pages of a shard's list in a row with no place for their objects, and
 * the rest of the list is left to the next sweep: one that finds nothing costs
 * the same however large the pool.  In host-test density it finds as much as one
 * that looks at all.  Less than LEAST_LOOKS, so that a sweep cut short gets on.
 */
#define PATIENCE	64

/* What the shrinker looks at for each page that it asks for, and at least. */
#define LOOKS_A_PAGE	4
#define LEAST_LOOKS	128

static unsigned long pool_bound(struct z3fold_pool *pool)
{
	return z3fold_pool_bound(atomic_long_read(&pool->objects),
				 atomic_long_read(&pool->chunks));
}

static unsigned long pool_excess(struct z3fold_pool *pool)
{
	return (unsigned long)z3fold_pool_pages(pool) * EXCESS_ONE /
	       max(pool_bound(pool), 1UL);
}

/**
 * z3fold_compact_slide() - move MIDDLE within its page
 * @zp:		the page
 * @start:	the chunk where it shall begin; it has room there
 *
 * Context: the caller's claim, and the page lock held.
 * Return: 0, or -EAGAIN if it is pinned.
 */
int z3fold_compact_slide(struct z3fold_page *zp, unsigned int start)
{
	unsigned long handle = zp->objects[Z3FOLD_MIDDLE];
	void *page = z3fold_pageno_address(zp->pageno);
	struct z3fold_pool *pool = zp->shard->pool;
	unsigned int from = zp->layout.start;

	lockdep_assert_held(&zp->lock);
	preempt_disable();
	if (!z3fold_handle_start_move(handle)) {
		preempt_enable();
		z3fold_count(pool, Z3FOLD_MOVED_IN_PAGE_PINNED, 1);
		return -EAGAIN;
	}
	memmove(page + (start << Z3FOLD_CHUNK_SHIFT),
		page + (from << Z3FOLD_CHUNK_SHIFT),
		zp->layout.bytes[Z3FOLD_MIDDLE]);
	zp->layout.start = start;
	z3fold_handle_end_move(handle, z3fold_word_encode(zp->pageno, start));
	preempt_enable();
	z3fold_count(pool, Z3FOLD_MOVED_IN_PAGE, 1);
	trace_move(pool, handle, zp->layout.bytes[Z3FOLD_MIDDLE], zp->pageno, from,
		   zp->pageno, start);
	return 0;
}

/* Move an object from one claimed and locked page to another. */
static int move_object(struct z3fold_page *from, unsigned int buddy,
		       struct z3fold_page *to)
{
	unsigned long handle = from->objects[buddy];
	unsigned int bytes = from->layout.bytes[buddy];
	struct z3fold_pool *pool = from->shard->pool;
	struct z3fold_fit fit;

	if (!bytes || !z3fold_layout_fit(&to->layout, z3fold_size_to_chunks(bytes),
					 &fit))
		return -ENOENT;		/* freed meanwhile */
	if (z3fold_layout_slides(&to->layout, &fit) &&
	    z3fold_compact_slide(to, fit.middle))
		return -EAGAIN;
	preempt_disable();
	if (!z3fold_handle_start_move(handle)) {
		preempt_enable();
		z3fold_count(pool, Z3FOLD_MOVED_BETWEEN_PAGES_PINNED, 1);
		return -EAGAIN;
	}
	memcpy(z3fold_pageno_address(to->pageno) +
		       (fit.start << Z3FOLD_CHUNK_SHIFT),
	       z3fold_word_address(z3fold_handle_read(handle)), bytes);
	to->objects[fit.buddy] = handle;
	from->objects[buddy] = 0;
	z3fold_handle_end_move(handle, z3fold_word_encode(to->pageno, fit.start));
	preempt_enable();

	trace_move(pool, handle, bytes, from->pageno,
		   z3fold_layout_start(&from->layout, buddy), to->pageno,
		   fit.start);
	z3fold_shard_move(from, buddy, to, &fit);
	z3fold_count(pool, Z3FOLD_MOVED_BETWEEN_PAGES, 1);
	return 0;
}

/* An object to be moved, and the page that is claimed for it. */
struct move {
	unsigned int buddy;
	unsigned int chunks;
	struct z3fold_page *to;
};

/* The objects of a claimed page, the largest first; none if one is pinned. */
static unsigned int objects_of(struct z3fold_page *zp,
			       struct move moves[Z3FOLD_BUDDIES])
{
	unsigned int buddy, n = 0;
	bool pinned = false;

	spin_lock(&zp->lock);
	for (buddy = 0; buddy < Z3FOLD_BUDDIES; buddy++) {
		unsigned int chunks = z3fold_layout_chunks(&zp->layout, buddy);
		unsigned int i = n;

		if (!chunks)
			continue;
		pinned |= z3fold_handle_pinned(zp->objects[buddy]);
		for (; i && moves[i - 1].chunks < chunks; i--)
			moves[i] = moves[i - 1];
		moves[i].buddy = buddy;
		moves[i].chunks = chunks;
		n++;
	}
	spin_unlock(&zp->lock);
	if (!pinned)
		return n;
	z3fold_count(zp->shard->pool, Z3FOLD_MOVED_BETWEEN_PAGES_PINNED, 1);
	return 0;
}

/*
 * Claim a page for each object.  Nobody waits for a claim, so that it does not
 * matter how many one holds.  True if all were found, else none is claimed.
 */
static bool claim_places(struct z3fold_shard *shard, struct move *moves,
			 unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		moves[i].to = z3fold_shard_find(shard, moves[i].chunks);
		if (!moves[i].to)
			break;
	}
	if (i == n)
		return true;
	while (i--)
		z3fold_page_unclaim(moves[i].to, false);
	return false;
}

/*
 * Empty a claimed page into others, each object into the fullest that has room
 * for it, whether that is fuller or sparser; nothing moves unless there is a
 * place for all.  Drops the claim.  Returns true if the page went; adds to
 * *moved.
 */
static bool empty_page(struct z3fold_page *from, unsigned long *moved)
{
	struct move moves[Z3FOLD_BUDDIES];
	unsigned int n = objects_of(from, moves), i;
	int err = 0;

	if (!claim_places(from->shard, moves, n))
		n = 0;
	for (i = 0; i < n; i++) {
		struct z3fold_page *to = moves[i].to;

		if (err != -EAGAIN) {
			spin_lock(&from->lock);
			spin_lock_nested(&to->lock, SINGLE_DEPTH_NESTING);
			err = move_object(from, moves[i].buddy, to);
			spin_unlock(&to->lock);
			spin_unlock(&from->lock);
			*moved += !err;
		}
		/* Last: a full list is not to be swept from what just filled. */
		z3fold_page_unclaim(to, true);
	}
	return z3fold_page_unclaim(from, true);
}

/*
 * Go over all shards' lists, the sparsest pages first, until the pool stands at
 * @stop, or @most_pages went, or @most_looks pages were looked at: then the next
 * such call goes on with the shard's list where this one ended.
 */
static void sweep_lists(struct z3fold_pool *pool, unsigned long stop,
			unsigned long most_pages, unsigned long most_looks)
{
	/* Who asks for all that there is waits for it. */
	unsigned int patience = stop > EXCESS_ONE ? PATIENCE : UINT_MAX;

	for (; pool->sweep_place < Z3FOLD_CHUNKS * nr_cpu_ids; pool->sweep_place++) {
		unsigned int index = Z3FOLD_CHUNKS - 1 - pool->sweep_place / nr_cpu_ids;
		unsigned int cpu = pool->sweep_place % nr_cpu_ids;
		struct z3fold_shard *shard;
		unsigned int n, in_vain = 0;

		if (!cpu_possible(cpu))
			continue;
		shard = per_cpu_ptr(pool->shards, cpu);
		n = READ_ONCE(shard->length[index]);
		while (n-- && in_vain < patience) {
			struct z3fold_page *zp;

			if (pool_excess(pool) <= stop)
				goto done;
			if (pool->swept_freed >= most_pages || !most_looks--)
				return;
			zp = z3fold_shard_claim_index(shard, index);
			if (!zp)
				break;
			in_vain++;
			if (empty_page(zp, &pool->swept_moved)) {
				pool->swept_freed++;
				in_vain = 0;
			}
			cond_resched();
		}
	}
done:
	pool->sweep_place = 0;
	WRITE_ONCE(pool->swept_excess, pool_excess(pool));
	WRITE_ONCE(pool->swept_objects, atomic_long_read(&pool->objects));
}

static void sweep(struct z3fold_pool *pool, unsigned long stop,
		  unsigned long most_pages, unsigned long most_looks)
{
	lockdep_assert_held(&pool->sweep_lock);
	z3fold_count(pool, Z3FOLD_SWEEPS, 1);
	pool->swept_moved = 0;
	pool->swept_freed = 0;
	sweep_lists(pool, stop, most_pages, most_looks);
	trace_compact(pool, pool->swept_moved, pool->swept_freed);
}

static void sweep_all(struct z3fold_pool *pool, unsigned long stop)
{
	mutex_lock(&pool->sweep_lock);
	pool->sweep_place = 0;
	sweep(pool, stop, ULONG_MAX, ULONG_MAX);
	mutex_unlock(&pool->sweep_lock);
}

/**
 * z3fold_compact_pool() - give back as many pages as moving objects can
 * @pool:	the pool
 *
 * Context: process, may sleep.
 */
void z3fold_compact_pool(struct z3fold_pool *pool)
{
	sweep_all(pool, EXCESS_ONE);
}

/**
 * z3fold_compact_work() - the sweep that a pool asked for itself
 * @work:	its sweep_work
 *
 * Context: process, may sleep.
 */
void z3fold_compact_work(struct work_struct *work)
{
	sweep_all(container_of(work, struct z3fold_pool, sweep_work),
		  EXCESS_STOP);
}

/**
 * z3fold_compact_try() - give back some pages, unless a sweep is under way
 * @pool:	the pool
 * @most_pages:	enough
 *
 * Looks at a number of pages in proportion.
 *
 * Context: process, may sleep, but neither waits for a sweep nor allocates.
 * Return: pages given back.
 */
unsigned long z3fold_compact_try(struct z3fold_pool *pool,
				 unsigned long most_pages)
{
	unsigned long freed;

	if (!mutex_trylock(&pool->sweep_lock))
		return 0;
	sweep(pool, EXCESS_STOP, most_pages,
	      most_pages * LOOKS_A_PAGE + LEAST_LOOKS);
	freed = pool->swept_freed;
	mutex_unlock(&pool->sweep_lock);
	return freed;
}

/*
 * Has the pool become worse, or lost objects, by one part in @change since the
 * best that it was after a sweep had done what it could?
 */
static bool worth_it(struct z3fold_pool *pool, long change)
{
	unsigned long excess = pool_excess(pool);
	unsigned long least = READ_ONCE(pool->swept_excess);
	long objects = atomic_long_read(&pool->objects);
	long most = READ_ONCE(pool->swept_objects);

	if (excess < least)
		WRITE_ONCE(pool->swept_excess, excess);
	if (objects > most)
		WRITE_ONCE(pool->swept_objects, objects);
	return excess >= least + EXCESS_ONE / change ||
	       objects < most - most / change;
}

static unsigned long gain(struct z3fold_pool *pool, long change)
{
	unsigned long pages = z3fold_pool_pages(pool);
	unsigned long floor = pool_bound(pool) * EXCESS_STOP / EXCESS_ONE;

	return pages >= floor + START_PAGES && worth_it(pool, change) ?
		       pages - floor : 0;
}

/**
 * z3fold_compact_gain() - what a sweep could give back when memory is short
 * @pool:	the pool
 *
 * Context: any.
 * Return: pages above the point where a sweep stops; 0 if a sweep would be in
 * vain.  An estimate.
 */
unsigned long z3fold_compact_gain(struct z3fold_pool *pool)
{
	return gain(pool, CHANGED_SHORT);
}

/**
 * z3fold_compact_check() - ask for a sweep if the pool stands well above its bound
 * @pool:	the pool
 *
 * Called now and then by frees; all is known from counters.
 *
 * Context: any, atomic too.
 */
void z3fold_compact_check(struct z3fold_pool *pool)
{
	if (gain(pool, CHANGED) && pool_excess(pool) >= EXCESS_START)
		queue_work(z3fold_wq, &pool->sweep_work);
}
