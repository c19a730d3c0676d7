// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm_objects.c - what the threads of a storm do with objects
 *
 * Each object has a slot.  All threads work on all slots: many may read an
 * object at once, one alone may make or free it, as an owner must see to
 * (zswap's reference counts do).  What an object must hold follows from its slot
 * and a stamp that is new each time, so a byte that is lost, moved or another
 * object's shows.
 */
#include <linux/delay.h>
#include "storm.h"

/* As zswap asks, but with reclaim: a storm shall not end for want of a page. */
#define STORM_GFP	(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN | \
			 __GFP_HIGHMEM | __GFP_MOVABLE)

/* Word @i of the object; the first one leads to the slot. */
static u64 content(const struct z3fold_storm *storm,
		   const struct z3fold_storm_slot *slot, unsigned int i)
{
	u64 first = (u64)slot->stamp << 32 | (slot - storm->slots);

	return first * (2 * i + 1);
}

static void write_content(const struct z3fold_storm *storm,
			  const struct z3fold_storm_slot *slot, u64 *object)
{
	unsigned int i, words = slot->bytes / sizeof(u64);
	u64 rest = content(storm, slot, words);

	for (i = 0; i < words; i++)
		object[i] = content(storm, slot, i);
	memcpy(&object[words], &rest, slot->bytes % sizeof(u64));
}

static void verify(struct z3fold_storm_thread *t,
		   const struct z3fold_storm_slot *slot, const u64 *object)
{
	unsigned int i, words = slot->bytes / sizeof(u64);
	u64 rest = content(t->storm, slot, words);

	for (i = 0; i < words; i++)
		if (object[i] != content(t->storm, slot, i))
			break;
	if (i < words || memcmp(&object[words], &rest, slot->bytes % sizeof(u64)))
		z3fold_storm_error(t, "object %zd of %u bytes differs in or after byte %zu",
				   slot - t->storm->slots, slot->bytes,
				   i * sizeof(u64));
	t->counts.verified += slot->bytes;
}

static u64 *map(struct z3fold_storm_thread *t, unsigned long handle)
{
	u64 begun = z3fold_storm_begin();
	void *object = z3fold_map(t->storm->pool, handle);

	z3fold_storm_end(t, Z3FOLD_STORM_MAP, begun);
	return object;
}

static void unmap(struct z3fold_storm_thread *t, unsigned long handle)
{
	u64 begun = z3fold_storm_begin();

	z3fold_unmap(t->storm->pool, handle);
	z3fold_storm_end(t, Z3FOLD_STORM_UNMAP, begun);
}

static unsigned int choose_size(struct z3fold_storm_thread *t)
{
	const struct z3fold_stress *o = &t->storm->options;

	return o->quantiles ? o->quantiles[z3fold_storm_below(t, 256)] :
			      o->least + z3fold_storm_below(t, o->most - o->least + 1);
}

/**
 * z3fold_storm_make() - allocate and write an object, or stop the storm
 * @t:		the thread that does it
 * @slot:	an empty slot, the caller's own
 *
 * Context: process, sleeps.
 */
void z3fold_storm_make(struct z3fold_storm_thread *t,
		       struct z3fold_storm_slot *slot)
{
	struct z3fold_storm *storm = t->storm;
	unsigned int bytes = choose_size(t);
	unsigned long handle = 0;
	u64 begun, *object;
	int err;

	if (z3fold_pool_pages(storm->pool) >> (20 - PAGE_SHIFT) >=
	    storm->options.memory) {
		z3fold_storm_stop(storm, Z3FOLD_STORM_MEMORY);
		return;
	}
	begun = z3fold_storm_begin();
	err = z3fold_alloc(storm->pool, bytes, STORM_GFP, &handle);
	z3fold_storm_end(t, Z3FOLD_STORM_ALLOC, begun);
	if (err) {
		t->counts.alloc_failed++;
		if (err != -ENOMEM)
			z3fold_storm_error(t, "allocating %u bytes: %d", bytes, err);
		else if (!storm->options.fail)
			z3fold_storm_stop(storm, Z3FOLD_STORM_MEMORY);
		return;
	}
	slot->stamp = z3fold_storm_below(t, U32_MAX);
	slot->bytes = bytes;
	WRITE_ONCE(slot->handle, handle);
	object = map(t, handle);
	if (offset_in_page(object) + bytes > PAGE_SIZE)
		z3fold_storm_error(t, "an object of %u bytes at %u", bytes,
				   (u32)offset_in_page(object));
	else
		write_content(storm, slot, object);
	unmap(t, handle);
}

