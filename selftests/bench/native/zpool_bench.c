// SPDX-License-Identifier: GPL-2.0-only
/*
 * zpool_bench.c - one zpool allocator under a workload with the sizes of real
 * pages: what an operation takes, and how many pages it needs, in a kernel whose
 * zpool functions are exported (see build)
 *
 * Loading the module does it all: fill; map and unmap; read all; churn, which
 * frees a random object and stores one of another size; free a random half, let
 * it settle, call the shrinkers; free the rest.  Contents are checked in between.
 * Results are "zpool_bench: " lines of words NAME=VALUE, for bench/report.py.
 *
 * There is one CPU and no preemption: what the allocator has workqueues do runs
 * only where let_others_run() lets it, and is counted there, as background.
 *
 * Without a type it touches all free memory, so that the first allocator does not
 * pay for memory that the host has yet to give; with off=1 it ends the machine.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/umh.h>
#include <linux/vmalloc.h>
#include <linux/vmstat.h>
#include <linux/zpool.h>

typedef u16 uint16_t;
#include "lzo_sizes.h"
#include "zstd_sizes.h"

static char *type = "";
module_param(type, charp, 0444);
MODULE_PARM_DESC(type, "the zpool type; none: touch memory only");

static char *label = "";
module_param(label, charp, 0444);
MODULE_PARM_DESC(label, "first word of each line of results");

static bool zstd;
module_param(zstd, bool, 0444);
MODULE_PARM_DESC(zstd, "sizes of zstd, not of lzo");

static unsigned int objects = 200000;
module_param(objects, uint, 0444);
MODULE_PARM_DESC(objects, "how many are stored at once (default: 200000)");

static unsigned int ops = 1000000;
module_param(ops, uint, 0444);
MODULE_PARM_DESC(ops, "operations of each kind (default: 1000000)");

static unsigned int seed = 1;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "of sizes and orders (default: 1)");

static bool detail;
module_param(detail, bool, 0444);
MODULE_PARM_DESC(detail, "report latencies, and the pool's size over time");

static bool off;
module_param(off, bool, 0444);
MODULE_PARM_DESC(off, "switch the machine off");

#define BATCH		256	/* operations between two chances for others to run */
#define SAMPLES		40	/* of the pool's size, in each of fill, churn and free */
#define CONTENTS	16	/* different ones */
#define LARGEST		((u16)(PAGE_SIZE - 128))	/* that zbud takes: all store the same */

/* What takes so many microseconds did not have the CPU meanwhile: it is in no mean. */
#define DISTURBED_OP	100
#define DISTURBED_BATCH	1000

/* Latencies are counted in buckets of an eighth of a power of two. */
#define SUB_BITS	3
#define BUCKETS		(32 << SUB_BITS)

enum op { OP_FREE, OP_MALLOC, OP_WRITE, OP_READ, NR_OPS };

static const char * const op_names[] = { "free", "malloc", "write", "read" };

struct object {
	unsigned long handle;	/* 0: not stored */
	u16 size;
	u16 content;
};

struct mean {
	u64 sum;		/* of ticks */
	u64 n;
};

static struct zpool *pool;
static gfp_t gfp;
static struct object *objs;
static u8 *contents[CONTENTS];
static u32 latency[NR_OPS][BUCKETS];
static u64 live, bytes, failures, mismatches, disturbed;
static u64 steps;		/* operations that changed something, for the samples */
static u64 ticks_per_us, tick_cost;
static u64 random_state;
static s64 slab_before;

static u32 chance(u32 below)
{
	random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (random_state >> 32) * below >> 32;
}

static u64 ticks(void)
{
	u32 low, high;

	asm volatile("lfence; rdtsc; lfence" : "=a" (low), "=d" (high) : : "memory");
	return (u64)high << 32 | low;
}

/* So many hundredths of a nanosecond. */
static u64 centi_ns(const struct mean *m)
{
	return m->n ? div64_u64(m->sum * 100 / ticks_per_us * 1000, m->n) : 0;
}

/* @n operations took so long. */
static void add(struct mean *m, u64 took, u64 n, u64 limit_us)
{
	if (took > limit_us * ticks_per_us) {
		disturbed++;
		return;
	}
	m->sum += took;
	m->n += n;
}

/* What a pair of ticks() takes itself, and how fast they are. */
static void calibrate(void)
{
	u64 start = ktime_get_ns(), first = ticks(), begin;
	int i;

	while (ktime_get_ns() - start < 50 * NSEC_PER_MSEC)
		cpu_relax();
	ticks_per_us = div64_u64((ticks() - first) * 1000, ktime_get_ns() - start);
	tick_cost = U64_MAX;
	for (i = 0; i < 10000; i++) {
		begin = ticks();
		tick_cost = min(tick_cost, ticks() - begin);
	}
}

static u64 since(u64 begin)
{
	u64 took = ticks() - begin;

	return took > tick_cost ? took - tick_cost : 0;
}

static u32 bucket_of(u64 ns)
{
	u32 order;

	if (ns < 1 << SUB_BITS)
		return ns;
	order = fls64(ns) - 1 - SUB_BITS;
	return min_t(u32, (order << SUB_BITS) + (ns >> order), BUCKETS - 1);
}

