// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench.c - nanoseconds an operation, without checks: one thread, two threads on
 * pools of their own and on one pool, from 10,000 objects to 2,000,000
 *
 * host-bench [most objects]: prints a table, one line a size, the least of
 * REPEATS runs. The objects are shared out among the threads.
 *
 * host-bench --count objects operations, under callgrind: what it writes has
 * the churn in its first part, the maps in its second (../count).
 */
#include <pthread.h>
#include <time.h>
#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_DUMP_STATS_AT(name)
#endif
#include "host.h"
#include "../../data/lzo_sizes.h"

#define THREADS	2
#define REPEATS	7

struct bench {
	pthread_t id;
	struct host_task task;
	struct z3fold_pool *pool;
	unsigned long *handles, n;
	unsigned int number;
	double churn, map;
} __attribute__((aligned(128)));	/* or one writes its seed beside what the other reads */

static pthread_barrier_t barrier;
static char payload[PAGE_SIZE];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static void store(struct bench *b, unsigned long i)
{
	unsigned int size = lzo_sizes[host_random() % 256];

	if (z3fold_alloc(b->pool, size, GFP_NOWAIT, &b->handles[i]))
		host_fail("no memory\n");
	memcpy(z3fold_map(b->pool, b->handles[i]), payload, size);
	z3fold_unmap(b->pool, b->handles[i]);
}

static void churn(struct bench *b, unsigned long rounds)
{
	while (rounds--) {
		unsigned long k = host_random() % b->n;

		z3fold_free(b->pool, b->handles[k]);
		store(b, k);
	}
}

/* Inline functions, with a name to be counted by. */
static __attribute__((__noinline__)) void *call_map(struct bench *b, unsigned long handle)
{
	return z3fold_map(b->pool, handle);
}

static __attribute__((__noinline__)) void call_unmap(struct bench *b, unsigned long handle)
{
	z3fold_unmap(b->pool, handle);
}

static void map(struct bench *b, unsigned long rounds)
{
	while (rounds--) {
		unsigned long handle = b->handles[host_random() % b->n];

		*(volatile char *)call_map(b, handle);
		call_unmap(b, handle);
	}
}

static void *bench(void *arg)
{
	struct bench *b = arg;
	unsigned long i, n = b->n, rounds = n < 1000000 ? 1000000 : n;
	double start;

	host_task_init(&b->task, b->number + 1);
	b->task.cpu = b->number;
	for (i = 0; i < n; i++)
		store(b, i);
	pthread_barrier_wait(&barrier);
	start = now();
	churn(b, rounds);
	b->churn = (now() - start) / rounds;
	pthread_barrier_wait(&barrier);
	start = now();
	map(b, rounds);
	b->map = (now() - start) / rounds;
	pthread_barrier_wait(&barrier);
	for (i = 0; i < n; i++)
		z3fold_free(b->pool, b->handles[i]);
	return NULL;
}

static void run_once(unsigned int threads, bool shared, unsigned long n,
		     double *churn, double *map)
{
	static struct bench b[THREADS];
	unsigned int i;

	pthread_barrier_init(&barrier, NULL, threads);
	for (i = 0; i < threads; i++) {
		b[i].number = i;
		b[i].n = n / threads;
		b[i].handles = calloc(b[i].n, sizeof(long));
		b[i].pool = i && shared ? b[0].pool :
					  z3fold_pool_create("bench", NULL, NULL);
		pthread_create(&b[i].id, NULL, bench, &b[i]);
	}
	for (i = 0; i < threads; i++)
		pthread_join(b[i].id, NULL);
	/* No worker runs: a sweep that was asked for waits until here. */
	for (i = 0; i < threads; i++) {
		if (!i || !shared)
			z3fold_pool_destroy(b[i].pool);
		free(b[i].handles);
	}
	/* Nanoseconds for one operation of all. */
	*churn = b[0].churn / threads;
	*map = b[0].map / threads;
	if (threads == 2 && b[1].churn > b[0].churn)
		*churn = b[1].churn / threads;
	if (threads == 2 && b[1].map > b[0].map)
		*map = b[1].map / threads;
}

/*
 * One thread, two on their own pools, two on one.  The least of REPEATS runs: what
 * else the machine does can only add.  In turns, or it would add to one of them.
 */
static void run(unsigned long n, double churn[3], double map[3])
{
	unsigned int i, how;

	for (i = 0; i < REPEATS; i++)
		for (how = 0; how < 3; how++) {
			double c, m;

			run_once(how ? 2 : 1, how == 2, n, &c, &m);
			churn[how] = i && churn[how] < c ? churn[how] : c;
			map[how] = i && map[how] < m ? map[how] : m;
		}
}

/* The caches are warm when it begins to count. */
static void count(unsigned long n, unsigned long ops)
{
	struct bench b = {
		.pool = z3fold_pool_create("count", NULL, NULL),
		.handles = calloc(n, sizeof(long)),
		.n = n,
	};
	unsigned long i;

	host_task_init(&b.task, 1);
	for (i = 0; i < n; i++)
		store(&b, i);
	CALLGRIND_START_INSTRUMENTATION;
	churn(&b, ops);
	CALLGRIND_ZERO_STATS;
	churn(&b, ops);
	CALLGRIND_DUMP_STATS_AT("churn");
	map(&b, ops);
	CALLGRIND_DUMP_STATS_AT("map");
	for (i = 0; i < n; i++)
		z3fold_free(b.pool, b.handles[i]);
	z3fold_pool_destroy(b.pool);
	free(b.handles);
}

int main(int argc, char **argv)
{
	bool counted = argc == 4 && !strcmp(argv[1], "--count");
	unsigned long most = argc > 1 ? strtoul(argv[1 + counted], NULL, 0) : 2000000;
	static const unsigned long sizes[] = {
		10000, 30000, 100000, 300000, 1000000, 2000000,
	};
	static struct host_task task;
	unsigned int i;

	host_task_init(&task, 1);
	host_cpus_possible = 3;
	host_quiet = true;
	host_mem_init(most / 2 + 100000);
	z3fold_wq = alloc_workqueue("z3fold", 0, 0);
	if (z3fold_page_init() || z3fold_migration_init())
		host_fail("the module does not start\n");
	if (counted) {
		count(most, strtoul(argv[3], NULL, 0));
		return 0;
	}
	puts("# objects  churn_1 churn_2_own churn_2_shared speedup_own speedup_shared  map_1 map_2_own map_2_shared speedup_own speedup_shared  (ns an operation of all threads)");
	for (i = 0; i < ARRAY_SIZE(sizes) && sizes[i] <= most; i++) {
		double c[3], m[3];

		run(sizes[i], c, m);
		printf("%9lu %8.1f %8.1f %8.1f %6.2f %6.2f   %8.1f %8.1f %8.1f %6.2f %6.2f\n",
		       sizes[i], c[0], c[1], c[2], c[0] / c[1], c[0] / c[2],
		       m[0], m[1], m[2], m[0] / m[1], m[0] / m[2]);
		fflush(stdout);
	}
	return 0;
}
