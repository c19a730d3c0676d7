// SPDX-License-Identifier: GPL-2.0-only
/*
 * shard.c - the lists of pages and the states that go with them
 *
 *	NEW --add_unclaim--> LISTED <--unclaim-- CLAIMED, ISOLATED
 *	                       |  \--claim, isolate-->  ^
 *	                       \--remove the last object, or unclaim empty--> DYING
 *
 * This is the only file that changes a state, a list or a census.  Whoever
 * claims a page under the shard's lock alone may put it back or release it; a
 * free on a claimed page only clears its buddy.  unclaim recomputes from the
 * sizes where the page belongs, never from values read before.
 *
 * Pages without room are on list 0, so that every page that is not claimed is
 * found by the validator; an empty page is on no list.
 */
#include "internal.h"

/*
 * Operations between two folds of the counts.  Odd: only a free that folds asks
 * whether to sweep, and where allocations and frees alternate, every second fold
 * is a free's.
 */
#define FOLD_OPS	63
#define OTHER_SHARDS	8	/* other CPUs' shards looked at by one search */

/**
 * z3fold_shard_init() - a shard without pages
 * @shard:	zeroed memory, of nobody else yet
 * @pool:	the pool it is of
 *
 * Context: any.
 */
void z3fold_shard_init(struct z3fold_shard *shard, struct z3fold_pool *pool)
{
	unsigned int i;

	spin_lock_init(&shard->lock);
	shard->pool = pool;
	shard->next = cpumask_first(cpu_possible_mask);
	z3fold_lru_init(&shard->lru);
	for (i = 0; i < Z3FOLD_CHUNKS; i++)
		INIT_LIST_HEAD(&shard->lists[i]);
}

/*
 * Where the kernel has CONFIG_DEBUG_LIST, and all of Debian's have, list_add()
 * and list_del() call functions that look at the neighbours first: a sixth of
 * what an operation takes.  Debug builds have that.
 */
static void link_after(struct list_head *entry, struct list_head *prev)
{
#ifdef Z3FOLD_DEBUG
	list_add(entry, prev);
#else
	entry->prev = prev;
	entry->next = prev->next;
	prev->next->prev = entry;
	prev->next = entry;
#endif
}

static void unlink_entry(struct list_head *entry)
{
#ifdef Z3FOLD_DEBUG
	list_del(entry);
#else
	entry->next->prev = entry->prev;
	entry->prev->next = entry->next;
#endif
}

/* @i is the page's room: callers have just counted with it. */
static __always_inline void list_page(struct z3fold_page *zp, unsigned int i,
				      bool last)
{
	struct z3fold_shard *shard = zp->shard;
	struct list_head *list = &shard->lists[i];

	lockdep_assert_held(&shard->lock);
	link_after(&zp->list, last ? list->prev : list);
	WRITE_ONCE(shard->length[i], shard->length[i] + 1);
	WRITE_ONCE(shard->map, shard->map | BIT_ULL(i));
	zp->index = i;
	zp->state = Z3FOLD_LISTED;
}

static __always_inline void unlist_page(struct z3fold_page *zp)
{
	struct z3fold_shard *shard = zp->shard;
	unsigned int i = zp->index;

	lockdep_assert_held(&shard->lock);
	unlink_entry(&zp->list);
	WRITE_ONCE(shard->length[i], shard->length[i] - 1);
	if (!shard->length[i])
		WRITE_ONCE(shard->map, shard->map & ~BIT_ULL(i));
}

/*
 * Put a page that is on no list where its sizes, of which @room comes, say.
 * True: it is DYING.
 */
static __always_inline bool settle(struct z3fold_page *zp, unsigned int room, bool last)
{
	if (room < Z3FOLD_CHUNKS) {
		list_page(zp, room, last);
		return false;
	}
	zp->state = Z3FOLD_DYING;
	z3fold_lru_del(&zp->lru);
	return true;
}

static noinline void fold_counts(struct z3fold_shard *shard)
{
	atomic_long_add(shard->objects - shard->folded_objects,
			&shard->pool->objects);
	atomic_long_add(shard->chunks - shard->folded_chunks,
			&shard->pool->chunks);
	shard->folded_objects = shard->objects;
	shard->folded_chunks = shard->chunks;
}

/* Let the pool's sums know what happened here; true: it was time for it. */
static __always_inline bool fold(struct z3fold_shard *shard)
{
	if (likely(++shard->ops < FOLD_OPS))
		return false;
	shard->ops = 0;
	fold_counts(shard);
	return true;
}

