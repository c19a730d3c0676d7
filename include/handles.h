/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * handles.h - from a handle to its word, home and owner, and the pins: what
 * every operation does, in line; handles.c has the rest and says how it works
 */
#ifndef _Z3FOLD_HANDLES_H
#define _Z3FOLD_HANDLES_H

#define Z3FOLD_INDEX_MASK	(sizeof(long) - 1)

/* handles.c */
unsigned long z3fold_handle_pin_slow(union z3fold_word *word);
void z3fold_handle_unpin_slow(union z3fold_word *word);
void *z3fold_map_slow(struct z3fold_pool *pool, unsigned long handle);
void z3fold_unmap_traced(struct z3fold_pool *pool, unsigned long handle);
bool z3fold_handle_start_move(unsigned long handle);
void z3fold_handle_end_move(unsigned long handle, unsigned long location);
void z3fold_handle_free(struct z3fold_pool *pool, unsigned long handle);
bool z3fold_handle_used(unsigned long handle);

static __always_inline union z3fold_word *z3fold_handle_word(unsigned long handle)
{
	return (union z3fold_word *)(handle & ~Z3FOLD_INDEX_MASK);
}

/* The usual case: one try, so that callers need save no registers. */
static __always_inline bool z3fold_handle_try_pin(unsigned long handle,
						  unsigned long *val)
{
	union z3fold_word *word = z3fold_handle_word(handle);
	unsigned long old = atomic_long_read(&word->val);

	*val = (old & ~Z3FOLD_FIRST_MASK) | Z3FOLD_HELD;
	return !(old & Z3FOLD_MOVING) &&
	       (old & Z3FOLD_FIRST_MASK) != Z3FOLD_HELD &&
	       atomic_long_try_cmpxchg_acquire(&word->val, &old, *val);
}

/**
 * z3fold_handle_pin() - make an object stay where it is
 * @handle:	the object
 *
 * Takes the first pin if it is free or fresh, else counts up.  With the count
 * at its maximum (511 on 64 bit) it waits for another pin to go and warns once.
 *
 * Context: any; spins while the object is being copied.
 * Return: the word's value, with the location.
 */
static __always_inline unsigned long z3fold_handle_pin(unsigned long handle)
{
	unsigned long val;

	return likely(z3fold_handle_try_pin(handle, &val)) ?
		       val : z3fold_handle_pin_slow(z3fold_handle_word(handle));
}

/**
 * z3fold_handle_unpin() - let go of one pin
 * @handle:	the object
 *
 * A holder that reads a count of zero was alone at that instant, and so owns
 * the first pin; whoever came later is in the count.  It does not matter who
 * took which.
 *
 * Context: any.
 */
static __always_inline void z3fold_handle_unpin(unsigned long handle)
{
	union z3fold_word *word = z3fold_handle_word(handle);
#if Z3FOLD_WORD_BYTE_STORE
	/* The last one out speaks for those who counted down before. */
	unsigned long val = atomic_long_read_acquire(&word->val);

	if (likely(!(val & Z3FOLD_COUNT_MASK))) {
#ifdef Z3FOLD_DEBUG
		WARN_ONCE((val & Z3FOLD_FIRST_MASK) != Z3FOLD_HELD,
			  "z3fold: unmap of an object that is not mapped\n");
#endif
		/* after all accesses to the object; pin acquires */
		smp_store_release(&word->first, Z3FOLD_FREE);
		return;
	}
#endif
	z3fold_handle_unpin_slow(word);
}

/**
 * z3fold_handle_read() - the word's value, at this instant
 * @handle:	the object
 *
 * Context: a pin on the object, or its owner's lock, held.
 * Return: the value; only what the caller's pin or lock holds stays true.
 */
static inline unsigned long z3fold_handle_read(unsigned long handle)
{
	return atomic_long_read(&z3fold_handle_word(handle)->val);
}

/**
 * z3fold_handle_pinned() - is the object in use, or not yet written?
 * @handle:	the object
 *
 * Context: its owner's lock held.
 * Return: true if it cannot be moved or evicted; false may be wrong a moment
 * later, unless the word is MOVING.
 */
