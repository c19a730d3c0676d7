// SPDX-License-Identifier: GPL-2.0-only
/*
 * pools.c - the statistics of each pool, from debugfs: for root
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

/* "name value" lines. A line of another kind is not ours to guess at: say so. */
static void parse_stats(struct pool *pool, char *text)
{
	char *line, *rest = text;
	unsigned int nr = 0;

	while ((line = strsep(&rest, "\n"))) {
		char *value = strchr(line, ' '), *end;
		unsigned long long number;

		nr++;
		if (!*line)
			continue;
		errno = 0;
		number = value ? strtoull(value + 1, &end, 10) : 0;
		if (!value || value == line || errno || end == value + 1 || *end || value[1] == '-') {
			say("%s/%s/stats, line %u is not a name and a number: '%.40s'", DEBUGFS,
			    pool->name, nr, line);
			continue;
		}
		*value = 0;
		pool->stats = must(realloc(pool->stats, (pool->nr_stats + 1) * sizeof(*pool->stats)));
		pool->stats[pool->nr_stats++] = (struct figure){ must(strdup(line)), number };
	}
}

static int by_name(const void *a, const void *b)
{
	return strverscmp(((const struct pool *)a)->name, ((const struct pool *)b)->name);
}

/* A pool that goes away meanwhile is no pool. */
void pools_get(struct pools *pools)
{
	char *full = file_path(DEBUGFS);
	DIR *dir = opendir(full);
	struct dirent *entry;

	memset(pools, 0, sizeof(*pools));
	free(full);
	if (!dir)
		return;
	pools->readable = true;
	while ((entry = readdir(dir))) {
		struct pool pool = { .name = entry->d_name };
		char *path, *text;

		if (*entry->d_name == '.')
			continue;
		path = text_of("%s/%s/stats", DEBUGFS, entry->d_name);
		text = file_read(path);
		free(path);
		if (!text)
			continue;
		pool.name = must(strdup(entry->d_name));
		parse_stats(&pool, text);
		free(text);
		pools->pools = must(realloc(pools->pools, (pools->nr + 1) * sizeof(pool)));
		pools->pools[pools->nr++] = pool;
	}
	closedir(dir);
	if (pools->nr)
		qsort(pools->pools, pools->nr, sizeof(*pools->pools), by_name);
}

void pools_free(struct pools *pools)
{
	size_t i, j;

	for (i = 0; i < pools->nr; i++) {
		for (j = 0; j < pools->pools[i].nr_stats; j++)
			free(pools->pools[i].stats[j].name);
		free(pools->pools[i].stats);
		free(pools->pools[i].name);
	}
	free(pools->pools);
}

bool pool_stat(const struct pool *pool, const char *name, uint64_t *value)
{
	size_t i;

	for (i = 0; i < pool->nr_stats; i++)
		if (!strcmp(pool->stats[i].name, name)) {
			*value = pool->stats[i].value;
			return true;
		}
	return false;
}
