// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - loading and unloading
 */
#include "internal.h"

/*
 * All pools, for the shrinker and for sums: changed under the mutex, read under
 * it or RCU.
 */
LIST_HEAD(z3fold_pools);
DEFINE_MUTEX(z3fold_pools_lock);
/* For deferred releases and sweeps. */
struct workqueue_struct *z3fold_wq;

static int __init z3fold_init(void)
{
	int err;

	err = z3fold_page_init();
	if (err)
		return err;
	err = -ENOMEM;
	/* Releasing pages helps reclaim: it must not wait for memory. */
	z3fold_wq = alloc_workqueue("z3fold", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!z3fold_wq)
		goto page_exit;
	err = z3fold_migration_init();
	if (err)
		goto destroy_wq;
	err = z3fold_shrinker_init();
	if (err)
		goto migration_exit;
	z3fold_debugfs_init();
	err = z3fold_frontend_init();
	if (err)
		goto debugfs_exit;
	return 0;

debugfs_exit:
	z3fold_debugfs_exit();
	z3fold_shrinker_exit();
migration_exit:
	z3fold_migration_exit();
destroy_wq:
	destroy_workqueue(z3fold_wq);
page_exit:
	z3fold_page_exit();
	return err;
}

static void __exit z3fold_exit(void)
{
	z3fold_frontend_exit();
	z3fold_debugfs_exit();
	z3fold_shrinker_exit();
	/*
	 * The last pool waited for its last isolated page; who put that back may
	 * still be on the way out of our callback, preempted even.
	 */
	synchronize_rcu_tasks();
	z3fold_migration_exit();
	destroy_workqueue(z3fold_wq);
	z3fold_page_exit();
}

module_init(z3fold_init);
module_exit(z3fold_exit);
MODULE_DESCRIPTION("allocator for compressed pages, up to three in one page");
MODULE_AUTHOR("The z3fold developers");
MODULE_VERSION(Z3FOLD_VERSION);
MODULE_LICENSE("GPL");
