// SPDX-License-Identifier: GPL-2.0-only
/*
 * zswap_bridge.c - the front end for kernels whose zswap calls zsmalloc and
 * nothing else (6.18 and later)
 *
 * zsmalloc's exported functions are hooked (hook.h).  While capturing is on, a
 * pool that zswap creates becomes one of ours, and all calls for it come here;
 * those for other pools, zram's among them, go to zsmalloc as ever.
 *
 * What zswap holds for a struct zs_pool tells whose it is by its first word: in
 * ours that is the address of @mark, in zsmalloc's a pointer to a name that it
 * has allocated.  No list, no lock.
 *
 * A pool of ours holds the module until the end of its destruction.  The hook
 * of zs_create_pool() is the last to be put in and the first to be taken out: so
 * there is never a pool of ours with one of its functions not hooked.
 */
#include "internal.h"
#include "compat/zsmalloc.h"
#include "hook.h"
#include <linux/moduleparam.h>
#include <linux/seq_file.h>

static bool capture;
module_param(capture, bool, 0644);
MODULE_PARM_DESC(capture, "pools that zswap creates from now on are z3fold's (default: no)");

static const char mark;
static atomic_long_t captured;

/**
 * struct bridge_pool - what zswap takes for a struct zs_pool
 * @mark:	see above; first
 * @pool:	ours
 * @compacted:	pages that zs_compact() gave back
 */
struct bridge_pool {
	const void *mark;
	struct z3fold_pool *pool;
	atomic_long_t compacted;
};

static struct bridge_pool *bridge_pool(struct zs_pool *zs)
{
	return (struct bridge_pool *)zs;
}

/* Its handler holds the module for it. */
static struct zs_pool *our_create_pool(const char *name)
{
	struct bridge_pool *b = kzalloc(sizeof(*b), GFP_KERNEL);

	if (!b)
		goto put;
	b->mark = &mark;
	b->pool = z3fold_pool_create(name, NULL, NULL);
	if (!b->pool)
		goto free;
	atomic_long_inc(&captured);
	return (struct zs_pool *)b;

free:
	kfree(b);
put:
	module_put(THIS_MODULE);
	return NULL;
}

/* Whoever unloads the module waits until we are out of here: z3fold_exit(). */
static void our_destroy_pool(struct zs_pool *zs)
{
	z3fold_pool_destroy(bridge_pool(zs)->pool);
	kfree(zs);
	module_put(THIS_MODULE);
}

/* The node is a wish: pages come from where the caller runs, as with zpool. */
static unsigned long our_malloc(struct zs_pool *zs, size_t size, gfp_t gfp,
				const int nid)
{
	unsigned long handle;
	int err = z3fold_alloc(bridge_pool(zs)->pool, size, gfp, &handle);

	return err ? (unsigned long)ERR_PTR(err) : handle;
}

static void our_free(struct zs_pool *zs, unsigned long handle)
{
	if (!IS_ERR_OR_NULL((void *)handle))
		z3fold_free(bridge_pool(zs)->pool, handle);
}

static void *map(struct zs_pool *zs, unsigned long handle)
{
	return z3fold_map(bridge_pool(zs)->pool, handle);
}

static void unmap(struct zs_pool *zs, unsigned long handle)
{
	z3fold_unmap(bridge_pool(zs)->pool, handle);
}

static void our_obj_write(struct zs_pool *zs, unsigned long handle, void *from,
			  size_t len)
{
	memcpy(map(zs, handle), from, len);
	unmap(zs, handle);
}

/* Objects are in one piece: nobody's buffer is needed. */
static void *our_obj_read_begin(struct zs_pool *zs, unsigned long handle,
				Z3FOLD_ZS_READ_LEN void *buffer)
{
	return map(zs, handle);
}

static void our_obj_read_end(struct zs_pool *zs, unsigned long handle,
			     Z3FOLD_ZS_READ_LEN void *object)
{
	unmap(zs, handle);
}

Z3FOLD_DEFINE_ZS_READ_SG(map, unmap);

