// SPDX-License-Identifier: GPL-2.0-only
/*
 * bridge.c - src/zswap_bridge.c, with a zsmalloc whose functions are called the
 * way ftrace lets them be called
 */
#include "frontend.h"
#include "src/hook.c"
#include "src/zswap_bridge.c"

/* zsmalloc's own; only @theirs_calls tells that they were called. */
static struct { char *name; } theirs;
static unsigned int theirs_calls;

static struct zs_pool *zs_create_pool(const char *name)
{
	theirs_calls++;
	return (struct zs_pool *)&theirs;
}

#define THEIRS(type, name, args, ...)						\
	static type name args								\
	{									\
		theirs_calls++;							\
		return __VA_ARGS__;						\
	}

THEIRS(void, zs_destroy_pool, (struct zs_pool *zs))
THEIRS(unsigned long, zs_malloc, (struct zs_pool *zs, size_t size, gfp_t gfp, const int nid), 0)
THEIRS(void, zs_free, (struct zs_pool *zs, unsigned long handle))
THEIRS(void, zs_obj_write, (struct zs_pool *zs, unsigned long handle, void *from, size_t len))
THEIRS(void *, zs_obj_read_begin, (struct zs_pool *zs, unsigned long handle,
				   Z3FOLD_ZS_READ_LEN void *buffer), NULL)
THEIRS(void, zs_obj_read_end, (struct zs_pool *zs, unsigned long handle,
			       Z3FOLD_ZS_READ_LEN void *object))
#ifdef Z3FOLD_HAVE_ZS_READ_SG
THEIRS(void, zs_obj_read_sg_begin, (struct zs_pool *zs, unsigned long handle,
				    struct scatterlist *sg, size_t len))
THEIRS(void, zs_obj_read_sg_end, (struct zs_pool *zs, unsigned long handle))
#endif
THEIRS(unsigned long, zs_get_total_pages, (struct zs_pool *zs), 0)
THEIRS(unsigned long, zs_compact, (struct zs_pool *zs), 0)
THEIRS(void, zs_pool_stats, (struct zs_pool *zs, struct zs_pool_stats *stats))
THEIRS(size_t, zs_huge_class_size, (struct zs_pool *zs), 0)
THEIRS(unsigned int, zs_lookup_class_index, (struct zs_pool *zs, unsigned int size), 0)

