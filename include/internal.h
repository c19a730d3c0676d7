/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * internal.h - what the units of z3fold share, grouped by the file that
 * defines it.  The only header that the allocator includes for its kernel
 * interfaces, so that the userspace harness can put its own in its place.
 */
#ifndef _Z3FOLD_INTERNAL_H
#define _Z3FOLD_INTERNAL_H

#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/log2.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pagemap.h>
#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "z3fold.h"
#include "layout.h"
#include "lru.h"
#include "word.h"

/**
 * enum z3fold_state - where a page is; changes in src/shard.c alone
 * @Z3FOLD_NEW:		being made; nobody but its maker knows it
 * @Z3FOLD_LISTED:	on the list of its shard that its room chooses
 * @Z3FOLD_CLAIMED:	taken off its list by one thread, which alone may put it
 *			back or release it
 * @Z3FOLD_ISOLATED:	claimed by the kernel's page migration
 * @Z3FOLD_DYING:	empty, on no list; whoever made it so releases it
 */
enum z3fold_state {
	Z3FOLD_NEW,
	Z3FOLD_LISTED,
	Z3FOLD_CLAIMED,
	Z3FOLD_ISOLATED,
	Z3FOLD_DYING,
};

/**
 * enum z3fold_todo - what a free has to do when the page lock is dropped
 * @Z3FOLD_TODO_RELEASE: nobody has claimed the page and this was its last
 *		object: it is DYING, and the caller's to release
 * @Z3FOLD_TODO_CHECK: it is time for z3fold_compact_check()
 */
enum z3fold_todo {
	Z3FOLD_TODO_RELEASE = 1,
	Z3FOLD_TODO_CHECK = 2,
};

/* The page of a descriptor whose page is gone.  No word can hold it. */
#define Z3FOLD_NO_PAGE		(~0UL)
#define Z3FOLD_ALL_WORDS	((1U << Z3FOLD_BUDDIES) - 1)

/**
 * struct z3fold_page - the descriptor of a page
 * @words:	words that handles lead to: one an object that was allocated in
 *		this page, wherever it lies now
 * @lock:	the page lock of our lock order
 * @used:	which @words are in use, as a mask (page lock)
 * @called:	the buddy that is in its eviction callback, plus 1; 0: none (page
 *		lock)
 * @zombie:	that one was freed during the callback (page lock)
 * @movable:	the kernel may migrate the page; constant once it is listed
 * @state:	see enum z3fold_state (lock of @shard)
 * @index:	the list that a listed page is on (lock of @shard).  Stored, since
 *		sizes change under the page lock while a page is listed
 * @pageno:	the page, Z3FOLD_NO_PAGE when it is gone (page lock; read
 *		without it through READ_ONCE by who holds a pin)
 * @objects:	the handle of each object in this page, 0: none (page lock)
 * @shard:	where its lists are; never changes
 * @list:	one of the shard's lists, or the pool's deferred list
 * @layout:	the size and place of each object (page lock)
 * @lru:	its place in the shard's LRU (lock of @shard)
 *
 * A descriptor outlives its page until its last word is free: a ghost.
 *
 * There is one a page, so its size counts: 96 bytes on 64 bit without LRU and
 * lock debugging, three blocks of 32.  map and unmap touch the first alone, and
 * none of them lies across two cache lines.
 */
struct z3fold_page {
	union z3fold_word words[Z3FOLD_BUDDIES];
	spinlock_t lock;
	u8 used : Z3FOLD_BUDDIES;
	u8 called : 2;
	u8 zombie : 1;
	bool movable;
	u8 state;
	u8 index;

	unsigned long pageno;
	unsigned long objects[Z3FOLD_BUDDIES];

	struct z3fold_shard *shard;
	struct list_head list;
	struct z3fold_layout layout;
	struct z3fold_lru lru;
};

#define Z3FOLD_PAGE_ALIGN	32

