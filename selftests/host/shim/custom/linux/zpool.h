/* SPDX-License-Identifier: GPL-2.0-only */
/* zpool as 6.12, 6.15 and 6.17 have it. */
#ifndef _HOST_LINUX_ZPOOL_H
#define _HOST_LINUX_ZPOOL_H

#include <linux/types.h>

enum zpool_mapmode { ZPOOL_MM_RW, ZPOOL_MM_RO, ZPOOL_MM_WO };

struct zpool_driver {
	char *type;
	void *owner;
	void *(*create)(const char *name, gfp_t gfp);
	void (*destroy)(void *pool);
#ifdef Z3FOLD_HAVE_ZPOOL_MOVABLE
	bool malloc_support_movable;
#endif
	int (*malloc)(void *pool, size_t size, gfp_t gfp, unsigned long *handle
#ifdef Z3FOLD_HAVE_ZPOOL_NID
		      , const int nid
#endif
		     );
	void (*free)(void *pool, unsigned long handle);
#ifdef Z3FOLD_HAVE_ZPOOL_READ
	void *(*obj_read_begin)(void *pool, unsigned long handle, void *local_copy);
	void (*obj_read_end)(void *pool, unsigned long handle, void *handle_mem);
	void (*obj_write)(void *pool, unsigned long handle, void *handle_mem,
			  size_t mem_len);
#else
	bool sleep_mapped;
	void *(*map)(void *pool, unsigned long handle, enum zpool_mapmode mm);
	void (*unmap)(void *pool, unsigned long handle);
#endif
	u64 (*total_pages)(void *pool);
};

/* The one driver. */
static struct zpool_driver *host_zpool_driver;

static inline void zpool_register_driver(struct zpool_driver *driver)
{
	host_zpool_driver = driver;
}

static inline int zpool_unregister_driver(struct zpool_driver *driver)
{
	host_zpool_driver = NULL;
	return 0;
}

#endif
