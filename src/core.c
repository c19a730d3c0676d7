// SPDX-License-Identifier: GPL-2.0-only
/*
 * core.c - z3fold: allocate and free
 *
 * z3fold stores compressed pages, up to three objects in one page.  A page
 * holds nothing but objects; what is known of it is in a descriptor of its own
 * (struct z3fold_page), which the page's private field leads to.  A handle
 * leads to a word in a descriptor; the word says where the object is, and keeps
 * saying so while the object moves (word.h, handles.c).
 *
 *	handle --> word in its home descriptor --> page, start chunk, pins
 *	page->private --> owner's descriptor --> each object's handle
 *
 * A pool's pages are kept in shards, one a CPU, on lists by room (shard.c).
 *
 * Lock order:
 *	PG_locked (the kernel's)
 *	  z3fold_page.lock	a second one nested: both pages claimed
 *	    z3fold_shard.lock
 *	      z3fold_pool.lock
 *
 * Against it the page lock is only tried for: z3fold_shard_alloc().
 *
 * Plain spin_lock only: zswap frees with interrupts off on 5.10 and 6.1, and
 * nothing of ours runs in interrupts.  Nobody waits for a page lock without one
 * of: a pin on an object in it, a claim on it, PG_locked of its still-movable
 * page, or a used word of it that is one's own.  Each of them keeps the
 * descriptor.  Home and owner of a word are never locked together.
 *
 * Under MOVING no lock is taken, no page unlocked, nothing allocated.
 */
#include "internal.h"

/*
 * An allocation gives up on old pages after as many that have room but whose
 * MIDDLE had to slide and is pinned: its time must not depend on how many are.
 */
#define MAX_PINNED	2

/* Put an object into a claimed or new page; drops the claim. */
static int put_object(struct z3fold_page *zp, size_t size, gfp_t gfp,
		      unsigned long *handle)
{
	struct z3fold_pool *pool = zp->shard->pool;
	struct z3fold_page *ghost = NULL, *home;
	struct z3fold_fit fit;
	int err = 0;

	spin_lock(&zp->lock);
	/* Objects that moved away can hold all words of a page with room. */
	if (unlikely(zp->used == Z3FOLD_ALL_WORDS)) {
		spin_unlock(&zp->lock);
		ghost = z3fold_page_new_ghost(pool, gfp);
		spin_lock(&zp->lock);
		if (!ghost && zp->used == Z3FOLD_ALL_WORDS)
			err = -EAGAIN;	/* another page may have a word */
	}
	/* The page is claimed: meanwhile its room can only have grown. */
	if (!err && WARN_ON_ONCE(!z3fold_layout_fit(&zp->layout,
						    z3fold_size_to_chunks(size),
						    &fit)))
		err = -EAGAIN;
	if (!err && z3fold_layout_slides(&zp->layout, &fit))
		err = z3fold_compact_slide(zp, fit.middle);
	if (unlikely(err)) {
		bool dying = z3fold_shard_unclaim(zp, true);

		spin_unlock(&zp->lock);
		if (dying)
			z3fold_page_release(zp);
		if (ghost)
			z3fold_page_free(pool, ghost);
		return err;
	}

	home = zp->used == Z3FOLD_ALL_WORDS ? ghost : zp;
	*handle = z3fold_handle_new(home,
				    z3fold_word_encode(zp->pageno, fit.start));
	zp->objects[fit.buddy] = *handle;
	z3fold_shard_add_unclaim(zp, &fit, size);
	spin_unlock(&zp->lock);
	if (unlikely(ghost && home != ghost))
		z3fold_page_free(pool, ghost);
	return 0;
}

/**
 * z3fold_alloc() - allocate an object
 * @pool:	the pool
 * @size:	in bytes, 1 to PAGE_SIZE
 * @gfp:	how to allocate pages and descriptors; HIGHMEM is masked, and
 *		MOVABLE where pages cannot be migrated
 * @handle:	the object, for the other calls
 *
 * Takes the room that fits best, this CPU's pages first; a new page else.
 * The object is not moved or evicted before it was mapped and unmapped once.
 *
 * Context: as @gfp allows; sleeps only in the page allocator.
 * Return: 0, -EINVAL for size 0, -ENOSPC for more than a page, -ENOMEM.
 */
