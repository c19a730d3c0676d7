/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat/zpool.h - struct zpool_driver, as it was when
 *
 * Until 6.4 a pool gets the operations of its owner when it is created, and
 * zpool can ask it to shrink.  The size was in bytes before it was in pages.
 */
#ifndef _Z3FOLD_COMPAT_ZPOOL_H
#define _Z3FOLD_COMPAT_ZPOOL_H

#include <linux/slab.h>
#include <linux/zpool.h>

#ifdef Z3FOLD_HAVE_ZPOOL_TOTAL_PAGES
#define Z3FOLD_ZPOOL_SIZE	.total_pages = z3fold_zpool_size
#define Z3FOLD_ZPOOL_UNIT	1
#else
#define Z3FOLD_ZPOOL_SIZE	.total_size = z3fold_zpool_size
#define Z3FOLD_ZPOOL_UNIT	PAGE_SIZE
#endif

#ifdef Z3FOLD_HAVE_ZPOOL_SLEEP_MAPPED
#define Z3FOLD_ZPOOL_SLEEP_MAPPED	.sleep_mapped = true,
#else
#define Z3FOLD_ZPOOL_SLEEP_MAPPED
#endif

#if Z3FOLD_HAVE_RECLAIM
#define Z3FOLD_ZPOOL_SHRINK	.shrink = z3fold_zpool_shrink,

/*
 * An owner's callback wants the zpool, which only create() is told; so the
 * driver's idea of a pool remembers both.
 */
struct z3fold_zpool_owner {
	struct zpool *zpool;
	const struct zpool_ops *ops;
};

static inline int z3fold_zpool_evict(void *owner, unsigned long handle)
{
	struct z3fold_zpool_owner *o = owner;

	return o->ops->evict(o->zpool, handle);
}

static inline int z3fold_zpool_shrink(void *pool, unsigned int pages,
				      unsigned int *reclaimed)
{
	return z3fold_reclaim(pool, pages, reclaimed);
}

#define Z3FOLD_DEFINE_ZPOOL_CREATE(create, destroy)				\
static void *z3fold_zpool_create(const char *name, gfp_t gfp,			\
				 const struct zpool_ops *ops,			\
				 struct zpool *zpool)				\
{										\
	struct z3fold_zpool_owner *owner = kzalloc(sizeof(*owner), GFP_KERNEL); \
	bool evicts = ops && ops->evict;					\
	void *pool;								\
										\
	if (!owner)								\
		return NULL;							\
	owner->zpool = zpool;							\
	owner->ops = ops;							\
	pool = create(name, evicts ? z3fold_zpool_evict : NULL, owner);		\
	if (!pool)								\
		kfree(owner);							\
	return pool;								\
}										\
static void z3fold_zpool_destroy(void *pool)					\
{										\
	void *owner = ((struct z3fold_pool *)pool)->owner;			\
										\
	destroy(pool);								\
	kfree(owner);								\
}
#else
#define Z3FOLD_ZPOOL_SHRINK
#define Z3FOLD_DEFINE_ZPOOL_CREATE(create, destroy)				\
static void *z3fold_zpool_create(const char *name, gfp_t gfp)			\
{										\
	return create(name, NULL, NULL);					\
}										\
static void z3fold_zpool_destroy(void *pool)					\
{										\
	destroy(pool);								\
}
#endif

#define Z3FOLD_DEFINE_ZPOOL_DRIVER(create_, destroy_, malloc_, free_, map_, unmap_)	\
Z3FOLD_DEFINE_ZPOOL_CREATE(create_, destroy_)					\
static u64 z3fold_zpool_size(void *pool)					\
{										\
	return z3fold_pool_pages(pool) * Z3FOLD_ZPOOL_UNIT;			\
}										\
static struct zpool_driver z3fold_zpool_driver = {				\
	.type = "z3fold",							\
	.owner = THIS_MODULE,							\
	.create = z3fold_zpool_create,						\
	.destroy = z3fold_zpool_destroy,					\
	.malloc = malloc_,							\
	.free = free_,								\
	.map = map_,								\
	.unmap = unmap_,							\
	Z3FOLD_ZPOOL_SHRINK							\
	Z3FOLD_ZPOOL_SLEEP_MAPPED						\
	Z3FOLD_ZPOOL_SIZE,							\
}

#endif /* _Z3FOLD_COMPAT_ZPOOL_H */
