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

static_assert(Z3FOLD_BUDDIES <= sizeof(long));
static_assert(offsetof(struct z3fold_page, words) == 0);

/* The object is being copied, or has as many pins as the count can hold. */
static unsigned long pin_wait(union z3fold_word *word, unsigned long old)
{
	WARN_ONCE(!(old & Z3FOLD_MOVING), "z3fold: an object is mapped %u times\n",
		  z3fold_word_pins(old));
	cpu_relax();
	return atomic_long_read(&word->val);
}

/**
 * z3fold_handle_pin_slow() - z3fold_handle_pin() where it is no first pin
 * @word:	the object's
 *
 * Context: as there.  Return: as there.
 */
unsigned long z3fold_handle_pin_slow(union z3fold_word *word)
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

/**
 * z3fold_handle_unpin_slow() - z3fold_handle_unpin() where others have pins, or
 * a byte cannot be stored alone
 * @word:	the object's
 *
 * Context: any.
 */
void z3fold_handle_unpin_slow(union z3fold_word *word)
{
	unsigned long old;

	for (;;) {
		old = atomic_long_read_acquire(&word->val);
		if (!(old & Z3FOLD_COUNT_MASK)) {
#if Z3FOLD_WORD_BYTE_STORE
			/* as in z3fold_handle_unpin() */
			smp_store_release(&word->first, Z3FOLD_FREE);
			return;
#else
#ifdef Z3FOLD_DEBUG
			WARN_ONCE((old & Z3FOLD_FIRST_MASK) != Z3FOLD_HELD,
				  "z3fold: unmap of an object that is not mapped\n");
#endif
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
	union z3fold_word *word = z3fold_handle_word(handle);
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
	atomic_long_set_release(&z3fold_handle_word(handle)->val, location);
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
	return z3fold_handle_home(handle)->used & BIT(handle & Z3FOLD_INDEX_MASK);
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

/**
 * z3fold_map_slow() - z3fold_map() where it is no first pin, or traced
 * @pool:	the pool
 * @handle:	the object
 *
 * Context: as there.  Return: as there.
 */
void *z3fold_map_slow(struct z3fold_pool *pool, unsigned long handle)
{
	unsigned long val = z3fold_handle_pin_slow(z3fold_handle_word(handle));

	trace_map(pool, handle);
	return z3fold_word_address(val);
}

/**
 * z3fold_unmap_traced() - z3fold_unmap() where that is traced
 * @pool:	the pool
 * @handle:	the object
 *
 * Context: as there.
 */
void z3fold_unmap_traced(struct z3fold_pool *pool, unsigned long handle)
{
	trace_unmap(pool, handle);
	z3fold_handle_unpin(handle);
}
