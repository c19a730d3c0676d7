// SPDX-License-Identifier: GPL-2.0-only
/*
 * chunks.c - the histogram of debugfs as bars
 */
#include <getopt.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ctl.h"

#define MOST_CHUNKS	256
#define LEAST_BAR	10

enum { COL_POOL, COL_CHUNKS, COL_BYTES, COL_FIRST, COL_MIDDLE, COL_LAST, COL_FREE, COL_OBJECTS, COL_BAR };

static const struct column columns[] = {
	[COL_POOL] = { "POOL", "the pool", true, false },
	[COL_CHUNKS] = { "CHUNKS", "size in chunks", true, false },
	[COL_BYTES] = { "BYTES", "the same in bytes", true, true },
	[COL_FIRST] = { "FIRST", "objects of this size that lie first in their page", false, false },
	[COL_MIDDLE] = { "MIDDLE", "in the middle", false, false },
	[COL_LAST] = { "LAST", "last", false, false },
	[COL_FREE] = { "FREE", "pages with so many free chunks", false, true },
	[COL_OBJECTS] = { "OBJECTS", "of this size", false, true },
	[COL_BAR] = { "BAR", "OBJECTS, as a bar", true, true },
};

#define NR_COLUMNS ARRAY_SIZE(columns)

struct row {
	unsigned int chunks, to_chunks, from, to;
	uint64_t first, middle, last, free;
};

static uint64_t objects(const struct row *row)
{
	return row->first + row->middle + row->last;
}

/* The rows of a pool's file; 0 and a message if it is not what we know. */
static size_t parse(const char *pool, char *text, struct row *rows)
{
	char *line, *rest = text;
	unsigned int nr = 0;
	size_t n = 0;

	while ((line = strsep(&rest, "\n"))) {
		struct row row;
		int end = -1;

		if (!nr++ || !*line)
			continue;
		if (n == MOST_CHUNKS ||
		    sscanf(line, "%u %u-%u %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %n", &row.chunks,
			   &row.from, &row.to, &row.first, &row.middle, &row.last, &row.free, &end) != 7 ||
		    end < 0 || line[end]) {
			say("%s/%s/chunks, line %u is not a row: '%.60s'", DEBUGFS, pool, nr, line);
			return 0;
		}
		row.to_chunks = row.chunks;
		rows[n++] = row;
	}
	if (!n)
		say("%s/%s/chunks has no rows", DEBUGFS, pool);
	return n;
}

/* Puts each `by` rows into one, but for row 0, which is about full pages alone. */
static size_t merge_rows(struct row *rows, size_t n, unsigned int by)
{
	size_t i, to = 0;

	for (i = 0; i < n; i++) {
		if (i < 2 || (i - 1) % by == 0) {
			rows[to++] = rows[i];
			continue;
		}
		rows[to - 1].to_chunks = rows[i].chunks;
		rows[to - 1].to = rows[i].to;
		rows[to - 1].first += rows[i].first;
		rows[to - 1].middle += rows[i].middle;
		rows[to - 1].last += rows[i].last;
		rows[to - 1].free += rows[i].free;
	}
	return to;
}

