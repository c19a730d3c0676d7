// SPDX-License-Identifier: GPL-2.0-only
/*
 * zs_bench.c - what zsmalloc's functions take, whoever serves them: times of
 * objects with the sizes of real ones, and of a call that does next to nothing
 *
 * The pool's name decides who that is: z3fold has it when it begins with
 * "zswap" and capturing is on.  Where the guest counts instructions as
 * nanoseconds (vm run --icount), the times are instructions.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>
#include <linux/zsmalloc.h>

typedef u16 uint16_t;
#include "../data/lzo_sizes.h"

static char *pool = "bench";
module_param(pool, charp, 0444);
MODULE_PARM_DESC(pool, "the pool's name (default: bench)");

static unsigned int objects = 20000;
module_param(objects, uint, 0444);
MODULE_PARM_DESC(objects, "their number (default: 20000)");

#define NOTHING_CALLS	100000
#define GFP_BENCH	(GFP_KERNEL | __GFP_HIGHMEM | __GFP_MOVABLE)

static struct zs_pool *zs;
static unsigned long *handles;
static u16 *sizes;
static char buffer[PAGE_SIZE];

/* The same for each run; the least significant bits of such a sequence are bad. */
static u32 chance(void)
{
	static u32 state = 1;

	state = state * 1664525 + 1013904223;
	return state >> 8;
}

static int store(unsigned int i)
{
	sizes[i] = lzo_sizes[chance() % ARRAY_SIZE(lzo_sizes)];
	handles[i] = zs_malloc(zs, sizes[i], GFP_BENCH, NUMA_NO_NODE);
	if (IS_ERR_VALUE(handles[i])) {
		handles[i] = 0;
		return -ENOMEM;
	}
	zs_obj_write(zs, handles[i], buffer, sizes[i]);
	return 0;
}

/* What zswap does around a decompression, without it. */
static void load(unsigned int i)
{
	struct scatterlist sg[2];

	zs_obj_read_sg_begin(zs, handles[i], sg, sizes[i]);
	zs_obj_read_sg_end(zs, handles[i]);
}

/*
 * What the caller has run, brought up to date by a sleep: what z3fold and
 * zsmalloc have others do meanwhile, compaction above all, is not in it.
 */
static u64 now(void)
{
	schedule_timeout_uninterruptible(1);
	return current->se.sum_exec_runtime;
}

static u64 each(u64 start, unsigned int n)
{
	return div_u64(now() - start, n);
}

static int run(void)
{
	u64 start, wall, fill, loads, life, all, nothing;
	unsigned int i;

	start = now();
	for (i = 0; i < objects; i++) {
		if (store(i))
			return -ENOMEM;
		cond_resched();
	}
	fill = each(start, objects);

	start = now();
	for (i = 0; i < objects; i++)
		load(chance() % objects);
	loads = each(start, objects);

	start = now();
	wall = ktime_get_ns();
	for (i = 0; i < objects; i++) {
		unsigned int victim = chance() % objects;

		load(victim);
		zs_free(zs, handles[victim]);
		if (store(victim))
			return -ENOMEM;
		cond_resched();
	}
	all = div_u64(ktime_get_ns() - wall, objects);
	life = each(start, objects);

	start = now();
	for (i = 0; i < NOTHING_CALLS; i++)
		zs_get_total_pages(zs);
	nothing = div_u64((now() - start) * 10, NOTHING_CALLS);

	pr_info("zs_bench: %s store %llu load %llu life %llu all %llu nothing %llu.%llu pages %lu\n",
		pool, fill, loads, life, all, nothing / 10, nothing % 10,
		zs_get_total_pages(zs));
	return 0;
}

static int __init zs_bench_init(void)
{
	unsigned int i;
	int err = -ENOMEM;

	handles = vzalloc(array_size(objects, sizeof(*handles)));
	sizes = vzalloc(array_size(objects, sizeof(*sizes)));
	zs = zs_create_pool(pool);
	if (handles && sizes && zs)
		err = run();
	if (zs) {
		for (i = 0; handles && i < objects; i++)
			zs_free(zs, handles[i]);
		zs_destroy_pool(zs);
	}
	vfree(handles);
	vfree(sizes);
	return err;
}

static void __exit zs_bench_exit(void)
{
}

module_init(zs_bench_init);
module_exit(zs_bench_exit);
MODULE_DESCRIPTION("measures zsmalloc's functions, for a self-test of z3fold");
MODULE_LICENSE("GPL");
