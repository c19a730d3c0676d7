// SPDX-License-Identifier: GPL-2.0-only
/*
 * checker.c - the validator finds what is wrong: else its silence says nothing
 */
#include "tests.h"

static struct z3fold_pool *pool;
static struct z3fold_page *zp;

static unsigned long make(void)
{
	unsigned long handle;

	if (z3fold_alloc(pool, 700, GFP_NOWAIT, &handle))
		host_fail("no memory\n");
	z3fold_map(pool, handle);
	z3fold_unmap(pool, handle);
	return handle;
}

static int validate(void)
{
	int errors;

	spin_lock(&zp->lock);
	errors = z3fold_page_validate(zp);
	spin_unlock(&zp->lock);
	return errors;
}

/* Spoil one thing, look, and mend it. */
#define EXPECT(thing, value)						\
do {									\
	typeof(({ thing; })) was = thing;				\
									\
	thing = value;							\
	if (!validate())						\
		host_fail("the validator misses " #thing " = " #value "\n"); \
	thing = was;							\
	if (validate())							\
		host_fail("the validator complains of nothing\n");	\
} while (0)

int test_checker(const struct options *o)
{
	unsigned long handle[2], pages;
	union z3fold_word *word;
	u64 map;

	host_module_init();
	pool = z3fold_pool_create("checker", NULL, NULL);
	handle[0] = make();
	handle[1] = make();
	zp = z3fold_handle_home(handle[0]);
	word = &zp->words[0];
	host_silent = true;
	EXPECT(z3fold_pageno_page(zp->pageno)->private, 0);
	EXPECT(zp->layout.bytes[Z3FOLD_FIRST], 0);
	EXPECT(zp->layout.bytes[Z3FOLD_FIRST], 4000);
	EXPECT(zp->objects[Z3FOLD_FIRST], 0);
	EXPECT(zp->zombie, 1);
	EXPECT(zp->used, 0);
	EXPECT(zp->index, 1);
	EXPECT(word->val.counter, word->val.counter | Z3FOLD_MOVING);
	EXPECT(word->val.counter,
	       word->val.counter + (1L << Z3FOLD_START_SHIFT));
	EXPECT(word->val.counter,
	       word->val.counter + (1L << Z3FOLD_PAGENO_SHIFT));
	map = zp->shard->map;
	EXPECT(zp->shard->map, 0);
	if (map != zp->shard->map)
		host_fail("not mended\n");

	/* The lists, from the shard's side: a page on the wrong one. */
	list_del(&zp->list);
	list_add(&zp->list, &zp->shard->lists[50]);
	zp->shard->length[zp->index]--;
	zp->shard->length[50]++;
	if (!z3fold_pool_validate(pool, &pages))
		host_fail("the validator misses a page on another list\n");
	host_silent = false;
	/* It put the page where it belongs, and counted that as it was told. */
	return 0;
}
