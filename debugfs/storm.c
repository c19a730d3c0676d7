// SPDX-License-Identifier: GPL-2.0-only
/*
 * storm.c - a verified storm on a pool of its own: its threads and its phases
 *
 *	fill	all slots get an object
 *	storm	threads replace and read objects, others move and evict them
 *	half	half of the objects are freed, and the pool is compacted
 *	drain	the rest is freed
 *
 * After each but the first the pool is checked as a whole.
 */
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched/task.h>
#include "storm.h"

/* xorshift64* (Vigna 2016): its upper half, scaled. */
u32 z3fold_storm_below(struct z3fold_storm_thread *t, u32 n)
{
	t->rng ^= t->rng >> 12;
	t->rng ^= t->rng << 25;
	t->rng ^= t->rng >> 27;
	return (t->rng * 0x2545f4914f6cdd1dULL >> 32) * n >> 32;
}

u64 z3fold_storm_begin(void)
{
	return ktime_get_ns();
}

void z3fold_storm_end(struct z3fold_storm_thread *t,
		      enum z3fold_storm_timed kind, u64 begun)
{
	unsigned int bucket = fls64(ktime_get_ns() - begun);

	t->counts.latency[kind][min(bucket, Z3FOLD_STORM_BUCKETS - 1U)]++;
}

void z3fold_storm_error(struct z3fold_storm_thread *t, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	t->counts.errors++;
	va_start(args, fmt);
	vaf.va = &args;
	pr_err_ratelimited("z3fold: error: stress: %pV\n", &vaf);
	va_end(args);
}

/**
 * z3fold_storm_stop() - tell all threads to finish
 * @storm:	the storm
 * @why:	who is the first to say why is heard
 *
 * Context: any.
 */
void z3fold_storm_stop(struct z3fold_storm *storm, enum z3fold_storm_state why)
{
	cmpxchg(&storm->state, Z3FOLD_STORM_RUNNING, why);
	WRITE_ONCE(storm->stop, true);
}

static bool stopped(const struct z3fold_storm *storm)
{
	return READ_ONCE(storm->stop);
}

static int work(void *thread)
{
	struct z3fold_storm_thread *t = thread;
	struct z3fold_storm *storm = t->storm;
	const struct z3fold_stress *o = &storm->options;
	u32 i, share = o->ops / o->threads + (t->number < o->ops % o->threads);

	for (i = t->number; i < o->objects && !stopped(storm); i += o->threads) {
		z3fold_storm_make(t, &storm->slots[i]);
		cond_resched();
	}
	if (atomic_dec_and_test(&storm->filling))
		wake_up(&storm->wait);
	/* Interruptible, or a long fill would pass for a hung task. */
	wait_for_completion_interruptible(&storm->go);
	for (i = 0; i < share && !stopped(storm); i++) {
		z3fold_storm_do(t);
		cond_resched();
	}
	if (atomic_dec_and_test(&storm->running))
		wake_up(&storm->wait);
	return 0;
}

static void init_thread(struct z3fold_storm *storm, struct z3fold_storm_thread *t,
			unsigned int number)
{
	t->storm = storm;
	t->number = number;
	/* Never 0, and far apart for neighbours. */
	t->rng = ((u64)storm->options.seed * 0x9e3779b97f4a7c15ULL ^
		  (number + 1) * 0xbf58476d1ce4e5b9ULL) | 1;
}

static int begin_thread(struct z3fold_storm_thread *t, int (*run)(void *thread))
{
	struct task_struct *task;
	unsigned int i, cpu;

	task = kthread_create(run, t, "z3fold_storm/%u", t->number);
	if (IS_ERR(task))
		return PTR_ERR(task);
	get_task_struct(task);	/* it may have ended before it is joined */
	t->task = task;
	cpu = cpumask_first(cpu_online_mask);
	for (i = t->number % num_online_cpus(); i; i--)
		cpu = cpumask_next(cpu, cpu_online_mask);
	if (cpu < nr_cpu_ids)	/* else one went offline just now */
		set_cpus_allowed_ptr(task, cpumask_of(cpu));
	wake_up_process(task);
	return 0;
}

static int begin_threads(struct z3fold_storm *storm)
{
	const struct z3fold_stress *o = &storm->options;
	const bool wanted[] = { o->migrate, o->compact, o->reclaim };
	unsigned int i;
	int err = 0;

	atomic_set(&storm->filling, o->threads);
	atomic_set(&storm->running, o->threads);
	for (i = 0; i < Z3FOLD_STORM_MOVERS && !err; i++)
		if (wanted[i])
			err = begin_thread(&storm->threads[o->threads + i],
					   z3fold_storm_movers[i]);
	for (i = 0; i < o->threads && !err; i++)
		err = begin_thread(&storm->threads[i], work);
	return err;
}

static void join_threads(struct z3fold_storm *storm)
{
	unsigned int i;

	WRITE_ONCE(storm->over, true);
	for (i = 0; i < storm->options.threads + Z3FOLD_STORM_MOVERS; i++) {
		struct z3fold_storm_thread *t = &storm->threads[i];

		if (!t->task)
			continue;
		kthread_stop(t->task);
		put_task_struct(t->task);
		t->task = NULL;
	}
}

