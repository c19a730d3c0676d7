/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_SLAB_H
#define _HOST_LINUX_SLAB_H

#include <linux/gfp.h>

struct kmem_cache;
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
				     unsigned int align, unsigned int flags,
				     void (*ctor)(void *));
void kmem_cache_destroy(struct kmem_cache *cache);
void *kmem_cache_zalloc(struct kmem_cache *cache, gfp_t gfp);
void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t gfp);
void kmem_cache_free(struct kmem_cache *cache, void *object);
void *kzalloc(size_t size, gfp_t gfp);
void kfree(const void *p);

#define SLAB_RECLAIM_ACCOUNT	0
#define SLAB_HWCACHE_ALIGN	0

#endif