/* Count a page of so many objects and free chunks; @n is 1 or -1. */
static __always_inline void count_page(struct z3fold_census *census,
				       unsigned int buddies,
				       unsigned int free, int n)
{
	if (!buddies)
		return;
	census->room[free] += n;
	if (buddies == 1 && !free)
		census->headless += n;
	else
		census->kind[buddies] += n;
}

/* Returns the room that is left in the page. */
static __always_inline unsigned int add_object(struct z3fold_page *zp,
					       const struct z3fold_fit *fit,
					       unsigned int bytes)
{
	unsigned int chunks = z3fold_size_to_chunks(bytes);
	unsigned int left = fit->free - chunks;
	struct z3fold_shard *shard = zp->shard;

	lockdep_assert_held(&zp->lock);
	lockdep_assert_held(&shard->lock);
	count_page(&shard->census, fit->buddies, fit->free, -1);
	count_page(&shard->census, fit->buddies + 1, left, 1);
	zp->layout.bytes[fit->buddy] = bytes;
	if (fit->buddy == Z3FOLD_MIDDLE)
		zp->layout.start = fit->start;
	shard->census.size[fit->buddy][chunks]++;
	WRITE_ONCE(shard->census.bytes, shard->census.bytes + bytes);
	WRITE_ONCE(shard->objects, shard->objects + 1);
	shard->chunks += chunks;
	return fit->buddies + 1 < Z3FOLD_BUDDIES ? left : 0;
}

/* Returns the room that the page has now. */
static __always_inline unsigned int remove_object(struct z3fold_page *zp,
						  unsigned int buddy)
{
	unsigned int chunks = z3fold_layout_chunks(&zp->layout, buddy);
	unsigned int buddies = z3fold_layout_buddies(&zp->layout);
	unsigned int free = z3fold_layout_free(&zp->layout);
	struct z3fold_shard *shard = zp->shard;

	lockdep_assert_held(&zp->lock);
	lockdep_assert_held(&shard->lock);
	shard->census.size[buddy][chunks]--;
	WRITE_ONCE(shard->census.bytes,
		   shard->census.bytes - zp->layout.bytes[buddy]);
	WRITE_ONCE(shard->objects, shard->objects - 1);
	shard->chunks -= chunks;
	count_page(&shard->census, buddies, free, -1);
	count_page(&shard->census, buddies - 1, free + chunks, 1);
	zp->layout.bytes[buddy] = 0;
	return free + chunks;
}

/* A new object's page goes on its list, as the youngest of its shard. */
static __always_inline void list_object(struct z3fold_page *zp,
					const struct z3fold_fit *fit,
					unsigned int bytes, bool last)
{
	struct z3fold_shard *shard = zp->shard;
	unsigned int room = add_object(zp, fit, bytes);

	z3fold_lru_add(&zp->lru, &shard->lru);
	list_page(zp, room, last);
	fold(shard);
}

/**
 * z3fold_shard_take() - claim a listed page
 * @zp:		the page
 *
 * Context: the shard's lock held.
 */
void z3fold_shard_take(struct z3fold_page *zp)
{
	unlist_page(zp);
	zp->state = Z3FOLD_CLAIMED;
}

/*
 * The page with the least room that is enough, still listed, or NULL.
 * @chunks: 1 to Z3FOLD_CHUNKS - 1
 */
static struct z3fold_page *best_fit(struct z3fold_shard *shard,
				    unsigned int chunks)
{
	u64 map = shard->map & GENMASK_ULL(Z3FOLD_CHUNKS - 1, chunks);

	return map ? list_first_entry(&shard->lists[__ffs64(map)],
				      struct z3fold_page, list) : NULL;
}

static struct z3fold_page *claim_best_fit(struct z3fold_shard *shard,
					  unsigned int chunks)
{
	struct z3fold_page *zp;

	spin_lock(&shard->lock);
	zp = best_fit(shard, chunks);
	if (zp)
		z3fold_shard_take(zp);
	spin_unlock(&shard->lock);
	return zp;
}

/**
 * z3fold_shard_claim_index() - take the first page of one list
 * @shard:	where to look
 * @index:	the list
 *
 * Context: no shard lock held.
 * Return: a page, claimed, or NULL.
 */
struct z3fold_page *z3fold_shard_claim_index(struct z3fold_shard *shard,
					     unsigned int index)
{
	struct z3fold_page *zp;

	spin_lock(&shard->lock);
	zp = list_first_entry_or_null(&shard->lists[index], struct z3fold_page,
				      list);
	if (zp)
		z3fold_shard_take(zp);
	spin_unlock(&shard->lock);
	return zp;
}

