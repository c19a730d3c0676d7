// SPDX-License-Identifier: GPL-2.0-only
/*
 * cgroup.c - would bringing back swapped-out memory break a limit?
 *
 * swapoff charges what it brings back to the memory cgroup that it belongs to, and there is
 * no swap then to make room in: where it does not fit, the kernel kills programs of that
 * cgroup, however much memory the machine has.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ctl.h"

#define CGROUPS	"/sys/fs/cgroup"

static char *found;
static size_t root_length;

/* Memory that cannot be dropped: without files' pages, and without zswap's share. */
static bool anonymous(const char *group, uint64_t *bytes)
{
	char *path = file_join(group, "memory.stat"), *text = file_read(path);
	char *line = text ? strstr(text, "anon ") : NULL;
	unsigned long long value;
	bool good = line && sscanf(line, "anon %llu", &value) == 1;

	if (good)
		*bytes = value;
	free(text);
	free(path);
	return good;
}

static int look(const char *full, const struct stat *status, int type, struct FTW *where)
{
	const char *group = full + root_length;
	char *limit_file = file_join(group, "memory.max"), *swap_file = file_join(group, "memory.swap.current");
	uint64_t limit, swapped, anon;

	(void)status;
	(void)where;
	if (type == FTW_D && file_number(limit_file, &limit) && file_number(swap_file, &swapped) && swapped &&
	    anonymous(group, &anon) && anon + swapped > limit)
		found = text_of("%s has a limit of %llu MiB, %llu MiB in memory and %llu MiB swapped out",
				group + strlen(CGROUPS), (unsigned long long)limit >> 20,
				(unsigned long long)anon >> 20, (unsigned long long)swapped >> 20);
	free(swap_file);
	free(limit_file);
	return found != NULL;
}

/* A cgroup that could not hold what it has swapped out, in words; NULL if there is none. */
char *cgroup_too_small(void)
{
	char *full = file_path(CGROUPS);

	root_length = strlen(full) - strlen(CGROUPS);
	found = NULL;
	nftw(full, look, 16, FTW_PHYS | FTW_MOUNT);
	free(full);
	return found;
}