/* Returns when the count is zero, or all threads were told to stop. */
static void wait_until_zero(struct z3fold_storm *storm, atomic_t *count,
			    unsigned long end)
{
	long left = max((long)(end - jiffies), 0L);

	left = wait_event_interruptible_timeout(storm->wait,
						!atomic_read(count) || stopped(storm),
						left);
	if (!left)
		z3fold_storm_stop(storm, Z3FOLD_STORM_TIME);
	else if (left < 0)
		z3fold_storm_stop(storm, Z3FOLD_STORM_INTERRUPTED);
}

static void end_phase(struct z3fold_storm *storm, const char *name, u64 *begun)
{
	struct z3fold_pool *pool = storm->pool;
	u64 objects, chunks, now = ktime_get_ns();

	z3fold_pool_census(pool, &storm->census);
	z3fold_census_sums(&storm->census, &objects, &chunks);
	mutex_lock(&z3fold_stress_lock);
	storm->phase[storm->phases].name = name;
	storm->phase[storm->phases].ms = div_u64(now - *begun, NSEC_PER_MSEC);
	storm->phase[storm->phases].objects = objects;
	storm->phase[storm->phases].pages = z3fold_pool_pages(pool);
	storm->phase[storm->phases].bytes = storm->census.bytes;
	storm->phase[storm->phases].bound = z3fold_pool_bound(objects, chunks);
	storm->phases++;
	mutex_unlock(&z3fold_stress_lock);
	*begun = now;
}

static void run_phases(struct z3fold_storm *storm)
{
	unsigned long end = jiffies + storm->options.seconds * HZ;
	u64 begun = ktime_get_ns();

	wait_until_zero(storm, &storm->filling, end);
	end_phase(storm, "fill", &begun);
	complete_all(&storm->go);
	wait_until_zero(storm, &storm->running, end);
	join_threads(storm);
	end_phase(storm, "storm", &begun);
	z3fold_storm_check(storm);

	if (!stopped(storm) || storm->state == Z3FOLD_STORM_TIME) {
		z3fold_storm_thin_out(&storm->main, 2);
		z3fold_compact_pool(storm->pool);
		end_phase(storm, "half", &begun);
		z3fold_storm_check(storm);
	}
	z3fold_storm_thin_out(&storm->main, 1);
	z3fold_storm_check(storm);	/* waits for deferred releases */
	end_phase(storm, "drain", &begun);
}

static void add_counts(struct z3fold_storm_counts *sum,
		       const struct z3fold_storm_counts *counts)
{
	const u64 *from = (const u64 *)counts;
	u64 *to = (u64 *)sum;
	unsigned int i;

	for (i = 0; i < sizeof(*sum) / sizeof(u64); i++)
		to[i] += from[i];
}

/**
 * z3fold_storm_run() - run a storm and fill in its report
 * @storm:	its options; all else is zero
 *
 * Context: process, sleeps; a signal ends it.
 * Return: 0, also where the time was over; -EINTR; -ENOMEM, also at the limit of
 * memory; -EIO if something was found to be wrong.
 */
int z3fold_storm_run(struct z3fold_storm *storm)
{
	const struct z3fold_stress *o = &storm->options;
	unsigned int i, threads = o->threads + Z3FOLD_STORM_MOVERS;
	u64 begun = ktime_get_ns();
	struct z3fold_pool *pool;
	int err = -ENOMEM;

	init_completion(&storm->go);
	init_waitqueue_head(&storm->wait);
	init_thread(storm, &storm->main, threads);
	storm->slots = kvcalloc(o->objects, sizeof(*storm->slots), GFP_KERNEL);
	storm->threads = kvcalloc(threads, sizeof(*storm->threads), GFP_KERNEL);
	pool = z3fold_pool_create("storm", o->reclaim ? z3fold_storm_evict : NULL,
				  storm);
	if (!storm->slots || !storm->threads || !pool)
		goto out;
	for (i = 0; i < threads; i++)
		init_thread(storm, &storm->threads[i], i);
	pool->fail_every = o->fail;
	mutex_lock(&z3fold_stress_lock);
	storm->pool = pool;
	mutex_unlock(&z3fold_stress_lock);
	err = begin_threads(storm);
	if (err)
		z3fold_storm_stop(storm, Z3FOLD_STORM_FAILED);
	run_phases(storm);
out:
	mutex_lock(&z3fold_stress_lock);
	storm->pool = NULL;
	z3fold_storm_stop(storm, err == -ENOMEM ? Z3FOLD_STORM_MEMORY :
						  Z3FOLD_STORM_DONE);
	add_counts(&storm->total, &storm->main.counts);
	for (i = 0; storm->threads && i < threads; i++)
		add_counts(&storm->total, &storm->threads[i].counts);
	storm->ms = div_u64(ktime_get_ns() - begun, NSEC_PER_MSEC) + 1;
	mutex_unlock(&z3fold_stress_lock);
	if (pool)
		z3fold_pool_destroy(pool);
	kvfree(storm->threads);
	kvfree(storm->slots);

	if (storm->total.errors)
		return -EIO;
	switch (storm->state) {
	case Z3FOLD_STORM_INTERRUPTED:
		return -EINTR;
	case Z3FOLD_STORM_MEMORY:
		return -ENOMEM;
	default:
		return err;
	}
}