/* Goes on where the last search found something: it may have more. */
static noinline struct z3fold_page *find_other(struct z3fold_shard *shard,
					       unsigned int chunks)
{
	struct z3fold_shard __percpu *shards = shard->pool->shards;
	unsigned int tries = min_t(unsigned int, num_possible_cpus() - 1,
				   OTHER_SHARDS);
	int cpu = READ_ONCE(shard->next);
	struct z3fold_page *zp = NULL;

	while (tries) {
		struct z3fold_shard *other = per_cpu_ptr(shards, cpu);

		/* A stale map costs a miss or a lock, nothing else. */
		if (other != shard &&
		    READ_ONCE(other->map) & GENMASK_ULL(Z3FOLD_CHUNKS - 1, chunks))
			zp = claim_best_fit(other, chunks);
		if (zp)
			break;
		tries -= other != shard;
		cpu = cpumask_next(cpu, cpu_possible_mask);
		if (cpu >= nr_cpu_ids)
			cpu = cpumask_first(cpu_possible_mask);
	}
	WRITE_ONCE(shard->next, cpu);	/* a hint: lost updates do no harm */
	return zp;
}

/**
 * z3fold_shard_find() - claim a page with room, the least that is enough
 * @shard:	where to look first; then in other CPUs' shards
 * @chunks:	needed, 1 or more
 *
 * Looks at a bounded number of other shards, going round, those of CPUs that
 * are offline too: after some searches each has been looked at.
 *
 * Context: no shard lock held.
 * Return: a page, claimed, or NULL.
 */
struct z3fold_page *z3fold_shard_find(struct z3fold_shard *shard,
				      unsigned int chunks)
{
	struct z3fold_page *zp;

	if (chunks >= Z3FOLD_CHUNKS)
		return NULL;
	zp = claim_best_fit(shard, chunks);
	return zp ? zp : find_other(shard, chunks);
}

/* A listed page gets an object, if its lock is free and nothing has to move. */
static __always_inline bool add_listed(struct z3fold_page *zp,
				       unsigned int bytes, unsigned long *handle)
{
	struct z3fold_fit fit;
	bool fits;

	if (!spin_trylock(&zp->lock))
		return false;
	fits = zp->used != Z3FOLD_ALL_WORDS &&
	       z3fold_layout_fit(&zp->layout, z3fold_size_to_chunks(bytes), &fit) &&
	       !z3fold_layout_slides(&zp->layout, &fit);
	if (likely(fits)) {
		*handle = z3fold_handle_new(zp, z3fold_word_encode(zp->pageno,
								   fit.start));
		zp->objects[fit.buddy] = *handle;
		unlist_page(zp);
		list_object(zp, &fit, bytes, false);
	}
	spin_unlock(&zp->lock);
	return fits;
}

/**
 * z3fold_shard_alloc() - put a new object into a page, or find one for it
 * @shard:	where to look first; then in some other CPUs' shards
 * @bytes:	its size
 * @handle:	set if it was put, else left alone
 *
 * What takes more than a look at the page is left to the caller, with a claim.
 * Else the page stays listed, and the shard's lock is held all the time: it is
 * claim, put and unclaim with nobody able to come in between.  The page lock is
 * against the lock order here, so it is only tried for.
 *
 * Context: no shard lock held.
 * Return: a page, claimed, where the caller shall put it; NULL if it was put, or
 * no page was found.
 */
struct z3fold_page *z3fold_shard_alloc(struct z3fold_shard *shard,
				       unsigned int bytes, unsigned long *handle)
{
	unsigned int chunks = z3fold_size_to_chunks(bytes);
	struct z3fold_page *zp;

	if (unlikely(chunks >= Z3FOLD_CHUNKS))
		return NULL;
	spin_lock(&shard->lock);
	zp = best_fit(shard, chunks);
	if (likely(zp)) {
		if (likely(add_listed(zp, bytes, handle)))
			zp = NULL;
		else
			z3fold_shard_take(zp);
		spin_unlock(&shard->lock);
		return zp;
	}
	spin_unlock(&shard->lock);
	return find_other(shard, chunks);
}

/**
 * z3fold_shard_get_page() - some page on a list, not claimed
 * @shard:	where to look
 * @least:	chunks of room; where no page has as many, any page will do
 *
 * While it is listed, under the shard's lock, it has its page.
 *
 * Context: no shard lock held.
 * Return: the page with a reference to it, or NULL; once the lock is dropped it
 * may leave the pool.
 */
struct page *z3fold_shard_get_page(struct z3fold_shard *shard, unsigned int least)
{
	struct page *page = NULL;
	u64 map;