/* The least value that is counted there. */
static u64 bucket_start(u32 bucket)
{
	u32 order = bucket >> SUB_BITS;

	if (order < 2)
		return bucket;
	return (u64)((1 << SUB_BITS) + (bucket & ((1 << SUB_BITS) - 1))) << (order - 1);
}

static void count(struct mean *means, enum op op, u64 took)
{
	latency[op][bucket_of(took * 1000 / ticks_per_us)]++;
	add(&means[op], took, 1, DISTURBED_OP);
}

static void report_latencies(void)
{
	int op, i;

	for (op = 0; detail && op < NR_OPS; op++)
		for (i = 0; i < BUCKETS; i++)
			if (latency[op][i])
				pr_info("%s latency=%s ns=%llu count=%u\n", label, op_names[op],
					bucket_start(i), latency[op][i]);
}

/* Background work: what this takes is its time. */
static u64 let_others_run(void)
{
	u64 begin = ticks();

	schedule();
	return since(begin);
}

static s64 slab_pages(void)
{
	return global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B) +
	       global_node_page_state_pages(NR_SLAB_RECLAIMABLE_B);
}

static void report_pages(const char *when)
{
	pr_info("%s pages_%s=%llu slab_%s=%lld bytes_%s=%llu\n", label, when,
		zpool_get_total_pages(pool), when, slab_pages() - slab_before, when, bytes);
}

/* The pool's size, so many times in @total steps. */
static void sample(u64 i, u64 total)
{
	if (detail && i * SAMPLES / total != (i + 1) * SAMPLES / total)
		pr_info("%s step=%llu stored=%llu in_pages=%llu\n", label, steps, bytes,
			zpool_get_total_pages(pool));
}

static void draw(struct object *o)
{
	const u16 *sizes = zstd ? zstd_sizes : lzo_sizes;
	u32 i = chance(255 * 64);

	/* Between two quantiles: 256 sizes only would be kind to whoever packs them. */
	o->size = sizes[i / 64] + (sizes[i / 64 + 1] - sizes[i / 64]) * (i % 64) / 64;
	o->size = min(o->size, LARGEST);
	o->content = chance(CONTENTS);
}

static void fail_alloc(struct object *o)
{
	o->handle = 0;
	failures++;
}

static void write_object(struct object *o)
{
	memcpy(zpool_map_handle(pool, o->handle, ZPOOL_MM_WO), contents[o->content], o->size);
	zpool_unmap_handle(pool, o->handle);
}

static bool store(struct object *o)
{
	draw(o);
	if (zpool_malloc(pool, o->size, gfp, &o->handle)) {
		fail_alloc(o);
		return false;
	}
	write_object(o);
	live++;
	bytes += o->size;
	steps++;
	return true;
}

static void drop(struct object *o)
{
	zpool_free(pool, o->handle);
	o->handle = 0;
	live--;
	bytes -= o->size;
	steps++;
}

static void verify(void)
{
	u32 i;

	for (i = 0; i < objects; i++) {
		struct object *o = &objs[i];

		if (!o->handle)
			continue;
		if (memcmp(zpool_map_handle(pool, o->handle, ZPOOL_MM_RO),
			   contents[o->content], o->size))
			mismatches++;
		zpool_unmap_handle(pool, o->handle);
		if (i % BATCH == 0)
			cond_resched();
	}
}

static void fill(void)
{
	u32 i;

	for (i = 0; i < objects; i++) {
		store(&objs[i]);
		sample(i, objects);
		if (i % BATCH == 0)
			let_others_run();
	}
	report_pages("fill");
}

static void map_nothing(const struct object *o)
{
	void *p = zpool_map_handle(pool, o->handle, ZPOOL_MM_RO);

	barrier_data(p);
	zpool_unmap_handle(pool, o->handle);
}

static void map_and_read(const struct object *o)
{
	const u64 *p = zpool_map_handle(pool, o->handle, ZPOOL_MM_RO);
	u64 sum = 0;
	u32 i;

	for (i = 0; i < o->size / sizeof(*p); i++)
		sum += p[i];
	barrier_data((void *)sum);
	zpool_unmap_handle(pool, o->handle);
}

/* The objects are chosen before, in batches: only the calls are timed. */
static __always_inline u64 readers(void (*visit)(const struct object *o))
{
	static const struct object *chosen[BATCH];
	struct mean mean = {};
	u32 i, j;
	u64 begin;

	for (i = 0; i < ops; i += BATCH) {
		for (j = 0; j < BATCH; j++)
			do
				chosen[j] = &objs[chance(objects)];
			while (!chosen[j]->handle);
		begin = ticks();
		for (j = 0; j < BATCH; j++)
			visit(chosen[j]);
		add(&mean, since(begin), BATCH, DISTURBED_BATCH);
		cond_resched();
	}
	return centi_ns(&mean);
}

static void read_latencies(void)
{
	struct mean means[NR_OPS] = {};
	u32 i;

	for (i = 0; i < ops / 4; i++) {
		const struct object *o = &objs[chance(objects)];
		u64 begin;

		if (!o->handle)
			continue;
		begin = ticks();
		map_and_read(o);
		count(means, OP_READ, since(begin));
		if (i % BATCH == 0)
			cond_resched();
	}
}

