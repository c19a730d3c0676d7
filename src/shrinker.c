// SPDX-License-Identifier: GPL-2.0-only
/*
 * shrinker.c - memory pressure makes pools compact themselves
 *
 * One shrinker for all pools.  It only tries locks and allocates nothing: it
 * can be entered from any allocation that may reclaim, those of our callers
 * too.  The list's lock keeps each pool while it is looked at.
 */
#include "internal.h"
#include "compat/shrinker.h"

static unsigned long count(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct z3fold_pool *pool;
	unsigned long pages = 0;

	if (!mutex_trylock(&z3fold_pools_lock))
		return 0;
	list_for_each_entry(pool, &z3fold_pools, node)
		pages += z3fold_compact_gain(pool);
	mutex_unlock(&z3fold_pools_lock);
	return pages ?: SHRINK_EMPTY;
}

static unsigned long scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	unsigned long freed = 0, n;
	struct z3fold_pool *pool;

	if (!mutex_trylock(&z3fold_pools_lock))
		return SHRINK_STOP;
	list_for_each_entry(pool, &z3fold_pools, node) {
		if (freed >= sc->nr_to_scan)
			break;
		if (!z3fold_compact_gain(pool))
			continue;
		n = z3fold_compact_try(pool, sc->nr_to_scan - freed);
		z3fold_count(pool, Z3FOLD_SHRINKER_SCANS, 1);
		z3fold_count(pool, Z3FOLD_SHRINKER_PAGES, n);
		freed += n;
	}
	mutex_unlock(&z3fold_pools_lock);
	return freed ?: SHRINK_STOP;
}

Z3FOLD_DEFINE_SHRINKER(count, scan);

int __init z3fold_shrinker_init(void)
{
	return z3fold_shrinker_register();
}

void z3fold_shrinker_exit(void)
{
	z3fold_shrinker_unregister();
}