/**
 * enum z3fold_event - what a pool counts beside what it holds
 *
 * The names under which users see them are in debugfs/debugfs.c, in this order.
 * The first three are counted by every operation.  Frees are not: they are the
 * allocations that are not in the pool any more, and a line less to write to.
 */
enum z3fold_event {
	Z3FOLD_ALLOCS,
	Z3FOLD_MAPS,
	Z3FOLD_UNMAPS,
	Z3FOLD_ALLOC_FAILED,
	Z3FOLD_ALLOC_TOO_BIG,
	Z3FOLD_PAGES_UNMOVABLE,
	Z3FOLD_PAGES_DEFERRED,
	Z3FOLD_MOVED_IN_PAGE,
	Z3FOLD_MOVED_IN_PAGE_PINNED,
	Z3FOLD_MOVED_BETWEEN_PAGES,
	Z3FOLD_MOVED_BETWEEN_PAGES_PINNED,
	Z3FOLD_SWEEPS,
	Z3FOLD_SHRINKER_SCANS,
	Z3FOLD_SHRINKER_PAGES,
	Z3FOLD_ISOLATE_REFUSED,
	Z3FOLD_PAGES_MIGRATED,
	Z3FOLD_MIGRATE_PINNED,
	Z3FOLD_MIGRATE_REFUSED,
	Z3FOLD_EVICTED,
	Z3FOLD_EVICT_FAILED,
	Z3FOLD_EVICT_CALLS,
	Z3FOLD_EVICT_ZOMBIES,
	Z3FOLD_NR_EVENTS,
};

/**
 * struct z3fold_census - what the pages of a shard, or of a pool, hold
 * @bytes:	sum of the objects' sizes in bytes; one store, so that it can be
 *		read without the lock
 * @size:	objects by buddy and size in chunks
 * @room:	pages by free chunks, whether another object could have them or not
 * @kind:	pages by number of objects, headless ones not among them
 * @headless:	pages that one object fills
 */
struct z3fold_census {
	unsigned long bytes;
	u32 size[Z3FOLD_BUDDIES][Z3FOLD_CHUNKS + 1];
	u32 room[Z3FOLD_CHUNKS + 1];
	u32 kind[Z3FOLD_BUDDIES + 1];
	u32 headless;
};

/**
 * struct z3fold_shard - one CPU's pages
 * @lock:	inside a page lock; guards all that follows
 * @ops:	allocations and frees since the counts were folded
 * @map:	bit i: the list of pages with room for i chunks is not empty
 * @lists:	pages by room, those without any on list 0
 * @length:	of each list
 * @lru:	all pages of the shard by age
 * @objects:	stored
 * @chunks:	stored
 * @folded_objects: what of @objects the pool's sum knows
 * @folded_chunks: what of @chunks the pool's sum knows
 * @next:	which other CPU's shard to look at first when this one has no room
 * @census:	see there
 * @pool:	constant
 * @events:	per-CPU counters (no lock, this_cpu operations)
 *
 * Any CPU's shard is a correct choice for any page: the CPU is a hint.
 */
struct z3fold_shard {
	spinlock_t lock;
	u32 ops;
	u64 map;
	long objects;
	long chunks;
	long folded_objects;
	long folded_chunks;
	int next;
	struct z3fold_pool *pool;
	struct z3fold_lru lru;
	struct list_head lists[Z3FOLD_CHUNKS];
	u32 length[Z3FOLD_CHUNKS];
	struct z3fold_census census;
	u64 events[Z3FOLD_NR_EVENTS] ____cacheline_aligned_in_smp;
};

