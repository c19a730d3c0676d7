// SPDX-License-Identifier: GPL-2.0-only
/*
 * zpool.c - src/zpool.c, called as zpool calls it
 */
#include "frontend.h"
#include "src/zpool.c"

static void put(struct zpool_driver *d, void *pool, unsigned long handle,
		unsigned int i)
{
	void *bytes = front_end_bytes(i);
#ifdef Z3FOLD_HAVE_ZPOOL_READ
	d->obj_write(pool, handle, bytes, FRONT_END_SIZE(i));
#else
	memcpy(d->map(pool, handle, ZPOOL_MM_WO), bytes, FRONT_END_SIZE(i));
	d->unmap(pool, handle);
#endif
}

static bool same(struct zpool_driver *d, void *pool, unsigned long handle,
		 unsigned int i)
{
	const void *bytes = front_end_bytes(i);
	void *object;
	bool is;
#ifdef Z3FOLD_HAVE_ZPOOL_READ
	char local[PAGE_SIZE];

	object = d->obj_read_begin(pool, handle, local);
	is = !memcmp(object, bytes, FRONT_END_SIZE(i));
	d->obj_read_end(pool, handle, object);
#else
	object = d->map(pool, handle, ZPOOL_MM_RO);
	is = !memcmp(object, bytes, FRONT_END_SIZE(i));
	d->unmap(pool, handle);
#endif
	return is;
}

#ifdef Z3FOLD_HAVE_ZPOOL_NID
#define allocate(d, pool, size, handle)	(d)->malloc(pool, size, GFP_NOWAIT, handle, 0)
#else
#define allocate(d, pool, size, handle)	(d)->malloc(pool, size, GFP_NOWAIT, handle)
#endif

void test_front_end(void)
{
	static unsigned long handles[FRONT_END_OBJECTS];
	struct zpool_driver *d;
	unsigned int i;
	void *pool;

	check(!z3fold_frontend_init());
	d = host_zpool_driver;
	check(d && !strcmp(d->type, "z3fold"));
#ifdef Z3FOLD_HAVE_ZPOOL_MOVABLE
	check(d->malloc_support_movable);
#endif
#ifdef Z3FOLD_HAVE_ZPOOL_SLEEP_MAPPED
	check(d->sleep_mapped);
#endif
	pool = d->create("zswap1", GFP_KERNEL);
	check(pool);
	check(allocate(d, pool, 0, handles) == -EINVAL);
	check(allocate(d, pool, PAGE_SIZE + 1, handles) == -ENOSPC);
	for (i = 0; i < FRONT_END_OBJECTS; i++) {
		check(!allocate(d, pool, FRONT_END_SIZE(i), &handles[i]));
		put(d, pool, handles[i], i);
	}
	check(d->total_pages(pool) == z3fold_pool_pages(pool));
	check(d->total_pages(pool) >= FRONT_END_OBJECTS / 3);
	z3fold_compact_pool(pool);
	for (i = 0; i < FRONT_END_OBJECTS; i++) {
		check(same(d, pool, handles[i], i));
		d->free(pool, handles[i]);
	}
	d->destroy(pool);
	z3fold_frontend_exit();
	check(!host_zpool_driver);
}