static unsigned int terminal_width(void)
{
	const char *columns_variable = getenv("COLUMNS");
	struct winsize size;
	int width = columns_variable ? atoi(columns_variable) : 0;

	if (width <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	return width > 0 && width < 1000 ? width : 80;
}

/* Eighths of a character make short bars readable, where the terminal has them. */
static void set_bar(struct table *table, uint64_t value, uint64_t most, unsigned int width)
{
	static const char * const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	bool utf8 = !strcmp(nl_langinfo(CODESET), "UTF-8");
	uint64_t units = most ? (value * width * 8 + most / 2) / most : 0;
	char bar[1024 * 3 + 4] = "";
	unsigned int i;

	if (value && !units)
		units = 1;
	for (i = 0; i < units / 8; i++)
		strcat(bar, utf8 ? "█" : "#");
	if (units % 8)
		strcat(bar, utf8 ? eighths[units % 8] : units % 8 >= 4 ? "#" : units < 8 ? "." : "");
	table_set(table, COL_BAR, "%s", bar);
}

static void show_pool(struct table *table, const char *pool, const struct row *rows, size_t n, unsigned int width)
{
	uint64_t most = 0;
	size_t i;

	for (i = 0; i < n; i++)
		if (objects(&rows[i]) > most)
			most = objects(&rows[i]);
	for (i = 0; i < n; i++) {
		const struct row *row = &rows[i];

		table_row(table);
		table_set(table, COL_POOL, "%s", pool);
		if (row->chunks == row->to_chunks)
			table_set(table, COL_CHUNKS, "%u", row->chunks);
		else
			table_set(table, COL_CHUNKS, "%u-%u", row->chunks, row->to_chunks);
		table_set(table, COL_BYTES, "%u-%u", row->from, row->to);
		table_set(table, COL_FIRST, "%" PRIu64, row->first);
		table_set(table, COL_MIDDLE, "%" PRIu64, row->middle);
		table_set(table, COL_LAST, "%" PRIu64, row->last);
		table_set(table, COL_FREE, "%" PRIu64, row->free);
		table_set(table, COL_OBJECTS, "%" PRIu64, objects(row));
		set_bar(table, objects(row), most, width);
	}
}

static void help(void)
{
	printf("Usage: z3foldctl chunks [OPTION...] [POOL...]\n\n"
	       "How large the objects are, and how much room pages have, as bars. For root, since\n"
	       "debugfs is.\n\n"
	       "  -f, --full         a row a chunk (64 bytes); else a row four chunks\n"
	       "%s  -h, --help\n", table_options_help);
	columns_help(columns, NR_COLUMNS);
}

static bool wanted(const char *name, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

int command_chunks(int argc, char **argv)
{
	static const struct option options[] = {
		TABLE_LONG,
		{ "full", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct table_options table_options = { 0 };
	struct row rows[MOST_CHUNKS];
	struct table *table;
	unsigned int by = 4, width, shown = 0, bad = 0;
	struct pools pools;
	int option;
	size_t i, n;

	while ((option = getopt_long(argc, argv, TABLE_SHORT "fh", options, NULL)) != -1) {
		if (option == 'h') {
			help();
			return DONE;
		}
		if (option == 'f')
			by = 1;
		else if (!table_option(&table_options, option, optarg))
			wrong_usage("chunks does not know this");
	}
	setlocale(LC_CTYPE, "");
	need_root("the histogram");
	pools_get(&pools);
	if (!pools.readable)
		die(NOT_IN_EFFECT, "%s is not there: z3fold is not loaded, or debugfs not mounted", DEBUGFS);
	if (!table_options.output && pools.nr > 1)
		table_options.output = "pool,bytes,free,objects,bar";
	/* 36: the other columns, as wide as they may get on a machine of today. */
	width = terminal_width() > 36 + LEAST_BAR ? terminal_width() - 36 : LEAST_BAR;
	table = table_new("chunks", columns, NR_COLUMNS, &table_options);
	for (i = 0; i < pools.nr; i++) {
		char *path, *text;

		if (!wanted(pools.pools[i].name, argv + optind))
			continue;
		path = text_of("%s/%s/chunks", DEBUGFS, pools.pools[i].name);
		text = file_read(path);
		n = text ? parse(pools.pools[i].name, text, rows) : 0;
		if (!text)
			say("%s cannot be read", path);
		bad += !n;
		show_pool(table, pools.pools[i].name, rows, merge_rows(rows, n, by), width);
		shown++;
		free(text);
		free(path);
	}
	table_print(table);
	if (!shown)
		say(argv[optind] ? "there is no such pool" : "there is no pool: z3fold is loaded, but not in use");
	pools_free(&pools);
	return bad ? FAILED : shown ? DONE : NOT_IN_EFFECT;
}
