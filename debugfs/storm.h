/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * storm.h - what the files of the stress trigger share: stress.c is the file in
 * debugfs, storm.c runs the threads and phases of a storm
 */
#ifndef _Z3FOLD_STORM_H
#define _Z3FOLD_STORM_H

#include "internal.h"
#include <linux/completion.h>
#include <linux/seq_file.h>

/**
 * struct z3fold_stress - what a storm shall be; 0 where nothing else is said
 * @threads:	that allocate, map and free, on all CPUs in turn
 * @objects:	places for an object; all threads use all of them
 * @ops:	operations of all threads after the filling
 * @seconds:	the storm ends after as many
 * @memory:	MiB of pages that the pool may have
 * @seed:	of all choices
 * @migrate:	1: a thread migrates pages
 * @compact:	1: a thread compacts the pool
 * @reclaim:	1: a thread evicts pages
 * @sleep:	one mapping in so many sleeps while it is mapped; 0: none
 * @fail:	each so-manieth internal allocation fails; 0: none
 * @least:	the smallest size in bytes, of sizes that are all as likely
 * @most:	the largest
 * @quantiles:	or 256 sizes that are as likely, NULL where @least and @most count
 * @sizes:	what the user wrote for them
 */
struct z3fold_stress {
	u32 threads;
	u32 objects;
	u32 ops;
	u32 seconds;
	u32 memory;
	u32 seed;
	u32 migrate;
	u32 compact;
	u32 reclaim;
	u32 sleep;
	u32 fail;
	u32 least;
	u32 most;
	const u16 *quantiles;
	char sizes[16];
};

/* The operations that are timed, and a bucket for each power of two ns. */
enum z3fold_storm_timed {
	Z3FOLD_STORM_ALLOC,
	Z3FOLD_STORM_FREE,
	Z3FOLD_STORM_MAP,
	Z3FOLD_STORM_UNMAP,
	Z3FOLD_STORM_MIGRATE,
	Z3FOLD_STORM_COMPACT,
	Z3FOLD_STORM_RECLAIM,
	Z3FOLD_STORM_NR_TIMED,
};

#define Z3FOLD_STORM_BUCKETS	32	/* the last is for all above a second */

/**
 * struct z3fold_storm_counts - what a thread did
 * @latency:	operations by kind and the logarithm of their ns; an operation that
 *		failed is among them
 * @alloc_failed: without memory, or refused by @fail
 * @mapped_twice: mapped while it was mapped
 * @slept:	slept while an object was mapped
 * @verified:	bytes read back and compared
 * @migrated:	pages
 * @migrate_failed: pages that could not be: pinned, claimed, gone
 * @reclaimed:	pages
 * @evicted:	objects freed by the eviction callback
 * @errors:	of all kinds; each is in the kernel's log
 */
struct z3fold_storm_counts {
	u64 latency[Z3FOLD_STORM_NR_TIMED][Z3FOLD_STORM_BUCKETS];
	u64 alloc_failed;
	u64 mapped_twice;
	u64 slept;
	u64 verified;
	u64 migrated;
	u64 migrate_failed;
	u64 reclaimed;
	u64 evicted;
	u64 errors;
};

/**
 * struct z3fold_storm_thread - one thread of a storm
 * @storm:	its storm
 * @task:	NULL where there is none
 * @number:	of the thread
 * @rng:	its source of chance
 * @counts:	what it did; its own until it has ended
 */
struct z3fold_storm_thread {
	struct z3fold_storm *storm;
	struct task_struct *task;
	unsigned int number;
	u64 rng;
	struct z3fold_storm_counts counts;
};

/**
 * struct z3fold_storm_slot - an object, or none
 * @handle:	0: none
 * @users:	threads that read it; -1: one that makes or frees it
 * @stamp:	of its content
 * @bytes:	its size
 */
struct z3fold_storm_slot {
	unsigned long handle;
	atomic_t users;
	u32 stamp;
	u16 bytes;
};

/* Why a storm ended, or that it has not. */
enum z3fold_storm_state {
	Z3FOLD_STORM_RUNNING,
	Z3FOLD_STORM_DONE,
	Z3FOLD_STORM_TIME,
	Z3FOLD_STORM_MEMORY,
	Z3FOLD_STORM_INTERRUPTED,
	Z3FOLD_STORM_FAILED,
};

#define Z3FOLD_STORM_PHASES	4
#define Z3FOLD_STORM_MOVERS	3

/**
 * struct z3fold_storm - a storm, and the report of it
 * @options:	constant
 * @pool:	its own pool; NULL before and after
 * @slots:	one for each object
 * @threads:	@options.threads that allocate, then the movers
 * @state:	see enum z3fold_storm_state
 * @stop:	for all threads: finish
 * @over:	for the movers: finish
 * @filling:	threads that still fill the pool
 * @running:	threads that still run
 * @go:		the filling is over
 * @wait:	for @filling and @running to become zero
 * @main:	the counts of who wrote to the file
 * @total:	sum of all counts, at the end
 * @ms:		the time of the whole, rounded up; 0 while it runs
 * @phase:	what was there at the end of each phase
 * @phases:	ended
 * @census:	room for one
 *
 * Where several threads write, they do it by atomics or WRITE_ONCE(); the report
 * is guarded by z3fold_stress_lock.
 */
struct z3fold_storm {
	struct z3fold_stress options;
	struct z3fold_pool *pool;
	struct z3fold_storm_slot *slots;
	struct z3fold_storm_thread *threads;
	int state;
	bool stop;
	bool over;
	atomic_t filling;
	atomic_t running;
	struct completion go;
	wait_queue_head_t wait;
	struct z3fold_storm_thread main;
	struct z3fold_storm_counts total;
	u64 ms;
	struct {
		const char *name;
		u64 ms;
		u64 objects;
		u64 pages;
		u64 bound;
		u64 bytes;
	} phase[Z3FOLD_STORM_PHASES];
	unsigned int phases;
	struct z3fold_census census;
};

/* stress.c: guards what the report shows of a storm that runs */
extern struct mutex z3fold_stress_lock;

/* storm.c */
int z3fold_storm_run(struct z3fold_storm *storm);
void z3fold_storm_stop(struct z3fold_storm *storm, enum z3fold_storm_state why);
u32 z3fold_storm_below(struct z3fold_storm_thread *t, u32 n);
u64 z3fold_storm_begin(void);
void z3fold_storm_end(struct z3fold_storm_thread *t,
		      enum z3fold_storm_timed kind, u64 begun);
__printf(2, 3)
void z3fold_storm_error(struct z3fold_storm_thread *t, const char *fmt, ...);

/* storm_objects.c */
void z3fold_storm_make(struct z3fold_storm_thread *t,
		       struct z3fold_storm_slot *slot);
void z3fold_storm_do(struct z3fold_storm_thread *t);
void z3fold_storm_thin_out(struct z3fold_storm_thread *t, u32 every);
int z3fold_storm_evict(void *owner, unsigned long handle);

/* storm_movers.c */
extern int (*const z3fold_storm_movers[Z3FOLD_STORM_MOVERS])(void *thread);

/* storm_check.c */
void z3fold_storm_check(struct z3fold_storm *storm);

#endif /* _Z3FOLD_STORM_H */