/**
 * struct z3fold_pool - one owner's pages
 * @shards:	one per possible CPU
 * @evict:	the owner's callback, NULL where it has none
 * @owner:	its argument
 * @name:	given by the owner, made unique
 * @pages:	in the pool
 * @descriptors: ghosts too; zero when nothing is left
 * @objects:	stored, as of each shard's last fold
 * @chunks:	stored, likewise
 * @lock:	innermost; guards @deferred, @isolated and the wake-up of @wait
 * @deferred:	dying pages whose page lock was taken when they should have gone
 * @isolated:	pages that the kernel's page migration holds
 * @wait:	for @isolated to become zero
 * @release_work: releases the deferred pages
 * @sweep_lock:	one sweep at a time; guards what follows
 * @sweep_work:	a sweep that the pool asked for itself
 * @sweep_place: where a sweep that was cut short goes on: the list, from the
 *		sparsest, times nr_cpu_ids, plus the shard
 * @swept_excess: pages for 1024 at the bound when a sweep had done what it
 *		could, or the fewest since (read and lowered without the lock)
 * @swept_objects: the pool's objects then, or the most since (likewise)
 * @swept_moved: objects that the last sweep moved, for who asked for it
 * @swept_freed: pages that it gave back
 * @fail_every:	each so-manieth allocation of a page or descriptor fails, for the
 *		stress trigger; 0: none
 * @fail_count:	allocations so far, where some fail
 * @node:	in the module's list of pools (z3fold_pools_lock, or RCU to read)
 * @dir:	its debugfs directory
 */
struct z3fold_pool {
	/* Read by every operation, never written. */
	struct z3fold_shard __percpu *shards;
	z3fold_evict_t evict;
	void *owner;
	const char *name;

	atomic_long_t pages ____cacheline_aligned_in_smp;
	atomic_long_t descriptors;
	atomic_long_t objects;
	atomic_long_t chunks;

	spinlock_t lock ____cacheline_aligned_in_smp;
	struct list_head deferred;
	unsigned long isolated;
	wait_queue_head_t wait;
	struct delayed_work release_work;

	struct mutex sweep_lock;
	struct work_struct sweep_work;
	unsigned int sweep_place;
	unsigned long swept_excess;
	long swept_objects;
	unsigned long swept_moved;
	unsigned long swept_freed;

	u32 fail_every;
	atomic_long_t fail_count;

	struct list_head node;
	struct dentry *dir;
};

/*
 * One instruction that nothing can split.  On x86-64 that is raw_cpu_add() too;
 * user-mode Linux, which is x86-64 as well, has one CPU and no preemption, and
 * would switch interrupts off and on for this_cpu_add().
 */
static inline void z3fold_count(struct z3fold_pool *pool,
				enum z3fold_event event, unsigned long n)
{
#ifdef CONFIG_X86_64
	raw_cpu_add(pool->shards->events[event], n);
#else
	this_cpu_add(pool->shards->events[event], n);
#endif
}

static inline struct page *z3fold_page_page(const struct z3fold_page *zp)
{
	return z3fold_pageno_page(zp->pageno);
}

/* Freed, but its eviction callback is not over (page lock). */
static inline bool z3fold_page_zombie(const struct z3fold_page *zp,
				      unsigned int buddy)
{
	return zp->zombie && zp->called == buddy + 1;
}

/* Its events take a struct z3fold_pool. */
#include <trace/z3fold.h>

/* main.c */
extern struct list_head z3fold_pools;
extern struct mutex z3fold_pools_lock;
extern struct workqueue_struct *z3fold_wq;

/* Stored bytes for 1000 bytes of pages. */
static inline u64 z3fold_density(u64 bytes, u64 pages)
{
	return pages ? div64_u64(bytes * 1000, pages * PAGE_SIZE) : 0;
}

#include "handles.h"

/* page.c */
int z3fold_page_init(void);
void z3fold_page_exit(void);
struct z3fold_page *z3fold_page_new(struct z3fold_pool *pool, gfp_t gfp);
struct z3fold_page *z3fold_page_new_ghost(struct z3fold_pool *pool, gfp_t gfp);
void z3fold_page_free(struct z3fold_pool *pool, struct z3fold_page *zp);
void z3fold_page_release(struct z3fold_page *zp);
void z3fold_page_release_locked(struct z3fold_page *zp);
void z3fold_page_release_work(struct work_struct *work);
bool z3fold_page_unclaim(struct z3fold_page *zp, bool last);
unsigned long z3fold_page_ghosts(struct z3fold_pool *pool);

