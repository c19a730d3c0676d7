// SPDX-License-Identifier: GPL-2.0-only
/*
 * top.c - the figures, live: a row a pool, with what happened a second since the last look
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ctl.h"

enum {
	COL_POOL, COL_DATA, COL_STORED, COL_USED, COL_PER_PAGE, COL_OVER, COL_IN, COL_OUT, COL_READ,
	COL_MOVED, COL_MIGRATED, COL_FAILED,
};

static const struct column columns[] = {
	[COL_POOL] = { "POOL", "the pool; all: their sum, which needs no root", true, true },
	[COL_DATA] = { "DATA", "memory that was swapped out to here", false, true },
	[COL_STORED] = { "STORED", "the same, compressed", false, true },
	[COL_USED] = { "USED", "memory that holds it", false, true },
	[COL_PER_PAGE] = { "PER-PAGE", "objects in a page", false, true },
	[COL_OVER] = { "OVER", "percent of pages above the fewest that could do", false, true },
	[COL_IN] = { "IN/S", "objects stored a second", false, true },
	[COL_OUT] = { "OUT/S", "objects freed a second", false, true },
	[COL_READ] = { "READ/S", "objects read or written a second", false, true },
	[COL_MOVED] = { "MOVED/S", "objects moved between pages a second", false, true },
	[COL_MIGRATED] = { "MIGR/S", "pages moved by the kernel a second", false, true },
	[COL_FAILED] = { "FAILED", "allocations that got no memory, ever", false, true },
};

#define NR_COLUMNS ARRAY_SIZE(columns)

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static const struct pool *find(const struct pools *pools, const char *name)
{
	size_t i;

	for (i = 0; i < pools->nr; i++)
		if (!strcmp(pools->pools[i].name, name))
			return &pools->pools[i];
	return NULL;
}

static void set_figures(struct table *table, uint64_t objects, uint64_t bytes, uint64_t pages)
{
	uint64_t page = sysconf(_SC_PAGESIZE);

	table_set_size(table, COL_DATA, objects * page);
	table_set_size(table, COL_STORED, bytes);
	table_set_size(table, COL_USED, pages * page);
	if (pages)
		table_set_ratio(table, COL_PER_PAGE, (double)objects / pages, 2);
}

/* Counters never fall: where one does, the pool is another of the same name. */
static void set_rate(struct table *table, size_t column, const struct pool *pool,
		     const struct pool *last, const char *name, double seconds)
{
	uint64_t value, before;

	if (last && pool_stat(pool, name, &value) && pool_stat(last, name, &before) && value >= before)
		table_set_ratio(table, column, (value - before) / seconds, 0);
}

static void set_pool(struct table *table, const struct pool *pool, const struct pool *last, double seconds)
{
	uint64_t objects, bytes, pages, value;

	table_set(table, COL_POOL, "%s", pool->name);
	if (pool_stat(pool, "objects", &objects) && pool_stat(pool, "stored_bytes", &bytes) &&
	    pool_stat(pool, "pages", &pages))
		set_figures(table, objects, bytes, pages);
	if (pool_stat(pool, "over_bound_permille", &value))
		table_set_ratio(table, COL_OVER, value / 10.0, 1);
	set_rate(table, COL_IN, pool, last, "allocs", seconds);
	set_rate(table, COL_OUT, pool, last, "frees", seconds);
	set_rate(table, COL_READ, pool, last, "maps", seconds);
	set_rate(table, COL_MOVED, pool, last, "moved_between_pages", seconds);
	set_rate(table, COL_MIGRATED, pool, last, "pages_migrated", seconds);
	if (pool_stat(pool, "alloc_failed", &value))
		table_set(table, COL_FAILED, "%llu", (unsigned long long)value);
}

static void show(const struct facts *facts, const struct pools *pools, const struct pools *last,
		 double seconds, const struct table_options *options, bool live)
{
	struct table *table = table_new("top", columns, NR_COLUMNS, options);
	char clock[32];
	time_t t = time(NULL);
	size_t i;

	/* Home, then erase what is below, so that nothing flickers. */
	if (live)
		fputs("\033[H\033[J", stdout);
	if (!options->json && !options->raw) {
		strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&t));
		printf("%s  zswap %s, %s, %s%s\n", clock, facts->zswap ? (facts->enabled ? "on" : "off") : "none",
		       facts_allocator(facts), facts->compressor ? facts->compressor : "no compressor",
		       live ? "    (Ctrl-C ends)\n" : "");
	}
	for (i = 0; i < pools->nr; i++) {
		table_row(table);
		set_pool(table, &pools->pools[i], find(last, pools->pools[i].name), seconds);
	}
	if (!pools->nr && facts->has_sums) {
		table_row(table);
		table_set(table, COL_POOL, "all");
		set_figures(table, facts->objects, facts->bytes, facts->pages);
	}
	table_print(table);
	fflush(stdout);
}

static void help(void)
{
	printf("Usage: z3foldctl top [OPTION...]\n\n"
	       "The figures, live, until Ctrl-C. Root sees each pool, and the rates.\n\n"
	       "  -d, --delay SECS   between two looks (2)\n"
	       "  -c, --count N      end after N looks\n"
	       "%s  -h, --help\n", table_options_help);
	columns_help(columns, NR_COLUMNS);
}

int command_top(int argc, char **argv)
{
	static const struct option options[] = {
		TABLE_LONG,
		{ "delay", required_argument, NULL, 'd' },
		{ "count", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct table_options table_options = { 0 };
	uint64_t delay = 2, count = 0, looks = 0;
	struct pools pools, last = { 0 };
	struct facts facts;
	bool live, loaded = true;
	double time, last_time = 0;
	int option;

	while ((option = getopt_long(argc, argv, TABLE_SHORT "d:c:h", options, NULL)) != -1) {
		if (option == 'h') {
			help();
			return DONE;
		}
		if (option == 'd')
			delay = number_argument("--delay", optarg, 1, 3600);
		else if (option == 'c')
			count = number_argument("--count", optarg, 1, 1000000000);
		else if (!table_option(&table_options, option, optarg))
			wrong_usage("top does not know this");
	}
	if (optind < argc)
		wrong_usage("top takes no '%s'", argv[optind]);
	live = isatty(STDOUT_FILENO) && !table_options.json && !table_options.raw;
	while (loaded && !interrupted()) {
		facts_get(&facts);
		pools_get(&pools);
		time = now();
		loaded = facts.loaded;
		if (loaded)
			show(&facts, &pools, &last, time - last_time, &table_options, live);
		pools_free(&last);
		last = pools;
		last_time = time;
		facts_free(&facts);
		if (count && ++looks == count)
			break;
		if (loaded)
			sleep(delay);
	}
	pools_free(&last);
	if (!loaded)
		die(NOT_IN_EFFECT, "z3fold is not loaded: sudo z3foldctl enable");
	return DONE;
}
