/* SPDX-License-Identifier: GPL-2.0-only */
/* zsmalloc as 6.18 and 7.3 have it; static, since a program has both. */
#ifndef _HOST_LINUX_ZSMALLOC_H
#define _HOST_LINUX_ZSMALLOC_H

#include <linux/atomic.h>

struct zs_pool_stats {
	atomic_long_t pages_compacted;
};

struct zs_pool;
struct scatterlist;

#ifdef Z3FOLD_HAVE_ZS_READ_LEN
#define HOST_MEM_LEN	size_t mem_len,
#else
#define HOST_MEM_LEN
#endif

static struct zs_pool *zs_create_pool(const char *name);
static void zs_destroy_pool(struct zs_pool *pool);
static unsigned long zs_malloc(struct zs_pool *pool, size_t size, gfp_t flags,
			       const int nid);
static void zs_free(struct zs_pool *pool, unsigned long obj);
static size_t zs_huge_class_size(struct zs_pool *pool);
static unsigned long zs_get_total_pages(struct zs_pool *pool);
static unsigned long zs_compact(struct zs_pool *pool);
static unsigned int zs_lookup_class_index(struct zs_pool *pool, unsigned int size);
static void zs_pool_stats(struct zs_pool *pool, struct zs_pool_stats *stats);
static void *zs_obj_read_begin(struct zs_pool *pool, unsigned long handle,
			       HOST_MEM_LEN void *local_copy);
static void zs_obj_read_end(struct zs_pool *pool, unsigned long handle,
			    HOST_MEM_LEN void *handle_mem);
#ifdef Z3FOLD_HAVE_ZS_READ_SG
static void zs_obj_read_sg_begin(struct zs_pool *pool, unsigned long handle,
				 struct scatterlist *sg, size_t mem_len);
static void zs_obj_read_sg_end(struct zs_pool *pool, unsigned long handle);
#endif
static void zs_obj_write(struct zs_pool *pool, unsigned long handle,
			 void *handle_mem, size_t mem_len);

#endif
