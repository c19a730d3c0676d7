/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _HOST_LINUX_SHRINKER_H
#define _HOST_LINUX_SHRINKER_H

#include <linux/types.h>

struct shrink_control {
	gfp_t gfp_mask;
	unsigned long nr_to_scan;
};

struct shrinker {
	unsigned long (*count_objects)(struct shrinker *s,
				       struct shrink_control *sc);
	unsigned long (*scan_objects)(struct shrinker *s,
				      struct shrink_control *sc);
	int seeks;
};

#define DEFAULT_SEEKS	2
#define SHRINK_STOP	(~0UL)
#define SHRINK_EMPTY	(~0UL - 1)

#ifdef Z3FOLD_HAVE_SHRINKER_ALLOC
struct shrinker *shrinker_alloc(unsigned int flags, const char *name);
void shrinker_register(struct shrinker *s);
void shrinker_free(struct shrinker *s);
#elif defined(Z3FOLD_HAVE_SHRINKER_NAME)
int register_shrinker(struct shrinker *s, const char *name);
void unregister_shrinker(struct shrinker *s);
#else
int register_shrinker(struct shrinker *s);
void unregister_shrinker(struct shrinker *s);
#endif

#endif
