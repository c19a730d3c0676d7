// SPDX-License-Identifier: GPL-2.0-only
/*
 * handles.c - the words behind the handles: pins, moves, homes, owners
 *
 * A handle is the address of a word in a descriptor, the word's home, with the
 * word's index there in the low bits.  (So the handle leads to the home without
 * any alignment of the descriptor, which is 96 bytes, not 128.)  The word says
 * where the object is.  Whoever holds a pin on it knows: the object does not
 * move, its page does not go, and so the owner's lock can be waited for.
 *
 * Whoever moves the object sets MOVING by a cmpxchg that expects no pin, copies
 * with preemption off, and stores the new location with release.  Whoever pins
 * waits while MOVING is set; that is one bounded copy by a running CPU.
 */
#include "internal.h"

#define INDEX_MASK	(sizeof(long) - 1)

static_assert(Z3FOLD_BUDDIES <= sizeof(long));
static_assert(offsetof(struct z3fold_page, words) == 0);

static __always_inline union z3fold_word *word_of(unsigned long handle)
{
	return (union z3fold_word *)(handle & ~INDEX_MASK);
}

/* The object is being copied, or has as many pins as the count can hold. */
static unsigned long pin_wait(union z3fold_word *word, unsigned long old)
{
	WARN_ONCE(!(old & Z3FOLD_MOVING), "z3fold: an object is mapped %u times\n",
		  z3fold_word_pins(old));
	cpu_relax();
	return atomic_long_read(&word->val);
}

static noinline unsigned long pin_slow(union z3fold_word *word)
{
	unsigned long old = atomic_long_read(&word->val), new;

	for (;;) {
		if (unlikely(old & Z3FOLD_MOVING)) {
			old = pin_wait(word, old);
			continue;
		}
		if ((old & Z3FOLD_FIRST_MASK) != Z3FOLD_HELD) {
			new = (old & ~Z3FOLD_FIRST_MASK) | Z3FOLD_HELD;
		} else if (likely((old & Z3FOLD_COUNT_MASK) !=
				  Z3FOLD_COUNT_MASK)) {
			new = old + Z3FOLD_COUNT_ONE;
		} else {
			old = pin_wait(word, old);
			continue;
		}
		if (likely(atomic_long_try_cmpxchg_acquire(&word->val, &old, new)))
			return new;
	}
}

