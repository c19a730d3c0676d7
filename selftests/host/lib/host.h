/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * host.h - what the emulated kernel offers to the tests, beyond the kernel's
 * own interfaces
 */
#ifndef _HOST_H
#define _HOST_H

#include "internal.h"
#include <linux/migrate.h>
#include <stdio.h>
#include <stdlib.h>

/* How the tasks of a test run. */
enum {
	HOST_SINGLE,	/* one task; whoever would wait, waits for ever: failure */
	HOST_THREADS,	/* a pthread each, delayed at random */
	HOST_FIBERS,	/* one at a time, by a schedule that the seed decides */
};

/**
 * struct host_task - what the kernel would keep in task_struct
 * @rng:	its source of chance
 * @cpu:	where it runs just now
 * @preempt:	depth of preempt_disable()
 * @depth:	spinlocks held
 * @held:	which
 */
struct host_task {
	u64 rng;
	unsigned int cpu;
	unsigned int preempt;
	unsigned int depth;
	spinlock_t *held[8];
};

extern __thread struct host_task *host_self;

/* task.c */
u64 host_random(void);
u64 host_below(u64 n);
void host_task_init(struct host_task *task, u64 seed);
void host_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
extern unsigned int host_switch_shift;	/* a switch at 1 of 2^n points */
extern bool host_warnings_allowed;
extern unsigned long host_warnings;
extern bool host_quiet;		/* warnings of the allocator are not shown */
extern bool host_silent;		/* nor its errors */
extern u64 host_seed;		/* of the case that runs, for who wants it again */
void host_watch_death(void);

struct host_raw {
	int locked;
};
void host_raw_lock(struct host_raw *l);
void host_raw_unlock(struct host_raw *l);

/* fiber.c */
typedef void (*host_fn)(void *arg);
void host_fibers_run(u64 seed, host_fn *fns, void **args, unsigned int n);
void host_fiber_yield(void);

/* mem.c */
void host_mem_init(unsigned long pages);
unsigned long host_mem_pages(void);
unsigned long host_mem_used(void);
bool host_page_used(unsigned long pfn);
bool host_should_fail(void);
extern unsigned int host_fail_one_in;	/* allocations fail by chance; 0: none */
extern unsigned int host_fail_next;	/* after as many others; 0: none */
unsigned long host_kmalloc_live(void);
unsigned long host_cache_live(void);
/* Call @fn for each live slab object, under a lock. */
void host_cache_walk(void (*fn)(void *object, void *arg), void *arg);

/* work.c */
bool host_work_step(void);
unsigned long host_shrink(unsigned long nr_to_scan);
unsigned long host_shrink_count(void);

/* migrate.c */
bool host_isolate(struct page *page);
int host_migrate(struct page *page, struct page **newpage,
		 enum migrate_mode mode, unsigned int passes);
void host_putback(struct page *page);
bool host_page_movable(struct page *page);
bool host_page_isolated(struct page *page);

/* module.c */
void host_module_init(void);
void host_module_exit(void);

/* check.c */
void host_check_pool(struct z3fold_pool *pool, unsigned long objects,
		     unsigned long claimed);
void host_check_nothing_left(void);

#endif
