// SPDX-License-Identifier: GPL-2.0-only
/*
 * handles.c - the words behind the handles: pins, moves, homes, owners
 *
 * A handle is the address of a word in a descriptor, the word's home.  The word
 * says where the object is.  Whoever holds a pin on it knows: the object does
 * not move, its page does not go, and so the owner's lock can be waited for.
 *
 * Whoever moves the object sets MOVING by a cmpxchg that expects no pin, copies
 * with preemption off, and stores the new location with release.  Whoever pins
 * waits while MOVING is set; that is one bounded copy by a running CPU.
 */
#include "internal.h"

/**
 * z3fold_handle_pin() - make an object stay where it is
 * @word:	its word
 *
 * Takes the first pin if it is free or fresh, else counts up.  With the count
 * at its maximum (511 on 64 bit) it waits for another pin to go and warns once.
 *
 * Context: any; spins while the object is being copied.
 * Return: the word's value, with the location.
 */
unsigned long z3fold_handle_pin(union z3fold_word *word)
{
	unsigned long old = atomic_long_read(&word->val), new;

	for (;;) {
		if (unlikely(old & Z3FOLD_MOVING)) {
			cpu_relax();
			old = atomic_long_read(&word->val);
			continue;
		}
		if (likely((old & Z3FOLD_FIRST_MASK) != Z3FOLD_HELD)) {
			new = (old & ~Z3FOLD_FIRST_MASK) | Z3FOLD_HELD;
		} else if (unlikely((old & Z3FOLD_COUNT_MASK) ==
				    Z3FOLD_COUNT_MASK)) {
			WARN_ONCE(1, "z3fold: an object is mapped %u times\n",
				  z3fold_word_pins(old));
			cpu_relax();
			old = atomic_long_read(&word->val);
			continue;
		} else {
			new = old + Z3FOLD_COUNT_ONE;
		}
		if (likely(atomic_long_try_cmpxchg_acquire(&word->val, &old, new)))
			return new;
	}
}

/**
 * z3fold_handle_unpin() - let go of one pin
 * @word:	its word
 *
 * A holder that reads a count of zero was alone at that instant, and so owns
 * the first pin; whoever came later is in the count.  It does not matter who
 * took which.
 *
 * Context: any.
 */
void z3fold_handle_unpin(union z3fold_word *word)
{
	unsigned long old = atomic_long_read(&word->val);

	for (;;) {
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
 * @word:	its word
 *
 * Context: the owner's lock held, preemption off until z3fold_handle_end_move():
 * a mover that was preempted would stall a real-time mapper.
 * Return: false if the object is pinned or was never written; nothing changed.
 */
bool z3fold_handle_start_move(union z3fold_word *word)
{
	unsigned long old = atomic_long_read(&word->val);

	return !(old & Z3FOLD_PINS_MASK) &&
	       atomic_long_try_cmpxchg_acquire(&word->val, &old,
					       old | Z3FOLD_MOVING);
}

/**
 * z3fold_handle_end_move() - publish where the object is now
 * @word:	its word
 * @location:	from z3fold_word_encode(); the old one undoes a move
 *
 * Context: as z3fold_handle_start_move(); the bytes, the page's private field
 * and the descriptor's page number are in place.
 */
void z3fold_handle_end_move(union z3fold_word *word, unsigned long location)
{
	atomic_long_set_release(&word->val, location);
}

/**
 * z3fold_handle_home() - the descriptor that a word lives in
 * @word:	the word
 *
 * Context: any.
 * Return: its home; it stays while the word is in use.
 */
struct z3fold_page *z3fold_handle_home(const union z3fold_word *word)
{
	return (struct z3fold_page *)((unsigned long)word &
				      ~(Z3FOLD_PAGE_ALIGN - 1));
}

/**
 * z3fold_handle_owner() - the descriptor of the page that an object lies in
 * @word:	its word
 * @val:	the word's value
 *
 * The home's page can change meanwhile, but never from or to the page of a
 * pinned object that does not lie in it.
 *
 * Context: a pin on the object held.
 * Return: the owner.
 */
struct z3fold_page *z3fold_handle_owner(const union z3fold_word *word,
					unsigned long val)
{
	struct z3fold_page *home = z3fold_handle_home(word);

	if (likely(READ_ONCE(home->pageno) == z3fold_word_pageno(val)))
		return home;
	return (struct z3fold_page *)
		page_private(z3fold_pageno_page(z3fold_word_pageno(val)));
}

/**
 * z3fold_handle_new() - take an unused word
 * @home:	a descriptor that has one
 *
 * Context: @home's lock held, or @home is known to nobody else.
 * Return: the word.
 */
union z3fold_word *z3fold_handle_new(struct z3fold_page *home)
{
	unsigned int i = ffs(~home->used) - 1;

	home->used |= 1U << i;
	return &home->words[i];
}

/**
 * z3fold_handle_clear() - give a word back under a lock that is held
 * @home:	its home
 * @word:	the word; the one pin that may be on it is the freer's
 *
 * Context: @home's lock held.
 */
void z3fold_handle_clear(struct z3fold_page *home, union z3fold_word *word)
{
	lockdep_assert_held(&home->lock);
	WARN_ONCE(z3fold_word_pins(atomic_long_read(&word->val)) > 1,
		  "z3fold: an object was freed while it was mapped\n");
	atomic_long_set(&word->val, Z3FOLD_WORD_UNUSED);
	home->used &= ~(1U << (word - home->words));
}

/**
 * z3fold_handle_free() - give back a word whose object lay in another page
 * @pool:	the pool
 * @word:	the word, the caller's own
 *
 * Frees the home too if that was a ghost's last word.
 *
 * Context: no page lock held; takes the home's.
 */
void z3fold_handle_free(struct z3fold_pool *pool, union z3fold_word *word)
{
	struct z3fold_page *home = z3fold_handle_home(word);
	bool last;

	spin_lock(&home->lock);
	z3fold_handle_clear(home, word);
	last = !home->used && home->pageno == Z3FOLD_NO_PAGE;
	spin_unlock(&home->lock);
	if (last)
		z3fold_page_free(pool, home);
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
	return z3fold_word_address(z3fold_handle_pin((union z3fold_word *)handle));
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
	z3fold_handle_unpin((union z3fold_word *)handle);
}
