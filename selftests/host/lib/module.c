// SPDX-License-Identifier: GPL-2.0-only
/*
 * module.c - stands for src/main.c and debugfs/, and for a front end
 */
#include "host.h"

LIST_HEAD(z3fold_pools);
DEFINE_MUTEX(z3fold_pools_lock);
struct workqueue_struct *z3fold_wq;
int host_module_refs;
bool host_module_going;

void z3fold_debugfs_add(struct z3fold_pool *pool)
{
	lockdep_assert_held(&z3fold_pools_lock);
}

void z3fold_debugfs_remove(struct z3fold_pool *pool)
{
}

void host_module_init(void)
{
	z3fold_wq = alloc_workqueue("z3fold", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!z3fold_wq || z3fold_page_init() || z3fold_migration_init() ||
	    z3fold_shrinker_init())
		host_fail("the module does not start\n");
}

void host_module_exit(void)
{
	z3fold_shrinker_exit();
	z3fold_migration_exit();
	z3fold_page_exit();
	destroy_workqueue(z3fold_wq);
#ifndef HOST_BENCH
	host_check_nothing_left();
#endif
}

#if !Z3FOLD_HAVE_RECLAIM
/* Nothing calls it where zpool has no shrink. */
int z3fold_reclaim(struct z3fold_pool *pool, unsigned int pages,
		   unsigned int *reclaimed)
{
	host_fail("reclaim where there is none\n");
}
#endif