static inline bool z3fold_handle_pinned(unsigned long handle)
{
	return z3fold_handle_read(handle) & Z3FOLD_PINS_MASK;
}

/**
 * z3fold_handle_home() - the descriptor that a handle's word lives in
 * @handle:	the object
 *
 * Context: any.
 * Return: its home; it stays while the word is in use.
 */
static inline struct z3fold_page *z3fold_handle_home(unsigned long handle)
{
	return (struct z3fold_page *)(z3fold_handle_word(handle) -
				      (handle & Z3FOLD_INDEX_MASK));
}

/**
 * z3fold_handle_owner() - the descriptor of the page that an object lies in
 * @handle:	the object
 * @val:	its word's value
 *
 * The home's page can change meanwhile, but never from or to the page of a
 * pinned object that does not lie in it.
 *
 * Context: a pin on the object held.
 * Return: the owner.
 */
static inline struct z3fold_page *z3fold_handle_owner(unsigned long handle,
						      unsigned long val)
{
	struct z3fold_page *home = z3fold_handle_home(handle);

	if (likely(READ_ONCE(home->pageno) == z3fold_word_pageno(val)))
		return home;
	return (struct z3fold_page *)
		page_private(z3fold_pageno_page(z3fold_word_pageno(val)));
}

/**
 * z3fold_handle_new() - take an unused word
 * @home:	a descriptor that has one
 * @location:	where the object is, from z3fold_word_encode(); it is marked as
 *		not yet written
 *
 * Context: @home's lock held, or @home is known to nobody else.
 * Return: the handle.
 */
static inline unsigned long z3fold_handle_new(struct z3fold_page *home,
					      unsigned long location)
{
	unsigned int i = ffs(~home->used) - 1;

	home->used |= BIT(i);
	atomic_long_set(&home->words[i].val, location | Z3FOLD_FRESH);
	return (unsigned long)&home->words[i] | i;
}

/**
 * z3fold_handle_clear() - give a word back under a lock that is held
 * @handle:	the object; the one pin that may be on it is the freer's
 *
 * Context: the home's lock held.
 */
static inline void z3fold_handle_clear(unsigned long handle)
{
	struct z3fold_page *home = z3fold_handle_home(handle);
	union z3fold_word *word = z3fold_handle_word(handle);

	lockdep_assert_held(&home->lock);
	WARN_ONCE(z3fold_word_pins(atomic_long_read(&word->val)) > 1,
		  "z3fold: an object was freed while it was mapped\n");
	atomic_long_set(&word->val, Z3FOLD_WORD_UNUSED);
	home->used &= ~BIT(handle & Z3FOLD_INDEX_MASK);
}

/**
 * z3fold_map() - the address of an object
 * @pool:	the pool
 * @handle:	from z3fold_alloc()
 *
 * The object stays there until z3fold_unmap().  It can be mapped several times
 * at once, and its users may sleep meanwhile.
 *
 * Context: any, atomic too; takes no lock.  Waits, at most for the copy of one
 * page, while the object is being moved; and for somebody's z3fold_unmap() when
 * it is mapped as often as a word can count (Z3FOLD_PINS_MASK).
 * Return: its address; never fails.
 */
static __always_inline void *z3fold_map(struct z3fold_pool *pool,
					unsigned long handle)
{
	unsigned long val;

	z3fold_count(pool, Z3FOLD_MAPS, 1);
	if (trace_map_enabled() || unlikely(!z3fold_handle_try_pin(handle, &val)))
		return z3fold_map_slow(pool, handle);
	return z3fold_word_address(val);
}

/**
 * z3fold_unmap() - undo one z3fold_map()
 * @pool:	the pool
 * @handle:	as given to z3fold_map()
 *
 * Context: any, atomic too; takes no lock.
 */
static __always_inline void z3fold_unmap(struct z3fold_pool *pool,
					 unsigned long handle)
{
	/* First: once it is unpinned, another may free it, and the pool go. */
	z3fold_count(pool, Z3FOLD_UNMAPS, 1);
	if (trace_unmap_enabled())
		z3fold_unmap_traced(pool, handle);
	else
		z3fold_handle_unpin(handle);
}

#endif /* _Z3FOLD_HANDLES_H */
