/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat/zpool.h - struct zpool_driver, as it was when
 *
 * Until 6.4 a pool gets the operations of its owner when it is created, and
 * zpool can ask it to shrink.  The size was in bytes before it was in pages.
 * From 6.15 on objects are read and written, not mapped, and it goes without
 * saying that they may move; from 6.16 on malloc is told a node.
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

/* The node is a wish: pages come from where the caller runs. */
#ifdef Z3FOLD_HAVE_ZPOOL_NID
#define Z3FOLD_ZPOOL_HANDLE	unsigned long *handle, const int nid
#else
#define Z3FOLD_ZPOOL_HANDLE	unsigned long *handle
#endif

#ifdef Z3FOLD_HAVE_ZPOOL_MOVABLE
#define z3fold_zpool_support_movable(yes)					\
	(z3fold_zpool_driver.malloc_support_movable = (yes))
#else
#define z3fold_zpool_support_movable(yes)	((void)(yes))
#endif

#ifdef Z3FOLD_HAVE_ZPOOL_READ
/* Objects are in one piece: nobody's buffer is needed. */
#define Z3FOLD_DEFINE_ZPOOL_ACCESS(map, unmap)					\
static void *z3fold_zpool_read_begin(void *pool, unsigned long handle,		\
				     void *buffer)				\
{										\
	return map(pool, handle);						\
}										\
static void z3fold_zpool_read_end(void *pool, unsigned long handle,		\
				  void *object)					\
{										\
	unmap(pool, handle);							\
}										\
static void z3fold_zpool_write(void *pool, unsigned long handle, void *from,	\
			       size_t len)					\
{										\
	memcpy(map(pool, handle), from, len);					\
	unmap(pool, handle);							\
}

#define Z3FOLD_ZPOOL_ACCESS							\
	.obj_read_begin = z3fold_zpool_read_begin,				\
	.obj_read_end = z3fold_zpool_read_end,					\
	.obj_write = z3fold_zpool_write,
#else
#define Z3FOLD_DEFINE_ZPOOL_ACCESS(map, unmap)					\
static void *z3fold_zpool_map(void *pool, unsigned long handle,			\
			      enum zpool_mapmode mode)				\
{										\
	return map(pool, handle);						\
}										\
static void z3fold_zpool_unmap(void *pool, unsigned long handle)		\
{										\
	unmap(pool, handle);							\
}

#define Z3FOLD_ZPOOL_ACCESS							\
	.map = z3fold_zpool_map,						\
	.unmap = z3fold_zpool_unmap,
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
Z3FOLD_DEFINE_ZPOOL_ACCESS(map_, unmap_)					\
static int z3fold_zpool_malloc(void *pool, size_t size, gfp_t gfp,		\
			       Z3FOLD_ZPOOL_HANDLE)				\
{										\
	return malloc_(pool, size, gfp, handle);				\
}										\
static u64 z3fold_zpool_size(void *pool)					\
{										\
	return z3fold_pool_pages(pool) * Z3FOLD_ZPOOL_UNIT;			\
}										\
static struct zpool_driver z3fold_zpool_driver = {				\
	.type = "z3fold",							\
	.owner = THIS_MODULE,							\
	.create = z3fold_zpool_create,						\
	.destroy = z3fold_zpool_destroy,					\
	.malloc = z3fold_zpool_malloc,						\
	.free = free_,								\
	Z3FOLD_ZPOOL_ACCESS							\
	Z3FOLD_ZPOOL_SHRINK							\
	Z3FOLD_ZPOOL_SLEEP_MAPPED						\
	Z3FOLD_ZPOOL_SIZE,							\
}

#endif /* _Z3FOLD_COMPAT_ZPOOL_H */