/* shard.c */
void z3fold_shard_init(struct z3fold_shard *shard, struct z3fold_pool *pool);
void z3fold_shard_take(struct z3fold_page *zp);
struct z3fold_page *z3fold_shard_claim_index(struct z3fold_shard *shard,
					     unsigned int index);
struct z3fold_page *z3fold_shard_find(struct z3fold_shard *shard,
				      unsigned int chunks);
struct z3fold_page *z3fold_shard_alloc(struct z3fold_shard *shard,
				       unsigned int bytes, unsigned long *handle);
struct page *z3fold_shard_get_page(struct z3fold_shard *shard,
				   unsigned int least);
bool z3fold_shard_isolate(struct z3fold_page *zp);
bool z3fold_shard_unclaim(struct z3fold_page *zp, bool last);
void z3fold_shard_move(struct z3fold_page *from, unsigned int buddy,
		       struct z3fold_page *to, const struct z3fold_fit *fit);
void z3fold_shard_add_unclaim(struct z3fold_page *zp,
			      const struct z3fold_fit *fit, unsigned int bytes);
unsigned int z3fold_shard_remove(struct z3fold_page *zp, unsigned int buddy);

/* pool.c */
void z3fold_pool_census(struct z3fold_pool *pool, struct z3fold_census *sum);
void z3fold_census_sums(const struct z3fold_census *c, u64 *objects, u64 *chunks);
u64 z3fold_pool_events(struct z3fold_pool *pool, enum z3fold_event event);
unsigned long z3fold_pool_objects(struct z3fold_pool *pool);
unsigned long z3fold_pool_bytes(struct z3fold_pool *pool);
unsigned long z3fold_pool_bound(long objects, long chunks);

/* compaction.c */
int z3fold_compact_slide(struct z3fold_page *zp, unsigned int start);
void z3fold_compact_pool(struct z3fold_pool *pool);
unsigned long z3fold_compact_try(struct z3fold_pool *pool,
				 unsigned long most_pages);
unsigned long z3fold_compact_gain(struct z3fold_pool *pool);
void z3fold_compact_check(struct z3fold_pool *pool);
void z3fold_compact_work(struct work_struct *work);

/* migration.c */
int z3fold_migration_init(void);
void z3fold_migration_exit(void);
gfp_t z3fold_migration_gfp(gfp_t gfp);
bool z3fold_migration_publish(struct page *page);
void z3fold_migration_withdraw(struct page *page);
bool z3fold_migration_enabled(void);
bool z3fold_migration_movable(struct page *page);
bool z3fold_migration_isolate(struct page *page);
int z3fold_migration_migrate(struct page *newpage, struct page *page, bool copy);
void z3fold_migration_putback(struct page *page);

/* shrinker.c */
int z3fold_shrinker_init(void);
void z3fold_shrinker_exit(void);

/* validate.c */
int z3fold_page_validate(struct z3fold_page *zp);
unsigned long z3fold_pool_validate(struct z3fold_pool *pool,
				   unsigned long *pages);

/* zpool.c or zswap_bridge.c */
struct seq_file;
int z3fold_frontend_init(void);
void z3fold_frontend_exit(void);
const char *z3fold_frontend_name(void);
void z3fold_frontend_show(struct seq_file *m);

/* debugfs/ */
void z3fold_debugfs_init(void);
void z3fold_debugfs_exit(void);
void z3fold_debugfs_add(struct z3fold_pool *pool);
void z3fold_debugfs_remove(struct z3fold_pool *pool);
extern const struct file_operations z3fold_stress_fops;
void z3fold_stress_exit(void);

#endif /* _Z3FOLD_INTERNAL_H */
