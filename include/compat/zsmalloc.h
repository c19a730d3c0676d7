/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat/zsmalloc.h - the functions by which zswap reaches zsmalloc from 6.18 on
 *
 * Later kernels tell zs_obj_read_begin() and _end() the length of the object,
 * and can read into a scatterlist.
 */
#ifndef _Z3FOLD_COMPAT_ZSMALLOC_H
#define _Z3FOLD_COMPAT_ZSMALLOC_H

#include <linux/scatterlist.h>
#include <linux/zsmalloc.h>

#ifdef Z3FOLD_HAVE_ZS_READ_LEN
#define Z3FOLD_ZS_READ_LEN	size_t len,
#else
#define Z3FOLD_ZS_READ_LEN
#endif

#ifdef Z3FOLD_HAVE_ZS_READ_SG
/* An object lies in one page: one entry. */
#define Z3FOLD_DEFINE_ZS_READ_SG(map, unmap)					\
static void our_obj_read_sg_begin(struct zs_pool *zs, unsigned long handle,	\
				  struct scatterlist *sg, size_t len)		\
{										\
	sg_init_one(sg, map(zs, handle), len);					\
}										\
static void our_obj_read_sg_end(struct zs_pool *zs, unsigned long handle)	\
{										\
	unmap(zs, handle);							\
}										\
struct z3fold_compat_needs_semicolon

#define Z3FOLD_ZS_READ_SG(hook)							\
	hook(zs_obj_read_sg_begin, our_obj_read_sg_begin)			\
	hook(zs_obj_read_sg_end, our_obj_read_sg_end)
#else
#define Z3FOLD_DEFINE_ZS_READ_SG(map, unmap)	struct z3fold_compat_needs_semicolon
#define Z3FOLD_ZS_READ_SG(hook)
#endif

#endif /* _Z3FOLD_COMPAT_ZSMALLOC_H */
