/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * z3fold.h - what the allocator offers to its front ends; z3fold_map() and
 * z3fold_unmap() are in handles.h
 */
#ifndef _Z3FOLD_H
#define _Z3FOLD_H

struct z3fold_pool;

/**
 * typedef z3fold_evict_t - asks a pool's owner to let go of an object
 * @owner:	what the owner gave to z3fold_pool_create()
 * @handle:	the object
 *
 * May sleep, allocate, map, and free this and other objects.  Its result is
 * not looked at: z3fold sees for itself whether the object is gone.
 */
typedef int (*z3fold_evict_t)(void *owner, unsigned long handle);

struct z3fold_pool *z3fold_pool_create(const char *name, z3fold_evict_t evict,
				       void *owner);
void z3fold_pool_destroy(struct z3fold_pool *pool);
u64 z3fold_pool_pages(struct z3fold_pool *pool);

int z3fold_alloc(struct z3fold_pool *pool, size_t size, gfp_t gfp,
		 unsigned long *handle);
void z3fold_free(struct z3fold_pool *pool, unsigned long handle);
int z3fold_reclaim(struct z3fold_pool *pool, unsigned int pages,
		   unsigned int *reclaimed);

#endif /* _Z3FOLD_H */