int z3fold_alloc(struct z3fold_pool *pool, size_t size, gfp_t gfp,
		 unsigned long *handle)
{
	unsigned int tries = MAX_PINNED;
	struct z3fold_page *zp;
	int err = -EAGAIN;

	*handle = 0;
	if (!size)
		return -EINVAL;
	if (size > PAGE_SIZE) {
		z3fold_count(pool, Z3FOLD_ALLOC_TOO_BIG, 1);
		return -ENOSPC;
	}

	while (err == -EAGAIN && tries--) {
		zp = z3fold_shard_alloc(raw_cpu_ptr(pool->shards), size, handle);
		if (zp)
			err = put_object(zp, size, gfp, handle);
		else if (*handle)
			err = 0;
		else
			break;
	}
	if (err == -EAGAIN) {
		zp = z3fold_page_new(pool, gfp);
		err = zp ? put_object(zp, size, gfp, handle) : -ENOMEM;
	}
	if (unlikely(err)) {
		z3fold_count(pool, Z3FOLD_ALLOC_FAILED, 1);
		trace_alloc_failed(pool, size, gfp, err);
		return err;
	}
	z3fold_count(pool, Z3FOLD_ALLOCS, 1);
	trace_alloc(pool, *handle, size, gfp);
	return 0;
}

static int buddy_of(const struct z3fold_page *zp, unsigned long handle)
{
	int buddy;

	for (buddy = 0; buddy < Z3FOLD_BUDDIES; buddy++)
		if (zp->objects[buddy] == handle)
			return buddy;
	return -ENOENT;
}

/**
 * z3fold_free() - free an object
 * @pool:	the pool
 * @handle:	the object
 *
 * The pin comes first: with it the object cannot move and its page cannot go,
 * and the owner's lock can be waited for.
 *
 * An object freed during its own eviction callback becomes a zombie: its room
 * counts as free, but word and bytes stay until the callback is over, since
 * the callback may have it mapped.
 *
 * Context: any, atomic too, interrupts may be off; no lock of ours held.
 */
void z3fold_free(struct z3fold_pool *pool, unsigned long handle)
{
	struct z3fold_page *zp, *home = z3fold_handle_home(handle);
	unsigned long val = z3fold_handle_pin(handle);
	unsigned int todo;
	int buddy;

	if (WARN_ONCE((val & Z3FOLD_WORD_UNUSED) == Z3FOLD_WORD_UNUSED,
		      "z3fold: an object was freed twice\n")) {
		z3fold_handle_unpin(handle);
		return;
	}
	zp = z3fold_handle_owner(handle, val);
	spin_lock(&zp->lock);
	buddy = buddy_of(zp, handle);
	if (WARN_ON_ONCE(buddy < 0 || z3fold_page_zombie(zp, buddy))) {
		spin_unlock(&zp->lock);
		z3fold_handle_unpin(handle);
		return;
	}
	trace_free(pool, handle, zp->layout.bytes[buddy]);
	todo = z3fold_shard_remove(zp, buddy);
	if (unlikely(zp->called == buddy + 1)) {
		zp->zombie = true;
		z3fold_handle_unpin(handle);
		spin_unlock(&zp->lock);
		return;
	}
	zp->objects[buddy] = 0;
	if (home == zp)
		z3fold_handle_clear(handle);
	spin_unlock(&zp->lock);
	/* The owner is no longer ours to touch, unless we made it DYING. */
	if (home != zp)
		z3fold_handle_free(pool, handle);
	if (likely(!todo))
		return;
	if (todo & Z3FOLD_TODO_RELEASE)
		z3fold_page_release(zp);
	if (todo & Z3FOLD_TODO_CHECK)
		z3fold_compact_check(pool);
}
