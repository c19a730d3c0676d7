/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat/shrinker.h - registering a shrinker
 *
 * A static struct until 6.6, registered without a name until 5.19; allocated by
 * shrinker_alloc() since 6.7.  The callbacks are the same.
 */
#ifndef _Z3FOLD_COMPAT_SHRINKER_H
#define _Z3FOLD_COMPAT_SHRINKER_H

#include <linux/shrinker.h>

#ifdef Z3FOLD_HAVE_SHRINKER_ALLOC

#define Z3FOLD_DEFINE_SHRINKER(count, scan)					\
static struct shrinker *z3fold_shrinker;					\
static int z3fold_shrinker_register(void)					\
{										\
	z3fold_shrinker = shrinker_alloc(0, "z3fold");				\
	if (!z3fold_shrinker)							\
		return -ENOMEM;							\
	z3fold_shrinker->count_objects = count;					\
	z3fold_shrinker->scan_objects = scan;					\
	shrinker_register(z3fold_shrinker);					\
	return 0;								\
}										\
static void z3fold_shrinker_unregister(void)					\
{										\
	shrinker_free(z3fold_shrinker);						\
}										\
struct z3fold_compat_needs_semicolon

#else

#ifdef Z3FOLD_HAVE_SHRINKER_NAME
#define z3fold_register_shrinker(s)	register_shrinker(s, "z3fold")
#else
#define z3fold_register_shrinker(s)	register_shrinker(s)
#endif

#define Z3FOLD_DEFINE_SHRINKER(count, scan)					\
static struct shrinker z3fold_shrinker = {					\
	.count_objects = count,							\
	.scan_objects = scan,							\
	.seeks = DEFAULT_SEEKS,							\
};										\
static int z3fold_shrinker_register(void)					\
{										\
	return z3fold_register_shrinker(&z3fold_shrinker);			\
}										\
static void z3fold_shrinker_unregister(void)					\
{										\
	unregister_shrinker(&z3fold_shrinker);					\
}										\
struct z3fold_compat_needs_semicolon

#endif

#endif /* _Z3FOLD_COMPAT_SHRINKER_H */
