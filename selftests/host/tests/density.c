// SPDX-License-Identifier: GPL-2.0-only
/*
 * density.c - how few pages sweeps leave
 */
#include "tests.h"
#include "../../data/lzo_sizes.h"

#define OBJECTS		15000
#define MOST_PERMILLE	40	/* above the bound; a sweep begins at 30 */

static struct z3fold_pool *pool;

static void store(unsigned long *handle, unsigned int size)
{
	if (z3fold_alloc(pool, size, GFP_NOWAIT, handle))
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

static unsigned int some_size(void)
{
	return lzo_sizes[host_below(ARRAY_SIZE(lzo_sizes))];
}

/*
 * A pool is filled, changed, and loses half of its objects. Sizes are lzo's, of
 * which a third leaves room for small objects only: a sweep that moves objects to
 * fuller pages alone ends 8 % above the bound.
 */
static void half(void)
{
	static unsigned long handles[OBJECTS];
	unsigned int i, k;

	for (i = 0; i < OBJECTS; i++)
		store(&handles[i], some_size());
	for (i = 1; i <= 3 * OBJECTS; i++) {
		k = host_below(OBJECTS);
		z3fold_free(pool, handles[k]);
		store(&handles[k], some_size());
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
}

#define FULL	60	/* pages of three */

/* The first CPU's pages are full; all places for their objects are the last one's. */
static void places_of_another_cpu(void)
{
	static unsigned long small[3 * FULL], large[3 * FULL];
	unsigned long pages;
	unsigned int i;

	host_self->cpu = 0;
	for (i = 0; i < 3 * FULL; i++)
		store(&small[i], 20 * Z3FOLD_CHUNK_SIZE);
	host_self->cpu = nr_cpu_ids - 1;
	for (i = 0; i < 3 * FULL; i++)
		store(&large[i], 44 * Z3FOLD_CHUNK_SIZE);
	pages = z3fold_pool_pages(pool);
	z3fold_compact_pool(pool);
	if (pages != 4 * FULL || z3fold_pool_pages(pool) != 3 * FULL)
		host_fail("%lu pages, then %lu\n", pages,
			  (unsigned long)z3fold_pool_pages(pool));
	for (i = 0; i < 3 * FULL; i++) {
		z3fold_free(pool, small[i]);
		z3fold_free(pool, large[i]);
	}
}

#define ALONE	200	/* pages of each CPU, with an object for which no other has room */

/*
 * When memory is short a sweep looks at some pages only. Where it finds nothing
 * on each CPU's first list, the next ones must come to the page that can go.
 */
static void looks_go_on(void)
{
	static unsigned long large[HOST_MAX_CPUS][ALONE], small[3];
	unsigned long pages;
	unsigned int cpu, i;

	host_self->cpu = nr_cpu_ids - 1;
	for (i = 0; i < 3; i++)
		store(&small[i], 20 * Z3FOLD_CHUNK_SIZE);
	for_each_possible_cpu(cpu) {
		host_self->cpu = cpu;
		for (i = 0; i < ALONE; i++)
			store(&large[cpu][i], 44 * Z3FOLD_CHUNK_SIZE);
	}
	pages = z3fold_pool_pages(pool);
	for (i = 0; i < num_possible_cpus(); i++)
		z3fold_compact_try(pool, 1);
	if (pages != num_possible_cpus() * ALONE + 1 ||
	    z3fold_pool_pages(pool) != pages - 1)
		host_fail("%lu pages, then %lu\n", pages,
			  (unsigned long)z3fold_pool_pages(pool));
	for_each_possible_cpu(cpu)
		for (i = 0; i < ALONE; i++)
			z3fold_free(pool, large[cpu][i]);
	for (i = 0; i < 3; i++)
		z3fold_free(pool, small[i]);
}

int test_density(const struct options *o)
{
	pool = z3fold_pool_create("density", NULL, NULL);
	half();
	places_of_another_cpu();
	looks_go_on();
	z3fold_pool_destroy(pool);
	return 0;
}