	spin_lock(&shard->lock);
	map = shard->map & GENMASK_ULL(Z3FOLD_CHUNKS - 1, least) ?: shard->map;
	if (map) {
		/* The last: pages come back to a list's head. */
		page = z3fold_page_page(list_last_entry(&shard->lists[__ffs64(map)],
							struct z3fold_page, list));
		get_page(page);
	}
	spin_unlock(&shard->lock);
	return page;
}

/**
 * z3fold_shard_isolate() - claim a page for the kernel's page migration
 * @zp:		the page
 *
 * Counts it as isolated; who gives up the claim uncounts it.
 *
 * Context: the page is locked (PG_locked) and still movable.
 * Return: false if somebody has it already.
 */
bool z3fold_shard_isolate(struct z3fold_page *zp)
{
	struct z3fold_shard *shard = zp->shard;
	bool ours;

	spin_lock(&shard->lock);
	ours = zp->state == Z3FOLD_LISTED;
	if (ours) {
		unlist_page(zp);
		zp->state = Z3FOLD_ISOLATED;
		/* Here, or the page's last free could let the pool go first. */
		spin_lock(&shard->pool->lock);
		WRITE_ONCE(shard->pool->isolated,
			   shard->pool->isolated + 1);
		spin_unlock(&shard->pool->lock);
	}
	spin_unlock(&shard->lock);
	return ours;
}

/**
 * z3fold_shard_unclaim() - give up a claim
 * @zp:		the page
 * @last:	put it at the end of its list
 *
 * Context: the caller's claim, and the page lock held.
 * Return: true if the page is empty: it is DYING, and the caller's to release
 * after the page lock is dropped.
 */
bool z3fold_shard_unclaim(struct z3fold_page *zp, bool last)
{
	struct z3fold_shard *shard = zp->shard;
	bool dying;

	lockdep_assert_held(&zp->lock);
	spin_lock(&shard->lock);
	dying = settle(zp, z3fold_layout_room(&zp->layout), last);
	spin_unlock(&shard->lock);
	return dying;
}

/**
 * z3fold_shard_move() - note that an object moved to another page
 * @from:	the page where it was
 * @buddy:	which one it was there
 * @to:		the page where it is now
 * @fit:	where it lies there
 *
 * The pool's sums stay as they are, so they are not touched.
 *
 * Context: both pages claimed by the caller, both page locks held.
 */
void z3fold_shard_move(struct z3fold_page *from, unsigned int buddy,
		       struct z3fold_page *to, const struct z3fold_fit *fit)
{
	unsigned int bytes = from->layout.bytes[buddy];
	unsigned int chunks = z3fold_size_to_chunks(bytes);

	spin_lock(&from->shard->lock);
	remove_object(from, buddy);
	from->shard->folded_objects--;
	from->shard->folded_chunks -= chunks;
	spin_unlock(&from->shard->lock);

	spin_lock(&to->shard->lock);
	add_object(to, fit, bytes);
	to->shard->folded_objects++;
	to->shard->folded_chunks += chunks;
	spin_unlock(&to->shard->lock);
}

/**
 * z3fold_shard_add_unclaim() - note a new object and give up the claim
 * @zp:		the page, claimed or NEW
 * @fit:	where it lies
 * @bytes:	its size
 *
 * The page becomes the youngest of its shard.
 *
 * Context: the caller's claim, and the page lock held.
 */
void z3fold_shard_add_unclaim(struct z3fold_page *zp,
			      const struct z3fold_fit *fit, unsigned int bytes)
{
	struct z3fold_shard *shard = zp->shard;

	spin_lock(&shard->lock);
	/* One object that fills its page goes nowhere: sweeps meet it last. */
	list_object(zp, fit, bytes, bytes > PAGE_SIZE - Z3FOLD_CHUNK_SIZE);
	spin_unlock(&shard->lock);
}

/**
 * z3fold_shard_remove() - note that an object was freed
 * @zp:		its page, in whatever state
 * @buddy:	which one it was
 *
 * Context: the page lock held.
 * Return: what the caller has to do after the page lock is dropped, see
 * enum z3fold_todo.
 */
unsigned int z3fold_shard_remove(struct z3fold_page *zp, unsigned int buddy)
{
	struct z3fold_shard *shard = zp->shard;
	unsigned int room, todo = 0;

	spin_lock(&shard->lock);
	room = remove_object(zp, buddy);
	if (likely(zp->state == Z3FOLD_LISTED)) {
		unlist_page(zp);
		if (settle(zp, room, false))
			todo = Z3FOLD_TODO_RELEASE;
	}
	if (fold(shard))
		todo |= Z3FOLD_TODO_CHECK;
	spin_unlock(&shard->lock);
	return todo;
}
