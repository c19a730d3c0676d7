// SPDX-License-Identifier: GPL-2.0-only
/*
 * schedules.c - short runs of a few tasks, each with a schedule of its own
 *
 * The world is small, some objects in some pages, so that tasks meet; the seed
 * decides everything, so that a failure repeats.
 */
#include <unistd.h>
#include "owner.h"

static struct owner owner;
static unsigned int running;

static void mutator(void *arg)
{
	unsigned int i, n = 4 + host_below(24);

	for (i = 0; i < n; i++)
		owner_random(&owner);
	running--;
}

static void migrator(void *arg)
{
	while (running) {
		owner_migrate_random();
		host_wait();
	}
}

static void compactor(void *arg)
{
	while (running) {
		switch (host_below(4)) {
		case 0:
			z3fold_compact_pool(owner.pool);
			break;
		case 1:
			z3fold_compact_try(owner.pool, 1);
			break;
		case 2:
			host_shrink_count();
			break;
		default:
			host_shrink(2);
		}
		host_wait();
	}
}

static void reclaimer(void *arg)
{
	unsigned int n;

	while (running) {
		z3fold_reclaim(owner.pool, 1 + host_below(2), &n);
		host_wait();
	}
}

static void worker(void *arg)
{
	while (running) {
		host_work_step();
		host_wait();
	}
}

/* Walks all page frames, and so has pages locked for moments. */
static void walker(void *arg)
{
	while (running) {
		struct page *page = pfn_to_page(host_below(host_mem_pages()));

		if (get_page_unless_zero(page)) {
			if (trylock_page(page)) {
				host_wait();
				unlock_page(page);
			}
			put_page(page);
		}
		host_wait();
	}
}

static void validator(void *arg)
{
	unsigned long pages;

	while (running) {
		if (!host_below(16) && z3fold_pool_validate(owner.pool, &pages))
			host_fail("z3fold_pool_validate() found errors\n");
		host_sleep();
	}
}

/*
 * A shard's sums are folded at every 63rd operation.  Before that the pool seems
 * to hold nothing, and a sweep to be worth every effort: good for races.  Half
 * of the runs let the sums be known.
 */
static void fold_all(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct z3fold_shard *shard = per_cpu_ptr(owner.pool->shards, cpu);

		shard->ops = 63 - 1 - host_below(8);
	}
}

static void run(u64 seed)
{
	static const host_fn others[] = {
		migrator, compactor, reclaimer, worker, walker, validator,
	};
	host_fn fns[12];
	void *args[12] = { };
	unsigned int i, n, mutators;
	bool evicts;

	host_task_init(host_self, seed);
	host_module_init();
	evicts = Z3FOLD_HAVE_RECLAIM && host_below(2);
	owner_init(&owner, 2 + host_below(12), evicts);
	host_fail_one_in = host_below(4) ? 0 : 8;
	host_switch_shift = host_below(6);
	/* Small objects fit anywhere, and so move more. */
	payload_most = host_below(2) ? 900 : 0;
	for (i = host_below(owner.slots + 1); i; i--)
		owner_store(&owner, i - 1, payload_size());
	if (host_below(2))
		fold_all();
	mutators = 1 + host_below(3);
	running = mutators;
	for (n = 0; n < mutators; n++)
		fns[n] = mutator;
	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (host_below(4) && (evicts || others[i] != reclaimer))
			fns[n++] = others[i];
	host_fibers_run(seed, fns, args, n);
	host_fail_one_in = 0;

	for (i = 0, n = 0; i < owner.slots; i++)
		n += !!owner.slot[i].entry;
	while (owner.pool->deferred.next != &owner.pool->deferred)
		host_work_step();
	host_check_pool(owner.pool, n, 0);
	for (i = 0; i < owner.slots; i++)
		owner_load(&owner, i);
	owner_exit(&owner);
	host_module_exit();
}

int test_schedules(const struct options *o)
{
	time_t end = time(NULL) + o->seconds;
	u64 seed = o->seed;
	unsigned long n;

	for (n = 0; o->ops ? n < o->ops : time(NULL) < end; n++, seed++) {
		alarm(60);
		host_seed = seed;
		run(seed);
	}
	alarm(0);
	owner_report();
	printf("# %lu schedules, seeds %llu to %llu\n", n,
	       (unsigned long long)o->seed, (unsigned long long)seed - 1);
	return 0;
}
