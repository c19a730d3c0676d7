// SPDX-License-Identifier: GPL-2.0-only
/*
 * validate.c - is a page what its descriptor, its words and its lists say
 *
 * One checker for all: debugfs on demand, and the tests in userspace after each
 * step.
 */
#include "internal.h"

static int complain(const struct z3fold_page *zp, const char *what)
{
	pr_err("z3fold: error: page %lx, state %u, list %u, sizes %u %u %u, middle at %u: %s\n",
	       zp->pageno, zp->state, zp->index,
	       zp->layout.bytes[Z3FOLD_FIRST], zp->layout.bytes[Z3FOLD_MIDDLE],
	       zp->layout.bytes[Z3FOLD_LAST], zp->layout.start, what);
	return 1;
}

static int validate_object(struct z3fold_page *zp, unsigned int buddy)
{
	unsigned long handle = zp->objects[buddy], val;
	unsigned int bytes = zp->layout.bytes[buddy];
	int errors = 0;

	if (!handle)
		return bytes ? complain(zp, "an object without a handle") : 0;
	if (z3fold_page_zombie(zp, buddy))
		return bytes ? complain(zp, "a zombie that is alive") : 0;
	if (!bytes)
		errors += complain(zp, "a handle without an object");
	val = z3fold_handle_read(handle);
	if (val & Z3FOLD_MOVING)
		errors += complain(zp, "MOVING outside a move");
	if (z3fold_word_pageno(val) != zp->pageno ||
	    z3fold_word_start(val) != z3fold_layout_start(&zp->layout, buddy))
		errors += complain(zp, "a handle that leads elsewhere");
	/* The used mark of another home is under another lock. */
	if (z3fold_handle_home(handle) == zp && !z3fold_handle_used(handle))
		errors += complain(zp, "an object with an unused handle");
	return errors;
}

/**
 * z3fold_page_validate() - check a descriptor against all that it goes with
 * @zp:		the descriptor
 *
 * Context: the page lock held, and with it a claim or a reason why the page
 * cannot go.
 * Return: the number of errors; each is in the kernel log.
 */
int z3fold_page_validate(struct z3fold_page *zp)
{
	struct z3fold_shard *shard = zp->shard;
	unsigned int buddy;
	int errors = 0;

	lockdep_assert_held(&zp->lock);
	if (zp->pageno == Z3FOLD_NO_PAGE)
		return zp->used ? 0 : complain(zp, "a ghost without a word");
	if (page_private(z3fold_page_page(zp)) != (unsigned long)zp)
		errors += complain(zp, "the page leads to another descriptor");
	if (zp->zombie && !zp->called)
		errors += complain(zp, "a zombie that nobody will reap");
	if (!z3fold_layout_valid(&zp->layout))
		errors += complain(zp, "objects overlap");
	for (buddy = 0; buddy < Z3FOLD_BUDDIES; buddy++)
		errors += validate_object(zp, buddy);

	spin_lock(&shard->lock);
	if (zp->state == Z3FOLD_LISTED) {
		if (!z3fold_layout_buddies(&zp->layout))
			errors += complain(zp, "an empty page is listed");
		if (zp->index != z3fold_layout_room(&zp->layout))
			errors += complain(zp, "on the wrong list");
		if (!(shard->map & BIT_ULL(zp->index)))
			errors += complain(zp, "its list is marked empty");
	}
	spin_unlock(&shard->lock);
	return errors;
}

/* Go round one list once: claim the first page, check it, put it last. */
static unsigned long validate_list(struct z3fold_shard *shard,
				   unsigned int index, unsigned long *pages)
{
	unsigned int n = READ_ONCE(shard->length[index]);
	unsigned long errors = 0;
	struct z3fold_page *zp;
	bool dying;

	while (n-- && (zp = z3fold_shard_claim_index(shard, index))) {
		spin_lock(&zp->lock);
		if (zp->index != index)
			errors += complain(zp, "found on another list");
		if (z3fold_layout_room(&zp->layout) < index)
			errors += complain(zp, "on a list for more room");
		errors += z3fold_page_validate(zp);
		dying = z3fold_shard_unclaim(zp, true);
		spin_unlock(&zp->lock);
		if (dying)
			z3fold_page_release(zp);
		++*pages;
		cond_resched();
	}
	return errors;
}

/**
 * z3fold_pool_validate() - check every page that is on a list
 * @pool:	the pool
 * @pages:	how many there were; on a quiet pool, all
 *
 * Context: process, may sleep; no lock held.
 * Return: the number of errors; each is in the kernel log.
 */
unsigned long z3fold_pool_validate(struct z3fold_pool *pool,
				   unsigned long *pages)
{
	unsigned long errors = 0;
	unsigned int index;
	int cpu;

	*pages = 0;
	for_each_possible_cpu(cpu)
		for (index = 0; index < Z3FOLD_CHUNKS; index++)
			errors += validate_list(per_cpu_ptr(pool->shards, cpu),
						index, pages);
	return errors;
}
