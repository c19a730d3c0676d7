// SPDX-License-Identifier: GPL-2.0-only
/*
 * table.c - tables by libsmartcols: for people, raw, or JSON
 */
#include <libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

#define MOST_COLUMNS	32
#define NOT_SHOWN	(-1)

struct table {
	struct libscols_table *scols;
	struct libscols_line *line;
	const struct table_options *options;
	size_t nr;
	int place[MOST_COLUMNS];	/* of each column among those shown */
};

const char table_options_help[] =
	"  -o, --output LIST  these columns, with commas between; +LIST: these too\n"
	"      --output-all   all columns\n"
	"  -n, --noheadings\n"
	"  -r, --raw          one space between columns\n"
	"  -J, --json         sizes in bytes\n"
	"  -b, --bytes        sizes in bytes\n";

bool table_option(struct table_options *options, int option, char *argument)
{
	switch (option) {
	case 'o':
		options->output = argument;
		return true;
	case 'A':
		options->all = true;
		return true;
	case 'n':
		options->no_headings = true;
		return true;
	case 'r':
		options->raw = true;
		return true;
	case 'J':
		options->json = true;
		return true;
	case 'b':
		options->bytes = true;
		return true;
	}
	return false;
}

void columns_help(const struct column *columns, size_t nr)
{
	size_t i;

	puts("\nColumns (* those that are shown unless -o says otherwise):");
	for (i = 0; i < nr; i++)
		printf("  %c %-11s %s\n", columns[i].standard ? '*' : ' ', columns[i].name,
		       columns[i].help);
}

static void show_column(struct table *table, const struct column *columns, size_t i)
{
	struct libscols_column *column;

	if (table->place[i] != NOT_SHOWN)
		return;
	column = must(scols_table_new_column(table->scols, columns[i].name, 0,
					     columns[i].text ? 0 : SCOLS_FL_RIGHT));
	scols_column_set_json_type(column, columns[i].text ? SCOLS_JSON_STRING : SCOLS_JSON_NUMBER);
	table->place[i] = scols_table_get_ncols(table->scols) - 1;
}

static void show_listed(struct table *table, const struct column *columns, const char *list)
{
	char *names = must(strdup(list)), *rest = names, *name;
	size_t i;

	while ((name = strsep(&rest, ","))) {
		for (i = 0; i < table->nr && strcasecmp(columns[i].name, name); i++)
			;
		if (i == table->nr)
			wrong_usage("there is no column '%s'", name);
		show_column(table, columns, i);
	}
	free(names);
}

struct table *table_new(const char *name, const struct column *columns, size_t nr,
			const struct table_options *options)
{
	struct table *table = must(calloc(1, sizeof(*table)));
	const char *list = options->output;
	size_t i;

	scols_init_debug(0);
	table->scols = must(scols_new_table());
	table->options = options;
	table->nr = nr;
	for (i = 0; i < nr; i++)
		table->place[i] = NOT_SHOWN;
	scols_table_set_name(table->scols, name);
	scols_table_enable_raw(table->scols, options->raw);
	scols_table_enable_json(table->scols, options->json);
	scols_table_enable_noheadings(table->scols, options->no_headings);
	for (i = 0; i < nr; i++)
		if (options->all || ((!list || *list == '+') && columns[i].standard))
			show_column(table, columns, i);
	if (list)
		show_listed(table, columns, list + (*list == '+'));
	return table;
}

/* A new row. What is not set is not known: "-", in JSON null. */
void table_row(struct table *table)
{
	size_t i;

	table->line = must(scols_table_new_line(table->scols, NULL));
	for (i = 0; !table->options->json && i < scols_table_get_ncols(table->scols); i++)
		scols_line_set_data(table->line, i, "-");
}

void table_set(struct table *table, size_t column, const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	if (table->place[column] == NOT_SHOWN)
		return;
	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	if (len < 0 || scols_line_refer_data(table->line, table->place[column], text))
		die(FAILED, "out of memory");
}

/* MiB are what people compare with their memory. */
void table_set_size(struct table *table, size_t column, uint64_t bytes)
{
	const struct table_options *options = table->options;

	if (options->json || options->bytes)
		table_set(table, column, "%llu", (unsigned long long)bytes);
	else
		table_set(table, column, "%.1fM", bytes / 1048576.0);
}

void table_set_ratio(struct table *table, size_t column, double value, int digits)
{
	table_set(table, column, "%.*f", digits, value);
}

void table_print(struct table *table)
{
	scols_print_table(table->scols);
	scols_unref_table(table->scols);
	free(table);
}
