/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lru.h - a shard's pages by age, where the kernel has reclaim; else nothing
 *
 * The LRU is in the shard, under the shard's lock, so that picking the oldest
 * page and claiming it are one critical section.  It holds all pages but new
 * and dying ones.
 */
#ifndef _Z3FOLD_LRU_H
#define _Z3FOLD_LRU_H

#if Z3FOLD_HAVE_RECLAIM

/**
 * struct z3fold_lru - one list's head, or a page's link in it
 * @link:	the page longest without an allocation is the first
 * @stamp:	when that was, in jiffies
 */
struct z3fold_lru {
	struct list_head link;
	u32 stamp;
};

static inline void z3fold_lru_init(struct z3fold_lru *lru)
{
	INIT_LIST_HEAD(&lru->link);
}

static inline void z3fold_lru_add(struct z3fold_lru *lru, struct z3fold_lru *head)
{
	list_move_tail(&lru->link, &head->link);
	lru->stamp = jiffies;
}

static inline void z3fold_lru_del(struct z3fold_lru *lru)
{
	list_del(&lru->link);
}

#else

struct z3fold_lru {
};

static inline void z3fold_lru_init(struct z3fold_lru *lru)
{
}

static inline void z3fold_lru_add(struct z3fold_lru *lru, struct z3fold_lru *head)
{
}

static inline void z3fold_lru_del(struct z3fold_lru *lru)
{
}

#endif

#endif /* _Z3FOLD_LRU_H */