/* The usual case: one try, so that callers need save no registers. */
static __always_inline bool pin_fast(union z3fold_word *word, unsigned long *val)
{
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
unsigned long z3fold_handle_pin(unsigned long handle)
{
	unsigned long val;

	return likely(pin_fast(word_of(handle), &val)) ?
		       val : pin_slow(word_of(handle));
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
void z3fold_handle_unpin(unsigned long handle)
{
	union z3fold_word *word = word_of(handle);
	unsigned long old;

	for (;;) {
		/* The last one out speaks for those who counted down before. */
		old = atomic_long_read_acquire(&word->val);
		if (likely(!(old & Z3FOLD_COUNT_MASK))) {
#ifdef Z3FOLD_DEBUG
			WARN_ONCE((old & Z3FOLD_FIRST_MASK) != Z3FOLD_HELD,
				  "z3fold: unmap of an object that is not mapped\n");
#endif
#if Z3FOLD_WORD_BYTE_STORE
			/* after all accesses to the object; pin acquires */
			smp_store_release(&word->first, Z3FOLD_FREE);
			return;
#else
			if (atomic_long_try_cmpxchg_release(&word->val, &old,
							    old & ~Z3FOLD_FIRST_MASK))
				return;
			continue;
#endif
		}
		if (atomic_long_try_cmpxchg_release(&word->val, &old,
						    old - Z3FOLD_COUNT_ONE))
			return;
	}
}

/**
 * z3fold_handle_start_move() - keep others from pinning while an object moves
 * @handle:	the object
 *
 * Context: the owner's lock held, preemption off until z3fold_handle_end_move():
 * a mover that was preempted would stall a real-time mapper.
 * Return: false if the object is pinned or was never written; nothing changed.
 */
bool z3fold_handle_start_move(unsigned long handle)
{
	union z3fold_word *word = word_of(handle);
	unsigned long old = atomic_long_read(&word->val);

	return !(old & Z3FOLD_PINS_MASK) &&
	       atomic_long_try_cmpxchg_acquire(&word->val, &old,
					       old | Z3FOLD_MOVING);
}

/**
 * z3fold_handle_end_move() - publish where the object is now
 * @handle:	the object
 * @location:	from z3fold_word_encode(); the old one undoes a move
 *
 * Context: as z3fold_handle_start_move(); the bytes, the page's private field
 * and the descriptor's page number are in place.
 */
void z3fold_handle_end_move(unsigned long handle, unsigned long location)
{
	atomic_long_set_release(&word_of(handle)->val, location);
}

/**
 * z3fold_handle_read() - the word's value, at this instant
 * @handle:	the object
 *
 * Context: a pin on the object, or its owner's lock, held.
 * Return: the value; only what the caller's pin or lock holds stays true.
 */
unsigned long z3fold_handle_read(unsigned long handle)
{
	return atomic_long_read(&word_of(handle)->val);
}

/**
 * z3fold_handle_home() - the descriptor that a handle's word lives in
 * @handle:	the object
 *
 * Context: any.
 * Return: its home; it stays while the word is in use.
 */
struct z3fold_page *z3fold_handle_home(unsigned long handle)
{
	return (struct z3fold_page *)(word_of(handle) - (handle & INDEX_MASK));
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
struct z3fold_page *z3fold_handle_owner(unsigned long handle, unsigned long val)
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
unsigned long z3fold_handle_new(struct z3fold_page *home, unsigned long location)
{
	unsigned int i = ffs(~home->used) - 1;

	home->used |= BIT(i);
	atomic_long_set(&home->words[i].val, location | Z3FOLD_FRESH);
	return (unsigned long)&home->words[i] | i;
}

/**
 * z3fold_handle_used() - is the word in use
 * @handle:	the object
 *
 * Context: the home's lock held.
 * Return: true if it is.
 */
bool z3fold_handle_used(unsigned long handle)
{
	return z3fold_handle_home(handle)->used & BIT(handle & INDEX_MASK);
}

/**
 * z3fold_handle_clear() - give a word back under a lock that is held
 * @handle:	the object; the one pin that may be on it is the freer's
 *
 * Context: the home's lock held.
 */
void z3fold_handle_clear(unsigned long handle)
{
	struct z3fold_page *home = z3fold_handle_home(handle);
	union z3fold_word *word = word_of(handle);

	lockdep_assert_held(&home->lock);
	WARN_ONCE(z3fold_word_pins(atomic_long_read(&word->val)) > 1,
		  "z3fold: an object was freed while it was mapped\n");
	atomic_long_set(&word->val, Z3FOLD_WORD_UNUSED);
	home->used &= ~BIT(handle & INDEX_MASK);
}

/**
 * z3fold_handle_free() - give back a word whose object lay in another page
 * @pool:	the pool
 * @handle:	the object, the caller's own
 *
 * Frees the home too if that was a ghost's last word.
 *
 * Context: no page lock held; takes the home's.
 */
void z3fold_handle_free(struct z3fold_pool *pool, unsigned long handle)
{
	struct z3fold_page *home = z3fold_handle_home(handle);
	bool last;

	spin_lock(&home->lock);
	z3fold_handle_clear(handle);
	last = !home->used && home->pageno == Z3FOLD_NO_PAGE;
	spin_unlock(&home->lock);
	if (last)
		z3fold_page_free(pool, home);
}

static noinline void *map_slow(struct z3fold_pool *pool, unsigned long handle)
{
	void *address = z3fold_word_address(pin_slow(word_of(handle)));

	trace_map(pool, handle);
	return address;
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
 * page, while the object is being moved.
 * Return: its address; never fails.
 */
void *z3fold_map(struct z3fold_pool *pool, unsigned long handle)
{
	unsigned long val;

	z3fold_count(pool, Z3FOLD_MAPS, 1);
	if (trace_map_enabled() || unlikely(!pin_fast(word_of(handle), &val)))
		return map_slow(pool, handle);
	return z3fold_word_address(val);
}

static noinline void unmap_traced(struct z3fold_pool *pool, unsigned long handle)
{
	trace_unmap(pool, handle);
	z3fold_handle_unpin(handle);
}

/**
 * z3fold_unmap() - undo one z3fold_map()
 * @pool:	the pool
 * @handle:	as given to z3fold_map()
 *
 * Context: any, atomic too; takes no lock.
 */
void z3fold_unmap(struct z3fold_pool *pool, unsigned long handle)
{
	/* First: once it is unpinned, another may free it, and the pool go. */
	z3fold_count(pool, Z3FOLD_UNMAPS, 1);
	if (trace_unmap_enabled())
		unmap_traced(pool, handle);
	else
		z3fold_handle_unpin(handle);
}
