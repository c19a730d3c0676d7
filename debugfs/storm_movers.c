// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm_movers.c - the threads of a storm that move and evict objects meanwhile
 *
 * No kernel exports migrate_pages(), so the one that migrates calls our
 * callbacks itself, in the kernel's order and under the kernel's page locks.  The
 * kernel may do the same at the same time.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include "storm.h"

static void rest(struct z3fold_storm_thread *t, unsigned int most_us)
{
	unsigned long us = z3fold_storm_below(t, most_us) + 1;

	usleep_range(us, 2 * us);
}

static bool finished(struct z3fold_storm_thread *t)
{
	return READ_ONCE(t->storm->over);
}

static struct page *some_page(struct z3fold_storm_thread *t)
{
	struct z3fold_pool *pool = t->storm->pool;
	unsigned int cpu = z3fold_storm_below(t, nr_cpu_ids);

	if (!cpu_possible(cpu))
		return NULL;
	return z3fold_shard_get_page(per_cpu_ptr(pool->shards, cpu),
				     z3fold_storm_below(t, Z3FOLD_CHUNKS));
}

static bool isolate(struct page *page)
{
	bool ours = false;

	if (!trylock_page(page))
		return false;
	/* Locked and movable: it is still in the pool. */
	if (z3fold_migration_movable(page))
		ours = z3fold_migration_isolate(page);
	unlock_page(page);
	return ours;
}

/* Migrates an isolated page, or puts it back. */
static bool migrate(struct z3fold_storm_thread *t, struct page *page)
{
	struct page *newpage = NULL;
	bool done = false;

	if (z3fold_storm_below(t, 4))
		newpage = alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
	/* lock_page() could sleep for ever: see z3fold_page_release_work() */
	while (!trylock_page(page))
		rest(t, 10);
	if (newpage && trylock_page(newpage)) {
		done = !z3fold_migration_migrate(newpage, page, true);
		unlock_page(newpage);
	}
	if (!done)
		z3fold_migration_putback(page);
	unlock_page(page);
	if (newpage)
		put_page(newpage);
	return done;
}

static int migrate_pages_of(void *thread)
{
	struct z3fold_storm_thread *t = thread;

	while (!finished(t)) {
		struct page *page = some_page(t);
		u64 begun = z3fold_storm_begin();

		if (page && isolate(page)) {
			if (!z3fold_storm_below(t, 8))
				rest(t, 200);
			if (migrate(t, page))
				t->counts.migrated++;
			else
				t->counts.migrate_failed++;
			z3fold_storm_end(t, Z3FOLD_STORM_MIGRATE, begun);
		}
		if (page)
			put_page(page);
		rest(t, 20);
	}
	return 0;
}

static int compact(void *thread)
{
	struct z3fold_storm_thread *t = thread;

	while (!finished(t)) {
		u64 begun = z3fold_storm_begin();

		/* as somebody who asks, or as the shrinker */
		if (z3fold_storm_below(t, 2))
			z3fold_compact_pool(t->storm->pool);
		else
			z3fold_compact_try(t->storm->pool, 16);
		z3fold_storm_end(t, Z3FOLD_STORM_COMPACT, begun);
		rest(t, 500);
	}
	return 0;
}

static int reclaim(void *thread)
{
	struct z3fold_storm_thread *t = thread;

	while (!finished(t)) {
		unsigned int pages = z3fold_storm_below(t, 4) + 1, gone = 0;
		u64 begun = z3fold_storm_begin();
		int err;

		err = Z3FOLD_HAVE_RECLAIM ?
			      z3fold_reclaim(t->storm->pool, pages, &gone) : 0;
		z3fold_storm_end(t, Z3FOLD_STORM_RECLAIM, begun);
		t->counts.reclaimed += gone;
		if (gone > pages || (!err && Z3FOLD_HAVE_RECLAIM && gone != pages) ||
		    (err && err != -EAGAIN && err != -EINVAL))
			z3fold_storm_error(t, "asked for %u pages: %d, %u went",
					   pages, err, gone);
		rest(t, 500);
	}
	return 0;
}

/* In the order of the options. */
int (*const z3fold_storm_movers[Z3FOLD_STORM_MOVERS])(void *thread) = {
	migrate_pages_of, compact, reclaim,
};