static unsigned long our_get_total_pages(struct zs_pool *zs)
{
	return z3fold_pool_pages(bridge_pool(zs)->pool);
}

/* What follows zswap does not call today. */

static unsigned long our_compact(struct zs_pool *zs)
{
	unsigned long freed = z3fold_compact_try(bridge_pool(zs)->pool,
						 z3fold_pool_pages(bridge_pool(zs)->pool));

	atomic_long_add(freed, &bridge_pool(zs)->compacted);
	return freed;
}

static void our_pool_stats(struct zs_pool *zs, struct zs_pool_stats *stats)
{
	atomic_long_set(&stats->pages_compacted,
			atomic_long_read(&bridge_pool(zs)->compacted));
}

/* The least size that has a page of its own. */
static size_t our_huge_class_size(struct zs_pool *zs)
{
	return PAGE_SIZE - Z3FOLD_CHUNK_SIZE + 1;
}

static unsigned int our_lookup_class_index(struct zs_pool *zs, unsigned int size)
{
	return z3fold_size_to_chunks(size);
}

static void notrace handle_pool(unsigned long ip, unsigned long parent_ip,
				struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const void **zs = (const void **)ftrace_regs_get_argument(fregs, 0);

	if (zs && *zs == &mark)
		z3fold_hook_take(ops, fregs);
}

/*
 * The exception to a handler's rules, since what it calls can say no and then
 * the pool is to be zsmalloc's: the module must not go before our function has
 * run.
 */
static void notrace handle_create(unsigned long ip, unsigned long parent_ip,
				  struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	const char *name = (const char *)ftrace_regs_get_argument(fregs, 0);

	if (READ_ONCE(capture) && !strncmp(name, "zswap", 5) &&
	    try_module_get(THIS_MODULE))
		z3fold_hook_take(ops, fregs);
}

/* All that the kernel exports; Kbuild looks for others. */
#define POOL_FUNCTIONS(hook)							\
	hook(zs_destroy_pool, our_destroy_pool)					\
	hook(zs_malloc, our_malloc)						\
	hook(zs_free, our_free)							\
	hook(zs_obj_write, our_obj_write)					\
	hook(zs_obj_read_begin, our_obj_read_begin)				\
	hook(zs_obj_read_end, our_obj_read_end)					\
	Z3FOLD_ZS_READ_SG(hook)							\
	hook(zs_get_total_pages, our_get_total_pages)				\
	hook(zs_compact, our_compact)						\
	hook(zs_pool_stats, our_pool_stats)					\
	hook(zs_huge_class_size, our_huge_class_size)				\
	hook(zs_lookup_class_index, our_lookup_class_index)

#define SAME_TYPE(theirs, ours)							\
	static_assert(__same_type(theirs, ours),				\
		      #theirs "() has a type in this kernel that this z3fold does not know");
POOL_FUNCTIONS(SAME_TYPE)
SAME_TYPE(zs_create_pool, our_create_pool)

#define POOL_HOOK(theirs, ours)	Z3FOLD_HOOK(#theirs, theirs, ours, handle_pool),
static struct z3fold_hook hooks[] = {
	POOL_FUNCTIONS(POOL_HOOK)
	Z3FOLD_HOOK("zs_create_pool", zs_create_pool, our_create_pool,
		    handle_create)
};

int __init z3fold_frontend_init(void)
{
	return z3fold_hook_add(hooks, ARRAY_SIZE(hooks));
}

void z3fold_frontend_exit(void)
{
	z3fold_hook_remove(hooks, ARRAY_SIZE(hooks));
}

const char *z3fold_frontend_name(void)
{
	return "bridge";
}

void z3fold_frontend_show(struct seq_file *m)
{
	seq_printf(m, "hooks %u\n", z3fold_hook_count(hooks, ARRAY_SIZE(hooks)));
	seq_printf(m, "capture %u\n", READ_ONCE(capture));
	seq_printf(m, "captured %ld\n", atomic_long_read(&captured));
}