/* Call a function of zsmalloc as a kernel with hooks does. */
#define zs(function, first, ...)						\
	((typeof(&function))host_ftrace((void *)function,			\
					(unsigned long)(first)))(first, ##__VA_ARGS__)

#ifdef Z3FOLD_HAVE_ZS_READ_LEN
#define LEN(i)	FRONT_END_SIZE(i),
#else
#define LEN(i)
#endif

static bool same(struct zs_pool *pool, unsigned long handle, unsigned int i)
{
	const void *bytes = front_end_bytes(i);
	char local[PAGE_SIZE];
	void *object;
	bool is;

	object = zs(zs_obj_read_begin, pool, handle, LEN(i) local);
	is = !memcmp(object, bytes, FRONT_END_SIZE(i));
	zs(zs_obj_read_end, pool, handle, LEN(i) object);
#ifdef Z3FOLD_HAVE_ZS_READ_SG
	struct scatterlist sg[2];

	zs(zs_obj_read_sg_begin, pool, handle, sg, FRONT_END_SIZE(i));
	is = is && sg->length == FRONT_END_SIZE(i) &&
	     !memcmp(sg->host_address, bytes, sg->length);
	zs(zs_obj_read_sg_end, pool, handle);
#endif
	return is;
}

/* Ours, from creation to end; none of its calls reaches zsmalloc. */
static void captured_pool(void)
{
	static unsigned long handles[FRONT_END_OBJECTS];
	struct zs_pool *pool = zs(zs_create_pool, "zswap1");
	struct zs_pool_stats stats;
	unsigned long pages;
	unsigned int i;

	check(pool && host_module_refs == 1);
	check(zs(zs_malloc, pool, 0, GFP_NOWAIT, 0) == (unsigned long)-EINVAL);
	check(zs(zs_malloc, pool, PAGE_SIZE + 1, GFP_NOWAIT, 0) == (unsigned long)-ENOSPC);
	for (i = 0; i < FRONT_END_OBJECTS; i++) {
		handles[i] = zs(zs_malloc, pool, FRONT_END_SIZE(i),
				GFP_NOWAIT | __GFP_HIGHMEM | __GFP_MOVABLE, 0);
		check(!IS_ERR_OR_NULL((void *)handles[i]));
		zs(zs_obj_write, pool, handles[i], front_end_bytes(i), FRONT_END_SIZE(i));
	}
	host_fail_next = 1;
	check(zs(zs_malloc, pool, PAGE_SIZE, GFP_NOWAIT, 0) == (unsigned long)-ENOMEM);
	pages = zs(zs_get_total_pages, pool);
	check(pages >= FRONT_END_OBJECTS / 3 && pages <= FRONT_END_OBJECTS);
	for (i = 0; i < FRONT_END_OBJECTS; i += 2) {
		check(same(pool, handles[i], i));
		zs(zs_free, pool, handles[i]);
	}
	pages = zs(zs_get_total_pages, pool);
	i = zs(zs_compact, pool);
	zs(zs_pool_stats, pool, &stats);
	check(i && atomic_long_read(&stats.pages_compacted) == i);
	check(zs(zs_get_total_pages, pool) == pages - i);
	for (i = 1; i < FRONT_END_OBJECTS; i += 2) {
		check(same(pool, handles[i], i));
		zs(zs_free, pool, handles[i]);
	}
	zs(zs_free, pool, 0UL);
	zs(zs_free, pool, (unsigned long)-ENOMEM);
	check(!zs(zs_get_total_pages, pool));
	check(z3fold_size_to_chunks(zs(zs_huge_class_size, pool)) == Z3FOLD_CHUNKS);
	check(z3fold_size_to_chunks(zs(zs_huge_class_size, pool) - 1) == Z3FOLD_CHUNKS - 1);
	check(zs(zs_lookup_class_index, pool, 65u) == zs(zs_lookup_class_index, pool, 128u));
	zs(zs_destroy_pool, pool);
	check(!theirs_calls && !host_module_refs);
}

/* Not ours: each call reaches zsmalloc, and nothing but zsmalloc. */
static void foreign_pool(const char *name)
{
	struct zs_pool *pool;
	unsigned int calls = theirs_calls;

	pool = zs(zs_create_pool, name);
	check(pool == (struct zs_pool *)&theirs && theirs_calls == calls + 1);
	zs(zs_malloc, pool, 100, GFP_NOWAIT, 0);
	zs(zs_get_total_pages, pool);
	zs(zs_compact, pool);
	zs(zs_free, pool, 0UL);
	zs(zs_free, NULL, 0UL);
	zs(zs_destroy_pool, pool);
	check(theirs_calls == calls + 7 && !host_module_refs);
}

void test_front_end(void)
{
	unsigned int n, hooks_wanted = ARRAY_SIZE(hooks);

	check(!z3fold_frontend_init());
	check(host_ftrace_hooks == hooks_wanted);
	foreign_pool("zswap1");		/* not asked to capture */
	theirs_calls = 0;
	capture = true;
	captured_pool();
	foreign_pool("zram0");
	host_module_going = true;
	foreign_pool("zswap2");
	host_module_going = false;
	/* No memory for the pool. */
	host_fail_next = 1;
	check(!zs(zs_create_pool, "zswap3") && !host_module_refs);
	host_fail_next = 2;
	check(!zs(zs_create_pool, "zswap3") && !host_module_refs);
	z3fold_frontend_exit();
	check(!host_ftrace_hooks);
	foreign_pool("zswap4");

	/* Whichever hook is refused, none stays. */
	host_silent = true;
	for (n = 0; n < hooks_wanted; n++) {
		host_ftrace_busy = hooks[n].theirs;
		check(z3fold_frontend_init() == -EBUSY);
		check(!host_ftrace_hooks);
	}
	host_ftrace_busy = NULL;
	host_silent = false;
}
