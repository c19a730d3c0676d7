// SPDX-License-Identifier: GPL-2.0-only
/*
 * status.c - what is in effect, and what z3fold holds: a row a pool
 *
 * Without root the pools cannot be told apart: one row then, "all", from the module's
 * parameters.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

enum {
	COL_POOL, COL_KERNEL, COL_FRONT_END, COL_ZSWAP, COL_ALLOCATOR, COL_COMPRESSOR, COL_LIMIT,
	COL_VERSION, COL_DATA, COL_STORED, COL_USED, COL_RATIO, COL_PER_PAGE, COL_OBJECTS,
	COL_PAGES, COL_DENSITY, COL_OVER, COL_MOVABLE,
};

static const struct column columns[] = {
	[COL_POOL] = { "POOL", "the pool; all: their sum, which needs no root", true, true },
	[COL_KERNEL] = { "KERNEL", "the kernel's release", true, false },
	[COL_FRONT_END] = { "FRONT-END", "how zswap reaches z3fold: zpool, bridge, none", true, true },
	[COL_ZSWAP] = { "ZSWAP", "on, off, or none: the kernel has none", true, true },
	[COL_ALLOCATOR] = { "ALLOCATOR", "what zswap stores new pages in", true, true },
	[COL_COMPRESSOR] = { "COMPRESSOR", "what it compresses them with", true, true },
	[COL_LIMIT] = { "LIMIT", "percent of memory that zswap may use", false, false },
	[COL_VERSION] = { "VERSION", "of the module; none: not loaded; in-tree: not this z3fold", true, false },
	[COL_DATA] = { "DATA", "memory that was swapped out to here", false, true },
	[COL_STORED] = { "STORED", "the same, compressed", false, true },
	[COL_USED] = { "USED", "memory that holds it: the pool's pages", false, true },
	[COL_RATIO] = { "RATIO", "DATA to STORED: what the compressor did", false, true },
	[COL_PER_PAGE] = { "PER-PAGE", "objects in a page, DATA to USED: what you gain", false, true },
	[COL_OBJECTS] = { "OBJECTS", "compressed pages", false, false },
	[COL_PAGES] = { "PAGES", "that hold them", false, false },
	[COL_DENSITY] = { "DENSITY", "STORED in percent of USED", false, false },
	[COL_OVER] = { "OVER", "percent of pages above the fewest that could do (root)", false, false },
	[COL_MOVABLE] = { "MOVABLE", "the kernel may migrate the pages (root)", true, false },
};

#define NR_COLUMNS ARRAY_SIZE(columns)

static void set_facts(struct table *table, const struct facts *facts)
{
	if (facts->release)
		table_set(table, COL_KERNEL, "%s", facts->release);
	table_set(table, COL_FRONT_END, "%s", facts_front_end(facts));
	table_set(table, COL_ZSWAP, "%s", facts->zswap ? (facts->enabled ? "on" : "off") : "none");
	table_set(table, COL_ALLOCATOR, "%s", facts_allocator(facts));
	if (facts->compressor)
		table_set(table, COL_COMPRESSOR, "%s", facts->compressor);
	if (facts->limit)
		table_set(table, COL_LIMIT, "%s", facts->limit);
	table_set(table, COL_VERSION, "%s", facts->version ? facts->version :
		  facts->loaded ? "in-tree" : "none");
}

static void set_figures(struct table *table, uint64_t objects, uint64_t bytes, uint64_t pages)
{
	uint64_t page = sysconf(_SC_PAGESIZE);

	table_set(table, COL_OBJECTS, "%llu", (unsigned long long)objects);
	table_set(table, COL_PAGES, "%llu", (unsigned long long)pages);
	table_set_size(table, COL_DATA, objects * page);
	table_set_size(table, COL_STORED, bytes);
	table_set_size(table, COL_USED, pages * page);
	if (bytes)
		table_set_ratio(table, COL_RATIO, (double)objects * page / bytes, 2);
	if (pages) {
		table_set_ratio(table, COL_PER_PAGE, (double)objects / pages, 2);
		table_set_ratio(table, COL_DENSITY, 100.0 * bytes / page / pages, 1);
	}
}

static void set_pool(struct table *table, const struct pool *pool)
{
	uint64_t objects, bytes, pages, value;

	table_set(table, COL_POOL, "%s", pool->name);
	if (pool_stat(pool, "objects", &objects) && pool_stat(pool, "stored_bytes", &bytes) &&
	    pool_stat(pool, "pages", &pages))
		set_figures(table, objects, bytes, pages);
	if (pool_stat(pool, "over_bound_permille", &value))
		table_set_ratio(table, COL_OVER, value / 10.0, 1);
	if (pool_stat(pool, "migration", &value))
		table_set(table, COL_MOVABLE, "%s", value ? "yes" : "no");
}

/* One sentence for a person, when there is something to say. */
static void explain(const struct facts *facts)
{
	if (!facts->zswap)
		say("this kernel has no zswap: z3foldctl doctor says more");
	else if (facts->foreign)
		say("the kernel's own z3fold is loaded, not this one: z3foldctl doctor says more");
	else if (!facts->in_effect)
		say("zswap does not store in z3fold: sudo z3foldctl enable");
	else if (!facts->has_sums)
		say("the module's figures cannot be read in %s/parameters", MODULE);
}

static void help(void)
{
	printf("Usage: z3foldctl status [OPTION...]\n\n"
	       "What is in effect, and what z3fold holds. Root sees each pool.\n"
	       "Exits with 0 if zswap stores in z3fold, with 3 if it does not.\n\n"
	       "%s  -h, --help\n", table_options_help);
	columns_help(columns, NR_COLUMNS);
}

int command_status(int argc, char **argv)
{
	static const struct option options[] = {
		TABLE_LONG,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct table_options table_options = { 0 };
	struct table *table;
	struct facts facts;
	struct pools pools;
	bool in_effect;
	int option;
	size_t i;

	while ((option = getopt_long(argc, argv, TABLE_SHORT "h", options, NULL)) != -1) {
		if (option == 'h') {
			help();
			return DONE;
		}
		if (!table_option(&table_options, option, optarg))
			wrong_usage("status does not know this");
	}
	if (optind < argc)
		wrong_usage("status takes no '%s'", argv[optind]);

	table = table_new("status", columns, NR_COLUMNS, &table_options);
	facts_get(&facts);
	pools_get(&pools);
	for (i = 0; i < pools.nr; i++) {
		table_row(table);
		set_facts(table, &facts);
		set_pool(table, &pools.pools[i]);
	}
	if (!pools.nr) {
		table_row(table);
		set_facts(table, &facts);
		if (facts.has_sums) {
			table_set(table, COL_POOL, "all");
			set_figures(table, facts.objects, facts.bytes, facts.pages);
		}
	}
	table_print(table);
	fflush(stdout);
	if (!table_options.json && !table_options.raw)
		explain(&facts);
	in_effect = facts.in_effect;
	pools_free(&pools);
	facts_free(&facts);
	return in_effect ? DONE : NOT_IN_EFFECT;
}
