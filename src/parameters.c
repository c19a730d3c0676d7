// SPDX-License-Identifier: GPL-2.0-only
/*
 * parameters.c - what monitoring wants, without root:
 * /sys/module/z3fold/parameters/{pages,objects,stored_bytes,density_permille,front_end}
 *
 * Numbers are sums over all pools.  Everybody may read them, in a loop: so they take no
 * lock, and nothing waits for a reader but the end of a pool's life.
 */
#include "internal.h"
#include <linux/moduleparam.h>

struct sums {
	u64 pages, objects, bytes;
};

static void sum_up(struct sums *sums)
{
	struct z3fold_pool *pool;

	memset(sums, 0, sizeof(*sums));
	rcu_read_lock();
	list_for_each_entry_rcu(pool, &z3fold_pools, node) {
		sums->pages += z3fold_pool_pages(pool);
		sums->objects += z3fold_pool_objects(pool);
		sums->bytes += z3fold_pool_bytes(pool);
	}
	rcu_read_unlock();
}

static int get_pages(char *buffer, const struct kernel_param *kp)
{
	struct sums sums;

	sum_up(&sums);
	return scnprintf(buffer, PAGE_SIZE, "%llu\n", sums.pages);
}

static int get_objects(char *buffer, const struct kernel_param *kp)
{
	struct sums sums;

	sum_up(&sums);
	return scnprintf(buffer, PAGE_SIZE, "%llu\n", sums.objects);
}

static int get_stored_bytes(char *buffer, const struct kernel_param *kp)
{
	struct sums sums;

	sum_up(&sums);
	return scnprintf(buffer, PAGE_SIZE, "%llu\n", sums.bytes);
}

static int get_density(char *buffer, const struct kernel_param *kp)
{
	struct sums sums;

	sum_up(&sums);
	return scnprintf(buffer, PAGE_SIZE, "%llu\n",
			 z3fold_density(sums.bytes, sums.pages));
}

static int get_front_end(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n", z3fold_frontend_name());
}

/* Reached by "modprobe z3fold pages=1" alone: the files are 0444. */
static int refuse(const char *value, const struct kernel_param *kp)
{
	pr_err("z3fold: parameter %s is a statistic, it cannot be set\n",
	       kp->name);
	return -EPERM;
}

#define STATISTIC(name, getter, text)						\
	static const struct kernel_param_ops name##_ops = {			\
		.set = refuse,							\
		.get = getter,							\
	};									\
	module_param_cb(name, &name##_ops, NULL, 0444);				\
	MODULE_PARM_DESC(name, text)

STATISTIC(pages, get_pages, "pages in all pools (read only)");
STATISTIC(objects, get_objects, "objects in all pools (read only)");
STATISTIC(stored_bytes, get_stored_bytes, "bytes in all objects (read only)");
STATISTIC(density_permille, get_density,
	  "bytes in objects for 1000 bytes of pages (read only)");
STATISTIC(front_end, get_front_end,
	  "how zswap reaches z3fold: zpool or bridge (read only)");
