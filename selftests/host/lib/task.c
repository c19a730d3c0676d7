// SPDX-License-Identifier: GPL-2.0-only
/*
 * task.c - tasks, chance, delays, failures
 */
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <time.h>
#include <unistd.h>
#include "host.h"
#include "sanitizer.h"

__thread struct host_task *host_self;
int host_mode;
unsigned int host_switch_shift;
bool host_warnings_allowed;
unsigned long host_warnings;
bool host_quiet, host_silent;
u64 host_seed;
u64 host_cpus_possible = 0x0f;

static unsigned long fake_jiffies = -1000UL;
static unsigned long sleeps;

void host_task_init(struct host_task *task, u64 seed)
{
	memset(task, 0, sizeof(*task));
	task->rng = seed * 0x9e3779b97f4a7c15ULL + 0x1234567;
	host_self = task;
	host_random();
	task->cpu = host_random() % nr_cpu_ids;
}

/* xorshift64* */
u64 host_random(void)
{
	u64 x = host_self->rng;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	host_self->rng = x ? x : 1;
	return (x * 0x2545f4914f6cdd1dULL) >> 16;
}

u64 host_below(u64 n)
{
	return host_random() % n;
}

static void say_seed(void)
{
	fprintf(stderr, "# the seed was %llu\n", (unsigned long long)host_seed);
}

static void too_long(int sig)
{
	host_fail("this takes too long\n");
}

/* A sanitizer that ends us is to name the seed too. */
void host_watch_death(void)
{
#ifdef HOST_ASAN
	__sanitizer_set_death_callback(say_seed);
#endif
	signal(SIGALRM, too_long);
}

void host_fail(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, fmt);
	fputs("# FAILED: ", stderr);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	say_seed();
	abort();
}

void host_warn(const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	__atomic_fetch_add(&host_warnings, 1, __ATOMIC_RELAXED);
	if (__atomic_load_n(&host_warnings_allowed, __ATOMIC_RELAXED))
		return;
	fflush(stdout);
	fprintf(stderr, "# WARNING at %s:%d: ", file, line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	say_seed();
	abort();
}

void host_printk(bool error, const char *fmt, ...)
{
	va_list ap;

	if (host_silent || (!error && host_quiet))
		return;
	fputs("# ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
}

#ifndef HOST_BENCH
/*
 * The CPU is a hint, and so may change at any time; 3 of 4 times it is the one
 * that it was.
 */
unsigned int host_cpu(void)
{
	unsigned int cpu = host_self->cpu;

	if (host_mode != HOST_SINGLE && !host_below(64)) {
		do
			cpu = host_below(nr_cpu_ids);
		while (!(host_cpus_possible >> cpu & 1));
		host_self->cpu = cpu;
	}
	while (!(host_cpus_possible >> cpu & 1))
		cpu = (cpu + 1) % nr_cpu_ids;
	return cpu;
}

void host_point_slow(void)
{
	u64 r;

	if (host_mode == HOST_FIBERS) {
		if (!(host_random() & ((1U << host_switch_shift) - 1)))
			host_fiber_yield();
		return;
	}
	r = host_random();
	if (r & 0xff)
		return;
	r >>= 8;
	if (!(r & 0x3ff)) {
		usleep(1 + (r >> 10) % 64);
	} else if (!(r & 7)) {
		sched_yield();
	} else {
		for (r = (r >> 10) & 0xff; r; r--)
			barrier();
	}
}
#else
unsigned int host_cpu(void)
{
	return host_self->cpu;
}
#endif

void host_wait(void)
{
	static __thread unsigned int spins;

	switch (host_mode) {
	case HOST_SINGLE:
#ifdef HOST_BENCH
		if (!(++spins & 0xff))
			sched_yield();
		return;
#else
		host_fail("a wait that nobody can end\n");
#endif
	case HOST_THREADS:
		if (!(++spins & 0xf))
			sched_yield();
		return;
	default:
		host_fiber_yield();
	}
}

void host_might_sleep(const char *what)
{
	if (host_self->preempt || host_self->depth)
		host_fail("%s in atomic context\n", what);
}

void host_sleep(void)
{
	host_might_sleep("sleep");
	__atomic_fetch_add(&fake_jiffies, 1, __ATOMIC_RELAXED);
	switch (host_mode) {
	case HOST_SINGLE:
		if (++sleeps > 100000)
			host_fail("a sleep that nobody ends\n");
		return;
	case HOST_THREADS:
		usleep(200);
		return;
	default:
		host_fiber_yield();
	}
}

long schedule_timeout_uninterruptible(long timeout)
{
	host_sleep();
	return 0;
}

void cond_resched(void)
{
	host_might_sleep("cond_resched");
	host_point();
}

/* Time passes when somebody looks at it, now and then. */
unsigned long host_jiffies(void)
{
	if (!(host_random() & 15))
		__atomic_fetch_add(&fake_jiffies, 1, __ATOMIC_RELAXED);
	return __atomic_load_n(&fake_jiffies, __ATOMIC_RELAXED);
}

/* The harness's own lock: not looked at by the checks. */
void host_raw_lock(struct host_raw *l)
{
	host_point();
	while (__atomic_exchange_n(&l->locked, 1, __ATOMIC_ACQUIRE))
		host_wait();
}

void host_raw_unlock(struct host_raw *l)
{
	__atomic_store_n(&l->locked, 0, __ATOMIC_RELEASE);
}
