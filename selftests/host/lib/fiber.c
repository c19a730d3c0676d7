// SPDX-License-Identifier: GPL-2.0-only
/*
 * fiber.c - simulated CPUs: one runs at a time, and the seed decides which
 *
 * A switch can happen at each lock, atomic access and page operation, and in
 * the middle of a copy.  So races with windows of a few instructions are met
 * within some thousand short runs, and a seed repeats its run exactly.
 */
#include <ucontext.h>
#include "host.h"
#include "sanitizer.h"

#define STACK		(128 << 10)
#define MAX_FIBERS	16
#define LONG		800		/* switches */
#define PATIENCE	3000000		/* switches; a run has some thousand */

struct fiber {
	ucontext_t ctx;
	struct host_task task;
	host_fn fn;
	void *arg;
	bool done;
	unsigned long parked;	/* not before as many switches */
	void *fake_stack;
	char *stack;
};

static struct fiber fibers[MAX_FIBERS];
static unsigned int nr_fibers;
static struct fiber *current_fiber;
static ucontext_t main_ctx;
static void *main_fake;
static const void *main_stack;
static size_t main_size;
static unsigned long switches;
static u64 schedule;
static unsigned int park_shift;

static u64 chance(void)
{
	schedule ^= schedule >> 12;
	schedule ^= schedule << 25;
	schedule ^= schedule >> 27;
	return (schedule * 0x2545f4914f6cdd1dULL) >> 33;
}

static void leave(void **fake, const void *stack, size_t size)
{
#ifdef HOST_ASAN
	__sanitizer_start_switch_fiber(fake, stack, size);
#endif
}

static void arrive(void *fake)
{
#ifdef HOST_ASAN
	const void *old;
	size_t size;

	__sanitizer_finish_switch_fiber(fake, &old, &size);
	if (!main_stack) {
		main_stack = old;
		main_size = size;
	}
#endif
}

/* Any fiber that is not done, from a random one on; parked ones if need be. */
static struct fiber *pick(void)
{
	unsigned int i, start = chance() % nr_fibers;
	struct fiber *parked = NULL;

	for (i = 0; i < nr_fibers; i++) {
		struct fiber *f = &fibers[(start + i) % nr_fibers];

		if (f->done)
			continue;
		if (f->parked <= switches)
			return f;
		parked = f;
	}
	return parked;
}

void host_fiber_yield(void)
{
	struct fiber *self = current_fiber, *next;

	/*
	 * A CPU that stands still for long, between two instructions that look
	 * like one: others can do all that takes many steps meanwhile.
	 */
	if (!(chance() & ((1U << park_shift) - 1)))
		self->parked = switches + chance() % LONG;
	next = pick();
	if (++switches > PATIENCE)
		host_fail("deadlock or livelock\n");
	if (next == self)
		return;
	current_fiber = next;
	host_self = &next->task;
	leave(&self->fake_stack, next->stack, STACK);
	swapcontext(&self->ctx, &next->ctx);
	arrive(self->fake_stack);
}

static void start(void)
{
	struct fiber *self = current_fiber, *next;

	arrive(NULL);
	self->fn(self->arg);
	if (self->task.depth || self->task.preempt)
		host_fail("a task ends with a lock held\n");
	self->done = true;
	next = pick();
	if (!next) {
		leave(NULL, main_stack, main_size);
		setcontext(&main_ctx);
	}
	current_fiber = next;
	host_self = &next->task;
	leave(NULL, next->stack, STACK);
	setcontext(&next->ctx);
}

void host_fibers_run(u64 seed, host_fn *fns, void **args, unsigned int n)
{
	struct host_task *self = host_self;
	unsigned int i;

	schedule = seed * 0x9e3779b97f4a7c15ULL | 1;
	park_shift = 4 + chance() % 5;
	switches = 0;
	nr_fibers = n;
	for (i = 0; i < n; i++) {
		struct fiber *f = &fibers[i];

		if (!f->stack)
			f->stack = malloc(STACK);
		f->fn = fns[i];
		f->arg = args[i];
		f->done = false;
		f->parked = 0;
		f->fake_stack = NULL;
		host_asan_unpoison(f->stack, STACK);
		getcontext(&f->ctx);
		f->ctx.uc_stack.ss_sp = f->stack;
		f->ctx.uc_stack.ss_size = STACK;
		makecontext(&f->ctx, start, 0);
		host_task_init(&f->task, seed + 1000 * (i + 1));
	}
	host_mode = HOST_FIBERS;
	current_fiber = pick();
	host_self = &current_fiber->task;
	leave(&main_fake, current_fiber->stack, STACK);
	swapcontext(&main_ctx, &current_fiber->ctx);
	arrive(main_fake);
	host_mode = HOST_SINGLE;
	host_self = self;
}
