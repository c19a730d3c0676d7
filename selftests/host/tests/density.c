// SPDX-License-Identifier: GPL-2.0-only
/*
 * density.c - the pages of a pool that was filled, changed, and lost half of its
 * objects
 *
 * Sizes are lzo's, of which a third leaves room for small objects only: a sweep
 * that moves objects to fuller pages alone ends 8 % above the bound.
 */
#include "tests.h"
#include "../../data/lzo_sizes.h"

#define OBJECTS		15000
#define MOST_PERMILLE	40	/* above the bound; a sweep begins at 30 */

static struct z3fold_pool *pool;

static void store(unsigned long *handle)
{
	if (z3fold_alloc(pool, lzo_sizes[host_below(ARRAY_SIZE(lzo_sizes))],
			 GFP_NOWAIT, handle))
		host_fail("no memory\n");
	/* What was never written does not move. */
	z3fold_map(pool, *handle);
	z3fold_unmap(pool, *handle);
}

/* The sweeps that frees have asked for run now and then, as workers do. */
static void sweep_sometimes(unsigned int i)
{
	if (i % 64 == 0)
		while (host_work_step())
			;
}

static unsigned long above_bound(void)
{
	unsigned long bound = z3fold_pool_bound(atomic_long_read(&pool->objects),
						atomic_long_read(&pool->chunks));

	return z3fold_pool_pages(pool) * 1000 / bound - 1000;
}

int test_density(const struct options *o)
{
	static unsigned long handles[OBJECTS];
	unsigned int i, k;

	pool = z3fold_pool_create("density", NULL, NULL);
	for (i = 0; i < OBJECTS; i++)
		store(&handles[i]);
	for (i = 1; i <= 3 * OBJECTS; i++) {
		k = host_below(OBJECTS);
		z3fold_free(pool, handles[k]);
		store(&handles[k]);
		sweep_sometimes(i);
	}
	printf("# %lu permille above the bound in use\n", above_bound());
	for (i = 0; i < OBJECTS; i += 2) {
		z3fold_free(pool, handles[i]);
		sweep_sometimes(i);
	}
	while (host_work_step())
		;
	printf("# %lu permille with half of the objects freed\n", above_bound());
	if (above_bound() > MOST_PERMILLE)
		host_fail("more than %u\n", MOST_PERMILLE);
	for (i = 1; i < OBJECTS; i += 2)
		z3fold_free(pool, handles[i]);
	z3fold_pool_destroy(pool);
	return 0;
}
