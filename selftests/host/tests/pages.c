// SPDX-License-Identifier: GPL-2.0-only
/*
 * pages.c - every combination of first, middle and last sizes in a real page:
 * placed, slid to every place, moved to another page, freed in every order
 */
#include "tests.h"

#define N	3

struct obj {
	unsigned long handle;
	unsigned int size;
	u32 seed;
};

static struct z3fold_pool *pool;
static u32 seed;

static void make(struct obj *o, unsigned int chunks)
{
	/* Fewest, most, and other numbers of bytes in so many chunks. */
	o->size = chunks * Z3FOLD_CHUNK_SIZE - seed % Z3FOLD_CHUNK_SIZE;
	o->seed = ++seed;
	if (z3fold_alloc(pool, o->size, GFP_NOWAIT, &o->handle))
		host_fail("no memory\n");
	payload_write(z3fold_map(pool, o->handle), o->size, 0, o->seed);
	z3fold_unmap(pool, o->handle);
}

static void verify(struct obj *o)
{
	payload_check(z3fold_map(pool, o->handle), o->size, 0, o->seed);
	z3fold_unmap(pool, o->handle);
}

static void drop(struct obj *o)
{
	z3fold_free(pool, o->handle);
	o->handle = 0;
}

static struct z3fold_page *page_of(struct obj *o)
{
	return z3fold_handle_owner(o->handle, z3fold_handle_read(o->handle));
}

static struct z3fold_page *claim(struct obj *o)
{
	struct z3fold_page *zp = page_of(o);

	/* Its list may hold others. */
	while (z3fold_shard_claim_index(zp->shard, zp->index) != zp)
		host_fail("another page is on the list\n");
	return zp;
}

static void unclaim(struct z3fold_page *zp)
{
	spin_lock(&zp->lock);
	if (z3fold_page_validate(zp))
		host_fail("not valid\n");
	z3fold_shard_unclaim(zp, true);
	spin_unlock(&zp->lock);
}

/* Slide MIDDLE to every place, from every place. */
static void slide_all(struct obj *o)
{
	struct z3fold_page *zp = claim(&o[1]);
	unsigned int first, last, start, from;

	first = z3fold_layout_chunks(&zp->layout, Z3FOLD_FIRST);
	last = 64 - z3fold_layout_chunks(&zp->layout, Z3FOLD_LAST) -
	       z3fold_layout_chunks(&zp->layout, Z3FOLD_MIDDLE);
	for (start = first; start <= last; start++)
		for (from = first; from <= last; from += 1 + (last - first) / 3) {
			spin_lock(&zp->lock);
			if (z3fold_compact_slide(zp, from) ||
			    z3fold_compact_slide(zp, start))
				host_fail("does not slide\n");
			spin_unlock(&zp->lock);
			verify(&o[1]);
		}
	/* Not while it is mapped. */
	z3fold_map(pool, o[1].handle);
	spin_lock(&zp->lock);
	if (z3fold_compact_slide(zp, first) != -EAGAIN)
		host_fail("a mapped object slides\n");
	spin_unlock(&zp->lock);
	z3fold_unmap(pool, o[1].handle);
	unclaim(zp);
}

/* Leave the objects of @mask, then put as much as fits beside them. */
static void refill(const unsigned int c[N], unsigned int mask, bool slide)
{
	struct obj o[N], more[N];
	unsigned int i, n = 0;

	/* The second object lies at the end, the third between. */
	make(&o[0], c[0]);
	make(&o[2], c[2]);
	make(&o[1], c[1]);
	if (z3fold_pool_pages(pool) != 1)
		host_fail("%u %u %u: not in one page\n", c[0], c[1], c[2]);
	if (slide)
		slide_all(o);
	for (i = 0; i < N; i++)
		if (!(mask & BIT(i)))
			drop(&o[i]);
	while (n < N) {
		struct obj *any = mask & 1 ? &o[0] : mask & 2 ? &o[1] : &o[2];
		unsigned int room = z3fold_layout_room(&page_of(any)->layout);

		if (!room)
			break;
		make(&more[n], n == 0 && room > 1 ? room / 2 : room);
		n++;
		if (z3fold_pool_pages(pool) != 1)
			host_fail("%u %u %u, %u left: a second page\n", c[0],
				  c[1], c[2], mask);
	}
	for (i = 0; i < n; i++)
		verify(&more[i]);
	for (i = 0; i < N; i++)
		if (mask & BIT(i))
			verify(&o[i]);
	host_check_pool(pool, n + __builtin_popcount(mask), 0);
	for (i = 0; i < N; i++)
		if (mask & BIT(i))
			drop(&o[i]);
	for (i = 0; i < n; i++)
		drop(&more[i]);
	if (z3fold_pool_pages(pool))
		host_fail("a page is left\n");
}

/* Sums are folded at each 63rd operation of a shard: at the next. */
static void fold_next(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		per_cpu_ptr(pool->shards, cpu)->ops = 62;
}

/* One object each in pages of their own, then all in one. */
static void move_all(const unsigned int c[N])
{
	struct obj o[N], block[N];
	unsigned int i;

	for (i = 0; i < N; i++) {
		make(&o[i], c[i]);
		if (c[i] < 64)
			make(&block[i], 64 - c[i]);
	}
	for (i = 0; i < N; i++)
		drop(&block[i]);
	host_check_pool(pool, N, 0);
	make(&block[0], 64);
	fold_next();
	drop(&block[0]);
	z3fold_compact_pool(pool);
	host_check_pool(pool, N, 0);
	for (i = 0; i < N; i++)
		verify(&o[i]);
	if (z3fold_pool_pages(pool) > 1)
		host_fail("%u %u %u: left in %lu pages\n", c[0], c[1], c[2],
			  (unsigned long)z3fold_pool_pages(pool));
	for (i = 0; i < N; i++)
		drop(&o[i]);
}

int test_pages(const struct options *o)
{
	unsigned int c[N], mask;
	unsigned long n = 0;

	pool = z3fold_pool_create("pages", NULL, NULL);
	for (c[0] = 1; c[0] <= 62; c[0]++)
		for (c[1] = 1; c[0] + c[1] <= 63; c[1]++)
			for (c[2] = 1; c[0] + c[1] + c[2] <= 64; c[2]++, n++) {
				if (o->max && n % o->max)
					continue;
				for (mask = 1; mask < 7; mask++)
					refill(c, mask, mask == 1);
				move_all(c);
			}
	z3fold_pool_destroy(pool);
	printf("# %lu combinations of three sizes\n", n);
	return 0;
}
