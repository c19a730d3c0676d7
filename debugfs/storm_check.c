// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm_check.c - what a pool says of itself against what a storm knows of it
 */
#include <linux/delay.h>
#include "storm.h"

#define PATIENCE	(5 * HZ)	/* for pages that others have locked or claimed */

static void expect(struct z3fold_storm *storm, const char *what, u64 is, u64 due)
{
	if (is != due)
		z3fold_storm_error(&storm->main, "%s: %llu, not %llu", what, is, due);
}

static u64 operations(const struct z3fold_storm *storm,
		      enum z3fold_storm_timed kind)
{
	unsigned int i, bucket;
	u64 sum = 0;

	for (bucket = 0; bucket < Z3FOLD_STORM_BUCKETS; bucket++) {
		sum += storm->main.counts.latency[kind][bucket];
		for (i = 0; i < storm->options.threads + Z3FOLD_STORM_MOVERS; i++)
			sum += storm->threads[i].counts.latency[kind][bucket];
	}
	return sum;
}

static void expect_events(struct z3fold_storm *storm, const char *what,
			  enum z3fold_event event, u64 due)
{
	expect(storm, what, z3fold_pool_events(storm->pool, event), due);
}

static void check_events(struct z3fold_storm *storm, u64 objects)
{
	u64 frees = operations(storm, Z3FOLD_STORM_FREE);
	u64 failed = 0;
	unsigned int i;

	for (i = 0; i < storm->options.threads; i++)
		failed += storm->threads[i].counts.alloc_failed;
	expect_events(storm, "allocs", Z3FOLD_ALLOCS,
		      operations(storm, Z3FOLD_STORM_ALLOC) - failed);
	expect_events(storm, "alloc_failed", Z3FOLD_ALLOC_FAILED, failed);
	expect_events(storm, "maps", Z3FOLD_MAPS,
		      operations(storm, Z3FOLD_STORM_MAP));
	expect_events(storm, "unmaps", Z3FOLD_UNMAPS,
		      operations(storm, Z3FOLD_STORM_UNMAP));
	expect(storm, "allocs less frees",
	       z3fold_pool_events(storm->pool, Z3FOLD_ALLOCS) - frees, objects);
}

static void check_histogram(struct z3fold_storm *storm,
			    const struct z3fold_census *c, const u32 *sizes,
			    u64 objects)
{
	u64 chunks = 0, pages = c->headless + c->kind[1] + c->kind[2] + c->kind[3];
	unsigned int i;

	for (i = 0; i <= Z3FOLD_CHUNKS; i++) {
		if (c->size[Z3FOLD_FIRST][i] + c->size[Z3FOLD_MIDDLE][i] +
		    c->size[Z3FOLD_LAST][i] != sizes[i])
			z3fold_storm_error(&storm->main,
					   "histogram: %u, %u, %u objects of %u chunks, not %u",
					   c->size[Z3FOLD_FIRST][i],
					   c->size[Z3FOLD_MIDDLE][i],
					   c->size[Z3FOLD_LAST][i], i, sizes[i]);
		chunks += (u64)i * (c->room[i] + sizes[i]);
		pages -= c->room[i];
	}
	expect(storm, "pages less pages by free chunks", pages, 0);
	pages = c->headless + c->kind[1] + c->kind[2] + c->kind[3];
	expect(storm, "chunks, free and used", chunks, Z3FOLD_CHUNKS * pages);
	expect(storm, "objects by kind of page",
	       c->headless + c->kind[1] + 2 * c->kind[2] + 3 * c->kind[3], objects);
}

static void check_statistics(struct z3fold_storm *storm)
{
	struct z3fold_pool *pool = storm->pool;
	u32 i, sizes[Z3FOLD_CHUNKS + 1] = {};
	u64 objects = 0, bytes = 0;

	for (i = 0; i < storm->options.objects; i++) {
		struct z3fold_storm_slot *slot = &storm->slots[i];

		if (!slot->handle)
			continue;
		objects++;
		bytes += slot->bytes;
		sizes[z3fold_size_to_chunks(slot->bytes)]++;
	}
	/* An object that a sweep moves is for an instant in no shard's counts. */
	mutex_lock(&pool->sweep_lock);
	z3fold_pool_census(pool, &storm->census);
	expect(storm, "objects", z3fold_pool_objects(pool), objects);
	expect(storm, "stored bytes", z3fold_pool_bytes(pool), bytes);
	mutex_unlock(&pool->sweep_lock);
	check_events(storm, objects);
	check_histogram(storm, &storm->census, sizes, objects);
}

/* The kernel, or a sweep, may have a page claimed just now: ask again. */
static void validate(struct z3fold_storm *storm)
{
	unsigned long end = jiffies + PATIENCE, errors, pages;

	for (;;) {
		flush_delayed_work(&storm->pool->release_work);
		errors = z3fold_pool_validate(storm->pool, &pages);
		if (errors || pages == z3fold_pool_pages(storm->pool) ||
		    time_after(jiffies, end))
			break;
		usleep_range(1000, 2000);
	}
	expect(storm, "errors of the validator", errors, 0);
	expect(storm, "pages on lists", pages, z3fold_pool_pages(storm->pool));
}

/**
 * z3fold_storm_check() - compare counters and histogram, validate all pages
 * @storm:	the storm; no thread of it runs
 *
 * Context: process, sleeps.
 */
void z3fold_storm_check(struct z3fold_storm *storm)
{
	check_statistics(storm);
	validate(storm);
}