static void free_object(struct z3fold_storm_thread *t,
			struct z3fold_storm_slot *slot)
{
	u64 begun = z3fold_storm_begin();

	z3fold_free(t->storm->pool, slot->handle);
	z3fold_storm_end(t, Z3FOLD_STORM_FREE, begun);
	WRITE_ONCE(slot->handle, 0);
}

static void read_object(struct z3fold_storm_thread *t,
			struct z3fold_storm_slot *slot)
{
	u32 every = t->storm->options.sleep;
	u64 *object = map(t, slot->handle);
	bool again = !z3fold_storm_below(t, 8);

	verify(t, slot, object);
	if (again) {
		t->counts.mapped_twice++;
		if (map(t, slot->handle) != object)
			z3fold_storm_error(t, "an object moved while it was mapped");
	}
	if (every && !z3fold_storm_below(t, every)) {
		t->counts.slept++;
		usleep_range(20, 500);
		verify(t, slot, object);
	}
	if (again)
		unmap(t, slot->handle);
	unmap(t, slot->handle);
}

static bool start_writing(struct z3fold_storm_slot *slot)
{
	return !atomic_cmpxchg_acquire(&slot->users, 0, -1);
}

static void end_writing(struct z3fold_storm_slot *slot)
{
	atomic_set_release(&slot->users, 0);
}

/**
 * z3fold_storm_do() - one operation on one object, by chance
 * @t:		the thread that does it
 *
 * Three in eight replace the object; some of its places stay empty for a while,
 * so that pages get sparse.  The others read it.
 *
 * Context: process, sleeps.
 */
void z3fold_storm_do(struct z3fold_storm_thread *t)
{
	struct z3fold_storm_slot *slot =
		&t->storm->slots[z3fold_storm_below(t, t->storm->options.objects)];
	u32 chance = z3fold_storm_below(t, 8);

	if (chance < 3 || !READ_ONCE(slot->handle)) {
		if (!start_writing(slot))
			return;
		if (slot->handle)
			free_object(t, slot);
		if (chance)
			z3fold_storm_make(t, slot);
		end_writing(slot);
	} else if (atomic_inc_unless_negative(&slot->users)) {
		if (slot->handle)
			read_object(t, slot);
		atomic_dec_return_release(&slot->users);
	}
}

/**
 * z3fold_storm_thin_out() - free some objects, read the others
 * @t:		who does it; no other thread runs
 * @every:	one of so many is freed, by chance
 *
 * Context: process, sleeps.
 */
void z3fold_storm_thin_out(struct z3fold_storm_thread *t, u32 every)
{
	struct z3fold_storm *storm = t->storm;
	u32 i;

	for (i = 0; i < storm->options.objects; i++) {
		struct z3fold_storm_slot *slot = &storm->slots[i];

		cond_resched();
		if (!slot->handle)
			continue;
		if (z3fold_storm_below(t, every))
			read_object(t, slot);
		else
			free_object(t, slot);
	}
}

/**
 * z3fold_storm_evict() - the owner's callback: let go of an object
 * @owner:	the storm
 * @handle:	the object
 *
 * As zswap's: it knows the object by what is in it, and another thread may free
 * it meanwhile, or use it.  It frees it before or after it has unmapped it.
 *
 * Context: the last mover, since nobody else calls z3fold_reclaim() on this pool.
 * Return: 0, or -EAGAIN if it is in use.
 */
int z3fold_storm_evict(void *owner, unsigned long handle)
{
	struct z3fold_storm *storm = owner;
	struct z3fold_storm_thread *t =
		&storm->threads[storm->options.threads + Z3FOLD_STORM_MOVERS - 1];
	bool free_mapped = z3fold_storm_below(t, 2), mapped = true;
	u64 *object = map(t, handle);
	u32 index = lower_32_bits(object[0]);
	struct z3fold_storm_slot *slot = &storm->slots[index];
	int err = -EAGAIN;

	if (index >= storm->options.objects) {
		z3fold_storm_error(t, "an object that shall go leads to slot %u", index);
	} else if (start_writing(slot)) {
		if (slot->handle == handle) {
			verify(t, slot, object);
			if (!free_mapped)
				unmap(t, handle);
			mapped = free_mapped;
			free_object(t, slot);
			t->counts.evicted++;
			err = 0;
		}
		end_writing(slot);
	}
	if (mapped)
		unmap(t, handle);
	return err;
}