static void churn(void)
{
	struct mean means[NR_OPS] = {};
	u64 background = 0, begin, free, malloc, write;
	u32 i;

	for (i = 0; i < ops; i++) {
		struct object *o = &objs[chance(objects)];

		if (o->handle) {
			begin = ticks();
			zpool_free(pool, o->handle);
			count(means, OP_FREE, since(begin));
			live--;
			bytes -= o->size;
		}
		draw(o);
		begin = ticks();
		if (zpool_malloc(pool, o->size, gfp, &o->handle))
			fail_alloc(o);
		count(means, OP_MALLOC, since(begin));
		if (o->handle) {
			begin = ticks();
			write_object(o);
			count(means, OP_WRITE, since(begin));
			live++;
			bytes += o->size;
		}
		steps++;
		sample(i, ops);
		if (i % BATCH == 0)
			background += let_others_run();
	}
	free = centi_ns(&means[OP_FREE]);
	malloc = centi_ns(&means[OP_MALLOC]);
	write = centi_ns(&means[OP_WRITE]);
	background = centi_ns(&(struct mean) { background, ops });
	pr_info("%s free=%llu malloc=%llu write=%llu background=%llu churn=%llu\n", label,
		free, malloc, write, background, free + malloc + write + background);
	msleep(200);
	report_pages("churn");
}

/* At random. What is done after the last one is freed is in no time. */
static void free_half(void)
{
	struct mean mean = {};
	u64 background = 0, begin;
	u32 i;

	for (i = 0; i < objects; i++) {
		if (objs[i].handle && chance(2)) {
			begin = ticks();
			drop(&objs[i]);
			add(&mean, since(begin), 1, DISTURBED_OP);
		}
		sample(i, objects);
		if (i % BATCH == 0)
			background += let_others_run();
	}
	pr_info("%s half_free=%llu half_background=%llu\n", label, centi_ns(&mean),
		centi_ns(&(struct mean) { background, objects / 2 }));
	msleep(200);
	report_pages("half");
}

static void shrink(void)
{
	char *argv[] = { "/bin/sh", "-c", "echo 2 >/proc/sys/vm/drop_caches", NULL };
	char *envp[] = { "PATH=/usr/bin:/bin", NULL };

	if (call_usermodehelper(argv[0], argv, envp, UMH_WAIT_PROC))
		pr_info("%s the shrinkers were not called\n", label);
	msleep(200);
	report_pages("shrunk");
}

static void workload(void)
{
	u32 i;

	fill();
	pr_info("%s map=%llu\n", label, readers(map_nothing));
	pr_info("%s read=%llu\n", label, readers(map_and_read));
	read_latencies();
	verify();
	churn();
	verify();
	free_half();
	shrink();
	verify();
	for (i = 0; i < objects; i++)
		if (objs[i].handle)
			drop(&objs[i]);
	msleep(200);
	pr_info("%s left=%llu live=%llu failures=%llu mismatches=%llu disturbed=%llu\n", label,
		zpool_get_total_pages(pool), live, failures, mismatches, disturbed);
	report_latencies();
}

static void touch_memory(void)
{
	struct page *page, *next;
	LIST_HEAD(pages);

	while ((page = alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN))) {
		memset(page_address(page), 1, PAGE_SIZE);
		list_add(&page->lru, &pages);
	}
	list_for_each_entry_safe(page, next, &pages, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
}

static int __init zpool_bench_init(void)
{
	u32 i;
	int err = -ENOMEM;

	if (off)
		kernel_power_off();
	if (!*type) {
		touch_memory();
		return 0;
	}
	random_state = seed;
	/* Workqueues go first in let_others_run(). */
	set_user_nice(current, MAX_NICE);
	objs = vzalloc(array_size(objects, sizeof(*objs)));
	if (!objs)
		return err;
	for (i = 0; i < CONTENTS; i++) {
		contents[i] = vmalloc(PAGE_SIZE);
		if (!contents[i])
			goto free;
		get_random_bytes(contents[i], PAGE_SIZE);
	}
	calibrate();
	slab_before = slab_pages();
	err = -ENODEV;
	pool = zpool_create_pool(type, KBUILD_MODNAME, GFP_KERNEL);
	if (!pool)
		goto free;
	/* As zswap does. */
	gfp = __GFP_NORETRY | __GFP_NOWARN | __GFP_KSWAPD_RECLAIM;
	if (zpool_malloc_support_movable(pool))
		gfp |= __GFP_HIGHMEM | __GFP_MOVABLE;
	workload();
	zpool_destroy_pool(pool);
	err = 0;
free:
	for (i = 0; i < CONTENTS; i++)
		vfree(contents[i]);
	vfree(objs);
	return err;
}

static void __exit zpool_bench_exit(void)
{
}

module_init(zpool_bench_init);
module_exit(zpool_bench_exit);
MODULE_DESCRIPTION("measures zpool's allocators");
MODULE_LICENSE("GPL");
