// SPDX-License-Identifier: GPL-2.0-only
/*
 * zpool.c - the front end for kernels whose zswap reaches its allocators
 * through zpool
 */
#include "internal.h"
#include "compat/zpool.h"

static void *create(const char *name, z3fold_evict_t evict, void *owner)
{
	return z3fold_pool_create(name, evict, owner);
}

static void destroy(void *pool)
{
	z3fold_pool_destroy(pool);
}

static int alloc(void *pool, size_t size, gfp_t gfp, unsigned long *handle)
{
	return z3fold_alloc(pool, size, gfp, handle);
}

static void free_handle(void *pool, unsigned long handle)
{
	z3fold_free(pool, handle);
}

static void *map(void *pool, unsigned long handle)
{
	return z3fold_map(pool, handle);
}

static void unmap(void *pool, unsigned long handle)
{
	z3fold_unmap(pool, handle);
}

Z3FOLD_DEFINE_ZPOOL_DRIVER(create, destroy, alloc, free_handle, map, unmap);

int __init z3fold_frontend_init(void)
{
	z3fold_zpool_support_movable(z3fold_migration_enabled());
	zpool_register_driver(&z3fold_zpool_driver);
	return 0;
}

void z3fold_frontend_exit(void)
{
	zpool_unregister_driver(&z3fold_zpool_driver);
}

const char *z3fold_frontend_name(void)
{
	return "zpool";
}

void z3fold_frontend_show(struct seq_file *m)
{
}

MODULE_ALIAS("zpool-z3fold");
